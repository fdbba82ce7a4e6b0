"""What MEDLINE, RIS, Ovid and Web of Science exports share: lines of "TAG  - value", each value with its place.

The kept libraries for these formats (rispy, Bio.Medline) drop the offsets that evidence needs. The file is read in
chunks, cut where records start, and each record is cut at its tags by one pattern: memory stays flat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import count
from typing import NamedTuple
from urllib.parse import unquote

from pipeline.identifiers import find_doi
from pipeline.parse.citation_record import joined, make_record
from pipeline.parse.document import Document
from pipeline.parsed import Citation, ParsedRecord, SetAside

Span = tuple[int, int]

_CHUNK = 1 << 18
#: a record with more characters than this is none: a missing end, or another kind of file
LONGEST = 8_000_000
#: what starts a record fits in so many characters
_LOOK_BACK = 64
#: tags that say what kind of work it is, or where the record ends
_KIND = frozenset({"TY", "PT", "ER", "%0"})
#: `10.1597/1545-1569(1994)031<0364:CPWART>2.3.CO;2`
_ONLY_A_DOI = re.compile(r"(?i)(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:?\s*)?(10\.\d{4,9}/\S*[^\s.,;])[.,;]?")
_LONE_CR = re.compile(r"\r(?!\n)")


class Dialect(NamedTuple):
    """`start` matches where a record begins, `tag` all that stands before a value (its group 1).

    Both start with the line break before.
    """

    start: re.Pattern[str]
    tag: re.Pattern[str]
    #: abstracts are wrapped at words; otherwise a line that ends a sentence ends a paragraph
    wrapped: bool = False


class Block(NamedTuple):
    """What stands between two starts of records: `text` at offset `at`; its first character is a line break.

    A block that is too long has no text but its length.
    """

    at: int
    text: str
    too_long: int = 0


def blocks(document: Document, start: re.Pattern[str]) -> Iterator[Block]:
    """The file cut where records start; what stands before the first one comes first."""
    with document.open_text() as file:
        rest, base = _first(file.read(_CHUNK))
        lost_at: int | None = None
        seen, more = 1, True
        while more:
            cut = 0
            for m in start.finditer(line_feeds(rest), seen):
                if lost_at is not None:
                    yield Block(lost_at, "", base + m.start() - lost_at)
                    lost_at = None
                else:
                    yield Block(base + cut, rest[cut : m.start()])
                cut = m.start()
            if lost_at is not None or len(rest) - cut > LONGEST:
                lost_at = base + cut if lost_at is None else lost_at
                cut = max(cut, len(rest) - _LOOK_BACK)
            base, rest = base + cut, rest[cut:]
            seen = 0 if lost_at is not None else max(1, len(rest) - _LOOK_BACK)
            # reading as much again as is kept makes the work linear, however long a record is
            chunk = file.read(max(_CHUNK, len(rest)))
            rest, more = rest + chunk, bool(chunk)
        yield Block(base, rest) if lost_at is None else Block(lost_at, "", base + len(rest) - lost_at)


def _first(text: str) -> tuple[str, int]:
    """The text with a line break before it; a byte order mark gives its place to it."""
    return ("\n" + text[1:], 0) if text.startswith("\ufeff") else ("\n" + text, -1)


def line_feeds(text: str) -> str:
    """The text with old Macintosh line ends as line feeds; no character moves."""
    return _LONE_CR.sub("\n", text) if "\r" in text else text


class _Names(dict[str, str]):
    """What stands before a value, such as "\\nTI  - " → its tag; a file has a few dozen of them."""

    def __missing__(self, before: str) -> str:
        name = before.strip(" \t\r\n-:").upper()
        if len(self) < 5_000:
            self[before] = name
        return name


_NAMES = _Names()


class Entry:
    """One record as stored: `raw` at offset `at` of the file, and its values.

    `fields` are the places of each tag's values among the parts that the tags cut the record into.
    """

    __slots__ = ("_parts", "at", "fields", "raw")

    def __init__(self, at: int, text: str, tag: re.Pattern[str]) -> None:
        """`text` starts with a line break, which is no part of the record and stands at `at` - 1."""
        self.at = at
        self.raw = text[1:].rstrip()
        # what is before the first tag, tag, value, tag, value, …
        self._parts = tag.split(line_feeds(text))
        self.fields: dict[str, list[int]] = {}
        fields = self.fields
        for place, before in zip(count(2, 2), self._parts[1::2], strict=False):
            name = _NAMES[before]
            if name in fields:
                fields[name].append(place)
            else:
                fields[name] = [place]

    def values(self, *tags: str) -> list[str]:
        """Values of all these tags, in the order of the tags given."""
        parts, fields = self._parts, self.fields
        return [_one_line(parts[i]) for tag in tags if tag in fields for i in fields[tag]]

    def value(self, *tags: str) -> str | None:
        """The first value of the first tag that has one."""
        for tag in tags:
            for i in self.fields.get(tag, ()):
                if words := _one_line(self._parts[i]):
                    return words
        return None

    def listed(self, *tags: str) -> list[str]:
        """The lines of all values of the first tag that has some, for lists that go on in the next line."""
        for tag in tags:
            if found := [line for i in self.fields.get(tag, ()) for line in _lines(self._parts[i])]:
                return found
        return []

    def lines(self, *tags: str) -> list[Span]:
        """Where the lines of the first value of the first tag that has one stand in `raw`."""
        for tag in tags:
            for i in self.fields.get(tag, ()):
                # raw lacks the first line break
                start = sum(map(len, self._parts[:i])) - 1
                if spans := list(_line_spans(self._parts[i], start)):
                    return spans
        return []

    def placed(self, tag: str) -> list[tuple[str, Span]]:
        """Each value of the tag that says something, with where it stands in `raw`, from its first line to its last."""
        found = []
        for i in self.fields.get(tag, ()):
            if spans := list(_line_spans(self._parts[i], sum(map(len, self._parts[:i])) - 1)):
                found.append((_one_line(self._parts[i]), (spans[0][0], spans[-1][1])))
        return found

    def is_empty(self) -> bool:
        """Is there no value but the record's kind?"""
        return not any(self.value(tag) for tag in self.fields if tag not in _KIND)


def _one_line(value: str) -> str:
    words = value.strip()
    return " ".join(_lines(words)) if "\n" in words else words


def _lines(value: str) -> list[str]:
    return [words for line in value.split("\n") if (words := line.strip())]


def _line_spans(value: str, at: int) -> Iterator[Span]:
    """Where the lines stand of a value at offset `at`, without the white space around them."""
    for line in value.split("\n"):
        if words := line.strip():
            start = at + line.index(words)
            yield start, start + len(words)
        at += len(line) + 1


def record_of(
    document: Document, entry: Entry, title: list[Span], abstract: list[Span], cited: Citation, *, wrapped: bool
) -> ParsedRecord:
    """The record of an entry, whose title and abstract are these lines."""
    return make_record(
        document,
        entry.at,
        entry.raw,
        joined(entry.raw, title, wrapped=True),
        joined(entry.raw, abstract, wrapped=wrapped),
        cited,
    )


def too_long(document: Document, block: Block, number: int) -> SetAside:
    """The block is set aside by its number among the records."""
    return SetAside(
        set_aside=document.name,
        record=f"number {number}",
        reason=f"this record has {block.too_long:,} characters: another kind of file, or its end is missing",
        remedy="export this record again",
    )


def empty(document: Document, number: int) -> SetAside:
    """A record without any field is set aside by its number among the records."""
    reason = "this record is empty: it has no title, abstract or other field"
    return SetAside(
        set_aside=document.name, record=f"number {number}", reason=reason, remedy="export this record again"
    )


def doi_in(value: str | None) -> str | None:
    """The DOI of a field, lower case: all of it, which may have signs that end a DOI in prose, else the one within."""
    if value is None:
        return None
    m = _ONLY_A_DOI.fullmatch(unquote(unescape(value.strip())))
    return m[1].lower() if m else find_doi(value)


def years(text: str | None) -> int | None:
    """The year in a date such as `2000 Jun 7` or `1999/08//`."""
    m = re.search(r"\b(1[89]\d\d|20\d\d)\b", text or "")
    return int(m[1]) if m else None
