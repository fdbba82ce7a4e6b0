"""Mantel-Haenszel networks against netmeta, against what they are in simple cases, and against simulation."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings

from pipeline.stats import NetworkMH, compare_proportions, league_table, p_scores, pool_network_mh
from pipeline.stats.network_mantel_haenszel import pool_design
from tests.stats.test_network import LOOP, NETWORKS, Rows, fitted, networks, reference
from tests.stats.test_reference import assert_close


def pooled(rows: Rows, **options: object) -> NetworkMH:
    study, treatment, events, n = zip(*rows, strict=True)
    return pool_network_mh(study, treatment, events, n, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", list(NETWORKS))
def test_against_netmeta(name: str) -> None:
    rows, theirs = reference(name)
    ours = pooled(rows, reference=NETWORKS[name]["reference"])
    at = ours.treatments.index(ours.reference)
    for i, treatment in enumerate(ours.treatments):
        assert_close(ours.common.mu[i][at], theirs["mantel_haenszel"]["log_or_vs_reference"][treatment], 1e-9, "mu")
        assert_close(ours.common.se[i][at], theirs["mantel_haenszel"]["se"][treatment], 1e-9, "se")
    assert "design grp_counseling:no_contact: its studies give no finite odds ratio" in ours.warnings[0]
    assert (ours.k, len(ours.designs), ours.inconsistency.df) == (23, 7, 6)
    assert "against no_contact" in str(ours)


def test_two_treatments_are_mantel_and_haenszel() -> None:
    e1, n1, e2, n2 = [3, 0, 8, 30], [20, 15, 40, 90], [1, 4, 2, 11], [22, 14, 43, 80]
    rows = [(f"{i}", t, e[i], n[i]) for i in range(4) for t, e, n in (("a", e1, n1), ("b", e2, n2))]
    ours, theirs = pooled(rows), compare_proportions(e1, n1, e2, n2, method="MH")
    assert_close([ours.common.mu[0][1], ours.common.se[0][1]], [theirs.mu, theirs.se], 1e-10, "MH")
    assert_close(ours.common.ci[0][1], theirs.ci, 1e-9, "ci")
    assert_close(ours.common.p[0][1], theirs.p, 1e-9, "p")
    assert ours.inconsistency.df == 0


def test_one_study_for_each_design_is_inverse_variance() -> None:
    """Of one table each Mantel-Haenszel odds ratio is the table's, with Woolf's variance."""
    rows: Rows = [
        ("1", "A", 5, 20), ("1", "B", 8, 22), ("1", "C", 9, 25), ("1", "D", 12, 24),
        ("2", "A", 6, 40), ("2", "B", 14, 41), ("3", "B", 9, 30), ("3", "C", 4, 33), ("3", "D", 7, 29),
    ]  # fmt: skip
    ours, theirs = pooled(rows), fitted(rows)
    assert_close(ours.common.mu, theirs.common.mu, 1e-9, "mu")
    assert_close(ours.common.se, theirs.common.se, 1e-9, "se")
    assert_close(ours.inconsistency.Q, theirs.inconsistency.Q, 1e-9, "Q")


@pytest.mark.parametrize("sizes", [(60, 50, 70), (9, 8, 10)])
def test_the_covariance_is_that_of_samples(sizes: tuple[int, ...]) -> None:
    """Eight studies of three arms, large ones or small ones, drawn again and again with the same odds ratios."""
    rng = np.random.default_rng(5)
    odds = np.exp(np.linspace(-1.0, 0.6, 8))[:, None] * np.exp([0.0, 0.5, -0.4])
    n, draws = np.array(sizes), 1500
    events = rng.binomial(n, odds / (1 + odds), (draws, 8, 3)).astype(float)
    found = [pool_design(a, n - a) for a in events]
    estimates, told = np.array([f[0] for f in found]), np.mean([f[1] for f in found], axis=0)
    assert_close(estimates.mean(axis=0), [0.5, -0.4], 0.1, "no bias to speak of")
    assert np.allclose(told, np.cov(estimates.T), rtol=0.12)


@settings(max_examples=20, deadline=None)
@given(networks())
def test_nothing_is_nan(rows: Rows) -> None:
    fit = pooled(rows)
    assert np.isfinite(np.array([fit.common.mu, fit.common.se, fit.common.p])).all()
    assert np.allclose(np.array(fit.common.mu)[0, 1] + np.array(fit.common.mu)[1, 2], fit.common.mu[0][2], atol=1e-8)
    assert 0 <= fit.inconsistency.p <= 1
    json.dumps(fit.to_dict(), allow_nan=False)


def test_events_and_arms_mirror() -> None:
    one = pooled(LOOP)
    other = pooled([(s, "DCBA"["ABCD".index(t)], n - e, n) for s, t, e, n in LOOP])
    assert_close(one.common.mu, -np.array(other.common.mu)[::-1, ::-1], 1e-9, "mu", zero=1e-9)
    assert_close(one.common.se, np.array(other.common.se)[::-1, ::-1], 1e-9, "se")


def test_arms_without_events_in_a_design_are_left_out_of_it() -> None:
    rows = [("1", "A", 0, 30), ("1", "B", 4, 30), ("1", "C", 6, 31), ("2", "A", 3, 50), ("2", "C", 9, 50)]
    fit = pooled(rows)
    assert fit.treatments == ("A", "B", "C")
    assert any("left out: A in design A:B:C" in w for w in fit.warnings)
    table = math.log(4 / 26) - math.log(6 / 25)
    assert_close(fit.common.mu[1][2], table, 1e-10, "B against C from what is left")


def test_an_arm_may_have_all_events_in_one_study_and_none_in_the_next() -> None:
    rows = [("1", "A", 0, 5), ("1", "B", 3, 9), ("1", "C", 2, 9), ("2", "A", 5, 5), ("2", "B", 2, 9), ("2", "C", 4, 9)]
    fit = pooled(rows)
    pairs = [[r for r in rows if r[1] in pair] for pair in ("AB", "AC", "BC")]
    ab, ac, bc = (pooled(pair).common.mu[0][1] for pair in pairs)
    assert not fit.warnings
    # both studies have 23 patients in all and 14 or 18 in each pair, so that pairs alone weigh them the same
    assert_close(fit.common.mu[0][1], (2 * ab + ac - bc) / 3, 1e-9, "mean of the ways from A to B")
    assert np.isfinite(fit.common.se).all()


def test_ranking_and_league_take_the_common_model() -> None:
    fit = pooled(LOOP)
    assert len(p_scores(fit, "more", "common")) == 4
    assert len(league_table(fit, "common")) == 5
    with pytest.raises(ValueError, match='"random": not one of common'):
        p_scores(fit, "more")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("1", "a", 0, 30), ("1", "b", 4, 30)], "no odds ratio"),
        ([("1", "a", 0, 30), ("1", "b", 0, 30)], "compares two treatments"),
        (
            [
                ("1", "a", 5, 5),
                ("1", "b", 4, 9),
                ("2", "a", 0, 5),
                ("2", "b", 0, 9),
                ("3", "a", 9, 9),
                ("3", "b", 1, 9),
            ],
            "no odds ratio",
        ),
        (
            [
                ("1", "a", 2, 5),
                ("1", "b", 3, 5),
                ("2", "b", 0, 9),
                ("2", "c", 1, 9),
                ("3", "c", 1, 5),
                ("3", "d", 2, 5),
            ],
            r"\{a, b\}; \{c, d\}",
        ),
    ],
)
def test_networks_without_an_estimate_are_refused(rows: Rows, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pooled(rows)
