"""Reader of plain text: an abstract or a page of text, with or without a title, and text layers saved from PDFs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.identifiers import find_doi, registrations
from pipeline.parse import headings
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.front_matter import is_author_list, names_of, read_front
from pipeline.parse.lines import Line, starts_item
from pipeline.parse.prose import Reading, article_lines, markers, read_prose
from pipeline.parse.text_pages import SIDE_BY_SIDE, is_side_by_side
from pipeline.parsed import Citation, ParsedRecord, Source

#: a title is no longer than this, in characters
_LONGEST_TITLE = 350
#: how far above and below the start of the text a DOI of its own may stand
_ABOVE = 1_000
_SENTENCE = re.compile(r"(?i)\b(?:we|our)\b|\b(?:was|were|had)\b.*\.$")


def read(document: Document) -> Iterator[ParsedRecord]:
    """The whole file is one record."""
    source = document.text()
    front = read_front(article_lines(source, 0, len(source), running_heads=is_wrapped(source)))
    lines, titled, marked = markers(front.lines)
    if not lines:
        raise Unreadable("holds no text besides page furniture", "copy the article's text into it")
    title_lines = _title_lines(lines, titled or front.titled, marked, shortest=5 if is_wrapped(source) else 3)
    lines, authors = _without_authors(lines, title_lines)
    reading = read_prose(source, lines, title_lines=title_lines, marked=marked)
    citation = _citation(source, reading, {"authors": authors, **front.cited})
    made = record(document, source, reading, citation)
    yield made.model_copy(update={"problems": [*made.problems, SIDE_BY_SIDE]}) if is_side_by_side(lines) else made


def _citation(source: str, reading: Reading, told: dict[str, Any]) -> Citation:
    """What the text says of itself; its DOI may stand above the text that is read."""
    begin = reading.span[0]
    doi = find_doi(reading.text) or find_doi(source[max(0, begin - _ABOVE) : begin + _ABOVE])
    return Citation(title=reading.title, doi=doi, registration=registrations(reading.text), **told)


def _without_authors(lines: list[Line], title_lines: int) -> tuple[list[Line], list[str]]:
    """Lines that list authors below the title belong to the citation, not to the text."""
    at = title_lines
    while title_lines and at < len(lines) - 1 and is_author_list(lines[at].text, alone=lines[at].blank_before):
        at += 1
    authors = [name for line in lines[title_lines:at] for name in names_of(line.text)]
    return lines[:title_lines] + lines[at:], authors


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
    while block < len(lines) and not _ends_title(lines[block], marked):
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


def _ends_title(line: Line, marked: set[int]) -> bool:
    """A line that cannot be the second one of a title."""
    if line.blank_before or line.start in marked or is_author_list(line.text, alone=False):
        return True
    return any(run.start == 0 for run in headings.run_ins(line.text[:_LONGEST_TITLE]))


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
