"""Reader of saved listing pages: many records in one text file, each with a citation block around "Author(s):"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.identifiers import registrations
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.furniture import is_furniture
from pipeline.parse.lines import Line, ends_sentence, split_lines
from pipeline.parse.plain import record
from pipeline.parse.prose import article_lines, read_prose
from pipeline.parsed import Citation, ParsedRecord, SetAside

_SEPARATOR = " \t\xa0◽□▫·•|"
AUTHORS = re.compile(r"(?i)authors?(?:\(s\))?\s*:\s*")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_VOLUME = re.compile(r"(?i)vol(?:ume|\.)?\s*(?P<volume>[\w.-]+)?\s*(?:\((?P<issue>[^)]*)\))?$")
_PAGES = re.compile(r"(?i)pp?\.?\s*(?P<pages>[\w.]+(?:\s*[-–]\s*[\w.]+)?)$")
_TAIL = re.compile(
    r"\s(?P<journal>[A-Z][A-Za-z&.]*(?: [A-Z][A-Za-z&.]*){1,8})[,.;]? (?P<year>(?:19|20)\d\d)\s*;\s*(?:Vol\.?\s*)?"
    r"\d+\s*\(\d+\)\s*:\s*\d+\s*[-–]\s*\d+\.?\s*$"
)
_LONGEST_TITLE = 300


@dataclass(frozen=True)
class _Entry:
    """Indexes of lines: title, citation block and authors from `first`, the text from `body` up to `end`."""

    first: int
    head: int
    anchor: int
    body: int
    end: int


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per "Author(s):" block, in the order of the page."""
    source = document.text()
    lines = split_lines(source)
    entries = _entries(lines)
    if not entries:
        raise Unreadable("no record found on the listing page", "save the page with authors and abstracts shown")
    for i, entry in enumerate(entries, 1):
        yield _record(document, source, lines, entry, i)


def _entries(lines: Sequence[Line]) -> list[_Entry]:
    anchors = [i for i, line in enumerate(lines) if AUTHORS.match(line.text)]
    if not anchors:
        return []
    heads = [_head(lines, i, least) for i, least in zip(anchors, [0, *(i + 1 for i in anchors[:-1])], strict=True)]
    bodies = [_body(lines, i, most) for i, most in zip(anchors, [*heads[1:], len(lines)], strict=True)]
    firsts = [_title(lines, head, floor) for head, floor in zip(heads, [0, *bodies[:-1]], strict=True)]
    ends = [*firsts[1:], len(lines)]
    return [_Entry(*entry) for entry in zip(firsts, heads, anchors, bodies, ends, strict=True)]


def _head(lines: Sequence[Line], anchor: int, least: int) -> int:
    """The first line of the citation block that holds the anchor: no blank line within, no abstract's long line.

    It lies behind the anchor of the entry before: `least`.
    """
    head = anchor
    while head > least and not lines[head].blank_before and len(lines[head - 1].text) < _LONGEST_TITLE:
        head -= 1
    return head


def _body(lines: Sequence[Line], anchor: int, most: int) -> int:
    """The first line of the text: after the authors' lines, and before the next entry's block at `most`."""
    i = anchor + 1
    while i < most and not lines[i].blank_before:
        i += 1
    return i


def _title(lines: Sequence[Line], head: int, floor: int) -> int:
    """The entry starts with a title if a short paragraph without a full stop stands before its citation block.

    `floor` is where the text of the entry before starts: its first paragraph is no title.
    """
    above = head - 1
    if above < floor or (floor and above == floor):
        return head
    line = lines[above]
    alone = above == 0 or line.blank_before
    short = len(line.text) <= _LONGEST_TITLE and not is_furniture(line.text)
    return above if alone and short and (floor == 0 or not ends_sentence(line.text)) else head


def _record(
    document: Document, source: str, lines: Sequence[Line], entry: _Entry, number: int
) -> ParsedRecord | SetAside:
    """The reading text is title and abstract; the record's span holds the citation block too."""
    begin = lines[entry.first].start
    stop = max(line.end for line in lines[entry.first : entry.end] if not is_furniture(line.text))
    body_at = lines[entry.body].start if entry.body < entry.end else stop
    tail = _TAIL.search(source, body_at, stop)
    title_end = lines[entry.head].start
    title = article_lines(source, begin, title_end, running_heads=False) if entry.first < entry.head else []
    if not title:
        title = _title_within(lines, entry)
    body = article_lines(source, body_at, tail.start() if tail else stop, running_heads=False)
    if not title and not body:
        return SetAside(
            set_aside=document.name,
            record=f"number {number}",
            reason="this record of the page has neither title nor abstract",
            remedy="save the page with abstracts shown",
        )
    reading = read_prose(source, [*title, *body], title_lines=len(title))
    citation = _citation(lines[entry.head : entry.body], reading.title, tail, reading.text)
    made = record(document, source, reading, citation)
    return made.model_copy(
        update={"source": made.source.model_copy(update={"span": (begin, stop)}), "raw": source[begin:stop]}
    )


def _title_within(lines: Sequence[Line], entry: _Entry) -> list[Line]:
    """A title in the citation block itself: a long first line before the journal and year."""
    block = lines[entry.head : entry.anchor]
    years = [i for i, line in enumerate(block) if _YEAR.match(line.text.strip(_SEPARATOR))]
    return [block[0]] if years and years[0] >= 2 else []


def _citation(block: Sequence[Line], title: str | None, tail: re.Match[str] | None, text: str) -> Citation:
    parts = [line.text.strip(_SEPARATOR) for line in block]
    anchor = next(i for i, part in enumerate(parts) if AUTHORS.match(part))
    head, names = parts[:anchor], [AUTHORS.sub("", parts[anchor], count=1), *parts[anchor + 1 :]]
    if len(names) == 1 or not any(names[1:]):
        names = re.split(r"\s*[;◽]\s*|,\s+", names[0])
    authors = [name.strip(_SEPARATOR) for name in names if name.strip(_SEPARATOR + ".…")]
    year = next((part for part in head if _YEAR.match(part)), None)
    volume = next((m for part in head if (m := _VOLUME.match(part))), None)
    pages = next((m for part in head if (m := _PAGES.match(part))), None)
    journal = _journal(head, year, title) or (tail["journal"] if tail else None)
    return Citation(
        title=title,
        authors=authors,
        authors_truncated=any(name.strip(_SEPARATOR) in ("...", "…", "et al", "et al.") for name in names),
        year=int(year) if year else None,
        journal=journal,
        volume=volume["volume"] if volume else None,
        issue=volume["issue"] if volume else None,
        pages=pages["pages"] if pages else None,
        registration=registrations(text),
    )


def _journal(head: Sequence[str], year: str | None, title: str | None) -> str | None:
    """The line before the year."""
    if year is None or head.index(year) == 0:
        return None
    name = head[head.index(year) - 1]
    return name if name and name != title else None
