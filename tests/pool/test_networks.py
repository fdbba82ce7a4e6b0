"""Networks of treatments: netmeta's numbers, and where a network cannot be had."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from two_arm_rows import ArmSpec, compare, control, tables_of

from pipeline.compared import NetworkResult, NetworkSet

FILE = Path(__file__).parents[1] / "stats" / "reference.json"
SMOKING: dict[str, Any] = json.loads(FILE.read_text("utf-8"))["network"]["hasselblad1998"]


def smoking() -> list[ArmSpec]:
    arms = SMOKING["arms"]
    rows = zip(arms["study"], arms["treatment"], arms["events"], arms["n"], strict=True)
    return [ArmSpec(s, t, e, n, "control" if t == "no_contact" else "experimental") for s, t, e, n in rows]


@pytest.fixture(scope="module")
def network() -> NetworkResult:
    found = compare(tables_of(smoking()), measure="OR", method="DL")
    (of_kind,) = found.networks
    (network,) = of_kind.networks
    return network


def test_estimates_are_those_of_netmeta(network: NetworkResult) -> None:
    theirs = SMOKING["netmeta"]
    assert (network.k, network.reference, network.tau2) == (24, "no_contact", pytest.approx(theirs["tau2"], rel=1e-8))
    for line in network.against:
        effect, error = (theirs["random"][name][line.treatment]["no_contact"] for name in ("TE", "se"))
        assert math.log(line.estimate) == pytest.approx(effect, rel=1e-7)
        half = 1.959963984540054 * error
        assert math.log(line.ci[1]) - math.log(line.estimate) == pytest.approx(half, rel=1e-7)


def test_the_league_table_holds_each_pair_once_by_p_score(network: NetworkResult) -> None:
    theirs = SMOKING["netmeta"]
    scores = {name: 1 - p for name, p in theirs["p_score_small_is_good"]["random"].items()}
    assert [n.name for n in network.nodes] == sorted(scores, key=lambda name: -scores[name])
    assert [n.p_score for n in network.nodes] == pytest.approx(sorted(scores.values(), reverse=True), rel=1e-7)
    assert len(network.league) == 6
    for cell in network.league:
        effect = theirs["random"]["TE"][cell.row][cell.column]
        assert math.log(cell.network.estimate) == pytest.approx(effect, rel=1e-7)


def test_q_splits_as_in_netmeta(network: NetworkResult) -> None:
    theirs = SMOKING["netmeta"]
    of = {part.name: part for part in network.q}
    assert of["all"].q == pytest.approx(theirs["Q"], rel=1e-8)
    assert (of["within designs"].q, of["within designs"].df) == (
        pytest.approx(theirs["Q_heterogeneity"], rel=1e-8), theirs["df_heterogeneity"],
    )  # fmt: skip
    assert of["between designs"].q == pytest.approx(theirs["Q_inconsistency"], rel=1e-8)
    designs = [p for p in network.q if p.name not in ("all", "within designs", "between designs")]
    assert sum(p.q for p in designs) == pytest.approx(of["within designs"].q)


def test_edges_count_studies_and_a_trial_of_three_arms_has_three(network: NetworkResult) -> None:
    edges = {frozenset((e.first, e.second)): e for e in network.edges}
    assert sum(e.studies for e in network.edges) == SMOKING["netmeta"]["m"] == 28
    assert edges[frozenset(("grp_counseling", "self_help"))].studies == 2  # the second study of three arms, and 16
    assert network.patients == sum(SMOKING["arms"]["n"])


def test_direct_and_indirect_make_the_whole(network: NetworkResult) -> None:
    """By inverse variance, on the log scale: what back-calculation means."""
    cells = {frozenset((c.row, c.column)): c for c in network.league}
    for part in network.split:
        whole = cells[frozenset((part.first, part.second))]
        direct, indirect = math.log(part.direct.estimate), math.log(part.indirect.estimate)
        mixed = part.share * direct + (1 - part.share) * indirect
        assert abs(mixed) == pytest.approx(abs(math.log(whole.network.estimate)), rel=1e-9)
        assert math.log(part.ratio.estimate) == pytest.approx(direct - indirect)


# ---- where there is none --------------------------------------------------------------------------------------------


def sets(arms: list[ArmSpec], **more: Any) -> list[NetworkSet]:
    return compare(tables_of(arms, **more)).networks


def pair(study: str, a: str, b: str) -> list[ArmSpec]:
    return [ArmSpec(study, a, 9, 20), control(study, b, 5, 20)]


def test_no_network_without_three_treatments_and_the_parts_are_told() -> None:
    assert sets([])[0].why == "no study compares two classes of regimens"
    assert "only a and b are compared" in sets(pair("s", "a", "b"))[0].why
    (apart,) = sets([*pair("s", "a", "b"), *pair("t", "c", "d")])
    assert (apart.why, apart.parts) == ("no three treatments are connected", [["a", "b"], ["c", "d"]])


def test_each_part_that_connects_three_has_its_network() -> None:
    arms = [
        *pair("s", "a", "z"),
        *pair("t", "b", "z"),
        *pair("u", "c", "y"),
        *pair("v", "d", "y"),
        *pair("w", "m", "n"),
    ]
    (found,) = sets(arms)
    assert [n.reference for n in found.networks] == ["z", "y"]
    assert found.parts == [["a", "b", "z"], ["c", "d", "y"], ["m", "n"]]


def test_a_star_has_no_inconsistency_and_a_triangle_has() -> None:
    star = [*pair("s", "a", "z"), *pair("t", "b", "z")]
    (network,) = sets(star)[0].networks
    assert (network.inconsistency, network.split) == (None, [])
    (network,) = sets([*star, *pair("u", "a", "b")])[0].networks
    assert network.inconsistency is not None
    assert (network.inconsistency.df, len(network.split)) == (1, 3)


def test_only_randomised_trials_are_in_the_first_network() -> None:
    arms = [*pair("s", "a", "z"), *pair("t", "b", "z"), *pair("u", "c", "z")]
    first, everything = sets(arms, designs={"u": "non-randomised comparative"})
    assert [n.name for n in sorted(first.networks[0].nodes, key=lambda n: n.name)] == ["a", "b", "z"]
    assert len(everything.networks[0].nodes) == 4
    two, three = sets(arms, designs={"u": "case series", "t": "case series"})
    assert (two.networks, len(three.networks)) == ([], 1)


def test_a_study_that_says_nothing_of_a_ratio_connects_nothing() -> None:
    arms = [*pair("s", "a", "z"), ArmSpec("t", "b", 0, 20), control("t", "z", 0, 20)]
    assert sets(arms)[0].parts == [["a", "z"]]


def test_fewer_events_are_better_where_the_outcome_is_bad() -> None:
    arms = [*pair("s", "a", "z"), ArmSpec("t", "b", 1, 20), control("t", "z", 9, 20)]
    (good,) = compare(tables_of(arms)).networks[0].networks
    (bad,) = compare(tables_of(arms), positive=False).networks[0].networks
    assert [n.name for n in good.nodes] == ["a", "z", "b"]
    assert [n.name for n in bad.nodes] == ["b", "z", "a"]


def test_the_config_can_name_the_reference() -> None:
    arms = [*pair("s", "a", "z"), *pair("t", "b", "z")]
    (network,) = compare(tables_of(arms), reference="b").networks[0].networks
    assert network.reference == "b"
    assert {line.treatment for line in network.against} == {"a", "z"}


#: metafor 3.8-1 on the arms with an intercept for each study: pipeline/pool/metafor_compared.R, run once
METAFOR = {
    ("RR", "REML"): (0.2571064, {"grp_counseling": (1.98386, 1.109918, 3.54595), "self_help": (1.39064, 0.841816, 2.29726)}),
    ("RD", "DL"): (0.009169038, {"grp_counseling": (0.1265053, 0.0321251, 0.220886), "ind_counseling": (0.0935442, 0.0442356, 0.142853)}),
    ("OR", "PM"): (0.5129431, {"ind_counseling": (2.05435, 1.372859, 3.07412), "self_help": (1.50051, 0.761769, 2.95564)}),
}  # fmt: skip


@pytest.mark.parametrize(("measure", "method"), list(METAFOR))
def test_other_measures_and_estimators_are_those_of_metafor(measure: str, method: str) -> None:
    (network,) = compare(tables_of(smoking()), measure=measure, method=method).networks[0].networks
    tau2, lines = METAFOR[measure, method]
    assert network.tau2 == pytest.approx(tau2, rel=1e-5)
    found = {line.treatment: (line.estimate, *line.ci) for line in network.against}
    for treatment, numbers in lines.items():
        assert found[treatment] == pytest.approx(numbers, rel=1e-5)
