"""The steps from a result of then to that of now add up, whatever rows come, go and change."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from pipeline.release.results import pooled_counts, steps
from pipeline.release.states import After, PooledRow, State
from pipeline.released import Cause, Estimate, Method

CAUSES: list[Cause] = ["software", "override", "updated", "removed", "new"]
METHODS = [
    Method(measure=measure, method=method, test=test, level=95)
    for measure, method, test in (("PLO", "REML", "knha"), ("PLO", "DL", "z"), ("PAS", "PM", "t"), ("PR", "EE", "z"))
]
counts = st.integers(5, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
rows = st.dictionaries(st.sampled_from("abcdefg"), counts, min_size=2, max_size=6)


def state(found: dict[str, tuple[int, int]]) -> State:
    return State(
        {(study, "drug", "response"): PooledRow(study, study, "drug", *pair) for study, pair in found.items()}, {}
    )


def estimate(found: dict[str, tuple[int, int]], method: Method) -> Estimate:
    result = pooled_counts([pair for _, pair in sorted(found.items())], method)
    assert result.proportion is not None
    return Estimate(k=result.k, studies=result.k, n=1, proportion=result.proportion, ci=result.ci)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=6, max_size=6), st.sampled_from(METHODS), st.sampled_from(METHODS))
def test_the_shifts_are_the_whole_change(ways: list[dict[str, tuple[int, int]]], then: Method, now: Method) -> None:
    before, after = estimate(ways[0], then), estimate(ways[-1], now)
    whole = [After((), state(ways[0]))]
    whole += [After((cause,), state(way)) for cause, way in zip(CAUSES, ways[1:], strict=True)]
    found = steps("response", before, after, whole, then)
    assert abs(sum(step.shift or 0 for step in found) - (after.proportion - before.proportion)) < 2e-6
    order = [step.why[0] for step in found]
    assert order == [cause for cause in [*CAUSES, "method"] if cause in order]


def test_a_step_that_changes_nothing_is_not_told() -> None:
    there = {"a": (5, 10), "b": (7, 20)}
    more = there | {"c": (9, 12)}
    whole = [After((), state(there)), After(("override",), state(there)), After(("new",), state(more))]
    found = steps("response", estimate(there, METHODS[0]), estimate(more, METHODS[0]), whole, METHODS[0])
    assert [(step.why, step.arms, step.k) for step in found] == [(["new"], 1, 3)]


def test_a_result_that_another_program_pools_otherwise_from_the_same_rows_is_software() -> None:
    """The version says 0.6, the program of now makes less of its rows."""
    there = {"a": (5, 10), "b": (7, 20)}
    whole = [After((), state(there)), After(("software",), state(there)), After(("new",), state(there))]
    before = estimate(there, METHODS[0]).model_copy(update={"proportion": 0.6})
    found = steps("response", before, estimate(there, METHODS[0]), whole, METHODS[0])
    assert [(step.why, step.arms) for step in found] == [(["software"], 0)]
