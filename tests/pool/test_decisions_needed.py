"""How many decisions are needed: against every way to decide the rest, tried one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from pipeline.config import Analysis
from pipeline.pool.decisions import decisions_needed, reach
from pipeline.pool.impact import PooledRow, WaitingRow, impacts, most_telling, plausible
from pipeline.stats import pool_many
from pipeline.stats.effects import MEASURES, escalc

Counts = tuple[int, int]

#: how far a way to decide may stick out of the bound (see the module's words)
SLACK = 1e-4


def drawn(rng: np.random.Generator, centre: float, tau: float) -> Counts:
    n = int(rng.integers(4, 120))
    return int(rng.binomial(n, 1 / (1 + np.exp(-rng.normal(centre, tau))))), n


def analysis_of(rng: np.random.Generator) -> tuple[list[PooledRow], list[WaitingRow]]:
    centre, tau = float(rng.choice([-2, 0, 0.5])), float(rng.choice([0, 0.3, 1]))
    pooled = [drawn(rng, centre, tau) for _ in range(int(rng.integers(2, 8)))]
    waiting = [drawn(rng, centre, tau) for _ in range(int(rng.integers(1, 6)))]
    return (
        [PooledRow(study=f"p{i}", arm="A1", events=e, n=n) for i, (e, n) in enumerate(pooled)],
        [
            WaitingRow(study=f"w{i}" if i else "p0", arm="A1", events=(e,) if i != 1 else (), n=(n,))
            for i, (e, n) in enumerate(waiting)
        ],
    )


def every_way(held: dict[str, Counts], rest: list[WaitingRow], analysis: Analysis) -> np.ndarray:
    """The pooled proportion for every way to decide the rest, by `pool_many` on the studies of each."""
    options: dict[str, list[Counts | None]] = {study: [counts] for study, counts in held.items()}
    for row in rest:
        options.setdefault(row.study, [None]).extend(plausible(row, 0))
    ways = [[c for c in way if c is not None] for way in product(*options.values())]
    counts = np.array([way + [(0, 0)] * (len(options) - len(way)) for way in ways], float)
    there = counts[..., 1] > 0
    y, v = escalc(analysis.measure, counts[..., 0], np.where(there, counts[..., 1], 1))
    mu = pool_many(y, v, analysis.method, present=there).mu
    return np.asarray(MEASURES[analysis.measure].back(mu, 1.0))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("method", ["REML", "DL", "PM", "SJ", "EE"])
@pytest.mark.parametrize("measure", ["PLO", "PAS", "PR"])
def test_no_way_to_decide_leaves_the_bounds(measure: str, method: str, seed: int) -> None:
    pooled, waiting = analysis_of(np.random.default_rng(seed))
    analysis = Analysis.model_validate({"measure": measure, "method": method})
    now, (low, high) = reach(pooled, [], waiting, analysis)
    ways = np.clip(every_way({p.study: (p.events, p.n) for p in pooled}, waiting, analysis), 0, 1)
    assert low - SLACK <= ways.min() <= now.proportion <= ways.max() <= high + SLACK
    if method == "EE":
        assert (low, high) == pytest.approx((ways.min(), ways.max()), abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("tolerance", [0.02, 0.1])
def test_the_rest_stays_within_the_tolerance_however_it_is_decided(seed: int, tolerance: float) -> None:
    pooled, waiting = analysis_of(np.random.default_rng(100 + seed))
    found = decisions_needed(pooled, waiting, tolerance, Analysis())
    decided, rest = found.order[: found.needed], list(found.order[found.needed :])
    out = {p.study: (p.events, p.n) for p in pooled}
    kept = out | {row.study: plausible(row, 0)[0] for row in reversed(decided) if row.events}
    for held in (out, kept):
        middle = every_way(held, [], Analysis())[0]
        assert np.abs(every_way(held, rest, Analysis()) - middle).max() < tolerance + SLACK


def test_one_fewer_is_not_enough_where_there_is_no_tau2() -> None:
    """By EE the bound is exact: with one decision fewer some way moves the result by the tolerance or more."""
    analysis = Analysis(method="EE")
    needed = []
    for seed in range(20):
        pooled, waiting = analysis_of(np.random.default_rng(200 + seed))
        found = decisions_needed(pooled, waiting, 0.02, analysis)
        needed.append(found.needed)
        if found.needed == 0:
            continue
        decided, rest = found.order[: found.needed - 1], list(found.order[found.needed - 1 :])
        out = {p.study: (p.events, p.n) for p in pooled}
        kept = out | {row.study: plausible(row, 0)[0] for row in reversed(decided) if row.events}
        moves = [np.abs(every_way(h, rest, analysis) - every_way(h, [], analysis)[0]).max() for h in (out, kept)]
        assert max(moves) >= 0.02 - 1e-9
    assert len(set(needed)) > 2


@pytest.mark.parametrize("seed", range(20))
def test_rows_that_displace_others(seed: int) -> None:
    """p0 holds all arms together; as soon as one of its arms is in, it leaves. The bounds allow more than that."""
    pooled, waiting = analysis_of(np.random.default_rng(300 + seed))
    pooled = pooled[: 1 + seed % 3]
    arms = [row for row in waiting if row.study != "p0"][:3]
    rest = [replace(row, displaces=(("p0", "A1"),)) for row in arms]
    analysis = Analysis(method="EE" if seed % 2 else "REML")
    _, (low, high) = reach(pooled, [], rest, analysis)
    others = {p.study: (p.events, p.n) for p in pooled if p.study != "p0"}
    for several in range(1, 2 ** len(rest)):
        some = [row for i, row in enumerate(rest) if several >> i & 1]
        for way in product(*(plausible(row, 0) for row in some)):
            held = others | {row.study: counts for row, counts in zip(some, way, strict=True)}
            (proportion,) = every_way(held, [], analysis)
            assert low - SLACK <= proportion <= high + SLACK


def test_a_decided_row_that_displaces_another() -> None:
    pooled = pooled_rows((30, 60), (20, 30), (5, 25))
    arm = WaitingRow(study="a", arm="A1", events=(9,), n=(30,), displaces=(("p0", "A1"),))
    middle, _ = reach(pooled, [arm], [], Analysis())
    assert middle.k == 3
    held = {"p1": (20, 30), "p2": (5, 25), "a": (9, 30)}
    assert middle.proportion == pytest.approx(every_way(held, [], Analysis())[0])


def test_the_outermost_way_may_have_a_tau2_between_the_extremes() -> None:
    pooled = pooled_rows((19, 102), (9, 119), (10, 80), (10, 95), (19, 115), (3, 8), (15, 57))
    read = {"w0": (27, 37), "p0": (38, 88), "w3": (None, 16)}
    waiting = [
        WaitingRow(study=study, arm="A1", events=() if e is None else (e,), n=(n,)) for study, (e, n) in read.items()
    ]
    waiting.append(WaitingRow(study="p0", arm="A1", events=(26,), n=(33,)))
    analysis = Analysis(measure="PAS", method="PM")
    _, (low, high) = reach(pooled, [], waiting, analysis)
    ways = every_way({p.study: (p.events, p.n) for p in pooled}, waiting, analysis)
    assert low - SLACK <= ways.min()
    assert ways.max() <= high + SLACK


def pooled_rows(*counts: Counts) -> list[PooledRow]:
    return [PooledRow(study=f"p{i}", arm="A1", events=e, n=n) for i, (e, n) in enumerate(counts)]


def test_by_hand() -> None:
    """EE of raw proportions: 50/100 has precision 400; 5/10 waits (40, at the mean) and so does 16/20 (125, at 0.8).

    The second takes the mean to (400·0.5 + 125·0.8)/525 = 0.5714, with the first left out; the first alone does nothing.
    """
    waiting = [
        WaitingRow(study="a", arm="A1", events=(5,), n=(10,)),
        WaitingRow(study="b", arm="A1", events=(16,), n=(20,)),
    ]
    found = decisions_needed(pooled_rows((50, 100)), waiting, 0.05, Analysis(measure="PR", method="EE"))
    assert found.needed == 1
    assert [row.study for row in found.order] == ["b", "a"]
    assert found.before == pytest.approx((0.5, 300 / 525))
    assert found.after == pytest.approx((0.5, 0.5))


def test_the_order_is_that_of_the_impacts_and_fewer_are_needed_for_a_wider_tolerance() -> None:
    pooled, waiting = analysis_of(np.random.default_rng(7))
    each = [decisions_needed(pooled, waiting, t, Analysis()) for t in (0.001, 0.01, 0.05, 0.2, 1)]
    assert [d.needed for d in each] == sorted((d.needed for d in each), reverse=True)
    assert each[-1].needed == 0
    assert list(each[0].order) == [i.row for i in most_telling(impacts(pooled, waiting, Analysis()))]


def test_nothing_waits() -> None:
    found = decisions_needed(pooled_rows((5, 10), (6, 10)), [], 0.01, Analysis())
    assert (found.needed, found.order) == (0, ())
    assert found.now is not None
    assert found.before == found.after == (found.now.proportion, found.now.proportion)


def test_nothing_is_pooled() -> None:
    row = WaitingRow(study="a", arm="A1", events=(5,), n=(10,))
    found = decisions_needed([], [row], 0.5, Analysis())
    assert (found.needed, found.now, found.before) == (1, None, None)


def test_one_pooled_row_without_events() -> None:
    """Its own proportion is 0; without a correction nothing has moved it when the rest is left out."""
    row = WaitingRow(study="p0", arm="A1", events=(0,), n=(25,))
    found = decisions_needed(pooled_rows((0, 20)), [row], 0.03, Analysis())
    assert found.now is not None
    assert found.now.proportion == 0
    assert found.before == (0, pytest.approx(0.5 / 21))


@pytest.mark.parametrize("tolerance", [0, -0.1, float("nan")])
def test_a_tolerance_must_be_above_zero(tolerance: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        decisions_needed(pooled_rows((5, 10)), [], tolerance, Analysis())
