"""Permutation tests against one fit after the other, and against scipy's."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest

from pipeline.stats import Regression, meta_regression, permutation_test, pool_proportions
from pipeline.stats.inference import TESTS
from pipeline.stats.permutation import distinct, drawn, every
from pipeline.stats.tau2 import ESTIMATORS

Y = np.array([0.1, 0.9, 0.3, 1.3, 0.8])
V = np.array([0.02, 0.05, 0.01, 0.08, 0.03])
DATA = {"x": [1.0, 4, 2, 8, 5], "g": list("aabab")}


def of_first(k: int, formula: str, method: str, test: str) -> Regression:
    return meta_regression(Y[:k], V[:k], formula, {c: v[:k] for c, v in DATA.items()}, method, test)


def one_by_one(k: int, formula: str, method: str, test: str) -> list[float]:
    """Shares over all k! orders of the moderators."""

    def fitted(order: tuple[int, ...]) -> np.ndarray:
        fit = meta_regression(Y[:k], V[:k], formula, {c: [v[i] for i in order] for c, v in DATA.items()}, method, test)
        return np.array([*np.abs(np.array(fit.stat, float)), fit.QM])

    own = fitted(tuple(range(k)))
    every_one = np.array([fitted(order) for order in permutations(range(k))])
    return list(np.mean(every_one >= own * (1 - 1e-7), axis=0))


@pytest.mark.parametrize(
    ("k", "formula", "method", "test"),
    [(4, "x", m, "z") for m in ESTIMATORS]
    + [(4, "x", "DL", t) for t in TESTS]
    + [(5, "x + g", "REML", "knha"), (4, "0 + g", "PM", "t")],
)
def test_exact_equals_one_fit_after_the_other(k: int, formula: str, method: str, test: str) -> None:
    ours = permutation_test(of_first(k, formula, method, test))
    assert ours.exact
    assert [*ours.p, ours.QM_p] == pytest.approx(one_by_one(k, formula, method, test))


def test_scipy_agrees_for_two_groups_of_equal_precision() -> None:
    """With equal variances the statistic grows with the difference of means, so it is the Fisher-Pitman test."""
    from scipy.stats import permutation_test as of_scipy

    y, g = np.array([0.3, 1.2, 0.8, 2.4, 1.9, 2.2, 0.7]), list("aaabbba")
    ours = permutation_test(meta_regression(y, np.full(7, 0.1), "g", {"g": g}, "EE"))
    theirs = of_scipy(
        (y[np.array(g) == "a"], y[np.array(g) == "b"]), lambda a, b: abs(np.mean(a) - np.mean(b)), alternative="greater"
    )
    assert ours.permutations == 35
    assert ours.p[1] == ours.QM_p == pytest.approx(theirs.pvalue)


def test_terms_of_one_column_are_their_coefficients() -> None:
    ours = permutation_test(meta_regression(Y, V, "x + g", DATA))
    assert [t.p for t in ours.tests] == list(ours.p[1:])
    assert [t.term for t in ours.tests] == ["x", "g"]


def larger(k: int = 14) -> Regression:
    random = np.random.default_rng(5)
    data = {"x": random.normal(size=k), "g": list("abc" * k)[:k]}
    return meta_regression(random.normal(size=k) + data["x"], random.uniform(0.05, 0.5, k), "x + g", data, test="knha")


def test_drawn_permutations_are_repeatable_and_hold_the_data() -> None:
    fit = larger()
    one = permutation_test(fit, 200, seed=3)
    assert (one.exact, one.permutations, one.seed) == (False, 200, 3)
    assert one == permutation_test(fit, 200, seed=3)
    assert one.p != permutation_test(fit, 200, seed=4).p
    assert min(*one.p, one.QM_p) >= 1 / 200
    assert one.stat == pytest.approx(fit.stat, rel=1e-9)
    assert pytest.approx(fit.QM, rel=1e-9) == one.QM
    assert [t.QM for t in one.tests] == pytest.approx([t.QM for t in fit.tests], rel=1e-9)
    assert (drawn(6, 50, 1)[0] == np.arange(6)).all()
    assert (np.sort(drawn(6, 50, 1), axis=1) == np.arange(6)).all()


def test_without_an_effect_p_is_uniform() -> None:
    """Over 120 samples from the null the share of p ≤ 0.1 is 0.1 up to 3 standard errors of 0.027."""
    random = np.random.default_rng(8)
    x, v = random.normal(size=10), random.uniform(0.05, 0.5, 10)
    fits = [meta_regression(random.normal(size=10) * np.sqrt(v + 0.1), v, "x", {"x": x}, "DL") for _ in range(120)]
    small = np.mean([permutation_test(f, 40, seed=i).p[1] <= 0.1 for i, f in enumerate(fits)])
    assert abs(small - 0.1) < 3 * 0.027


def test_distinct_arrangements() -> None:
    X = np.array([[1.0, 0], [1, 0], [1, 1], [1, 2]])
    orders = every(X)
    assert len(orders) == distinct(X) == 12
    places = {tuple(map(tuple, X[np.argsort(order)])) for order in orders}
    assert len(places) == 12


def test_of_proportions() -> None:
    options = {"mods": "x", "data": {"x": [1, 2, 3, 4]}}
    test = permutation_test(pool_proportions([3, 8, 20, 14], [10, 12, 40, 30], **options))
    assert (test.exact, test.permutations) == (True, 24)
    assert "Permutation test (24 permutations, all)" in str(test)
    json.dumps(test.to_dict(), allow_nan=False)
    with pytest.raises(ValueError, match="two-step model"):
        permutation_test(pool_proportions([3, 8, 20, 14], [10, 12, 40, 30], model="glmm", **options))
    with pytest.raises(ValueError, match="the same for all"):
        permutation_test(pool_proportions([3, 8], [10, 12], mods="1"))
    with pytest.raises(ValueError, match="permutations = 1"):
        permutation_test(larger(), 1)


@pytest.mark.parametrize(("y", "p"), [([2.7] * 5, 1.0), ([3.0, 9, 5, 17, 11], 1 / 120)])
def test_effects_that_x_meets_exactly(y: list[float], p: float) -> None:
    """Identical effects look the same in every order; y = 1 + 2x only in one of 120."""
    fit = meta_regression(y, [0.1] * 5, "x", {"x": [1.0, 4, 2, 8, 5]}, test="knha")
    assert permutation_test(fit).p[1] == pytest.approx(p)
