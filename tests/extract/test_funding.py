"""Who paid for a study is told by its report, with the words; the database's agencies stand in where it is silent."""

from __future__ import annotations

import re

import pytest

from pipeline.extract.funding import LONGEST, PATTERNS, SIGNS, Pattern, funding
from pipeline.extract.sentences import sentences
from pipeline.parse.grants import agencies
from pipeline.parsed import Citation, ParsedRecord, Section, Source


def record_of(text: str, sections: list[Section] | None = None, paid: list[str] | None = None) -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(funding=paid or []),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=sections or [],
    )


def told(record: ParsedRecord) -> list[str]:
    found = funding(record, [(s.start, s.end, s.section) for s in sentences(record)])
    for one in found:
        if one.evidence is not None:
            assert record.raw[one.evidence.start : one.evidence.end] == one.evidence.text
    return [one.text for one in found]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_finds_its_examples_alone(pattern: Pattern) -> None:
    for text in pattern.examples:
        assert re.search(pattern.pattern, text), text
    for text in pattern.counter:
        assert told(record_of(text)) == []
        assert not SIGNS.search(text), text


def test_the_words_go_on_to_the_end_of_their_sentence() -> None:
    text = "Half responded. We thank all. This study was supported by the Alpine Fund (grant 12). Nothing else is told."
    assert told(record_of(text, paid=["Other Agency"])) == ["This study was supported by the Alpine Fund (grant 12)."]


def test_a_section_goes_before_a_sentence() -> None:
    text = "Supported by one. Body.\n\nMaker Inc paid for it all."
    assert told(record_of(text, [Section(title="Source of funding", start=25, end=len(text))])) == [
        "Maker Inc paid for it all."
    ]


def test_a_report_that_is_silent_has_what_the_database_names() -> None:
    silent = record_of("Half responded.", paid=["Alpine Fund", "State"])
    assert told(silent) == ["Alpine Fund", "State"]
    assert told(record_of("Half responded.")) == []


def test_a_long_statement_is_cut_at_a_word_and_long_texts_take_no_time() -> None:
    (text,) = told(record_of("Supported by " + "many good people and " * 60 + "more."))
    assert len(text) <= LONGEST
    assert text.endswith(("many", "good", "people", "and"))
    assert told(record_of("This study was " + "a " * 50_000)) == []
    assert told(record_of("Supported in part, " * 20_000)) == []


def test_agencies_stand_before_their_country() -> None:
    grants = ["R01 X1/XX/NHLBI NIH HHS/United States", "Alpine Fund/Austria", "State", "P1/Alpine Fund/Austria", ""]
    assert agencies(grants) == ["NHLBI NIH HHS", "Alpine Fund", "State"]
