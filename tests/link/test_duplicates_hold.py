"""What holds for any set of citations: order does not matter, more records never split a cluster, hostile text ends."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.link.citation_keys import keys_of
from pipeline.link.duplicates import clusters, compared, judged
from pipeline.link.same_record import verdict
from pipeline.link.spots import apart, spot_of
from pipeline.parsed import Citation

TITLES = [
    None,
    "Editorial",
    "Zinc deficiency",
    "Oral zinc for acute diarrhoea in infants: a randomised trial",
    "Oral zinc for acute diarrhoea in infants",
    "[Oral zinc for acute diarrhea in infants]",
    "Erratum: Oral zinc for acute diarrhoea in infants",
    "Oral zinc for acute diarrhoea in infants: part 2",
]
CITATIONS = st.builds(
    Citation,
    title=st.sampled_from(TITLES),
    authors=st.sampled_from([[], ["Lind K"], ["Lind, Karin", "Moreau, P.", "Okoye, T."], ["Dorn E"]]),
    year=st.sampled_from([None, 2012, 2013]),
    journal=st.sampled_from([None, "Gut", "Gut. Conference: Digestive Week", "medRxiv", "J Paediatr Nutr"]),
    volume=st.sampled_from([None, "61", "62"]),
    pages=st.sampled_from([None, "112-9", "112", "S34", "e7"]),
    doi=st.sampled_from([None, None, "10.1234/a", "10.1234/b"]),
    pmid=st.sampled_from([None, None, None, "1", "2"]),
)
#: articles that differ in little, mostly with a PMID
PLACED = st.builds(
    Citation,
    title=st.sampled_from(TITLES[3:]),
    authors=st.sampled_from([["Lind, Karin", "Moreau, P.", "Okoye, T."], ["Dorn E"]]),
    year=st.sampled_from([2012, 2013]),
    journal=st.sampled_from(["Gut", "Gut", "medRxiv", "ClinicalTrials.gov", None]),
    volume=st.sampled_from([None, "61", "62"]),
    issue=st.sampled_from([None, "1"]),
    pages=st.sampled_from([None, "112-9", "112", "113-9", "S112"]),
    doi=st.sampled_from([None, "10.1234/a", "10.1234/b"]),
    pmid=st.sampled_from([None, "1", "2", "3"]),
    pmcid=st.sampled_from([None, None, "PMC1"]),
    registration=st.sampled_from([[], ["NCT01111111"]]),
)
#: few letters, so that some texts are the same
SETS = st.lists(st.tuples(CITATIONS, st.sampled_from("abcdefghijklmnopqrstuvwxyz")), min_size=2, max_size=14)


def partition(records: list[tuple[int, tuple[Citation, str]]]) -> set[frozenset[int]]:
    """The clusters, as sets of the records' names."""
    pairs = judged([c for _, (c, _) in records], [text for _, (_, text) in records])
    of = clusters(len(records), pairs)
    return {frozenset(name for (name, _), c in zip(records, of, strict=True) if c == cluster) for cluster in set(of)}


@settings(max_examples=30, deadline=None)
@given(SETS, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_growth_never_splits(records, random) -> None:
    named = list(enumerate(records))
    whole = partition(named)
    random.shuffle(named)
    assert partition(named) == whole
    part = partition(named[: max(1, len(named) // 2)])
    assert all(any(cluster <= larger for larger in whole) for cluster in part)


@settings(max_examples=300, deadline=None)
@given(PLACED, PLACED)
def test_what_stands_apart_in_print_is_never_one(a: Citation, b: Citation) -> None:
    keys, others = keys_of(a), keys_of(b)
    if apart(spot_of(keys), spot_of(others)):
        assert verdict(keys, others) is None


def test_two_articles_of_pubmed_in_two_places_stand_apart() -> None:
    one = Citation(title=TITLES[3], journal="Gut", year=2012, volume="61", pages="112-9", pmid="1")
    spots = [spot_of(keys_of(one))]
    for change in (
        {"pages": "12"},
        {"volume": "62"},
        {"pmid": None},
        {"journal": "ClinicalTrials.gov"},
        {"volume": None},
    ):
        spots.append(spot_of(keys_of(one.model_copy(update={"pmid": "2"} | change))))
    assert [apart(spots[0], spot) for spot in spots] == [False, True, True, False, False, False]


@settings(max_examples=60, deadline=None)
@given(CITATIONS, CITATIONS)
def test_a_verdict_is_of_the_two_whichever_comes_first(a: Citation, b: Citation) -> None:
    assert verdict(keys_of(a), keys_of(b)) == verdict(keys_of(b), keys_of(a))


@settings(max_examples=30, deadline=None)
@given(SETS)
def test_pairs_are_sorted_and_possible_ones_lie_between_clusters(records) -> None:
    pairs = judged([c for c, _ in records], [text for _, text in records])
    of = clusters(len(records), pairs)
    assert [(p.a, p.b) for p in pairs] == sorted({(p.a, p.b) for p in pairs})
    assert all(p.a < p.b and p.why for p in pairs)
    between = [frozenset((of[p.a], of[p.b])) for p in pairs if p.verdict == "possible"]
    assert all(len(two) == 2 for two in between)
    assert len(between) == len(set(between))


@settings(max_examples=60, deadline=None)
@given(SETS)
def test_records_that_share_no_key_need_no_comparison(records) -> None:
    citations, texts = [c for c, _ in records], [text for _, text in records]
    assert judged(citations, texts) == compared([keys_of(c) for c in citations], texts.__getitem__)


@pytest.mark.parametrize(
    "text", ["(", "[", "1-", "= ", "(vol ", "-reply", "<i ", "a' ", " : journal", "[in ", "abstract 1"]
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    def seconds(times: int) -> float:
        long = text * times
        began = time.process_time()
        k = keys_of(Citation(title=long, authors=[long], journal=long, volume=long, pages=long, doi="10.1/" + long))
        verdict(k, keys_of(Citation(title=long + "x", journal=long + " y")))
        return time.process_time() - began

    seconds(10)
    assert seconds(30_000 // len(text)) < 3
