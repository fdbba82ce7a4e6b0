"""Which citations are the same record: surely, possibly, or not; and the clusters, whatever the order."""

from __future__ import annotations

import random

import pytest

from pipeline.link.duplicates import Pair, clusters, judged
from pipeline.parsed import Citation

ARTICLE = Citation(
    title="Rituximab for refractory immune thrombocytopenia in adults: a cohort of two centres",
    authors=["Arnold, Donald M.", "Berg, Ute", "Costa, R."],
    year=2010,
    journal="Journal of Clinical Haematology",
    volume="12",
    issue="3",
    pages="221-228",
    doi="10.5555/jch.2010.221",
)


def like(**changes: object) -> Citation:
    """ARTICLE without identifiers, as another database might have it."""
    return ARTICLE.model_copy(update={"doi": None, **changes})


def verdict(a: Citation, b: Citation) -> str | None:
    found = judged([a, b], ["a", "b"])
    assert found == [Pair(0, 1, p.verdict, p.why) for p in judged([b, a], ["b", "a"])], (
        "the order of two records matters"
    )
    return found[0].verdict if found else None


def test_clusters_are_named_by_their_lowest_index() -> None:
    assert clusters(5, [Pair(3, 4, "sure", ""), Pair(1, 3, "sure", ""), Pair(0, 2, "possible", "")]) == [0, 1, 2, 1, 1]


def test_letter_for_letter_the_same_records_merge_even_with_nothing_to_compare() -> None:
    assert [p.verdict for p in judged([Citation(), Citation()], ["same", "same"])] == ["sure"]
    assert judged([Citation(), Citation()], ["this", "that"]) == []


@pytest.mark.parametrize(
    "other",
    [
        like(journal="J Clin Haematol", pages="221-8", authors=["Arnold DM", "Berg U", "Costa R"]),
        like(title=ARTICLE.title.upper() + ".", authors=[]),
        like(title=ARTICLE.title.replace("centres", "centers"), year=2011, pages="221–8"),
        like(title="Rituximab for refractory immune thrombocytopenia in adults", volume="12 (3)", issue=None),
        like(doi="https://doi.org/10.5555%2FJCH.2010.221.", journal=None, volume=None, issue=None, pages=None),
        like(doi="10.5555/mistyped"),
        like(pages=None, volume=None, issue=None),
    ],
)
def test_sure(other: Citation) -> None:
    assert verdict(ARTICLE, other) == "sure"


@pytest.mark.parametrize(
    "other",
    [
        like(journal="Blood", volume="116", issue="21", pages="1312", year=2009),
        like(journal=None, volume=None, issue=None, pages=None),
        like(pmid="123", doi=ARTICLE.doi, title="Erratum: " + str(ARTICLE.title)),
    ],
)
def test_not_sure(other: Citation) -> None:
    assert verdict(ARTICLE, other) != "sure"


@pytest.mark.parametrize(
    "other",
    [
        like(title="Erratum: " + str(ARTICLE.title), volume="13", pages="17"),
        like(title="Eltrombopag for refractory immune thrombocytopenia in children: a cohort", pages="229-236"),
        like(
            title="Rituximab for refractory immune thrombocytopenia in adults: a reply", authors=["Doe J"], pages="400"
        ),
    ],
)
def test_other_articles(other: Citation) -> None:
    assert verdict(ARTICLE, other) is None


def test_different_pmids_are_never_sure() -> None:
    assert verdict(like(pmid="1"), like(pmid="2")) != "sure"


def test_order_and_additions_do_not_split_clusters() -> None:
    records = [
        like(pages=p, title=t) for p in ("221-8", None, "e7") for t in (ARTICLE.title, "Zinc", "Zinc deficiency")
    ]
    texts = [f"{i}" for i in range(len(records))]
    whole = partition(records, texts)
    for seed in range(5):
        order = random.Random(seed).sample(range(len(records)), len(records))
        assert partition([records[i] for i in order], [texts[i] for i in order]) == whole
        part = partition([records[i] for i in order[:6]], [texts[i] for i in order[:6]])
        assert all(any(small <= big for big in whole) for small in part)


def partition(records: list[Citation], texts: list[str]) -> set[frozenset[str]]:
    cluster = clusters(len(records), judged(records, texts))
    return {frozenset(t for t, c in zip(texts, cluster, strict=True) if c == name) for name in cluster}
