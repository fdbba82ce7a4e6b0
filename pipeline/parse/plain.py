"""Reader of plain text: an abstract or a page of text, with or without a title, and text layers saved from PDFs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.parse import headings
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.identity import find_doi, registrations
from pipeline.parse.lines import Line, starts_item
from pipeline.parse.prose import Reading, article_lines, markers, read_prose
from pipeline.parse.text_pages import SIDE_BY_SIDE, is_side_by_side
from pipeline.parsed import Citation, ParsedRecord, Source

#: a title is no longer than this, in characters
_LONGEST_TITLE = 350
_SENTENCE = re.compile(r"(?i)\b(?:we|our)\b|\b(?:was|were|had)\b.*\.$")


def read(document: Document) -> Iterator[ParsedRecord]:
    """The whole file is one record."""
    source = document.text()
    lines, titled, marked = markers(article_lines(source, 0, len(source), running_heads=is_wrapped(source)))
    if not lines:
        raise Unreadable("holds no text besides page furniture", "copy the article's text into it")
    title_lines = _title_lines(lines, titled, marked, shortest=5 if is_wrapped(source) else 3)
    reading = read_prose(source, lines, title_lines=title_lines, marked=marked)
    citation = Citation(title=reading.title, doi=find_doi(reading.text), registration=registrations(reading.text))
    made = record(document, source, reading, citation)
    yield made.model_copy(update={"problems": [*made.problems, SIDE_BY_SIDE]}) if is_side_by_side(lines) else made


def record(document: Document, source: str, reading: Reading, citation: Citation) -> ParsedRecord:
    """A record of a text format; its id is given by `parse`."""
    a, b = reading.span
    return ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=reading.span),
        citation=citation,
        text=reading.text,
        raw=source[a:b],
        pieces=reading.pieces,
        sections=reading.sections,
        tables=reading.tables,
        repairs=reading.repairs,
        problems=document.problems,
    )


def is_wrapped(text: str) -> bool:
    """Is it the text layer of pages: many short lines, most of them going on in the next?"""
    lines = [line.strip() for line in text[:65_536].splitlines() if line.strip()]
    if len(lines) < 60:
        return False
    short = [line for line in lines if len(line) <= 140]
    open_ended = sum(line[-1] not in ".!?:;" for line in short)
    return len(short) >= 0.9 * len(lines) and open_ended >= 0.5 * len(lines)


def _title_lines(lines: Sequence[Line], titled: bool, marked: set[int], shortest: int) -> int:
    """How many of the first lines are the title; 0 if there is none. A title has `shortest` words."""
    block = 1
    while block < len(lines) and not lines[block].blank_before and lines[block].start not in marked:
        block += 1
    if titled:
        return block
    first, rest = lines[:block], lines[block:]
    if len(first) > 3:
        first, rest = _short_first_line(lines)
    title = " ".join(line.text for line in first)
    if (
        title.count(" ") + 1 < shortest
        or len(title) > _LONGEST_TITLE
        or sum(len(line.text) for line in rest) < len(title)
    ):
        return 0
    return len(first) if _is_title(title, rest) else 0


def _short_first_line(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """A first line without a blank line after it, when the next one is a whole paragraph."""
    return (lines[:1], lines[1:]) if len(lines[1].text) > 2 * len(lines[0].text) else ([], lines)


def _is_title(title: str, rest: Sequence[Line]) -> bool:
    if not rest or starts_item(title) or _SENTENCE.search(title) or headings.is_known(title):
        return False
    if any(run.start == 0 for run in headings.run_ins(title)):
        return False
    sentences = [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z])", title) if part]
    return len(sentences) == 1 or (len(sentences) <= 3 and all(part.count(" ") < 12 for part in sentences[1:]))
