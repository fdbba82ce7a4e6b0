"""Networks against R's netmeta 3.4-0, against least squares on contrasts written out, and what must hold always."""

from __future__ import annotations

import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from pipeline.stats import Network, pool_network
from pipeline.stats.effects_two import MEASURES_TWO, checked_tables, escalc_two
from pipeline.stats.network import NETWORK_METHODS
from pipeline.stats.tau2 import estimate
from pipeline.stats.two_step import pool_effects
from pipeline.stats.weighting import Columns
from pipeline.stats.within_studies import network_sample
from tests.stats.test_reference import FULL, assert_close

HERE = Path(__file__).parent
NETWORKS: dict[str, Any] = json.loads((FULL if FULL.is_file() else HERE / "reference.json").read_text("utf-8"))[
    "network"
]

Rows = list[tuple[str, str, int, int]]

#: a loop with a four-arm study, two designs that repeat, empty cells, a study that tells nothing, one of one arm
LOOP: Rows = [
    ("s1", "A", 3, 20), ("s1", "B", 8, 22), ("s1", "C", 9, 25), ("s1", "D", 12, 24),
    ("s2", "A", 19, 40), ("s2", "B", 6, 41),
    ("s3", "A", 2, 30), ("s3", "B", 2, 28),
    ("s4", "B", 21, 33), ("s4", "C", 9, 31),
    ("s5", "A", 0, 18), ("s5", "C", 6, 19), ("s5", "B", 4, 19),
    ("s6", "C", 9, 60), ("s6", "D", 21, 61),
    ("s7", "A", 1, 12), ("s7", "C", 7, 14), ("s7", "B", 3, 15),
    ("s8", "A", 0, 10), ("s8", "D", 0, 12),
    ("s9", "D", 4, 12),
]  # fmt: skip


def fitted(rows: Rows, **options: Any) -> Network:
    study, treatment, events, n = zip(*rows, strict=True)
    return pool_network(study, treatment, events, n, **options)


def differences(fit: Network) -> dict[tuple[str, str, str], tuple[float, float]]:
    """(study, one treatment, another) → effect and variance, from the effects of the arms."""
    arms = sorted(zip(fit.study, fit.treatment, fit.yi, fit.vi, strict=True))
    pairs = [(a, b) for a, b in combinations(arms, 2) if a[0] == b[0]]
    return {(a[0], a[1], b[1]): (a[2] - b[2], a[3] + b[3]) for a, b in pairs}


def reference(name: str) -> tuple[Rows, dict[str, Any]]:
    arms = NETWORKS[name]["arms"]
    return list(zip(arms["study"], arms["treatment"], arms["events"], arms["n"], strict=True)), NETWORKS[name][
        "netmeta"
    ]


# ---- netmeta --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(NETWORKS))
def test_against_netmeta(name: str) -> None:
    rows, theirs = reference(name)
    ours = fitted(rows)
    assert list(ours.treatments) == theirs["treatments"]
    assert (ours.k, ours.m, len(ours.designs)) == (theirs["k"], theirs["m"], theirs["n_designs"])
    assert (ours.Q_df, ours.heterogeneity.df, ours.inconsistency.df) == (
        theirs["df"], theirs["df_heterogeneity"], theirs["df_inconsistency"],
    )  # fmt: skip
    for found, there in (
        (ours.tau2, "tau2"), (ours.Q, "Q"), (ours.Q_p, "p"), (ours.I2 / 100, "I2"),
        (ours.heterogeneity.Q, "Q_heterogeneity"), (ours.inconsistency.Q, "Q_inconsistency"),
    ):  # fmt: skip
        assert_close(found, theirs[there], 1e-9, there, zero=1e-100)


@pytest.mark.parametrize("name", list(NETWORKS))
def test_no_part_of_netmeta_is_without_a_comparison(name: str) -> None:
    """What the tests here, in `test_network_evidence` and in `test_network_mantel_haenszel` compare is all there is."""
    ours = {
        "settings", "treatments", "k", "m", "n_designs", "tau2", "Q", "df", "p", "I2", "Q_heterogeneity",
        "df_heterogeneity", "Q_inconsistency", "df_inconsistency", "common", "random", "pairwise",
        "p_score_small_is_good", "mantel_haenszel",
    }  # fmt: skip
    assert set(NETWORKS[name]["netmeta"]) == ours


@pytest.mark.parametrize("name", list(NETWORKS))
@pytest.mark.parametrize("model", ["common", "random"])
def test_every_comparison_against_netmeta(name: str, model: str) -> None:
    rows, theirs = reference(name)
    ours = fitted(rows).effects(model)
    for i, row in enumerate(ours.treatments):
        for j, column in enumerate(ours.treatments):
            assert_close(ours.mu[i][j], theirs[model]["TE"][row][column], 1e-9, f"{row} {column}")
            assert_close(ours.se[i][j], theirs[model]["se"][row][column], 1e-9, f"{row} {column}")


@pytest.mark.parametrize("name", list(NETWORKS))
def test_contrasts_against_pairwise(name: str) -> None:
    rows, answer = reference(name)
    theirs = {
        (s, frozenset((a, b))): (a, te, se)
        for s, a, b, te, se in zip(
            *(answer["pairwise"][c] for c in ("study", "treat1", "treat2", "TE", "se")), strict=True
        )
    }
    ours = differences(fitted(rows))
    assert len(ours) == len(theirs)
    for (study, one, other), (yi, vi) in ours.items():
        first, te, se = theirs[study, frozenset((one, other))]
        assert_close(yi, te if first == one else -te, 1e-9, f"{study} {one} {other}")
        assert_close(math.sqrt(vi), se, 1e-9, f"{study} {one} {other}")


# ---- the same model on contrasts, written out -----------------------------------------------------------------------


class Written:
    """Contrasts against each study's first arm, with the full covariance: nothing shared with the package but escalc."""

    def __init__(self, fit: Network) -> None:
        arms = list(zip(fit.study, fit.treatment, fit.yi, fit.vi, strict=True))
        studies = [[a for a in arms if a[0] == s] for s in dict.fromkeys(fit.study)]
        rows = [(i, first, other) for i, (first, *rest) in enumerate(studies) for other in rest]
        place = {t: i for i, t in enumerate(fit.treatments)}
        self.y = np.array([o[2] - f[2] for _, f, o in rows])
        self.x = np.zeros((len(rows), len(place)))
        for r, (_, f, o) in enumerate(rows):
            self.x[r, place[o[1]]], self.x[r, place[f[1]]] = 1, -1
        same = np.array([[a[0] == b[0] for b in rows] for a in rows])
        self.v = same * np.array([f[3] for _, f, _ in rows]) + np.diag([o[3] for _, _, o in rows])
        self.between = (same + np.eye(len(rows))) / 2

    def fit(self, tau2: float) -> tuple[np.ndarray, np.ndarray, float, float]:
        """(effects against the first treatment, covariance, Q, restricted log-likelihood up to a constant)."""
        v, x = self.v + tau2 * self.between, self.x[:, 1:]
        w = np.linalg.inv(v)
        information = x.T @ w @ x
        b = np.linalg.solve(information, x.T @ w @ self.y)
        q = float((self.y - x @ b) @ w @ (self.y - x @ b))
        loglik = -(np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + q) / 2
        return b, np.linalg.inv(information), q, float(loglik)

    def dl(self) -> float:
        """Jackson, White & Riley 2012: Q less its expectation."""
        w, x = np.linalg.inv(self.v), self.x[:, 1:]
        p = w - w @ x @ np.linalg.solve(x.T @ w @ x, x.T @ w)
        return max(0.0, float((self.y @ p @ self.y - np.trace(p @ self.v)) / np.trace(p @ self.between)))


@pytest.mark.parametrize("measure", list(MEASURES_TWO))
@pytest.mark.parametrize("rows", [LOOP, reference("hasselblad1998")[0]])
def test_arms_with_intercepts_are_contrasts_with_covariances(rows: Rows, measure: str) -> None:
    for method in NETWORK_METHODS:
        ours = fitted(rows, measure=measure, method=method)
        written = Written(ours)
        for model, tau2 in (("common", 0.0), ("random", ours.tau2)):
            b, covariance, q, _ = written.fit(tau2)
            found = ours.effects(model)
            assert_close(np.array(found.mu)[1:, 0], b, 1e-9, "mu")
            assert_close(np.array(found.se)[1:, 0], np.sqrt(np.diag(covariance)), 1e-9, "se")
            contrast = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
            assert_close(found.se[1][2], math.sqrt(contrast), 1e-9, "se")
            if model == "common":
                assert_close(ours.Q, q, 1e-9, "Q")


@pytest.mark.parametrize("rows", [LOOP, reference("hasselblad1998")[0]])
def test_tau2_on_contrasts(rows: Rows) -> None:
    fits = {method: fitted(rows, method=method) for method in NETWORK_METHODS}
    written = Written(fits["DL"])
    assert fits["EE"].tau2 == 0
    assert_close(fits["DL"].tau2, written.dl(), 1e-9, "DL")
    assert_close(written.fit(fits["PM"].tau2)[2], fits["PM"].Q_df, 1e-9, "PM")
    best = written.fit(fits["REML"].tau2)[3]
    others = [written.fit(t)[3] for t in (0.0, *(fits["REML"].tau2 * f for f in (0.2, 0.99, 1.01, 5)), 1e-4, 10.0)]
    assert all(other <= best + 1e-12 for other in others)


def test_the_reduced_weights_of_netmeta_have_the_same_laplacian() -> None:
    """Rücker 2012: the variances of a study's comparisons, reduced by the pseudoinverse, act as independent edges."""
    fit = fitted(LOOP, method="DL")
    place, total = {t: i for i, t in enumerate(fit.treatments)}, np.zeros((4, 4))
    right = np.zeros(4)
    for study in dict.fromkeys(fit.study):
        arms = [
            (place[t], y, v + fit.tau2 / 2)
            for s, t, y, v in zip(fit.study, fit.treatment, fit.yi, fit.vi, strict=True)
            if s == study
        ]
        size = len(arms)
        pairs = np.array([[0 if i == j else arms[i][2] + arms[j][2] for j in range(size)] for i in range(size)])
        centre = np.eye(size) - 1 / size
        laplacian = np.linalg.pinv(-centre @ pairs @ centre / 2)
        for i, j in combinations(range(size), 2):
            a, b, weight = arms[i], arms[j], -laplacian[i, j]
            edge = np.zeros(4)
            edge[a[0]], edge[b[0]] = 1, -1
            total += weight * np.outer(edge, edge)
            right += weight * (a[1] - b[1]) * edge
    theta = np.linalg.pinv(total) @ right
    assert_close(fit.random.mu, theta[:, None] - theta, 1e-9, "mu", zero=1e-9)
    inverse = np.linalg.pinv(total)
    variances = np.diag(inverse)[:, None] + np.diag(inverse) - 2 * inverse
    assert_close(fit.random.se, np.sqrt(np.clip(variances, 0, None)), 1e-7, "se", zero=1e-7)


def test_sums_within_studies_are_those_of_a_column_for_each_study() -> None:
    """`WithinStudies` against `Columns`, the same design with the intercepts written out."""
    fit = fitted(LOOP)
    study = np.unique(fit.study, return_inverse=True)[1]
    treatment = np.unique(fit.treatment, return_inverse=True)[1]
    swept = network_sample(np.array(fit.yi), np.array(fit.vi), study, treatment)
    columns = np.column_stack([study[:, None] == np.arange(fit.k), swept.X]).astype(float)
    full = Columns(np.array(fit.yi), np.array(fit.vi), columns)
    tau2 = np.array([0.0, 0.3, 7.0])
    ours, theirs = swept.weigh(tau2), full.weigh(tau2)
    assert (swept.p, swept.df) == (full.p, full.df)
    for name in ("log_det", "rss", "rss2", "trace", "trace2", "log_weights", "total"):
        assert_close(getattr(ours, name), getattr(theirs, name), 1e-9, name)
    assert_close(ours.coefficients, theirs.coefficients[..., fit.k :], 1e-9, "coefficients")
    assert_close(ours.covariance, theirs.covariance[..., fit.k :, fit.k :], 1e-9, "covariance")
    w, a, b = 1 / (swept.v + tau2[:, None]), np.arange(swept.k) + 1.0, np.sqrt(swept.v)
    assert_close(swept.trace(w, a), full.trace(w, a), 1e-9, "trace")
    assert_close(swept.trace_product(w, a, b), full.trace_product(w, a, b), 1e-9, "trace_product")
    assert_close(swept.generalised_q(tau2), full.generalised_q(tau2), 1e-9, "Q")
    for restricted in (False, True):
        assert_close(swept.score(tau2, restricted), full.score(tau2, restricted), 1e-9, "score")
        assert_close(swept.score_slopes(tau2, restricted), full.score_slopes(tau2, restricted), 1e-9, "slopes")
    for method in ("DL", "PM", "REML"):
        assert_close(estimate(swept, method).value, estimate(full, method).value, 1e-7, method)


# ---- what must hold -------------------------------------------------------------------------------------------------

ARM = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
STUDY = st.tuples(st.sets(st.sampled_from("ABCDE"), min_size=2), st.lists(ARM, min_size=5, max_size=5))


@st.composite
def networks(draw: st.DrawFn) -> Rows:
    """Connected, for the first study has an arm of A and E and one other, and all arms have events and non-events."""
    rows: Rows = [("0", t, 3, 9) for t in "ABCDE"]
    for i, (treatments, arms) in enumerate(draw(st.lists(STUDY, max_size=8))):
        rows += [(f"{i + 1}", t, e, n) for t, (e, n) in zip(sorted(treatments), arms, strict=False)]
    return rows


@settings(max_examples=40, deadline=None)
@given(networks(), st.sampled_from(sorted(MEASURES_TWO)), st.sampled_from(NETWORK_METHODS))
def test_nothing_is_nan_and_effects_add_up(rows: Rows, measure: str, method: str) -> None:
    fit = fitted(rows, measure=measure, method=method)
    assert fit.tau2 >= 0
    for model in (fit.common, fit.random):
        mu, se = np.array(model.mu), np.array(model.se)
        assert np.isfinite([mu, se, np.array(model.p)]).all()
        assert (se[~np.eye(5, dtype=bool)] > 0).all()
        assert np.allclose(mu, -mu.T, atol=1e-12)
        assert np.allclose(mu[0, 1] + mu[1, 2], mu[0, 2], atol=1e-9)
    assert math.isclose(fit.Q, fit.heterogeneity.Q + fit.inconsistency.Q, rel_tol=1e-6, abs_tol=1e-9)
    assert fit.Q_df == fit.heterogeneity.df + fit.inconsistency.df
    json.dumps(fit.to_dict(), allow_nan=False)
    assert str(fit)


@settings(max_examples=15, deadline=None)
@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_arms_and_the_names_do_not_matter(rows: Rows, random: Any) -> None:
    shuffled = [(s, "EDCBA"["ABCDE".index(t)], e, n) for s, t, e, n in rows]
    random.shuffle(shuffled)
    one, other = fitted(rows), fitted(shuffled)
    assert math.isclose(one.tau2, other.tau2, rel_tol=1e-7, abs_tol=1e-8)
    assert np.allclose(one.random.mu, np.array(other.random.mu)[::-1, ::-1], atol=1e-6)
    assert np.allclose(one.random.se, np.array(other.random.se)[::-1, ::-1], rtol=1e-6)


@settings(max_examples=15, deadline=None)
@given(networks(), st.sampled_from(["OR", "RD", "AS"]))
def test_non_events_mirror_events(rows: Rows, measure: str) -> None:
    one, other = fitted(rows, measure=measure), fitted([(s, t, n - e, n) for s, t, e, n in rows], measure=measure)
    assert np.allclose(one.random.mu, -np.array(other.random.mu), atol=1e-7)
    assert np.allclose(one.random.se, other.random.se, rtol=1e-6)


@pytest.mark.parametrize("method", NETWORK_METHODS)
@pytest.mark.parametrize("measure", list(MEASURES_TWO))
def test_two_treatments_are_a_pairwise_meta_analysis(measure: str, method: str) -> None:
    e1, n1, e2, n2 = [3, 0, 8, 30, 5], [20, 15, 40, 90, 5], [1, 4, 2, 11, 3], [22, 14, 43, 80, 9]
    rows = [(f"{i}", t, e[i], n[i]) for i in range(5) for t, e, n in (("a", e1, n1), ("b", e2, n2))]
    ours = fitted(rows, measure=measure, method=method, prediction="z")
    theirs = pool_effects(*escalc_two(measure, checked_tables(e1, n1, e2, n2)), method=method)
    assert_close([ours.random.mu[0][1], ours.random.se[0][1]], [theirs.mu, theirs.se], 1e-9, "mu")
    assert_close([ours.tau2, ours.Q, ours.I2, ours.H2], [theirs.tau2, theirs.Q, theirs.I2, theirs.H2], 1e-7, "tau2")
    assert_close(ours.random.ci[0][1], theirs.ci, 1e-8, "ci")
    assert_close(ours.random.pi[0][1], theirs.pi, 1e-8, "pi")
    assert_close(ours.random.p[0][1], theirs.p, 1e-7, "p")
    assert (ours.Q_df, ours.heterogeneity.df, ours.inconsistency.df) == (4, 4, 0)
    if method != "EE":
        assert_close(ours.tau2_ci, theirs.tau2_ci, 1e-6, "tau2_ci")
    if method in ("DL", "REML"):
        assert_close(ours.se_tau2, theirs.se_tau2, 1e-7, "se_tau2")


def test_prediction_by_t_has_one_degree_less_than_q() -> None:
    from scipy import stats

    fit = fitted(LOOP)
    half = stats.t.ppf(0.975, fit.Q_df - 1) * math.sqrt(fit.random.se[0][1] ** 2 + fit.tau2)
    assert math.isclose(fit.random.pi[0][1][1] - fit.random.mu[0][1], half)
    assert fit.pi_method == f"t on {fit.Q_df - 1} df"
    assert fit.random.pi[2][2] == (0, 0)


# ---- edges ----------------------------------------------------------------------------------------------------------


def test_studies_that_tell_nothing_are_left_out_for_ratios_only() -> None:
    odds, difference = fitted(LOOP), fitted(LOOP, measure="RD")
    assert "study s9: one arm" in odds.warnings[0]
    assert "study s8: all or none had the event" in odds.warnings[1]
    assert (odds.k, difference.k) == (7, 8)
    assert odds.inconsistency.df < difference.inconsistency.df  # A:D is a design of its own


def test_an_empty_cell_is_corrected_in_all_arms_of_its_study() -> None:
    found = {(one, other): yi for (study, one, other), (yi, _) in differences(fitted(LOOP)).items() if study == "s5"}
    assert math.isclose(found["A", "B"] + found["B", "C"], found["A", "C"])
    assert math.isclose(found["B", "C"], math.log(4.5 / 15.5) - math.log(6.5 / 13.5))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("1", "a", 0, 5), ("1", "b", 5, 5)], "one study"),
        ([("1", "a", 1, 1), ("1", "b", 0, 1), ("1", "c", 1, 1)], "one study"),
        ([("1", "a", 2, 5), ("1", "b", 3, 5), ("2", "b", 1, 9), ("2", "c", 4, 8)], "no degree of freedom"),
        ([("1", "a", 2, 5), ("1", "b", 3, 5), ("2", "a", 1, 9), ("2", "b", 4, 8)], "one degree of freedom"),
    ],
)
@pytest.mark.parametrize("method", NETWORK_METHODS)
def test_small_networks(rows: Rows, words: str, method: str) -> None:
    fit = fitted(rows, method=method)
    assert any(words in w for w in fit.warnings)
    assert (fit.random.pi is None) == (method != "EE")
    assert np.isfinite(np.array(fit.random.ci)).all()
    assert str(fit)


def test_large_networks() -> None:
    rng = np.random.default_rng(1)
    rows: Rows = []
    for i in range(250):
        for t in rng.choice(list("ABCDEFGH"), rng.integers(2, 5), replace=False):
            rows.append((f"{i}", str(t), int(rng.binomial(50, 0.3)), 50))
    fit = fitted([*rows, ("big", "A", 400_000, 10**6), ("big", "B", 1, 1), ("big", "C", 300_000, 10**6)])
    b, covariance, _, _ = Written(fit).fit(fit.tau2)
    assert_close(np.array(fit.random.mu)[1:, 0], b, 1e-8, "mu")
    assert_close(np.array(fit.random.se)[1:, 0], np.sqrt(np.diag(covariance)), 1e-8, "se")


def test_identical_proportions() -> None:
    fit = fitted([(s, t, 5, 20) for s, t in ("1A", "1B", "2B", "2C", "3A", "3C", "3B")])
    assert fit.Q == fit.tau2 == 0
    assert not np.array(fit.random.mu).any()
    assert np.array(fit.random.p).min() == 1


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ([("1", "a", 6, 5), ("1", "b", 1, 5)], {}, 'study "1", treatment "a": events = 6, n = 5'),
        ([("1", "a", 0, 0), ("1", "b", 1, 5)], {}, "n ≥ 1"),
        ([("1", "a", 1, 5), ("1", "a", 1, 5)], {}, 'two arms of "a": add them up'),
        ([("1", "a", 1, 5)], {}, "compares two treatments"),
        ([("1", "a", 0, 5), ("1", "b", 0, 5)], {}, "compares two treatments"),
        (
            [("1", "a", 1, 5), ("1", "b", 1, 5), ("2", "c", 1, 5), ("2", "d", 1, 5)],
            {},
            r"2 parts .* \{a, b\}; \{c, d\}",
        ),
        ([("1", "a", 1, 5), ("1", "b", 1, 5)], {"measure": "PLO"}, "OR, RR, RD, AS"),
        ([("1", "a", 1, 5), ("1", "b", 1, 5)], {"method": "HE"}, "EE, DL, PM, REML"),
        ([("1", "a", 1, 5), ("1", "b", 1, 5)], {"reference": "c"}, "not one of a, b"),
        ([("1", "a", 1, 5), ("1", "b", 1, 5)], {"prediction": "x"}, "t, z"),
        ([("1", "a", 1, 5), ("1", "b", 1, 5)], {"level": 95}, "0.95 for 95 %"),
    ],
)
def test_bad_input_is_named(rows: Rows, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fitted(rows, **options)


def test_columns_of_different_length() -> None:
    with pytest.raises(ValueError, match="study 2, treatment 1"):
        pool_network(["1", "1"], ["a"], [1, 2], [5, 5])
    with pytest.raises(ValueError, match="same length"):
        pool_network([], [], [], [])


def test_it_prints_a_table_against_the_reference() -> None:
    text = str(fitted(LOOP, reference="C"))
    assert "against C" in text
    assert "odds ratio" in text
    assert "between designs Q(" in text
