"""Tests of funnel asymmetry against R's metafor and meta, statsmodels and scipy, and what must hold whatever the data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats
from statsmodels.api import OLS, WLS, add_constant

from pipeline.stats import asymmetry_test, asymmetry_test_two, ranktest, regtest
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.effects_two import checked_tables, escalc_two
from pipeline.stats.small_study import CAVEAT
from pipeline.stats.small_study_rank import standardised
from pipeline.stats.small_study_regression import PREDICTORS
from pipeline.stats.small_study_tests import NAMED, NAMED_TWO
from tests.stats.test_compare import COUNTS, TABLES as TABLES_TWO
from tests.stats.test_reference import TABLES, assert_close

Array = np.ndarray[Any, np.dtype[np.float64]]

#: fields of ours and R's names of them
REGRESSION = ("stat", "p", "intercept", "se_intercept", "slope", "se_slope", "tau2")
#: R compares doubles in tau but counts ties of 15 printed digits in its variance: test_a_p_of_r_that_counts_… shows it
R_COUNTS_PRINTED_TIES = ("roever2022", "PLN")


def effects(name: str, measure: str) -> tuple[Array, Array, Array]:
    events, n = (np.array(TABLES[name][c], float) for c in ("events", "n"))
    return (*escalc(measure, events, n), n)


def bias_cells() -> Iterator[tuple[str, str]]:
    for name, table in TABLES.items():
        yield from ((name, measure) for measure in table.get("bias", {}))


def regression_cells() -> list[tuple[str, str, str]]:
    return [(n, m, p) for n, m in bias_cells() for p in TABLES[n]["bias"][m]["regtest"]]


# ---- regression -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "measure"), list(bias_cells()))
def test_mixed_regression_is_as_in_metafor(name: str, measure: str) -> None:
    for predictor, models in TABLES[name]["bias"][measure]["regtest"].items():
        answer, what = models["rma_reml"], f"{name} {measure} {predictor}"
        if not possible(name, measure, predictor) or "error" in answer:
            continue
        test = regtest(*effects(name, measure), predictor, "rma", force=True)
        for field in REGRESSION:
            assert_close(getattr(test, field), answer[field], 1e-6, f"{what} {field}", zero=1e-11)
        if answer["limit_ci"] is None:
            assert test.limit_ci is None, what
        else:
            assert_close(test.limit_ci, answer["limit_ci"], 1e-6, what)


def possible(name: str, measure: str, predictor: str) -> bool:
    """Where the predictor is the same in all studies, or two studies are there, R has no test, and ours says why."""
    answer = TABLES[name]["bias"][measure]["regtest"][predictor]["rma_reml"]
    if "Redundant predictors" in "".join(answer.get("warnings", [])):
        with pytest.raises(ValueError, match="the same in all"):
            regtest(*effects(name, measure), predictor, force=True)
        return False
    if len(TABLES[name]["events"]) < 3:
        with pytest.raises(ValueError, match="fewer than 3 studies, there are 2"):
            regtest(*effects(name, measure), predictor, force=True)
        return False
    return True


@pytest.mark.parametrize(("name", "measure"), list(bias_cells()))
def test_weighted_regression_is_that_of_statsmodels(name: str, measure: str) -> None:
    for predictor in TABLES[name]["bias"][measure]["regtest"]:
        if not possible(name, measure, predictor):
            continue
        yi, vi, ni = effects(name, measure)
        x = PREDICTORS[predictor].of(vi, ni)
        scale = x.max()
        theirs = WLS(yi, add_constant(x / scale), weights=1 / vi).fit()
        ours = regtest(yi, vi, ni, predictor, "lm", force=True)
        assert ours.df == len(yi) - 2
        if np.ptp(yi) < 1e-12:  # statsmodels tests the rounding errors of identical effects
            assert (ours.slope, ours.stat) == (0, None)
            continue
        assert_close([ours.intercept, ours.slope * scale], theirs.params, 1e-6, f"{name} {measure} {predictor}", 1e-9)
        assert_close([ours.se_intercept, ours.se_slope * scale], theirs.bse, 1e-6, predictor)
        assert_close([ours.stat, ours.p], [theirs.tvalues[1], theirs.pvalues[1]], 1e-6, predictor, 1e-9)
        assert_close(ours.dispersion, theirs.scale, 1e-6, predictor)
        if ours.limit_ci is not None:
            assert_close(ours.limit_ci, theirs.conf_int()[0], 1e-6, predictor)


@pytest.mark.parametrize("measure", ["PLO", "PAS", "PFT"])
@pytest.mark.parametrize(("test", "model", "tolerance"), [("Egger", "lm", 1e-8), ("Thompson", "rma", 2e-4)])
def test_egger_and_thompson_are_as_in_meta(measure: str, test: str, model: str, tolerance: float) -> None:
    """meta takes REML at metafor's default convergence, 1e-5 in tau² whatever its size: hence PLO only, and 2e-4."""
    compared = 0
    for name, table in TABLES.items():
        answer = table.get("meta_pkg", {}).get(measure, {}).get("bias", {}).get(test, {})
        if answer.get("stat") is None or (model == "rma" and measure != "PLO"):
            continue
        ours = regtest(*effects(name, measure), "sei", model, test="t", force=True)
        if np.ptp(effects(name, measure)[0]) < 1e-12:  # R tests the rounding errors of identical effects
            assert ours.stat in (None, 0)
            continue
        assert ours.df == answer["df"]
        assert_close(ours.stat, answer["stat"], tolerance, name)
        assert_close(ours.p, answer["p"], tolerance, name)
        compared += 1
    assert compared >= 2 or (model == "rma" and measure != "PLO")


def test_no_predictor_is_without_a_reference() -> None:
    assert {predictor for _, _, predictor in regression_cells()} == set(PREDICTORS)
    assert {measure for _, measure in bias_cells()} == set(MEASURES)


@pytest.mark.parametrize("name", [n for n, t in TABLES_TWO.items() if "regtest" in t.get("OR", {})])
@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_two_groups_are_as_in_metafor(name: str, measure: str) -> None:
    table = TABLES_TWO[name]
    yi, vi = escalc_two(measure, checked_tables(*(table[c] for c in COUNTS)))
    answer = table[measure]["regtest"]["sei"]["rma_reml"]
    test = regtest(yi, vi, force=True)
    for field in REGRESSION:
        assert_close(getattr(test, field), answer[field], 1e-6, field)
    assert_close(test.limit_ci, answer["limit_ci"], 1e-6, "limit_ci")
    rank = ranktest(yi, vi, force=True)
    assert_close([rank.kendall_tau, rank.p], list(table[measure]["ranktest"].values())[:2], 1e-8, "ranktest")


# ---- named tests ----------------------------------------------------------------------------------------------------

EVENTS = np.array([3.0, 8, 5, 12, 20, 14, 33, 41, 60, 120, 95])
SIZES = np.array([5.0, 12, 11, 20, 41, 30, 70, 90, 150, 260, 240])
CONTROL = np.array([2.0, 5, 6, 9, 15, 11, 20, 40, 44, 90, 80])
SIZES_CONTROL = np.array([6.0, 11, 12, 19, 40, 31, 72, 88, 151, 255, 238])


def wls(y: Array, x: Array, w: Array) -> tuple[float, float]:
    fit = WLS(y, add_constant(x), weights=w).fit()
    return float(fit.tvalues[1]), float(fit.pvalues[1])


def test_peters_and_macaskill_weigh_by_events_times_others_over_n() -> None:
    """Peters et al. 2006: log odds on 1/n; Macaskill et al. 2001: on n."""
    y, w = np.log(EVENTS / (SIZES - EVENTS)), EVENTS * (SIZES - EVENTS) / SIZES
    for name, x in (("peters", 1 / SIZES), ("macaskill", SIZES)):
        test = asymmetry_test(EVENTS, SIZES, name)
        assert_close([test.stat, test.p], wls(y, x, w), 1e-9, name)


def test_arcsine_test_has_egger_s_line_of_standard_deviates() -> None:
    """Egger et al. 1997 regress y/se on 1/se without weights: its intercept is the slope of the weighted form."""
    y, se = np.arcsin(np.sqrt(EVENTS / SIZES)), 1 / (2 * np.sqrt(SIZES))
    theirs = OLS(y / se, add_constant(1 / se)).fit()
    ours = asymmetry_test(EVENTS, SIZES, "arcsine")
    assert_close([ours.slope, ours.se_slope, ours.p], [theirs.params[0], theirs.bse[0], theirs.pvalues[0]], 1e-9, "")


def test_harbord_is_the_line_of_z_over_root_v_on_root_v() -> None:
    """Harbord et al. 2006: Z/√V on √V, unweighted; Z and V of the hypergeometric distribution, here from scipy."""
    n1, n2, events = SIZES, SIZES_CONTROL, EVENTS + CONTROL
    table = stats.hypergeom(n1 + n2, events, n1)
    root = np.sqrt(table.var())
    theirs = OLS((EVENTS - table.mean()) / root, add_constant(root)).fit()
    ours = asymmetry_test_two(EVENTS, n1, CONTROL, n2, "harbord")
    assert_close([ours.slope, ours.se_slope, ours.p], [theirs.params[0], theirs.bse[0], theirs.pvalues[0]], 1e-8, "")


def test_peters_of_two_groups_weighs_by_both_groups_together() -> None:
    a, b, c, d = EVENTS, SIZES - EVENTS, CONTROL, SIZES_CONTROL - CONTROL
    total = SIZES + SIZES_CONTROL
    theirs = wls(np.log(a * d / (b * c)), 1 / total, (a + c) * (b + d) / total)
    ours = asymmetry_test_two(a, SIZES, c, SIZES_CONTROL, "peters")
    assert_close([ours.stat, ours.p], theirs, 1e-9, "")
    assert ours.measure == "OR"


@pytest.mark.parametrize("name", list(NAMED))
def test_every_named_test_has_a_result_that_says_where_it_comes_from(name: str) -> None:
    test = asymmetry_test(EVENTS, SIZES, name)
    assert test.p is not None
    assert 0 < test.p < 1
    assert NAMED[name].paper in str(test)
    assert CAVEAT in str(test)
    assert test.to_dict()["measure"] == (NAMED[name].measure or "PLO")


@pytest.mark.parametrize("name", list(NAMED_TWO))
def test_every_named_test_of_two_groups_leaves_out_what_says_nothing(name: str) -> None:
    """A study without events in both groups has no score and no pooled weight; the other tests correct it."""
    columns = [
        np.append(c, extra) for c, extra in zip((EVENTS, SIZES, CONTROL, SIZES_CONTROL), (0, 9, 0, 8), strict=True)
    ]
    test = asymmetry_test_two(*columns, name=name)
    expected = 11 if name in ("harbord", "peters", "macaskill") else 12
    assert test.k == expected
    assert ("left out: study 12" in " ".join(test.warnings)) == (expected == 11)
    assert test.p is not None


def test_size_does_not_mislead_peters_where_standard_errors_mislead_egger() -> None:
    """Proportions near 0 without any small-study effect (Hunter 2014): Egger's test cries wolf far oftener."""
    rng, alarms = np.random.default_rng(5), Counter[str]()
    for _ in range(60):
        n = np.round(np.exp(rng.normal(4, 0.9, 30))).clip(8, 3000)
        x = rng.binomial(n.astype(int), 1 / (1 + np.exp(3 - 0.6 * rng.normal(size=30))))
        for name in ("peters", "egger"):
            p = asymmetry_test(x, n, name).p
            alarms[name] += p is not None and p < 0.1
    assert alarms["peters"] < 20
    assert alarms["egger"] > 2 * alarms["peters"]


# ---- rank correlation -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "measure"), list(bias_cells()))
def test_rank_correlation_is_as_in_metafor(name: str, measure: str) -> None:
    answer = TABLES[name]["bias"][measure]["ranktest"]
    yi, vi, _ = effects(name, measure)
    test = ranktest(yi, vi, force=True)
    if answer["kendall_tau"] is None or np.ptp(yi) < 1e-14:  # R ranks the rounding errors of 4/20 and 8/40
        assert test.kendall_tau is None
        assert any("nothing to rank" in w for w in test.warnings)
        return
    assert_close(test.kendall_tau, answer["kendall_tau"], 1e-8, "tau")
    assert test.exact == ("warnings" not in answer)
    if (name, measure) != R_COUNTS_PRINTED_TIES:
        assert_close(test.p, answer["p"], 1e-8, "p")


def test_a_p_of_r_that_counts_ties_of_printed_digits() -> None:
    """1/3 - 1/6 and 1/2 - 1/3 differ in the last bit. R's tau sees two values, the variance in its p one."""
    name, measure = R_COUNTS_PRINTED_TIES
    if name not in TABLES:
        pytest.skip("needs ../shared")
    yi, vi, _ = effects(name, measure)
    z, answer = standardised(yi, vi), TABLES[name]["bias"][measure]["ranktest"]["p"]
    assert_close(tied_p(z, vi, printed_ties(z), printed_ties(vi)), answer, 1e-8, "as R")
    assert_close(tied_p(z, vi, ties(z), ties(vi)), ranktest(yi, vi).p, 1e-8, "as it should be")


def test_many_studies_have_a_normal_p_that_is_nearly_exact() -> None:
    rng = np.random.default_rng(2)
    yi, vi = rng.normal(0.4, 0.3, 201), rng.uniform(0.02, 0.4, 201)
    many = ranktest(yi, vi)
    assert not many.exact
    assert "more than 200 studies" in many.warnings[0]
    assert many.p == pytest.approx(stats.kendalltau(standardised(yi, vi), vi, method="exact").pvalue, rel=1e-2)
    assert ranktest(yi[:200], vi[:200]).exact


def ties(values: Array) -> Array:
    counts = np.unique(values, return_counts=True)[1]
    return counts[counts > 1].astype(float)


def printed_ties(values: Array) -> Array:
    """As R's table(x[duplicated(x)]) + 1, whose names have 15 digits."""
    repeated: Counter[str] = Counter()
    for value, count in zip(*np.unique(values, return_counts=True), strict=True):
        repeated[f"{value:.15g}"] += int(count) - 1
    return np.array([count + 1.0 for count in repeated.values() if count])


def tied_p(x: Array, y: Array, tx: Array, ty: Array) -> float:
    """Kendall 1970, Rank correlation methods, ch. 4: the variance of S with ties."""
    n, tau = len(x), stats.kendalltau(x, y).statistic
    pairs = n * (n - 1) / 2
    s = tau * math.sqrt((pairs - (tx * (tx - 1)).sum() / 2) * (pairs - (ty * (ty - 1)).sum() / 2))
    v0, vt, vu = n * (n - 1) * (2 * n + 5), *((t * (t - 1) * (2 * t + 5)).sum() for t in (tx, ty))
    v1 = (tx * (tx - 1)).sum() * (ty * (ty - 1)).sum() / (2 * n * (n - 1))
    v2 = (tx * (tx - 1) * (tx - 2)).sum() * (ty * (ty - 1) * (ty - 2)).sum() / (9 * n * (n - 1) * (n - 2))
    return float(2 * stats.norm.sf(abs(s) / math.sqrt((v0 - vt - vu) / 18 + v1 + v2)))


# ---- whatever the data ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [
    asymmetry_test, lambda x, n: asymmetry_test(x, n, "egger"), lambda x, n: ranktest(*escalc("PLO", x, n)),
])  # fmt: skip
def test_below_ten_studies_only_if_forced(call: Any) -> None:
    with pytest.raises(ValueError, match=r"needs at least 10 studies \(Sterne 2011\), there are 7; pass force=True"):
        call(EVENTS[:7], SIZES[:7])
    assert any("7 studies" in w for w in asymmetry_test(EVENTS[:7], SIZES[:7], force=True).warnings)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"predictor": "se"}, "sei, vi, ni, ninv, sqrtni, sqrtninv"),
        ({"model": "glm"}, "lm, rma"),
        ({"method": "XX"}, "REML"),
        ({"test": "x"}, "knha"),
        ({"level": 95}, "0.95 for 95 %"),
        ({"predictor": "ninv", "ni": None}, "needs the sizes ni"),
        ({"predictor": "ninv", "ni": [1, 2]}, "each of the 11 studies"),
        ({"predictor": "ninv", "ni": [0, *SIZES[1:]]}, "study 1: ni = 0"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], words: str) -> None:
    yi, vi = escalc("PLO", EVENTS, SIZES)
    with pytest.raises(ValueError, match=words):
        regtest(yi, vi, **{"ni": SIZES, **options})


STUDY = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=40, deadline=None)
@given(st.lists(STUDY, min_size=3, max_size=14), st.sampled_from(sorted(NAMED)), st.sampled_from(sorted(MEASURES)))
def test_there_is_a_result_or_a_reason(studies: list[tuple[int, int]], name: str, measure: str) -> None:
    events, n = ([float(v) for v in c] for c in zip(*studies, strict=True))
    _, vi = escalc(NAMED[name].measure or measure, *(np.array(c) for c in (events, n)))
    x = PREDICTORS[NAMED[name].predictor].of(vi, np.array(n))
    if np.ptp(x) <= 1e-12 * x.max():
        with pytest.raises(ValueError, match="the same in all"):
            asymmetry_test(events, n, name, measure, force=True)
        return
    test = asymmetry_test(events, n, name, measure, force=True)
    assert all(math.isfinite(v) for v in (test.intercept, test.slope, test.se_slope))
    assert test.p is None or 0 <= test.p <= 1


@settings(max_examples=20, deadline=None)
@given(st.lists(STUDY, min_size=3, max_size=12), st.sampled_from(["arcsine", "peters", "egger"]))
def test_events_and_others_mirror(studies: list[tuple[int, int]], name: str) -> None:
    events, n = (np.array(c, float) for c in zip(*studies, strict=True))
    if len(set(n)) < 3 or len(set(escalc("PLO", events, n)[1])) < 3:
        return
    one, other = (asymmetry_test(x, n, name, force=True) for x in (events, n - events))
    assert math.isclose(one.slope, -other.slope, rel_tol=1e-6, abs_tol=1e-6 * one.se_slope + 1e-9)


def test_effects_on_a_line_have_no_test_and_say_so() -> None:
    vi = np.linspace(0.1, 1, 12)
    test = regtest(np.full(12, 0.5), vi, model="lm")
    assert (test.slope, test.stat, test.p) == (0, None, None)
    assert any("on a line" in w for w in test.warnings)
    assert regtest(np.sqrt(vi), vi, model="lm").p == pytest.approx(0)
