"""Records worth comparing are found by exact keys, of which each record has a few, whatever the set."""

from __future__ import annotations

import numpy as np

from pipeline.link.blocking import KEYS, KINDS, hashed_keys, pairs, shared
from pipeline.link.citation_keys import keys_of, marks_of
from pipeline.link.meetings import columns_of
from pipeline.link.spots import spot_of
from tests.link.pairs_of_citations import cited

ARTICLE = "Lind K; Okoye T | 2012 | Oral zinc for acute diarrhoea in infants of two centres | J Paediatr Nutr | 34(2):112-119 |"
VARIANTS = [
    ARTICLE.replace("Oral zinc", "Oral znic"),
    ARTICLE.replace(" of two centres", ""),
    "| 2012 | Durchfall und Zink bei Kindern | J Paediatr Nutr | 34:112 |",
    "| | Oral zinc for acute diarrhoea in infants of two centres | | |",
    "Lind K | 2012 | Zinc | | :112 |",
]


def test_each_variant_meets_its_article() -> None:
    for variant in VARIANTS:
        assert list(pairs([keys_of(cited(variant)), keys_of(cited(ARTICLE))])) == [(0, 1)], variant


def test_records_that_share_one_weak_fact_are_not_compared() -> None:
    others = [
        "Berg U | 2012 | Colonic stents before surgery in the elderly | Gut | 61:112 |",
        "Lind K | 2009 | Iron and folate for women who are pregnant | Gut | 58:9 |",
        "| 2012 | Editorial | J Paediatr Nutr | 34:1 |",
    ]
    records = [keys_of(cited(text)) for text in [ARTICLE, *others]]
    assert list(pairs(records)) == []


def test_ways_to_begin_and_to_end_a_title_are_no_keys_alone() -> None:
    """In a million records, thousands begin with "A randomised, double-blind, placebo-controlled trial of"."""
    begin, end = "A randomised, double-blind, placebo-controlled trial of", "in adults: results of a controlled trial"
    records = [
        keys_of(cited(f"Auth{'abcdef'[i]} | {2000 + i} | {begin} drug {i} | Gut | {i}:{i}1 |")) for i in range(6)
    ]
    records += [
        keys_of(cited(f"Wang L | {2000 + i} | Drug {'abcdef'[i]} {i} {end} | Gut | {i}:{i}2 |")) for i in range(6)
    ]
    assert list(pairs(records)) == []


def test_one_title_is_met_in_any_year() -> None:
    title = "Oral zinc for acute diarrhoea in infants of two centres"
    later, cut = f"| 2019 | {title} | | |", "Lind K; Okoye T | 2019 | Oral zinc for acute diarrhoea in infants | | |"
    for other in (later, cut):
        assert list(pairs([keys_of(cited(other)), keys_of(cited(ARTICLE))])) == [(0, 1)], other


def test_abstracts_that_share_the_doi_of_their_issue_are_not_compared() -> None:
    issue = [
        keys_of(cited(f"Auth{'abcdefgh'[i % 8]}{chr(97 + i % 26)} | 2012 | {i} reasons | Gut | :S{i} | doi 10.1234/s2"))
        for i in range(300)
    ]
    assert len(list(pairs(issue))) < 300
    assert len(list(pairs([*issue, keys_of(cited("| | | | | doi 10.1234/s2"))]))) - len(list(pairs(issue))) == 300


def test_who_shares_no_key_is_left_out_beforehand() -> None:
    alone = [f"Auth{'abcdef'[i]} | {2000 + i} | {i} colonic stents before surgery | Gut | {i}:{i}1 |" for i in range(6)]
    texts = [alone[0], ARTICLE, *alone[1:], VARIANTS[0], "| | Zinc | | |", "| | Zinc | | |"]
    marks = [marks_of(cited(text)) for text in texts]
    columns = columns_of([hashed_keys(m) for m in marks], KINDS)
    assert shared(columns, np.array([spot_of(m) for m in marks])) == [1, 7, 8, 9]


def test_a_record_has_few_keys() -> None:
    keys = keys_of(cited(ARTICLE + "doi 10.1234/x pmid 7"))
    assert sum(len(list(kind(keys))) for kind in KEYS) <= 12
