"""Trim and fill against metafor, and by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from pipeline.stats import trimfill
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.trim_and_fill import MISSING, TrimFill
from tests.stats.test_reference import TABLES, assert_close
from tests.stats.test_small_study import EVENTS, SIZES, effects

#: tables whose effects do not rise or fall with their standard error: R takes the sign of a rounding error
NO_SLOPE = {"edge_0_100_only", "edge_identical_p"}
#: metafor pools observed and filled studies with REML at its default convergence, 1e-5 in tau² whatever its size; on
#: this table already the counting is done with it
R_NOT_CONVERGED = ("crisafulli2020", "PFT")


def cells() -> Iterator[tuple[str, str, str, str]]:
    for name, table in TABLES.items():
        for measure, answers in table.get("bias", {}).items():
            for method, estimators in answers.get("trimfill", {}).items():
                yield from ((name, measure, method, estimator) for estimator in estimators)


CELLS = list(cells())


def answer_of(name: str, measure: str, method: str, estimator: str) -> dict[str, Any]:
    found: dict[str, Any] = TABLES[name]["bias"][measure]["trimfill"][method][estimator]
    return found


def filled(name: str, measure: str, method: str, estimator: str, **options: Any) -> TrimFill:
    yi, vi, _ = effects(name, measure)
    return trimfill(yi, vi, estimator, method=method, force=True, **options)


@pytest.mark.parametrize("cell", [c for c in CELLS if "error" not in answer_of(*c)], ids="-".join)
def test_as_in_metafor(cell: tuple[str, str, str, str]) -> None:
    name, measure, method, _ = cell
    answer, ours = answer_of(*cell), filled(*cell)
    assert (ours.k0, ours.k + ours.k0) == (answer["k0"], answer["k"])
    if name in NO_SLOPE:
        assert ours.side == "left"
        assert any("nothing tells the side" in w for w in ours.warnings)
        return
    assert ours.side == answer["side"]
    if (name, measure) != R_NOT_CONVERGED:
        assert_close(ours.se_k0, answer["se_k0"], 1e-6, "se_k0")
    if "p_k0" in answer:
        assert_close(ours.p_k0, answer["p_k0"], 1e-9, "p_k0")
    if method == "DL" or ours.k0 == 0:
        tolerance = 1e-8 if method == "DL" else 1e-6
        for field in ("mu", "se", "ci", "tau2"):
            assert_close(getattr(ours, field), answer[field], tolerance, field)
    else:
        assert abs(ours.tau2 - answer["tau2"]) < 1e-5
        if measure == "PLO":
            assert_close([ours.mu, ours.se], [answer["mu"], answer["se"]], 2e-5, "mu and se")


@pytest.mark.parametrize("cell", [c for c in CELLS if "error" in answer_of(*c)], ids="-".join)
def test_where_metafor_stops_there_is_a_result_that_says_what_it_is(cell: tuple[str, str, str, str]) -> None:
    ours = filled(*cell)
    assert all(math.isfinite(v) for v in (ours.mu, ours.se, ours.tau2, *ours.ci))
    assert ours.warnings
    if len(TABLES[cell[0]]["events"]) > 2 and cell[3] == "Q0":
        assert "Q0 is not defined" in ours.warnings[-1] or "nothing tells the side" in " ".join(ours.warnings)
        assert (ours.estimator == "L0") == ("Q0 is not defined" in ours.warnings[-1])


def test_no_estimator_is_without_a_reference() -> None:
    have = {estimator for *cell, estimator in CELLS if "error" not in answer_of(*cell, estimator)}
    assert have == set(MISSING)
    assert {method for _, _, method, _ in CELLS} == {"DL", "REML"}


#: distances of nine studies from a centre; -1.1, 0.3 and so on have the ranks 4, 1, 2, 3, 5, 6, 7, 8, 9
DISTANCES = np.array([-1.1, 0.3, -0.5, 0.8, 1.3, 1.7, 2.0, 2.2, 3.0])


def test_the_estimators_by_hand() -> None:
    """Duval & Tweedie 2000: T = 1 + 3 + 5 + 6 + 7 + 8 + 9 = 39, the run at the upper end is 5 studies long."""
    assert MISSING["L0"](DISTANCES).k0 == pytest.approx((4 * 39 - 9 * 10) / 17)
    assert MISSING["R0"](DISTANCES).k0 == 5 - 1
    assert MISSING["Q0"](DISTANCES).k0 == pytest.approx(9 - 0.5 - math.sqrt(2 * 81 - 4 * 39 + 0.25))
    assert MISSING["R0"](DISTANCES).variance == 2 * 4 + 2


def test_with_nothing_missing_the_sum_of_ranks_has_the_variance_of_wilcoxon_s() -> None:
    """L0 = (4T - n(n + 1))/(2n - 1), and Var T = n(n + 1)(2n + 1)/24 (Wilcoxon 1945)."""
    even = np.array([-1.0, 2, -3, 4, 5, -6, -7, 8, -9, -10, 11, 12, -13, -14, 15, 16, -17, 18, -19, 20])
    target = 20 * 21 / 4
    assert abs(np.abs(even[even > 0]).sum() - target) <= 6
    found = MISSING["L0"](even)
    assert found.k0 == pytest.approx((4 * 111 - 420) / 39, abs=1.0)
    exact = MISSING["L0"](np.array([-1.0, 2, 3, -4]))
    assert exact.k0 == 0
    assert exact.variance == pytest.approx(16 * (4 * 5 * 9 / 24) / 7**2)


def test_the_side_can_be_given() -> None:
    yi, vi = escalc("PLO", EVENTS, SIZES)
    left, right = (trimfill(yi, vi, side=side) for side in ("left", "right"))
    assert (left.side, right.side) == ("left", "right")
    assert trimfill(-yi, vi, side="right").mu == pytest.approx(-left.mu, abs=1e-9)
    with pytest.raises(ValueError, match="left, right"):
        trimfill(yi, vi, side="up")


def test_filled_studies_are_mirror_images() -> None:
    yi, vi, _ = effects("pritz1997", "PLO")
    ours = trimfill(yi, vi, method="DL")
    assert ours.k0 == len(ours.filled_yi) > 0
    assert set(ours.filled_vi) <= set(vi.tolist())
    sums = [f + float(yi[int(np.flatnonzero(vi == v)[0])]) for f, v in zip(ours.filled_yi, ours.filled_vi, strict=True)]
    assert len({round(s, 9) for s in sums if abs(s - np.median(sums)) < 1e-9}) == 1  # twice the centre
    assert "missing on the left" in str(ours)


STUDY = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(STUDY, min_size=2, max_size=14),
    st.sampled_from(sorted(MISSING)),
    st.sampled_from(sorted(MEASURES)),
    st.sampled_from(["EE", "DL", "REML"]),
)
def test_there_is_always_a_result(studies: list[tuple[int, int]], estimator: str, measure: str, method: str) -> None:
    events, n = (np.array(c, float) for c in zip(*studies, strict=True))
    ours = trimfill(*escalc(measure, events, n), estimator, method=method, force=True)
    assert 0 <= ours.k0 < len(events)
    assert math.isfinite(ours.mu)
    assert ours.se_k0 is None or ours.se_k0 >= 0
    assert ours.estimator == estimator or any("not defined" in w for w in ours.warnings)


@settings(max_examples=20, deadline=None)
@given(st.lists(STUDY, min_size=4, max_size=12), st.sampled_from(["L0", "R0"]))
def test_events_and_others_mirror(studies: list[tuple[int, int]], estimator: str) -> None:
    events, n = (np.array(c, float) for c in zip(*studies, strict=True))
    yi, vi = escalc("PLO", events, n)
    one, other = (
        trimfill(yi, vi, estimator, "left", "DL", force=True),
        trimfill(-yi, vi, estimator, "right", "DL", force=True),
    )
    assert one.k0 == other.k0
    assert math.isclose(one.mu, -other.mu, abs_tol=1e-9)


def test_one_study_and_few_studies() -> None:
    with pytest.raises(ValueError, match="fewer than 2 studies, there are 1"):
        trimfill([0.1], [0.2], force=True)
    with pytest.raises(ValueError, match="at least 10 studies"):
        trimfill([0.1, 0.3], [0.2, 0.4])
