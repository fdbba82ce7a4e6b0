"""Reader of BibTeX exports (Zotero, Mendeley, JabRef, Scopus, Web of Science …).

bibtexparser 2 gives lines but no offsets of values, which evidence needs, and holds the whole file; so entries are cut
and read here. An entry whose braces do not close costs no other: the next `@type{` that starts a line ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.parse import latex
from pipeline.parse.author_lists import split_authors
from pipeline.parse.citation_record import Stretch, make_record
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.field_names import NAMES, plain_name
from pipeline.parse.named_fields import cite, is_missing
from pipeline.parse.tagged import Block, blocks, too_long
from pipeline.parsed import ParsedRecord, SetAside

#: what starts an entry: at the start of a line, or right after the end of another one
_START = re.compile(r"(?<=[\n\r}])[ \t]{0,8}@[A-Za-z]{2,30}[ \t\r\n]{0,4}[{(]")
_HEAD = re.compile(r"@(?P<type>[A-Za-z]{2,30})[ \t\r\n]{0,4}(?P<open>[{(])")
_KEY = re.compile(r"\s*[^,={}\"#]{0,300}(?:,|(?=[})]))")
_GAP = re.compile(r"[\s,]*")
_NAME = re.compile(r"([A-Za-z][^\s={}\",#%()@]{0,80})\s*=\s*")
_WORD = re.compile(r"[^\s,#{}\"()=]{1,200}")
_HASH = re.compile(r"\s*#\s*")
#: a field of an entry whose braces do not close, found by its line
_LOOSE = re.compile(r"(?<=[,\n\r}])[ \t]{0,40}([A-Za-z][\w-]{1,40})[ \t]{0,20}=[ \t]{0,20}(?=[{\"\w])")
_OUTSIDE = re.compile(r"[\s{}\",]*")
#: braces, with a backslash before one or not: exports differ in whether such a brace counts
_ESCAPED = re.compile(r"\\[\s\S]|[{}\"]")
_COUNTED = re.compile(r"[{}\"]")
_AND = re.compile(r"[{}]|(?<=\s)and\s")
_NOT_CLOSED = "the braces of this entry do not close; its fields were told by their lines"
#: @string definitions that are remembered
_MOST_STRINGS = 10_000


class Part(NamedTuple):
    """A part of a value: block text [start, end), or a word that a @string defines as `text`."""

    start: int
    end: int
    text: str | None = None


Fields = dict[str, list[Part]]


class Entry(NamedTuple):
    """An entry at block text [start, end): its fields by plain name, and what is wrong with it."""

    start: int
    end: int
    fields: Fields
    problem: str | None = None


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per entry. Raises Unreadable if there is none."""
    strings: dict[str, str] = {}
    number = 0
    for block in blocks(document, _START):
        if block.too_long:
            number += 1
            yield too_long(document, block, number)
        for entry in _entries(block, strings):
            number += 1
            yield _record(document, block, entry, number)
    if not number:
        raise Unreadable("holds no BibTeX entry", "export it again as BibTeX")


def _entries(block: Block, strings: dict[str, str]) -> Iterator[Entry]:
    """The entries of a block; @string definitions go into `strings`."""
    text, at = block.text, 0
    while (head := _HEAD.search(text, at)) is not None:
        kind = head["type"].lower()
        if kind in ("comment", "preamble"):
            at = head.end()
            continue
        entry = _entry(text, head, strings)
        at = entry.end
        if kind != "string":
            yield entry
        elif len(strings) < _MOST_STRINGS:
            strings.update((name, _words(text, parts)) for name, parts in entry.fields.items())


def _entry(text: str, head: re.Match[str], strings: dict[str, str]) -> Entry:
    """The entry that starts at `head`, told by its braces, else by its lines."""
    close = "}" if head["open"] == "{" else ")"
    keyed = _KEY.match(text, head.end()) if head["type"].lower() != "string" else None
    begin = keyed.end() if keyed else head.end()
    for marks in (_ESCAPED, _COUNTED):
        found = _Scan(text, marks, strings).fields(begin, close)
        if found is not None:
            return Entry(head.start(), found[1], found[0])
    end = len(text.rstrip())
    return Entry(head.start(), end, _loose_fields(text, begin, end), _NOT_CLOSED)


class _Scan:
    """Reads an entry's fields by its braces and quotes."""

    def __init__(self, text: str, marks: re.Pattern[str], strings: dict[str, str]) -> None:
        self.text = text
        self.marks = marks
        self.strings = strings

    def fields(self, at: int, close: str) -> tuple[Fields, int] | None:
        """(fields, end of the entry), or None if it is damaged; a field that comes twice counts once."""
        found: Fields = {}
        while True:
            at = _end(_GAP.match(self.text, at), at)
            if self.text.startswith(close, at):
                return found, at + 1
            name = _NAME.match(self.text, at)
            value = self._value(name.end()) if name else None
            if name is None or value is None:
                return None
            parts, at = value
            found.setdefault(plain_name(name[1]), parts)

    def _value(self, at: int) -> tuple[list[Part], int] | None:
        """(parts, end) of `{…}`, `"…"`, a number or a word, or several with # between."""
        parts: list[Part] = []
        while True:
            part = self._part(at)
            if part is None:
                return None
            inner, at = part
            parts.append(inner)
            following = _HASH.match(self.text, at)
            if following is None:
                return parts, at
            at = following.end()

    def _part(self, at: int) -> tuple[Part, int] | None:
        first = self.text[at : at + 1]
        if first in ("{", '"') and first:
            end = self._closed(at, first == '"')
            return (Part(at + 1, end - 1), end) if end is not None else None
        word = _WORD.match(self.text, at)
        return (Part(at, word.end(), self.strings.get(plain_name(word[0]))), word.end()) if word else None

    def _closed(self, at: int, quoted: bool) -> int | None:
        """The end of the value that opens at `at`."""
        depth = 0
        for m in self.marks.finditer(self.text, at + 1):
            mark = m.group()
            if mark == "{":
                depth += 1
            elif depth == 0 and mark == ('"' if quoted else "}"):
                return m.end()
            elif mark == "}":
                depth = max(0, depth - 1)
        return None


def _end(m: re.Match[str] | None, at: int) -> int:
    return m.end() if m else at


def _loose_fields(text: str, begin: int, stop: int) -> Fields:
    found: Fields = {}
    names = list(_LOOSE.finditer(text, begin, stop))
    for name, end in zip(names, [*(m.start() for m in names), stop][1:], strict=True):
        start = _end(_OUTSIDE.match(text, name.end(), end), name.end())
        size = len(text[start:end].rstrip(' \t\r\n{}",'))
        found.setdefault(plain_name(name[1]), [Part(start, start + size)])
    return found


def _words(text: str, parts: list[Part]) -> str:
    said = (latex.plain(text[part.start : part.end]) if part.text is None else part.text for part in parts)
    return " ".join("".join(said).split())


def _stored(text: str, parts: list[Part]) -> str:
    """A value as it is written, without the braces around it."""
    return " ".join(text[part.start : part.end].strip("{} \t\r\n") for part in parts)


def _record(document: Document, block: Block, entry: Entry, number: int) -> ParsedRecord | SetAside:
    if not entry.fields:
        reason = "this entry has no fields" if entry.problem is None else entry.problem
        return SetAside(
            set_aside=document.name, record=f"number {number}", reason=reason, remedy="export this entry again"
        )
    raw = block.text[entry.start : entry.end]
    fields = {
        name: [part._replace(start=part.start - entry.start, end=part.end - entry.start) for part in parts]
        for name, parts in entry.fields.items()
    }

    eprint = "pmid" if _words(raw, fields.get("eprinttype", [])).lower() in ("pubmed", "pmid") else "notes"

    def values(field: str) -> list[str]:
        names = (*NAMES[field], "eprint") if field == eprint else NAMES[field]
        said = (_words(raw, fields[name]) for name in names if name in fields)
        return [value for value in said if not is_missing(value)]

    def chosen(field: str) -> list[Part]:
        """The value of the first name of a field that says something."""
        return next((fields[name] for name in NAMES[field] if not is_missing(_stored(raw, fields.get(name, [])))), [])

    title, abstract = (_stretches(raw, chosen(field)) for field in ("title", "abstract"))
    cited = cite(values, _stored(raw, chosen("abstract")), authors=_authors(raw, chosen("authors")))
    problems = [entry.problem] if entry.problem else []
    return make_record(document, block.at + entry.start, raw, title, abstract, cited, problems=problems)


def _stretches(raw: str, parts: list[Part]) -> list[Stretch]:
    """The value's words, without the white space around them."""
    found: list[Stretch] = []
    for i, (start, end, text) in enumerate(parts):
        words = raw[start:end]
        start += len(words) - len(words.lstrip()) if i == 0 else 0
        end -= len(words) - len(words.rstrip()) if i == len(parts) - 1 else 0
        found += [(start, end, text)] if text is not None else latex.stretches(raw, start, end)
    return found


def _authors(raw: str, parts: list[Part]) -> list[str]:
    """Names with "and" between them, outside braces; other lists as in tables."""
    names: list[str] = []
    for part in parts:
        text = raw[part.start : part.end] if part.text is None else part.text
        depth = at = 0
        for m in _AND.finditer(text):
            if m.group() in ("{", "}"):
                depth = max(0, depth + (1 if m.group() == "{" else -1))
            elif depth == 0:
                names.append(text[at : m.start()])
                at = m.end()
        names.append(text[at:])
    if len(names) == 1 and not names[0].startswith("{"):
        return split_authors(latex.plain(names[0]))
    return [name for name in map(latex.plain, names) if name not in ("", "others")]
