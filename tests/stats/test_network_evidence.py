"""Ranking, designs, direct and indirect evidence: against netmeta where the reference has it, else written out."""

from __future__ import annotations

import csv
import io
import json
import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from pipeline.stats import inconsistency_by_design, league_table, p_scores, split_network
from pipeline.stats.network import NETWORK_METHODS
from pipeline.stats.network_designs import within_designs
from pipeline.stats.network_inconsistency import SPLITS, coded
from pipeline.stats.network_result import Network, SplitComparison
from pipeline.stats.tau2 import estimate
from tests.stats.test_network import LOOP, NETWORKS, Rows, Written, fitted, networks, reference
from tests.stats.test_reference import assert_close

SMOKING = reference("hasselblad1998")[0]

# ---- ranking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(NETWORKS))
@pytest.mark.parametrize("model", ["common", "random"])
def test_p_scores_against_netmeta(name: str, model: str) -> None:
    rows, theirs = reference(name)
    ours = p_scores(fitted(rows), "fewer", model)
    for treatment, score in theirs["p_score_small_is_good"][model].items():
        assert_close(ours[treatment], score, 1e-9, treatment)
    assert list(ours.values()) == sorted(ours.values(), reverse=True)


@settings(max_examples=15, deadline=None)
@given(networks())
def test_p_scores_average_a_half_and_turn_with_what_is_good(rows: Rows) -> None:
    fit = fitted(rows)
    more, fewer = p_scores(fit, "more"), p_scores(fit, "fewer")
    assert math.isclose(sum(more.values()) / len(more), 0.5)
    assert all(math.isclose(more[t], 1 - fewer[t], abs_tol=1e-9) for t in more)


def test_what_is_good_must_be_said() -> None:
    with pytest.raises(ValueError, match="not one of more, fewer"):
        p_scores(fitted(LOOP), "high")
    with pytest.raises(ValueError, match="not one of common, random"):
        p_scores(fitted(LOOP), "more", "fixed")


def test_league_table_is_row_against_column_in_the_order_asked() -> None:
    fit = fitted(LOOP, level=0.9)
    rows = league_table(fit, "common", ["C", "A"], digits=6)
    assert [r[0] for r in rows] == ["", "C", "A"]
    assert rows[0][1:] == ["C", "A"]
    assert rows[1][1] == rows[2][2] == ""
    odds, low, high = (float(x.strip("[],")) for x in rows[1][2].split())
    assert_close([odds, low, high], np.exp([fit.common.mu[2][0], *fit.common.ci[2][0]]), 1e-5, "cell")
    assert_close(1 / float(rows[2][1].split()[0]), odds, 1e-4, "the other half")
    out = io.StringIO()
    csv.writer(out).writerows(league_table(fit))
    assert len(list(csv.reader(io.StringIO(out.getvalue())))) == 5
    with pytest.raises(ValueError, match='"E": not one of A, B, C, D'):
        league_table(fit, order=["A", "E"])


# ---- designs --------------------------------------------------------------------------------------------------------


def interaction(fit: Network) -> Written:
    """The contrasts of `Written` with a column for each treatment of each design but its first."""
    written = Written(fit)
    of_study = {s: tuple(t for x, t in zip(fit.study, fit.treatment, strict=True) if x == s) for s in fit.study}
    arms = [(of_study[s], t) for s in of_study for t in of_study[s][1:]]
    names = [None, *sorted(set(arms))]
    written.x = np.array([[float(arm == name) for name in names] for arm in arms])
    return written


@pytest.mark.parametrize("method", ["DL", "PM", "REML"])
@pytest.mark.parametrize("rows", [LOOP, SMOKING])
def test_inconsistency_is_the_wald_test_of_the_interaction(rows: Rows, method: str) -> None:
    """Design-specific effects less the network's, weighed by the inverse of their covariance, all on contrasts."""
    fit = fitted(rows, method=method)
    ours, full, whole = inconsistency_by_design(fit), interaction(fit), Written(fit)
    for tau2, test in ((0.0, ours.inconsistency), (ours.tau2_within, ours.inconsistency_random)):
        effects, covariance, _, _ = full.fit(tau2)
        network = whole.fit(tau2)[0]
        explained = np.linalg.lstsq(full.x[:, 1:], whole.x[:, 1:], rcond=None)[0] @ network
        gap = effects - explained
        assert_close(test.Q, gap @ np.linalg.solve(covariance, gap), 1e-7, "Q")
    assert ours.inconsistency_random.df == fit.inconsistency.df
    if method == "DL":
        assert_close(ours.tau2_within, full.dl(), 1e-8, "tau2")
    if method == "PM" and ours.tau2_within > 0:
        assert_close(full.fit(ours.tau2_within)[2], fit.heterogeneity.df, 1e-8, "PM")
    if method == "REML":
        best = full.fit(ours.tau2_within)[3]
        assert all(full.fit(t)[3] <= best + 1e-12 for t in (0.0, 0.9 * ours.tau2_within, 1.1 * ours.tau2_within, 9.0))


def test_q_of_designs_adds_up() -> None:
    ours = inconsistency_by_design(fitted(SMOKING))
    assert_close(sum(d.heterogeneity.Q for d in ours.designs), ours.heterogeneity.Q, 1e-12, "Q")
    assert sum(d.heterogeneity.df for d in ours.designs) == ours.heterogeneity.df
    assert sum(d.k for d in ours.designs) == 24
    assert {d.design: d.k for d in ours.designs}["ind_counseling:no_contact"] == 14
    text = str(ours)
    assert "between designs, tau²" in text


def test_sums_over_designs_are_those_of_one_wide_design() -> None:
    fit = fitted(LOOP)
    arms = coded(fit)
    ours, full = within_designs(arms.yi, arms.vi, arms.study, arms.treatment), interaction(fit)
    at = ours.weigh(np.array([0.0, 0.2]))
    for row, tau2 in enumerate((0.0, 0.4)):
        effects, covariance, q, _ = full.fit(tau2)
        assert_close(sorted(at.coefficients[row]), sorted(effects), 1e-8, "effects")
        assert_close(sorted(np.diag(at.covariance[row])), sorted(np.diag(covariance)), 1e-8, "variances")
        assert_close(at.rss[row], q, 1e-8, "Q")
    w = 1 / (ours.v + 0.2)
    assert_close(ours.trace(w), at.trace[1], 1e-10, "trace")
    assert_close(ours.trace_product(w), at.trace2[1], 1e-10, "trace2")
    assert estimate(ours, "DL").value >= 0


# ---- direct and indirect evidence -----------------------------------------------------------------------------------

PAIRS: Rows = [
    ("1", "A", 12, 50), ("1", "B", 22, 52), ("2", "A", 9, 40), ("2", "B", 21, 43), ("3", "B", 17, 60), ("3", "C", 30, 61),
    ("4", "B", 30, 70), ("4", "C", 25, 66), ("5", "A", 8, 33), ("5", "C", 19, 35), ("6", "A", 14, 44), ("6", "C", 15, 49),
    ("7", "C", 5, 30), ("7", "D", 9, 30),
]  # fmt: skip


def comparison(fit: Network, one: str, other: str, **options: Any) -> SplitComparison:
    found = {(c.treatment1, c.treatment2): c for c in split_network(fit, **options).comparisons}
    return found[one, other]


@pytest.mark.parametrize("model", ["common", "random"])
@pytest.mark.parametrize("method", SPLITS)
def test_a_triangle_is_bucher(method: str, model: str) -> None:
    """Bucher, Guyatt, Griffith & Walter 1997: A against B through C is A against C less B against C."""
    fit = fitted(PAIRS, method="DL")
    tau2 = fit.tau2 if model == "random" else 0.0
    assert fit.tau2 > 0
    effects = {(s, t): (y, v) for s, t, y, v in zip(fit.study, fit.treatment, fit.yi, fit.vi, strict=True)}

    def pooled(one: str, other: str, studies: str) -> tuple[float, float]:
        pairs = [(effects[s, one], effects[s, other]) for s in studies]
        weights = np.array([1 / (a[1] + b[1] + tau2) for a, b in pairs])
        return float(weights @ [a[0] - b[0] for a, b in pairs] / weights.sum()), float(1 / weights.sum())

    (ab, v_ab), (ac, v_ac), (bc, v_bc) = pooled("A", "B", "12"), pooled("A", "C", "56"), pooled("B", "C", "34")
    found = comparison(fit, "A", "B", method=method, model=model)
    assert found.direct is not None
    assert found.indirect is not None
    assert found.difference is not None
    assert found.k == 2
    assert_close([found.direct.mu, found.direct.se], [ab, math.sqrt(v_ab)], 1e-9, "direct")
    assert_close([found.indirect.mu, found.indirect.se], [ac - bc, math.sqrt(v_ac + v_bc)], 1e-9, "indirect")
    assert_close(found.difference.mu, ab - ac + bc, 1e-9, "difference")
    assert_close(found.difference.se, math.sqrt(v_ab + v_ac + v_bc), 1e-9, "se")
    z = found.difference.mu / found.difference.se
    assert_close(found.difference.p, math.erfc(abs(z) / math.sqrt(2)), 1e-9, "p")
    assert_close(found.proportion, (v_ac + v_bc) / (v_ab + v_ac + v_bc), 1e-9, "proportion")
    bridge = comparison(fit, "C", "D", method=method, model=model)
    assert bridge.indirect is bridge.difference is None
    assert_close(bridge.proportion, 1, 1e-9, "a bridge")
    apart = comparison(fit, "A", "D", method=method, model=model)
    assert apart.direct is apart.difference is None
    assert (apart.k, apart.proportion) == (0, 0)
    assert apart.indirect is not None
    assert_close([apart.indirect.mu, apart.indirect.se], [apart.network.mu, apart.network.se], 1e-9, "network")


@pytest.mark.parametrize("rows", [LOOP, SMOKING])
@pytest.mark.parametrize("model", ["common", "random"])
def test_back_calculation_gives_uncorrelated_parts_of_the_network(rows: Rows, model: str) -> None:
    """From the weights that the contrasts have in either estimate, written out: no covariance, the variance told."""
    fit = fitted(rows)
    tau2 = fit.tau2 if model == "random" else 0.0
    written = Written(fit)
    v, x = written.v + tau2 * written.between, written.x[:, 1:]
    hat = np.linalg.solve(x.T @ np.linalg.solve(v, x), np.linalg.solve(v, x).T)
    firsts = [i for i, s in enumerate(fit.study) if s not in fit.study[:i]]
    others = [i for i in range(fit.n_arms) if i not in firsts]
    first_of = {fit.study[i]: i for i in firsts}

    def direct_weights(one: str, other: str) -> np.ndarray:
        weights = np.zeros(len(others))
        arm = {(fit.study[i], fit.treatment[i]): i for i in range(fit.n_arms)}
        total = 0.0
        for s in first_of:
            if (s, one) in arm and (s, other) in arm:
                w = 1 / (fit.vi[arm[s, one]] + fit.vi[arm[s, other]] + tau2)
                total += w
                for sign, t in ((1, one), (-1, other)):
                    if arm[s, t] in others:
                        weights[others.index(arm[s, t])] += sign * w
        return weights / total if total else weights

    for (i, one), (j, other) in combinations(enumerate(fit.treatments), 2):
        found = comparison(fit, one, other, model=model)
        unit = np.eye(len(fit.treatments))[i] - np.eye(len(fit.treatments))[j]
        network = unit[1:] @ hat
        if found.direct is None or found.indirect is None:
            continue
        direct = direct_weights(one, other)
        indirect = (network - found.proportion * direct) / (1 - found.proportion)
        assert_close(found.direct.mu, direct @ written.y, 1e-8, "direct")
        assert_close(found.direct.se, math.sqrt(direct @ v @ direct), 1e-8, "direct")
        assert_close(found.indirect.mu, indirect @ written.y, 1e-7, "indirect")
        assert_close(found.indirect.se, math.sqrt(indirect @ v @ indirect), 1e-7, "indirect")
        assert abs(direct @ v @ indirect) < 1e-9


@pytest.mark.parametrize("model", ["common", "random"])
def test_sidde_is_the_network_of_the_other_studies(model: str) -> None:
    fit = fitted(SMOKING)
    tau2 = fit.tau2 if model == "random" else 0.0
    for one, other in combinations(fit.treatments, 2):
        both = {s for s in fit.study if {(s, one), (s, other)} <= set(zip(fit.study, fit.treatment, strict=True))}
        rest = fitted([r for r in SMOKING if r[0] not in both])
        b, covariance, _, _ = Written(rest).fit(tau2)
        b, covariance = np.concatenate([[0.0], b]), np.pad(covariance, ((1, 0), (1, 0)))
        i, j = rest.treatments.index(one), rest.treatments.index(other)
        found = comparison(fit, one, other, method="SIDDE", model=model)
        assert found.k == len(both)
        assert found.indirect is not None
        assert_close(found.indirect.mu, b[i] - b[j], 1e-8, "mu")
        assert_close(
            found.indirect.se, math.sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j]), 1e-8, "se"
        )


@settings(max_examples=25, deadline=None)
@given(networks(), st.sampled_from(SPLITS), st.sampled_from(["OR", "RD"]))
def test_splits_are_finite_and_direct_and_indirect_make_the_network(rows: Rows, method: str, measure: str) -> None:
    split = split_network(fitted(rows, measure=measure), method)
    assert len(split.comparisons) == 10
    json.dumps(split.to_dict(), allow_nan=False)
    assert str(split)
    for c in split.comparisons:
        assert c.direct is not None
        assert 0 < c.proportion <= 1
        if method == "back-calculation" and c.indirect is not None and 1 - c.proportion > 1e-4:
            weights = np.array([c.direct.se**-2, c.indirect.se**-2])
            assert math.isclose(c.network.mu, weights @ [c.direct.mu, c.indirect.mu] / weights.sum(), abs_tol=1e-6)
            assert math.isclose(c.network.se, weights.sum() ** -0.5, rel_tol=1e-6)


@pytest.mark.parametrize("method", NETWORK_METHODS)
def test_one_study_and_two_treatments_have_nothing_to_split(method: str) -> None:
    for rows in ([("1", "A", 3, 9), ("1", "B", 4, 8), ("1", "C", 1, 7)], [r for r in PAIRS if r[0] in "12"]):
        fit = fitted(rows, method=method)
        for split in SPLITS:
            assert all(c.indirect is None for c in split_network(fit, split).comparisons)
        assert inconsistency_by_design(fit).inconsistency_random.df == 0


def test_bad_options_are_named() -> None:
    with pytest.raises(ValueError, match="not one of back-calculation, SIDDE"):
        split_network(fitted(LOOP), "sidde")
    with pytest.raises(ValueError, match="not one of common, random"):
        split_network(fitted(LOOP), model="fixed")
