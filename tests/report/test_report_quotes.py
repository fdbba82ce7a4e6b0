"""Words in their context: where they are cut, on which page they stand, what was repaired in them."""

from __future__ import annotations

import pytest

from pipeline.parsed import Page, ParsedRecord, Repair, Source
from pipeline.report.quotes import quote
from pipeline.spans import TextBuilder


def record(raw: str, at: int = 0, **more: object) -> ParsedRecord:
    source = Source(file="corpus/a.txt", span=(at, at + len(raw)))
    fields = {"record_id": "a", "source": source, "text": raw, "raw": raw, "pieces": [(0, at, len(raw))], **more}
    return ParsedRecord.model_validate(fields)


def test_offsets_are_those_of_the_file() -> None:
    found = quote(record("Of ten, 5 of 10 responded. Fine.", at=100), 108, 125)
    assert found is not None
    assert (found.before, found.words, found.after) == ("Of ten, ", "5 of 10 responded", ". Fine.")
    assert (found.start, found.end) == (108, 125)


@pytest.mark.parametrize("span", [(-1, 3), (99, 103), (100, 500), (110, 105)])
def test_a_span_outside_the_record_gives_none(span: tuple[int, int]) -> None:
    assert quote(record("short", at=100), *span) is None


def test_context_ends_at_sentences_where_it_can() -> None:
    raw = "First one here. " * 30 + "Now 3 of 9 got well. " + "Last one here. " * 30
    start = raw.index("3 of 9")
    found = quote(record(raw), start, start + 6, context=50)
    assert found is not None
    assert found.before == "First one here. First one here. Now "
    assert found.after == " got well. Last one here. Last one here."


def test_context_without_sentences_ends_at_words_before_an_ellipsis() -> None:
    raw = "word " * 100 + "HERE" + " word" * 100
    start = raw.index("HERE")
    found = quote(record(raw), start, start + 4, context=22)
    assert found is not None
    assert found.before == "… word word word word "
    assert found.after == " word word word word …"


def test_page_is_the_one_that_the_words_are_printed_on() -> None:
    raw = "first page\fsecond page"
    builder = TextBuilder(raw)
    builder.keep(0, 10)
    builder.replace(10, 11, "\n\n")
    builder.keep(11, 22)
    text, alignment = builder.build()
    pages = [Page(page=4, start=0, end=10), Page(page=5, start=12, end=23)]
    two = record(raw, text=text, pieces=list(alignment.pieces), pages=pages)
    assert [quote(two, a, b).page for a, b in ((0, 5), (11, 17))] == [4, 5]  # type: ignore[union-attr]


def test_only_repairs_within_the_words_are_told() -> None:
    repairs = [Repair(start=a, end=a + 1, was="5", now="=", why="glyph") for a in (2, 12)]
    found = quote(record("(n5112) and (n556)", repairs=repairs), 0, 7)
    assert found is not None
    assert [repair.start for repair in found.repairs] == [2]
