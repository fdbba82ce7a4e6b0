"""Kappas, AC1 and the intraclass correlation against printed figures of SAS, R's irrCAC and psych, and statsmodels."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pytest
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa as of_statsmodels

from pipeline.stats import Kappa, cohen_kappa, fleiss_kappa, gwet_ac1, intraclass_correlation
from pipeline.stats.agreement import NO_SUBJECT, NO_WIDTH, ONE_CATEGORY

#: SAS/STAT, PROC FREQ, "Agreement Study": two dermatologists, terrible to clear
SKIN = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
#: R's irrCAC 1.0: cont3x3abstractors
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
#: R's irrCAC 1.0: distrib.6raters, the first half of the table of Fleiss (1971): subjects × categories
DIAGNOSES = [[0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
             [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
             [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1]]  # fmt: skip
#: R's irrCAC 1.0: cac.raw4raters, without its missing ratings
UNEQUAL = [[1, 1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
           [1, 1, 2, 1], [2, 2, 2, 2], [5, 5, 5], [1, 1], [3]]  # fmt: skip
#: Wikipedia's worked example of Fleiss' kappa: ten subjects, fourteen raters
WORKED = [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
          [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]  # fmt: skip
#: Shrout & Fleiss (1979), Table 2: six targets, four judges
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def raters(table: list[list[int]]) -> tuple[list[int], list[int]]:
    """The two columns of ratings that a table counts."""
    pairs = [(i, j) for i, row in enumerate(table) for j, times in enumerate(row) for _ in range(times)]
    return [i for i, _ in pairs], [j for _, j in pairs]


def subjects(counts: list[list[int]]) -> list[list[int]]:
    return [[j for j, times in enumerate(row) for _ in range(times)] for row in counts]


def figures(k: Kappa) -> tuple[float, float, float, float]:
    assert k.kappa is not None
    assert k.se is not None
    assert k.ci is not None
    return (k.kappa, k.se, *k.ci)


@pytest.mark.parametrize(
    ("weights", "printed"),
    [("unweighted", (0.3449, 0.0724, 0.2030, 0.4868)), ("linear", (0.5082, 0.0655, 0.3798, 0.6366))],
)
def test_cohen_as_sas_prints_it(weights: str, printed: tuple[float, ...]) -> None:
    found = cohen_kappa(*raters(SKIN), weights, range(4))
    assert figures(found) == pytest.approx(printed, abs=5e-5)
    assert (found.n, found.raters) == (88, 2)


def test_cohen_as_irrcac_prints_it() -> None:
    found = cohen_kappa(*raters(ABSTRACTORS))
    assert figures(found)[:2] == pytest.approx((0.7964094, 0.05891072), abs=5e-8)
    assert found.p_o == pytest.approx(0.89)


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
def test_cohen_against_statsmodels(weights: str) -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        table = rng.integers(0, 9, (4, 4))
        table[0, 0] += 5
        expected = cohens_kappa(table, wt=None if weights == "unweighted" else weights)
        found = cohen_kappa(*raters(table.tolist()), weights, range(4))
        assert figures(found) == pytest.approx(
            (expected.kappa, expected.std_kappa, max(expected.kappa_low, -1), min(expected.kappa_upp, 1)), rel=1e-9
        )


@pytest.mark.parametrize(
    ("coefficient", "ratings", "p_o", "p_e", "value", "se", "ci"),
    [
        (fleiss_kappa, subjects(DIAGNOSES), 0.5511111, 0.2340741, 0.4139265, 0.08119291, (0.240, 0.588)),
        (gwet_ac1, subjects(DIAGNOSES), 0.5511111, 0.1914815, 0.4448007, 0.08418757, (0.264, 0.625)),
        (fleiss_kappa, UNEQUAL, 0.8181818, 0.2387153, 0.7611693, 0.1530192, (0.424, 1)),
        (gwet_ac1, UNEQUAL, 0.8181818, 0.1903212, 0.7754441, 0.1429500, (0.461, 1)),
    ],
)
def test_many_raters_as_irrcac_prints_them(coefficient, ratings, p_o, p_e, value, se, ci) -> None:  # type: ignore[no-untyped-def]
    found = coefficient(ratings)
    assert (found.p_o, found.p_e, found.kappa, found.se) == pytest.approx((p_o, p_e, value, se), abs=6e-8)
    assert found.ci == pytest.approx(ci, abs=5e-4)
    assert found.n == sum(len(r) > 1 for r in ratings)


def test_fleiss_worked_example() -> None:
    found = fleiss_kappa(subjects(WORKED))
    assert (found.p_o, found.p_e, found.kappa) == pytest.approx((0.378, 0.213, 0.210), abs=5e-4)
    assert found.kappa == pytest.approx(of_statsmodels(np.array(WORKED)))


def test_fleiss_against_statsmodels() -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        ratings = rng.integers(0, 3, (12, 5))
        assert fleiss_kappa(ratings.tolist()).kappa == pytest.approx(of_statsmodels(aggregate_raters(ratings)[0]))


def test_the_order_of_subjects_raters_and_names_does_not_matter() -> None:
    first, second = raters(SKIN)
    names = ["terrible", "poor", "marginal", "clear"]
    named = cohen_kappa([names[i] for i in reversed(first)], [names[i] for i in reversed(second)], "linear", names)
    assert figures(named) == pytest.approx(figures(cohen_kappa(second, first, "linear", range(4))))
    turned = [list(reversed(r)) for r in reversed(UNEQUAL)]
    assert figures(fleiss_kappa(turned)) == pytest.approx(figures(fleiss_kappa(UNEQUAL)))


def test_two_categories_by_hand() -> None:
    """Of 10 subjects 4 yes/yes, 4 no/no, 2 yes/no: p_o 0.8, p_e 0.6·0.4 + 0.4·0.6 = 0.48; AC1's is 2·0.5·0.5 = 0.5."""
    first, second = list("yyyynnnnyy"), list("yyyynnnnnn")
    found = cohen_kappa(first, second)
    assert (found.p_o, found.p_e, found.kappa) == pytest.approx((0.8, 0.48, 0.32 / 0.52))
    assert gwet_ac1(list(zip(first, second, strict=True))).kappa == pytest.approx(0.3 / 0.5)


def test_where_almost_all_are_in_one_category_only_ac1_is_high() -> None:
    """Of 100 subjects 96 are yes for both, 2 for each alone: p_o 0.96, kappa below 0."""
    first, second = ["y"] * 98 + ["n"] * 2, ["y"] * 96 + ["n"] * 2 + ["y"] * 2
    kappa, ac1 = cohen_kappa(first, second).kappa, gwet_ac1(list(zip(first, second, strict=True))).kappa
    assert kappa == pytest.approx((0.96 - 0.9608) / (1 - 0.9608))
    assert ac1 == pytest.approx((0.96 - 2 * 0.98 * 0.02) / (1 - 2 * 0.98 * 0.02))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (cohen_kappa(["a"] * 5, ["a"] * 5), ONE_CATEGORY),
        (cohen_kappa(["a"] * 5, ["a"] * 5, "linear", ["a", "b"]), ONE_CATEGORY),
        (fleiss_kappa([["a", "a", "a"], ["a", "a"]]), ONE_CATEGORY),
        (gwet_ac1([["a", "a", "a"], ["a", "a"]]), ONE_CATEGORY),
        (cohen_kappa([], []), NO_SUBJECT),
        (fleiss_kappa([["a"], [], ["b"]]), NO_SUBJECT),
    ],
)
def test_not_defined_is_none_with_the_reason(found: Kappa, why: str) -> None:
    assert (found.kappa, found.se, found.ci, found.warnings) == (None, None, None, (why,))
    assert why in str(found)


@pytest.mark.parametrize(
    "found",
    [
        cohen_kappa(list("aabb"), list("aabb")),
        fleiss_kappa(["aaa", "bbb"]),
        gwet_ac1(["aa", "aa"], ["a", "b"]),
    ],
)
def test_full_agreement_has_no_interval_and_says_so(found: Kappa) -> None:
    assert (found.kappa, found.se, found.ci, found.warnings) == (1.0, None, None, (NO_WIDTH,))


def test_one_subject() -> None:
    found = cohen_kappa(["a"], ["b"])
    assert (found.p_o, found.p_e, found.kappa, found.ci) == (0, 0, 0, None)


@pytest.mark.parametrize(
    ("first", "second", "weights", "categories", "words"),
    [
        ("ab", "a", "unweighted", None, "2 and 1 subjects"),
        ("ab", "ab", "cubic", None, 'weights = "cubic".*quadratic'),
        ("ab", "ab", "linear", None, "in their order"),
        ("ac", "ab", "unweighted", "ab", "category 'c': not one of 'a', 'b'"),
    ],
)
def test_refused(first: str, second: str, weights: str, categories: list[Hashable] | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cohen_kappa(first, second, weights, categories)


def test_printed() -> None:
    text = str(cohen_kappa(*raters(SKIN), "linear", range(4)))
    assert text.splitlines()[0] == "Cohen's kappa (88 subjects, 2 raters, 4 categories, linear weights)"
    assert "kappa 0.5082, se 0.0655, 95 % CI [0.3798, 0.6366]" in text


# ---- the intraclass correlation -------------------------------------------------------------------------------------


def test_intraclass_as_shrout_and_fleiss_print_it() -> None:
    """The paper prints .17; R's psych adds the mean squares' F 1.8 and the limits -0.133 and 0.72."""
    found = intraclass_correlation(JUDGES)
    assert found.ci is not None
    assert found.icc == pytest.approx(0.17, abs=5e-3)
    assert found.ms_between is not None
    assert found.ms_within is not None
    assert (found.ms_between, found.ms_within) == pytest.approx((11.24, 6.26), abs=5e-3)
    assert found.ci == pytest.approx((-0.133, 0.72), abs=5e-3)
    assert found.raters == 4
    assert "ICC 0.1657, 95 % CI [-0.1329, 0.7226]" in str(found)


def test_unequal_numbers_by_hand() -> None:
    """Groups 1, 3 | 5, 5, 8 | 9, 9: mean squares between and within by their definitions, n0 = (7 - 17/7)/2."""
    groups = [[1.0, 3.0], [5.0, 5.0, 8.0], [9.0, 9.0]]
    grand = 40 / 7
    between = (2 * (2 - grand) ** 2 + 3 * (6 - grand) ** 2 + 2 * (9 - grand) ** 2) / 2
    within = (2 + 6 + 0) / 4
    n0 = (7 - 17 / 7) / 2
    found = intraclass_correlation([*groups, [100.0], []])
    assert found.icc == pytest.approx((between - within) / (between + (n0 - 1) * within))
    assert (found.n, found.raters) == (3, pytest.approx(n0))


def test_the_interval_covers_the_truth_it_is_simulated_from() -> None:
    """4000 times 15 subjects by two raters, true correlation 0.8: 95 % within four standard errors."""
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(4000):
        ratings = rng.normal(0, 2, (15, 1)) + rng.normal(0, 1, (15, 2))
        low, high = intraclass_correlation(ratings.tolist()).ci or (0, 0)
        hits += low <= 0.8 <= high
    assert abs(hits / 4000 - 0.95) < 4 * (0.95 * 0.05 / 4000) ** 0.5


@pytest.mark.parametrize(
    ("ratings", "icc", "words"),
    [
        ([[1, 2]], None, "fewer than two subjects"),
        ([[3, 3], [3, 3]], None, "no variance"),
        ([[3, 3], [0, 0]], 1.0, "no interval"),
    ],
)
def test_intraclass_without_a_spread(ratings: list[list[float]], icc: float | None, words: str) -> None:
    found = intraclass_correlation(ratings)
    assert (found.icc, found.ci) == (icc, None)
    assert words in found.warnings[0]


def test_a_rating_that_is_no_number() -> None:
    with pytest.raises(ValueError, match="rating nan"):
        intraclass_correlation([[1.0, float("nan")], [1.0, 2.0]])
