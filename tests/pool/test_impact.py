"""What waiting rows could change: each refit by `pool_proportions`, one by one."""

from __future__ import annotations

import time

import numpy as np
import pytest

from pipeline.config import Analysis
from pipeline.pool.impact import (
    STEPS,
    Change,
    PooledRow,
    WaitingRow,
    impacts,
    most_telling,
    plausible,
    standing,
    what_if,
)
from pipeline.stats import clopper_pearson, pool_proportions

#: (events, n) of seven made-up studies
COUNTS = [(14, 19), (3, 12), (20, 40), (0, 9), (31, 35), (8, 30), (11, 25)]
POOLED = [PooledRow(study=f"s{i}", arm="A1", events=e, n=n) for i, (e, n) in enumerate(COUNTS)]


def alone(counts: list[tuple[int, int]], analysis: Analysis) -> tuple[float, float, float]:
    fit = pool_proportions(
        [e for e, _ in counts],
        [n for _, n in counts],
        measure=analysis.measure,
        method=analysis.method,
        test=analysis.test,
        level=analysis.level / 100,
    )
    return fit.proportion, *fit.proportion_ci


def waiting(events: int | None, n: int | None, study: str = "w", **more: object) -> WaitingRow:
    read = {"events": () if events is None else (events,), "n": () if n is None else (n,)}
    return WaitingRow(study=study, arm="A1", **(read | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("measure", ["PLO", "PR", "PLN", "PAS", "PFT"])
@pytest.mark.parametrize(("method", "test", "level"), [("REML", "knha", 95), ("DL", "z", 90), ("EE", "t", 95)])
def test_each_scenario_is_the_analysis_with_that_row(measure: str, method: str, test: str, level: float) -> None:
    analysis = Analysis.model_validate({"measure": measure, "method": method, "test": test, "level": level})
    rows = [waiting(28, 30), waiting(None, 5), waiting(0, 50)]
    for row, impact in zip(rows, impacts(POOLED, rows, analysis), strict=True):
        assert impact.row is row
        assert impact.now is not None
        assert (impact.now.proportion, *impact.now.ci) == pytest.approx(alone(COUNTS, analysis), abs=1e-7)
        assert [c for c, _ in impact.scenarios] == plausible(row, 40)
        for counts, found in impact.scenarios:
            assert (found.proportion, *found.ci) == pytest.approx(alone([*COUNTS, counts], analysis), abs=1e-7)
            assert found.k == 8


def test_the_shift_is_the_largest_and_also_told_in_widths() -> None:
    analysis = Analysis()
    (impact,) = impacts(POOLED, [waiting(None, 20)], analysis)
    now, low, high = alone(COUNTS, analysis)
    each = [abs(alone([*COUNTS, (e, 20)], analysis)[0] - now) for e in range(0, 21, 2)]
    assert impact.shift == pytest.approx(max(each), abs=1e-7)
    assert impact.of_width == pytest.approx(max(each) / (high - low), abs=1e-6)


def test_no_events_move_the_log_odds_less_than_a_few() -> None:
    """Why events that are not known are tried in steps, and not only as none and all."""
    impact = impacts(POOLED, [waiting(None, 100)], Analysis(method="EE"))[0]
    moved = {counts: estimate.proportion for counts, estimate in impact.scenarios}
    assert moved[10, 100] < moved[0, 100]


def test_a_row_of_a_pooled_arm_takes_its_place() -> None:
    row = waiting(16, 19, study="s0")
    (impact,) = impacts(POOLED, [row], Analysis())
    assert impact.scenarios[0][1].k == 7
    assert impact.scenarios[0][1].proportion == pytest.approx(alone([(16, 19), *COUNTS[1:]], Analysis())[0], abs=1e-7)
    assert impact.now is not None
    assert impact.now.k == 7


def test_a_row_that_displaces_another() -> None:
    row = waiting(5, 20, displaces=(("s1", "A1"), ("not pooled", "A1")))
    (impact,) = impacts(POOLED, [row], Analysis())
    rest = [c for i, c in enumerate(COUNTS) if i != 1]
    assert impact.scenarios[0][1].proportion == pytest.approx(alone([*rest, (5, 20)], Analysis())[0], abs=1e-7)


def test_other_analyses() -> None:
    changes = [
        Change(removes=(("s0", "A1"), ("s3", "A1"))),
        Change(adds=((("x", "A1"), (0, 10)), (("s1", "A1"), (4, 12)))),
        Change(),
        Change(removes=tuple(p.slot for p in POOLED)),
    ]
    now, found = what_if(POOLED, changes, Analysis())
    assert found[2] == now
    assert found[3] is None
    assert found[0] is not None
    assert found[1] is not None
    left = [c for i, c in enumerate(COUNTS) if i not in (0, 3)]
    assert found[0].proportion == pytest.approx(alone(left, Analysis())[0], abs=1e-7)
    more = [COUNTS[0], (4, 12), *COUNTS[2:], (0, 10)]
    assert found[1].proportion == pytest.approx(alone(more, Analysis())[0], abs=1e-7)
    assert what_if([], [Change()], Analysis()) == (None, [None])


def test_one_pooled_row_is_its_own_proportion() -> None:
    """As the pool stage has it: no correction for no events, and the exact interval."""
    (impact,) = impacts([PooledRow(study="a", arm="A1", events=0, n=20)], [waiting(5, 20, study="a")], Analysis())
    low, high = clopper_pearson([0], [20])
    assert impact.now is not None
    assert (impact.now.proportion, *impact.now.ci) == pytest.approx((0.0, low[0], high[0]))
    assert impact.scenarios[0][1].proportion == 0.25
    assert impact.shift == 0.25


def test_without_anything_pooled_there_is_no_shift() -> None:
    first, second = impacts([], [waiting(5, 20), waiting(None, None, study="v")], Analysis())
    assert (first.now, first.shift, first.of_width) == (None, None, None)
    assert first.scenarios[0][1].proportion == 0.25
    assert len(second.scenarios) == STEPS


def test_most_telling_first() -> None:
    rows = [waiting(10, 21, "small"), waiting(40, 40, "large"), waiting(10, 21, "same")]
    assert [i.row.study for i in most_telling(impacts(POOLED, rows, Analysis()))] == ["large", "small", "same"]
    assert most_telling(impacts([], rows, Analysis()))[0].row.study == "small"
    assert impacts(POOLED, [], Analysis()) == []


def test_a_row_given_twice_is_told_twice() -> None:
    row = waiting(10, 21)
    first, second = impacts(POOLED, [row, row], Analysis())
    assert first == second
    assert len(first.scenarios) == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (waiting(5, 20), [(5, 20)]),
        (waiting(0, 20), [(0, 20)]),
        (WaitingRow(study="w", arm="A1", events=(5, 6), n=(20, 22)), [(5, 20), (6, 20), (5, 22), (6, 22)]),
        (waiting(None, 20, percent=30.0), [(6, 20)]),
        (waiting(None, None, percent=0.0), [(0, 40)]),
        (waiting(7, None, percent=23.0), [(7, 30)]),
        (waiting(0, None, percent=0.0), [(0, 40)]),
        (waiting(12, 100, percent=21.0), [(12, 100), (21, 100)]),
        (waiting(12, 100, percent=12.4), [(12, 100)]),
        (waiting(12, 10, percent=40.0), [(4, 10)]),
        (waiting(5, None), [(5, 40)]),
        (waiting(55, None), [(55, 55)]),
        (waiting(None, 4), [(e, 4) for e in range(5)]),
        (waiting(None, 50), [(e, 50) for e in range(0, 51, 5)]),
        (waiting(2, 4, doubted=True), [(2, 4), (0, 4), (1, 4), (3, 4), (4, 4)]),
        (waiting(9, 4), [(e, 4) for e in range(5)]),
        (waiting(None, None), [(e, 40) for e in range(0, 41, 4)]),
    ],
)
def test_plausible_counts(row: WaitingRow, expected: list[tuple[int, int]]) -> None:
    assert plausible(row, 40) == expected


def test_the_result_without_what_reviewers_said() -> None:
    corrected = PooledRow(study="c", arm="A1", events=20, n=22, by_reviewer=True, machine=(2, 22))
    added = PooledRow(study="d", arm="A1", events=9, n=30, by_reviewer=True)
    analysis = Analysis(measure="PAS", method="PM")
    first, second = standing([*POOLED, corrected, added], analysis)
    assert (first.row, second.row) == (corrected, added)
    everything = [*COUNTS, (20, 22), (9, 30)]
    assert first.now.proportion == pytest.approx(alone(everything, analysis)[0], abs=1e-7)
    assert first.without is not None
    assert first.without.proportion == pytest.approx(alone([*COUNTS, (9, 30)], analysis)[0], abs=1e-7)
    assert first.with_machine is not None
    assert first.with_machine.proportion == pytest.approx(alone([*COUNTS, (2, 22), (9, 30)], analysis)[0], abs=1e-7)
    assert second.without is not None
    assert second.without.proportion == pytest.approx(alone([*COUNTS, (20, 22)], analysis)[0], abs=1e-7)
    assert second.with_machine is None


def test_a_reviewer_s_only_row() -> None:
    (found,) = standing([PooledRow(study="c", arm="A1", events=0, n=22, by_reviewer=True, machine=(0, 20))], Analysis())
    assert found.without is None
    assert found.with_machine is not None
    assert found.with_machine.proportion == 0
    assert standing(POOLED, Analysis()) == []
    assert standing([], Analysis()) == []


def test_a_thousand_rows_take_seconds() -> None:
    rng = np.random.default_rng(2)
    n = rng.integers(10, 150, 1100)
    events = rng.binomial(n, rng.uniform(0.2, 0.8, 1100))
    pooled = [PooledRow(study=f"p{i}", arm="A1", events=int(events[i]), n=int(n[i])) for i in range(100)]
    rows = [waiting(int(events[i]) if i % 3 else None, int(n[i]), study=f"w{i}") for i in range(100, 1100)]
    begin = time.process_time()
    assert len(impacts(pooled, rows, Analysis())) == 1000
    assert time.process_time() - begin < 6
