"""Reports of one study and shared cohorts: what is proof, what is likely, what is neither. All records are invented."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from pipeline.candidates import Candidate
from pipeline.link.evidence_weights import WEIGHTS
from pipeline.link.first_look import may_be_told
from pipeline.link.profiles import profile
from pipeline.link.relation_blocks import LARGE, blocked
from pipeline.link.relations import AGAINST, PROOFS, Relation, judge, relations

GROUP = ["Ödegaard KL", "Papadimitriou G", "Quintanilla MR", "Rasmussen TB", "Szymborska W"]
HOME = "Department of Blood, Harbour Hospital, Oldtown, Noland"


def words(text: str) -> dict[str, object]:
    return {"start": 0, "end": len(text), "text": text}


def report(record_id: str, **given: object) -> Candidate:
    """A report on `drugs` in `n` patients; `years` is a window such as "2010-01 2012-12"."""
    drugs, n, years = given.pop("drugs", ["rituximab"]), given.pop("n", None), given.pop("years", None)
    start, _, end = str(years).partition(" ")
    kin = [{"kind": k, "title": True, "evidence": words(k)} for k in given.pop("kin", [])]  # type: ignore[attr-defined]
    names = [{"name": t, "evidence": words(t)} for t in given.pop("trials", [])]  # type: ignore[attr-defined]
    counts = [
        {"arm": "A1", "outcome": "overall_response", "name": "response", "events": e, "n": m, "percent": None,
         "denominator": "enrolled", "status": "accepted", "confidence": 0.99, "evidence": words("x")}
        for e, m in given.pop("counts", [])  # type: ignore[attr-defined]
    ]  # fmt: skip
    more = {key: given.pop(key) for key in ("design", "decision", "reason", "age", "centres") if key in given}
    return Candidate.model_validate(
        {
            "record_id": record_id,
            "source": {"file": f"{record_id}.txt", "span": (0, 9)},
            "citation": {"year": 2014, "authors": GROUP, **given},
            "eligibility": {"decision": more.get("decision", "include"), "reason": more.get("reason", "")},
            "design": more.get("design", "single-arm retrospective"),
            "population": {"age": more.get("age", "unspecified")},
            "n_total": {"value": n, "status": "accepted", "confidence": 1},
            "arms": [{"arm": "A1", "label": "all", "role": "single", "drugs": drugs, "n": n}] if drugs else [],
            "outcomes": counts,
            "enrolment": {"start": start, "end": end, "evidence": words(str(years))} if years else None,
            "kinship": kin,
            "trial_names": names,
        }
    )


def related(a: dict[str, object], b: dict[str, object]) -> Relation | None:
    found = relations([report("a", **a), report("b", **b)])
    assert found == relations([report("a", **a), report("b", **b)])
    turned = relations([report("b", **b), report("a", **a)])
    assert [(r.kind, r.status, r.likelihood, r.evidence) for r in found] == [
        (r.kind, r.status, r.likelihood, r.evidence) for r in turned
    ]
    return found[0] if found else None


def verdict(a: dict[str, object], b: dict[str, object]) -> tuple[str, str] | None:
    found = related(a, b)
    return (found.kind, found.status) if found else None


SURE = ("same study", "sure")
ONE = {"registration": ["NCT01111111"], "n": 60}


@pytest.mark.parametrize(
    "b",
    [
        ONE,
        {**ONE, "authors": ["Nobody AB", "Else CD"]},
        {**ONE, "registration": ["NCT01111111", "2010-011111-11"]},
        {**ONE, "n": None, "drugs": []},
        {**ONE, "n": 41, "kin": ["interim"]},
        {**ONE, "n": 55, "kin": ["later"], "year": 2019},
        {**ONE, "n": None, "decision": "exclude", "reason": "protocol", "drugs": []},
    ],
)
def test_one_number_of_a_register_is_proof(b: dict[str, object]) -> None:
    assert verdict(ONE, b) == SURE


@pytest.mark.parametrize(
    "b",
    [
        {**ONE, "drugs": ["dapsone"]},
        {**ONE, "n": 44},
        {**ONE, "registration": ["NCT01111111", "NCT02222222"]},
        {**ONE, "kin": ["pooled"]},
        {**ONE, "age": "paediatric"},
        {**ONE, "kin": ["registry"]},
        {**ONE, "registration": ["NCT02222222"]},
    ],
)
def test_what_is_no_proof(b: dict[str, object]) -> None:
    a = {**ONE, "age": "adult", "kin": ["registry"]} if b.get("kin") == ["registry"] else {**ONE, "age": "adult"}
    assert verdict(a, b) != SURE


@pytest.mark.parametrize("reason", ["review", "meta-analysis", "guideline"])
def test_a_review_that_cites_a_number_is_no_report(reason: str) -> None:
    assert verdict(ONE, {**ONE, "decision": "exclude", "reason": reason, "drugs": []}) is None


def test_a_number_that_the_register_of_reviews_gave_names_no_trial() -> None:
    both = {"registration": ["CRD42010000001"], "n": None, "authors": []}
    assert verdict(both, both) is None


def test_a_name_of_a_trial_with_its_group() -> None:
    assert verdict({"trials": ["COMET 1"], "n": 90}, {"trials": ["COMET-1"], "n": 90, "kin": ["part"]}) == SURE
    found = related({"trials": ["COMET 1"], "n": 90}, {"trials": ["COMET 2"], "n": 88})
    assert found is None or found.likelihood < 0.5


def test_an_abstract_and_its_paper() -> None:
    title = "Rituximab twice a week in forty adults with an invented disease"
    abstract = {"title": title, "n": 44, "year": 2012, "pages": "S44", "journal": "Invented Meeting Abstracts"}
    paper = {"title": title, "n": 44, "year": 2013}
    assert verdict(abstract, paper) == SURE
    assert verdict({**abstract, "n": 45}, paper) == ("same study", "possible")


def test_one_window_one_centre_one_count() -> None:
    one = {"years": "2008-03 2011-09", "affiliations": [HOME], "n": 37, "counts": [(22, 37)]}
    assert verdict({**one, "authors": GROUP[:2]}, {**one, "authors": GROUP[1:], "year": 2016}) == SURE
    assert verdict({**one, "authors": GROUP[:2]}, {**one, "counts": [(21, 37)], "year": 2016}) != SURE


def test_years_that_overlap_at_one_centre() -> None:
    a = {"years": "2008-03 2011-09", "affiliations": [HOME], "n": 37, "authors": GROUP[:3]}
    b = {"years": "2010-01 2014-12", "affiliations": [HOME.upper()], "n": 80, "authors": [*GROUP[2:], "Xu Y"]}
    found = related(a, b)
    assert found is not None
    assert (found.kind, found.status) == ("shared cohort", "possible")
    assert found.likelihood > 0.5
    assert "patients 2008-03 2011-09 and 2010-01 2014-12" in found.evidence
    assert any("Harbour Hospital" in phrase.title() for phrase in found.evidence)
    assert "both: rituximab" in found.evidence


@pytest.mark.parametrize(
    "other",
    [
        {"years": "2012-01 2014-12"},
        {"drugs": ["dapsone"]},
        {"affiliations": ["Hill Hospital, Newtown, Noland"], "authors": ["Nobody AB", "Else CD"]},
        {"decision": "exclude", "reason": "review", "drugs": []},
    ],
)
def test_what_shares_no_cohort(other: dict[str, object]) -> None:
    one = {"years": "2008-03 2011-09", "affiliations": [HOME], "n": 37, "authors": GROUP[:3]}
    assert verdict(one, {**one, "n": 80, "years": "2010-01 2014-12", **other}) is None


def test_an_extension_of_several_trials_joins_none_of_them() -> None:
    """Else the trials would be one study."""
    parents = [report("a", registration=["NCT01111111"], n=60), report("b", registration=["NCT02222222"], n=62)]
    extension = report("c", registration=["NCT01111111", "NCT02222222", "NCT03333333"], n=90, kin=["extension"])
    found = relations([*parents, extension])
    assert {(r.a, r.b, r.kind, r.status) for r in found if r.b == 2} == {
        (0, 2, "shared cohort", "possible"),
        (1, 2, "shared cohort", "possible"),
    }


def test_a_pooled_analysis_names_its_trials() -> None:
    pooled = {"trials": ["COMET 1", "COMET 2"], "kin": ["pooled"], "n": 300}
    assert verdict({"trials": ["COMET 1"], "n": 90}, pooled) == ("shared cohort", "possible")


def test_names_that_many_bear_prove_little() -> None:
    many = {"authors": ["Wang Y", "Li J", "Zhang L"], "n": None}
    few = {"authors": GROUP[:3], "n": None}
    common, rare = related(many, many), related(few, few)
    assert rare is not None
    assert common is None or common.likelihood < rare.likelihood
    apart = {"authors": ["Wang, Yan", "Li, Jun"], "n": None}
    assert verdict(apart, {"authors": ["Wang, Ying", "Li, Jie"], "n": None}) is None


def some(count: int) -> list[Candidate]:
    pick = random.Random(1)
    return [
        report(
            f"r{i}",
            authors=pick.sample(GROUP, 3),
            registration=pick.choice([[], [], [f"NCT0000000{i % 5}"]]),
            drugs=pick.choice([["rituximab"], ["dapsone"], ["dapsone", "rituximab"]]),
            years=pick.choice([None, "2008-03 2011-09", "2010-01 2014-12"]),
            n=pick.choice([None, 37, 80]),
            affiliations=pick.choice([[], [HOME]]),
            trials=pick.choice([[], [], ["COMET 1"]]),
        )
        for i in range(count)
    ]


def by_record(reports: list[Candidate]) -> dict[frozenset[str], tuple[object, ...]]:
    return {
        frozenset((reports[r.a].record_id, reports[r.b].record_id)): (r.kind, r.status, r.likelihood, r.evidence)
        for r in relations(reports)
    }


def test_order_does_not_matter_and_more_reports_take_no_relation_away() -> None:
    reports = some(40)
    whole = by_record(reports)
    assert {status for _, status, *_ in whole.values()} == {"sure", "possible"}
    for seed in range(3):
        shuffled = random.Random(seed).sample(reports, len(reports))
        assert by_record(shuffled) == whole
        assert by_record(shuffled[:25]).items() <= whole.items()


def test_relations_are_sorted_and_one_per_pair() -> None:
    found = [(r.a, r.b) for r in relations(some(40))]
    assert found == sorted(set(found))
    assert all(a < b for a, b in found)


def test_signs_of_proofs_are_weighed_for_a_study_and_what_stands_against_is_not() -> None:
    assert all(WEIGHTS[name].study > 0 for proof in PROOFS for name in proof)
    assert all(WEIGHTS[name].study < 0 for name in AGAINST)
    assert all(weight.why for weight in WEIGHTS.values())


def test_a_first_look_misses_nothing_that_is_told() -> None:
    pick = random.Random(3)
    homes = [f"{town} Hospital, {town}, Noland" for town in ("Oldtown", "Newtown", "Midtown")]
    reports = [
        report(
            f"r{i}",
            authors=pick.choice([[], [f"Nobody{'abcdefgh'[i % 8]} A"], ["Wang Y", "Li J", "Zhang L"], GROUP[:3]]),
            title=pick.choice([None, "Rituximab in an invented disease", "Erratum: Rituximab in an invented disease"]),
            registration=pick.choice([[], [], [], [f"NCT0000000{i % 5}"]]),
            drugs=pick.choice([[], ["rituximab"], ["dapsone"], ["dapsone", "rituximab"]]),
            years=pick.choice([None, "2008-03 2011-09", "2010-01 2014-12"]),
            year=pick.choice([None, 1999, 2012, 2014]),
            pages=pick.choice([None, "S44"]),
            n=pick.choice([None, 12, 37, 80]),
            counts=pick.choice([[], [(22, 37)]]),
            affiliations=pick.sample(homes, pick.randint(0, 2)),
            trials=pick.choice([[], [], [], ["COMET 1"], ["COMET 2"]]),
            kin=pick.choice([[], [], [], [], ["pooled"], ["later"], ["extension"], ["registry"]]),
            design=pick.choice(["randomised", "single-arm retrospective", "meta-analysis"]),
        )
        for i in range(200)
    ]
    profiles = [p for i, r in enumerate(reports) if (p := profile(i, r)) is not None]
    pairs = [(judge(p, q), may_be_told(p, q)) for p, q in combinations(profiles, 2)]
    assert not any(told and not looked for told, looked in pairs)
    assert sum(told is not None for told, _ in pairs) > 500


def test_reports_of_other_people_elsewhere_are_not_compared_in_full() -> None:
    title = "Rituximab in an invented disease"
    reports = [
        report(f"r{i}", title=title, authors=[f"{n} A", f"Else{n} B"], n=40 + i, affiliations=[f"{n} Hospital, {n}, N"])
        for i, n in enumerate(("Abel", "Bohm", "Cole", "Diaz"))
    ]
    profiles = [p for i, r in enumerate(reports) if (p := profile(i, r)) is not None]
    assert len(list(blocked(profiles))) == 6
    assert not any(may_be_told(p, q) for p, q in combinations(profiles, 2))


def at_one_hospital(count: int) -> list[Candidate]:
    """Reports on one drug over forty years, each by other people."""
    pick = random.Random(count)
    letters = "abcdefghijklmnopqrst"
    return [
        report(
            f"r{i}",
            authors=["".join(pick.choices(letters, k=8)).title() + " A" for _ in range(3)],
            title=" ".join("".join(pick.choices(letters, k=9)) for _ in range(4)),
            year=pick.randint(1985, 2024),
            affiliations=[HOME],
            n=pick.randint(10, 2000),
        )
        for i in range(count)
    ]


def test_a_large_hospital_alone_relates_no_reports_and_what_they_share_beside_it_does() -> None:
    years = [report(f"w{i}", year=2016, authors=[f"{a} B"], affiliations=[HOME], n=44 + i, years=w)
             for i, (a, w) in enumerate((("Abel", "2008-03 2011-09"), ("Bohm", "2010-01 2014-12")))]  # fmt: skip
    found = by_record([*at_one_hospital(1500), *years])
    assert found[frozenset(("w0", "w1"))][:2] == ("shared cohort", "possible")
    assert len(found) < 1500
    assert by_record(years).items() <= found.items()


def test_pairs_of_a_large_hospital_grow_with_its_reports_and_not_with_their_square() -> None:
    pairs = []
    for count in (1000, 4000):
        profiles = [p for i, r in enumerate(at_one_hospital(count)) if (p := profile(i, r)) is not None]
        pairs.append(sum(1 for _ in blocked(profiles)))
    assert pairs[1] < 0.01 * 4000 * 4000
    assert pairs[1] <= 4 * max(pairs[0], 4 * 1000)


def test_many_reports_of_one_group_take_no_time_in_the_square_of_their_number() -> None:
    """All share authors, place and drug; blocks are cut by years and titles."""
    pick = random.Random(2)
    reports = [report(f"r{i}", year=pick.randint(1980, 2024), title=f"{pick.random():.9f}", affiliations=[HOME], years=None, n=i) for i in range(3000)]  # fmt: skip
    profiles = [p for p in map(profile, range(3000), reports) if p is not None]
    assert len(profiles) == 3000
    assert sum(1 for _ in blocked(profiles)) < 3000 * 4 * LARGE
