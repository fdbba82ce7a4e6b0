"""What MEDLINE, RIS and Web of Science exports share: lines of "TAG  - value", each value with its place in the file.

The kept libraries for these formats (rispy, Bio.Medline) drop the offsets that evidence needs, hence these few lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.parse.document import Document
from pipeline.parse.lines import ends_sentence
from pipeline.parse.prose import Writer
from pipeline.parse.repairs import find_repairs
from pipeline.parse.sections import find_sections
from pipeline.parsed import Citation, ParsedRecord, Repair, Source
from pipeline.spans import TextBuilder

Span = tuple[int, int]


@dataclass(frozen=True)
class Dialect:
    """`tag` matches the start of a tagged line, group 1 the tag; records go from `first` to `last`."""

    tag: re.Pattern[str]
    first: str
    last: str | None = None
    #: abstracts are wrapped at words; otherwise a line that ends a sentence ends a paragraph
    wrapped: bool = False


@dataclass
class Entry:
    """One record as stored: its text at offset `at`, and for each tag its values, a value being spans of lines."""

    at: int
    raw: str = ""
    fields: dict[str, list[list[Span]]] = field(default_factory=dict)

    def values(self, *tags: str) -> list[str]:
        """Values of all these tags, in the order of the tags given."""
        return [self._text(value) for tag in tags for value in self.fields.get(tag, ())]

    def value(self, *tags: str) -> str | None:
        """The first value of the first tag that has one."""
        return next((text for tag in tags for text in self.values(tag) if text), None)

    def lines(self, *tags: str) -> list[Span]:
        """The lines of the first value of the first tag that has one."""
        return next((spans for tag in tags for spans in self.fields.get(tag, ()) if self._text(spans)), [])

    def _text(self, spans: Iterable[Span]) -> str:
        return " ".join(self.raw[a:b] for a, b in spans if b > a)


def entries(lines: Iterable[tuple[int, str]], dialect: Dialect) -> Iterator[Entry]:
    """Records one after the other, memory flat. Lines outside records are nobody's; a record may lack its end."""
    entry: Entry | None = None
    parts: list[str] = []
    size = 0
    for at, line in lines:
        m = dialect.tag.match(line)
        tag = m[1] if m else None
        if tag == dialect.first:
            if entry is not None:
                yield _closed(entry, parts)
            entry, parts, size = Entry(at), [], 0
            if line.startswith("\ufeff"):
                entry.at, line = at + 1, line[1:]
                m = dialect.tag.match(line)
        if entry is None:
            continue
        start, end = _value(line, m.end() if m else 0)
        place = (size + start, size + end)
        if m and tag:
            entry.fields.setdefault(tag, []).append([place])
            current = entry.fields[tag][-1]
        elif end > start:
            current.append(place)
        parts.append(line)
        size += len(line)
        if tag is not None and tag == dialect.last:
            yield _closed(entry, parts)
            entry = None
    if entry is not None:
        yield _closed(entry, parts)


def _value(line: str, begin: int) -> Span:
    """[start, end) of what a line says, without white space around it."""
    text = line[begin:].strip()
    start = line.index(text, begin) if text else begin
    return start, start + len(text)


def _closed(entry: Entry, parts: Sequence[str]) -> Entry:
    entry.raw = "".join(parts).rstrip()
    return entry


def make_record(
    document: Document, entry: Entry, dialect: Dialect, title: Sequence[Span], abstract: Sequence[Span], cited: Citation
) -> ParsedRecord:
    """The record whose reading text is title, blank line, abstract."""
    builder = TextBuilder(entry.raw, entry.at)
    repairs: list[Repair] = []
    for spans in sorted((list(title), list(abstract)), key=lambda spans: spans[:1]):
        if spans:
            repairs += _repairs(entry.raw, spans[0][0], spans[-1][1])
    _write(builder, repairs, title, wrapped=True)
    title_span = (0, builder.length) if builder.length else None
    if title and abstract:
        _between(builder, title[-1][1], abstract[0][0])
    _write(builder, repairs, abstract, wrapped=dialect.wrapped)
    text, alignment = builder.build()
    if title_span:
        cited = cited.model_copy(update={"title": text[: title_span[1]]})
    return ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(entry.at, entry.at + len(entry.raw))),
        citation=cited,
        text=text,
        raw=entry.raw,
        pieces=list(alignment.pieces),
        sections=find_sections(text, [], title_span),
        repairs=[_moved(repair, entry.at) for repair in repairs],
        problems=document.problems + ([] if text else ["has neither title nor abstract"]),
    )


def _repairs(raw: str, start: int, end: int) -> list[Repair]:
    return [_moved(repair, start) for repair in find_repairs(raw[start:end])]


def _moved(repair: Repair, by: int) -> Repair:
    return repair.model_copy(update={"start": repair.start + by, "end": repair.end + by}) if by else repair


def _write(builder: TextBuilder, repairs: Sequence[Repair], spans: Sequence[Span], *, wrapped: bool) -> None:
    writer = Writer(builder, repairs)
    spans = [span for span in spans if span[1] > span[0]]
    for i, (start, end) in enumerate(spans):
        if i:
            before = spans[i - 1]
            closed = not wrapped and ends_sentence(builder.source[slice(*before)])
            builder.replace(before[1], start, "\n\n" if closed else " ")
        writer.keep(start, end)


def _between(builder: TextBuilder, end: int, start: int) -> None:
    """A paragraph break that stands for the end of the title's last line, wherever the abstract is."""
    builder.replace(end, min(end + 2, max(start, end)), "\n\n")


def years(text: str | None) -> int | None:
    """The year in a date such as `2000 Jun 7` or `1999/08//`."""
    m = re.search(r"\b(1[89]\d\d|20\d\d)\b", text or "")
    return int(m[1]) if m else None
