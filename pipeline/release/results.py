"""Pooled results then and now, and the way from one to the other in steps that add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.config import Analysis
from pipeline.pool.pooled_set import pooled_set
from pipeline.pooled import PooledOutcome
from pipeline.release.states import After, State
from pipeline.released import Cause, Estimate, Interval, Method, Step

#: below, two results are the same: the estimate's own sharpness
SAME = 1e-6


def estimate(pooled: PooledOutcome | None) -> Estimate | None:
    """The main result; None where nothing is pooled."""
    if pooled is None or pooled.overall is None:
        return None
    fit = pooled.overall.fits.get("iv", {})
    proportion = fit.get("proportion")
    if not isinstance(proportion, float | int):
        return None
    return Estimate(
        k=pooled.overall.k,
        studies=len({effect.study for effect in pooled.effects}),
        n=pooled.overall.n,
        proportion=proportion,
        ci=_interval(fit.get("proportion_ci")),
        pi=_interval(fit.get("proportion_pi")),
    )


def _interval(value: object) -> Interval | None:
    if not isinstance(value, list | tuple) or len(value) != 2 or None in value:
        return None
    return float(value[0]), float(value[1])


@dataclass(frozen=True)
class _Result:
    k: int
    proportion: float | None
    ci: Interval | None


def steps(
    outcome: str, before: Estimate | None, after: Estimate | None, ways: Sequence[After], method: Method
) -> list[Step]:
    """What each cause did to the result: the rows of each state pooled by the method of then, the last by that of now.
    Steps that change neither a row nor the result are left out.

    Shifts add up to after − before, where something is pooled at each step.
    """
    found = []
    last = _of(before)
    for earlier, way in pairwise(ways):
        changed = _changed(outcome, earlier.state, way.state)
        result = _pooled(outcome, way.state, method)
        step = _step(list(way.why), changed, last, result)
        if changed or (step.shift is not None and abs(step.shift) > SAME):
            found.append(step)
            last = result
    step = _step(["method"], 0, last, _of(after))
    return found if step.shift is None or abs(step.shift) <= SAME else [*found, step]


def _of(e: Estimate | None) -> _Result:
    return _Result(0, None, None) if e is None else _Result(e.k, e.proportion, e.ci)


def _step(why: list[Cause], changed: int, last: _Result, result: _Result) -> Step:
    known = last.proportion is not None and result.proportion is not None
    shift = result.proportion - last.proportion if known else None  # type: ignore[operator]
    return Step(why=why, arms=changed, k=result.k, proportion=result.proportion, ci=result.ci, shift=shift)


def _changed(outcome: str, a: State, b: State) -> int:
    keys = {key for key in (*a.rows, *b.rows) if key[2] == outcome}
    return sum(_counts(a, key) != _counts(b, key) for key in keys)


def _counts(state: State, key: tuple[str, str, str]) -> tuple[int, int] | None:
    row = state.rows.get(key)
    return None if row is None else row.counts


def _pooled(outcome: str, state: State, method: Method) -> _Result:
    counts = [row.counts for key, row in sorted(state.rows.items()) if key[2] == outcome]
    return pooled_counts(counts, method)


def pooled_counts(counts: Iterable[tuple[int, int]], method: Method) -> _Result:
    rows = list(counts)
    if not rows:
        return _Result(0, None, None)
    found = pooled_set("", rows, Analysis.model_validate(method.model_dump()))
    return _Result(len(rows), found.proportion, found.ci)
