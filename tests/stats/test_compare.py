"""Two groups against R's metafor 3.8-1, statsmodels and scipy, and what must hold whatever the data."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from pipeline.stats import Comparison, compare_proportions
from pipeline.stats.compare import MEASURES_OF, METHODS
from pipeline.stats.effects_two import MEASURES_TWO, checked_tables, escalc_two
from pipeline.stats.inference import TESTS
from pipeline.stats.tau2 import ESTIMATORS
from tests.stats.test_reference import FULL, assert_close

HERE = Path(__file__).parent
COUNTS = ("events1", "n1", "events2", "n2")
#: fields of ours and R's names of them
NAMES = {"mu": "mu", "se": "se", "p": "p", "ci": "ci", "Q": "Q", "Q_p": "Qp", "I2": "I2"}
COMMON = {**NAMES, "mu": "est", "stat": "z", "k": "k"}
TABLE_TESTS = {"cmh": "cmh", "cmh_p": "cmh_p", "tarone": "tarone", "tarone_p": "tarone_p"}
#: metafor has no reference row for the arcsine difference: statistics of it are checked against formulas below
WITHOUT_REFERENCE = {"AS"}


def tables() -> dict[str, Any]:
    path = FULL if FULL.is_file() else HERE / "reference.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["two_arm"]
    return found


TABLES = tables()


def counts(name: str) -> list[list[int]]:
    return [TABLES[name][c] for c in COUNTS]


def cells() -> Iterator[tuple[str, str, str]]:
    for name, table in TABLES.items():
        for measure in MEASURES_TWO:
            yield from ((name, measure, method) for method in table.get(measure, {}).get("rma", {}))


@pytest.mark.parametrize("name", list(TABLES))
@pytest.mark.parametrize("measure", sorted(set(MEASURES_TWO) - WITHOUT_REFERENCE))
def test_effects(name: str, measure: str) -> None:
    answer = TABLES[name][measure]["escalc"]
    yi, vi = escalc_two(measure, checked_tables(*counts(name)), answer["add"], answer["to"], answer["drop00"])
    assert_close(yi, answer["yi"], 1e-12, "yi")
    assert_close(vi, answer["vi"], 1e-12, "vi")


@pytest.mark.parametrize(("name", "measure", "method"), list(cells()))
def test_inverse_variance(name: str, measure: str, method: str) -> None:
    answer = TABLES[name][measure]["rma"][method]
    fit = compare_proportions(*counts(name), measure=measure, method=method)
    for ours, theirs in NAMES.items():
        assert_close(getattr(fit, ours), answer[theirs], 1e-6, ours, zero=1e-8)
    if method == "EE":
        return
    assert_close(fit.tau2, answer["tau2"], 1e-6, "tau2", zero=1e-12)
    assert_close(fit.pi, answer["pi_z"], 1e-6, "pi")
    hartung = compare_proportions(*counts(name), measure=measure, method=method, test="knha")
    for field in ("se", "p", "ci"):
        assert_close(getattr(hartung, field), answer["knha"][field], 1e-6, field)
    profile = TABLES[name][measure]["q_profile"]
    for ours, theirs in ((fit.tau2_ci, "tau2"), (fit.I2_ci, "I2"), (fit.H2_ci, "H2")):
        assert_close(ours, profile[theirs], 1e-6, theirs)


@pytest.mark.parametrize("name", list(TABLES))
@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_mantel_haenszel(name: str, measure: str) -> None:
    answer = TABLES[name][measure]["mh"]
    fit = compare_proportions(*counts(name), measure=measure, method="MH")
    for ours, theirs in {**COMMON, **(TABLE_TESTS if "cmh" in answer else {})}.items():
        assert_close(getattr(fit, ours), answer[theirs], 1e-8, ours, zero=1e-8)


@pytest.mark.parametrize("name", list(TABLES))
def test_peto(name: str) -> None:
    fit = compare_proportions(*counts(name), method="Peto")
    for ours, theirs in COMMON.items():
        assert_close(getattr(fit, ours), TABLES[name]["peto"][theirs], 1e-8, ours, zero=1e-8)


@pytest.mark.parametrize("name", ["bcg", "hine1989", "lee2004"])
@pytest.mark.parametrize("kind", ["UM.FS", "CM.AL"])
def test_glmm(name: str, kind: str) -> None:
    """Tables without an empty cell, where R's search converged; the models themselves have tests of their own."""
    if name not in TABLES:
        pytest.skip("needs ../shared, which is not here")
    answer = TABLES[name]["glmm"][kind]
    fit = compare_proportions(*counts(name), model="glmm", kind=kind)
    assert (fit.k, fit.model, fit.kind) == (answer["k"], "glmm", kind)
    assert_close([fit.mu, fit.Q], [answer["mu"], answer["QE_LRT"]], 1e-4, "mu and Q")
    assert_close(fit.se, answer["se"], 2e-2, "se")
    assert fit.effect == pytest.approx(math.exp(fit.mu))


@pytest.mark.parametrize("kind", ["UM.FS", "UM.RS", "CM.EL", "CM.AL"])
def test_a_glmm_leaves_out_studies_that_say_nothing_and_falls_back_openly(kind: str) -> None:
    fit = compare_proportions([4, 0, 5], [10, 9, 20], [6, 0, 9], [12, 8, 20], model="glmm", kind=kind, test="knha")
    assert (fit.model, fit.k, fit.test, fit.weights) == ("glmm", 2, "t", None)
    assert fit.warnings[0] == "left out: study 2: all or none had the event in both groups"
    none = compare_proportions([0, 0], [10, 9], [0, 0], [12, 8], model="glmm", kind=kind)
    assert (none.model, none.model_asked) == ("iv", "glmm")
    assert none.warnings[0].startswith(f"no GLMM {kind}, inverse variance instead")


def test_no_method_or_measure_is_without_a_reference() -> None:
    """Estimators of tau² are those of single groups, where R has rows for all; here it has four."""
    assert {m for _, m, _ in cells()} == set(MEASURES_TWO) - WITHOUT_REFERENCE
    assert {m for _, _, m in cells()} == {"REML", "DL", "PM", "EE"}
    assert set(METHODS) == set(ESTIMATORS) | set(MEASURES_OF)
    have = {"MH": {m for m in MEASURES_TWO if all("mh" in t.get(m, {}) for t in TABLES.values())}, "Peto": {"OR"}}
    assert {method: set(measures) for method, measures in MEASURES_OF.items()} == have


@pytest.mark.parametrize("name", list(TABLES))
def test_mantel_haenszel_against_statsmodels(name: str) -> None:
    """Odds ratio, its Robins-Breslow-Greenland error, CMH and Tarone's test; without studies that say nothing."""
    a, n1, c, n2 = (np.array(x, float) for x in counts(name))
    told = (a + c > 0) & (a + c < n1 + n2)
    theirs = StratifiedTable(np.array([[a, n1 - a], [c, n2 - c]])[:, :, told])
    fit = compare_proportions(*counts(name), method="MH")
    assert math.isclose(fit.mu, theirs.logodds_pooled, rel_tol=1e-9)
    assert math.isclose(fit.se, theirs.logodds_pooled_se, rel_tol=1e-9)
    assert math.isclose(fit.effect, theirs.oddsratio_pooled, rel_tol=1e-9)
    assert fit.cmh == pytest.approx(theirs.test_null_odds(correction=True).statistic)
    tarone = theirs.test_equal_odds(adjust=True)
    assert (fit.tarone, fit.tarone_p) == (pytest.approx(tarone.statistic), pytest.approx(tarone.pvalue))


#: what R's mantelhaen.test prints for the examples on its help page, (a, b, c, d) of each table: penicillin and rabbits
#: (Agresti 1990, pp. 231-237; most tables have an empty cell), and admissions to Berkeley (Bickel et al. 1975)
PRINTED = {
    "rabbits": (
        [(0, 6, 0, 5), (3, 3, 0, 6), (6, 0, 2, 4), (5, 1, 6, 0), (2, 0, 5, 0)],
        (7, (1.026713, 47.725133), 3.9286, 0.04747),
    ),
    "Berkeley": (
        [
            (512, 313, 89, 19),
            (353, 207, 17, 8),
            (120, 205, 202, 391),
            (138, 279, 131, 244),
            (53, 138, 94, 299),
            (22, 351, 24, 317),
        ],
        (0.9046968, (0.7719074, 1.0603298), 1.4269, 0.2323),
    ),
}


@pytest.mark.parametrize("name", list(PRINTED))
def test_mantel_haenszel_as_printed(name: str) -> None:
    studies, (ratio, interval, cmh, p) = PRINTED[name]
    a, b, c, d = np.array(studies).T
    fit = compare_proportions(a, a + b, c, c + d, method="MH")
    assert fit.effect == pytest.approx(ratio, abs=5e-8)
    assert fit.effect_ci == (pytest.approx(interval[0], abs=5e-7), pytest.approx(interval[1], abs=5e-7))
    assert (fit.cmh, fit.cmh_p) == (pytest.approx(cmh, abs=5e-5), pytest.approx(p, abs=5e-5))


def test_the_arcsine_difference_of_counts_with_known_arcs() -> None:
    """asin sqrt of 1/4, 1/2, 3/4 and 1 is π/6, π/4, π/3 and π/2; the variance is 1/4n1 + 1/4n2."""
    yi, vi = escalc_two("AS", checked_tables([3, 8], [4, 8], [5, 1], [10, 4]))
    assert yi == pytest.approx([math.pi / 12, math.pi / 3])
    assert vi == pytest.approx([1 / 16 + 1 / 40, 1 / 32 + 1 / 16])


@pytest.mark.parametrize(
    ("to", "changed"),
    [("none", [False, False]), ("only0", [False, True]), ("if0all", [True, True]), ("all", [True, True])],
)
def test_what_is_added_to_which_studies(to: str, changed: list[bool]) -> None:
    """A quarter in each cell of those studies, by hand; without it the second study has no ratio."""
    yi, _ = escalc_two("OR", checked_tables([4, 0], [10, 9], [6, 2], [12, 8]), add=0.25, to=to)
    plain = [math.log(4 / 6) - math.log(6 / 6), math.nan]
    raised = [math.log(4.25 / 6.25), math.log(0.25 / 9.25) - math.log(2.25 / 6.25)]
    expected = [r if changes else p for changes, r, p in zip(changed, raised, plain, strict=True)]
    assert yi == pytest.approx(expected, nan_ok=True)


def test_without_a_correction_studies_are_left_out_by_name() -> None:
    fit = compare_proportions([4, 0, 5], [10, 9, 20], [6, 2, 9], [12, 8, 20], to="none")
    assert fit.k == len(fit.yi) == 2
    assert fit.warnings[0] == "left out: study 2: an empty cell gives no effect or no variance"
    fit = compare_proportions([4, 0, 5], [10, 9, 20], [6, 0, 9], [12, 8, 20], drop00=True)
    assert fit.warnings[0] == "left out: study 2: all or none had the event in both groups"
    with pytest.raises(ValueError, match="no study has an effect"):
        compare_proportions([0], [9], [2], [8], to="none")


# ---- whatever the data ----------------------------------------------------------------------------------------------

SIZE = st.integers(1, 200)
STUDY = st.tuples(SIZE, SIZE).flatmap(lambda n: st.tuples(st.integers(0, n[0]), st.integers(0, n[1]), *map(st.just, n)))
STUDIES = st.lists(STUDY, min_size=1, max_size=10)
WAYS = [(m, method) for m in MEASURES_TWO for method in METHODS]
WAYS = [w for w in WAYS if w[1] not in ("MH", "Peto") or w[0] == "OR" or (w[1] == "MH" and w[0] != "AS")]


def columns(studies: list[tuple[int, int, int, int]]) -> list[list[int]]:
    e1, e2, n1, n2 = (list(c) for c in zip(*studies, strict=True))
    return [e1, n1, e2, n2]


def finite(fit: Comparison) -> bool:
    numbers = (fit.mu, fit.se, *fit.ci, *fit.pi, fit.Q, fit.Q_p, fit.I2, fit.H2, *(fit.weights or ()))
    tests = (fit.cmh, fit.cmh_p, fit.tarone, fit.tarone_p)
    return all(map(math.isfinite, [*numbers, *(t for t in tests if t is not None)]))


@settings(max_examples=150, deadline=None)
@given(STUDIES, st.sampled_from(WAYS), st.sampled_from(sorted(TESTS)))
def test_nothing_is_nan(studies: list[tuple[int, int, int, int]], way: tuple[str, str], test: str) -> None:
    fit = compare_proportions(*columns(studies), measure=way[0], method=way[1], test=test)
    assert finite(fit)
    assert fit.tau2 >= 0
    assert math.isclose(sum(fit.weights or ()), 100)
    assert fit.model == fit.model_asked or "inverse variance" in fit.warnings[0]


@settings(max_examples=60, deadline=None)
@given(STUDIES, st.sampled_from(WAYS))
def test_groups_exchanged_give_the_opposite(studies: list[tuple[int, int, int, int]], way: tuple[str, str]) -> None:
    e1, n1, e2, n2 = columns(studies)
    one = compare_proportions(e1, n1, e2, n2, measure=way[0], method=way[1])
    other = compare_proportions(e2, n2, e1, n1, measure=way[0], method=way[1])
    assert math.isclose(one.mu, -other.mu, rel_tol=1e-5, abs_tol=1e-6)
    assert math.isclose(one.se, other.se, rel_tol=1e-5)


@settings(max_examples=60, deadline=None)
@given(STUDIES, st.sampled_from([w for w in WAYS if w[0] != "RR"]))
def test_non_events_give_the_opposite(studies: list[tuple[int, int, int, int]], way: tuple[str, str]) -> None:
    """Not so for risk ratios, which is why it matters what counts as the event."""
    e1, n1, e2, n2 = columns(studies)
    others = ([n - e for e, n in zip(x, m, strict=True)] for x, m in ((e1, n1), (e2, n2)))
    x1, x2 = others
    one = compare_proportions(e1, n1, e2, n2, measure=way[0], method=way[1])
    other = compare_proportions(x1, n1, x2, n2, measure=way[0], method=way[1])
    assert math.isclose(one.mu, -other.mu, rel_tol=1e-5, abs_tol=1e-6)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_one_study_by_mantel_haenszel_is_its_own_effect(measure: str) -> None:
    fit = compare_proportions([12], [30], [5], [25], measure=measure, method="MH")
    yi, vi = escalc_two(measure, checked_tables([12], [30], [5], [25]))
    assert (fit.mu, fit.se) == (pytest.approx(yi[0]), pytest.approx(math.sqrt(vi[0])))
    assert (fit.Q, fit.Q_df, fit.tarone) == (pytest.approx(0), 0, None)


def test_cmh_of_one_table_is_the_corrected_hypergeometric_test() -> None:
    fit = compare_proportions([12], [30], [5], [25], method="MH")
    margins = stats.hypergeom(55, 17, 30)
    assert fit.cmh == pytest.approx((abs(12 - margins.mean()) - 0.5) ** 2 / margins.var())


def test_peto_of_one_table_is_observed_less_expected() -> None:
    fit = compare_proportions([12], [30], [5], [25], method="Peto")
    margins = stats.hypergeom(55, 17, 30)
    assert fit.mu == pytest.approx((12 - margins.mean()) / margins.var())
    assert fit.effect == pytest.approx(math.exp(fit.mu))


@pytest.mark.parametrize(
    ("counts", "measure", "method"),
    [
        (([0, 0], [10, 12], [0, 0], [9, 14]), "OR", "MH"),
        (([0, 0], [10, 12], [3, 1], [9, 14]), "OR", "MH"),
        (([0, 0], [10, 12], [3, 1], [9, 14]), "RR", "MH"),
        (([10, 12], [10, 12], [9, 14], [9, 14]), "RR", "MH"),
        (([0, 0], [10, 12], [0, 0], [9, 14]), "RD", "MH"),
        (([10, 12], [10, 12], [0, 0], [9, 14]), "RD", "MH"),
        (([10, 12], [10, 12], [9, 14], [9, 14]), "OR", "Peto"),
    ],
)
def test_where_there_is_no_estimate_the_result_says_so(
    counts: tuple[list[int], ...], measure: str, method: str
) -> None:
    fit = compare_proportions(*counts, measure=measure, method=method)
    assert (fit.model, fit.model_asked, fit.method) == ("iv", method, "EE")
    assert fit.warnings[0].startswith(f"no estimate by {method}, inverse variance")
    assert finite(fit)


def test_large_groups_and_many_studies() -> None:
    many = compare_proportions([3] * 500, [40] * 500, [5] * 500, [40] * 500, method="MH")
    one = compare_proportions([3], [40], [5], [40], method="MH")
    assert (many.k, many.mu) == (500, pytest.approx(one.mu))
    large = compare_proportions([300_000, 250_000], [10**6] * 2, [200_000, 1], [10**6] * 2, method="MH")
    assert finite(large)


def test_the_effect_is_on_the_natural_scale() -> None:
    ratio = compare_proportions([12, 8], [30, 20], [5, 6], [25, 21], measure="RR")
    assert ratio.effect == pytest.approx(math.exp(ratio.mu))
    assert ratio.effect_ci == (pytest.approx(math.exp(ratio.ci[0])), pytest.approx(math.exp(ratio.ci[1])))
    difference = compare_proportions([12, 8], [30, 20], [5, 6], [25, 21], measure="RD")
    assert (difference.effect, difference.effect_pi) == (difference.mu, difference.pi)


def test_the_result_holds_what_it_was_made_from() -> None:
    fit = compare_proportions([4, 0, 5], [10, 9, 20], [6, 0, 9], [12, 8, 20], drop00=True, add=0.25)
    assert (fit.events1, fit.n1, fit.events2, fit.n2) == ((4, 0, 5), (10, 9, 20), (6, 0, 9), (12, 8, 20))
    assert (fit.add, fit.to, fit.drop00) == (0.25, "only0", True)


def test_it_prints_as_a_table() -> None:
    shown = str(compare_proportions([12, 8, 0], [30, 20, 9], [5, 6, 0], [25, 21, 9], method="MH", test="t"))
    for words in (
        "Mantel-Haenszel, common effect (k = 3; measure OR; test z)",
        "Cochran-Mantel-Haenszel χ²(1)",
        "Tarone χ²(1)",
        "odds ratio",
        "test t is not defined for MH: z instead",
        "Q counts 2 of 3 studies",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("counts", "options", "words"),
    [
        (([6], [5], [1], [5]), {}, "study 1: events1 = 6, n1 = 5"),
        (([1, 1], [5, 5], [1, 2], [5, 0]), {}, "study 2: events2 = 2, n2 = 0"),
        (([1.5], [5], [1], [5]), {}, "whole numbers"),
        (([1, 2], [5], [1], [5]), {}, "same length"),
        (([], [], [], []), {}, "same length"),
        (([1], [5], [1], [5]), {"measure": "PLO"}, "OR, RR, RD, AS"),
        (([1], [5], [1], [5]), {"method": "XX"}, "MH, Peto"),
        (([1], [5], [1], [5]), {"method": "MH", "measure": "AS"}, "not one of OR, RR, RD"),
        (([1], [5], [1], [5]), {"method": "Peto", "measure": "RR"}, "not one of OR"),
        (([1], [5], [1], [5]), {"model": "x"}, "iv"),
        (([1], [5], [1], [5]), {"model": "glmm", "measure": "RR"}, "not one of OR"),
        (([1], [5], [1], [5]), {"model": "glmm", "kind": "UM"}, "UM.FS, UM.RS, CM.EL, CM.AL"),
        (([1], [5], [1], [5]), {"test": "x"}, "knha"),
        (([1], [5], [1], [5]), {"level": 95}, "0.95 for 95 %"),
        (([1], [5], [1], [5]), {"add": -1}, "0 or more"),
        (([1], [5], [1], [5]), {"to": "zero"}, "only0, if0all, none"),
    ],
)
def test_bad_input_is_named(counts: tuple[list[float], ...], options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        compare_proportions(*counts, **options)
