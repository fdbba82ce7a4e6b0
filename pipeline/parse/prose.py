"""From the lines of a source to the text to read, each character with its origin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.parse import furniture, text_tables
from pipeline.parse.headings import tidy
from pipeline.parse.hyphens import JOINED, Vocabulary, joined_words
from pipeline.parse.lines import Layout, Line, lay_out, split_lines
from pipeline.parse.repairs import find_repairs
from pipeline.parse.sections import Heading, find_sections
from pipeline.parse.text_pages import running_lines
from pipeline.parsed import Repair, Section, Table
from pipeline.spans import Piece, TextBuilder

#: every kind of space reads as a plain one
SPACES = {
    ord(c): " "
    for c in "\t\x0b\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
}
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff\x00-\x08\x0e-\x1f]")
_HYPHENS = "-‐"
_MARKER = re.compile(r"(?:(?:ABSTRACT|TITLE)[.:]\s*)+(?P<title>[^\n]{0,80}?)[\s:.]*$")
_GLUED = re.compile(r"(?:Abstract|ABSTRACT|Summary)(?=[A-Z][a-z]+\b)|(?:Abstract|ABSTRACT)[:.]?\s+(?=[A-Z“\"(\d])")
_HASHES = re.compile(r"#{1,6} +(?=\S)")
_ALONE = re.compile(r"(?i)abstract[.:]?$")


@dataclass(frozen=True)
class Reading:
    """A cleaned stretch of a source; `span` and `repairs` are in the source, `sections` and `tables` in `text`."""

    text: str
    span: tuple[int, int]
    pieces: list[Piece]
    sections: list[Section]
    tables: list[Table]
    repairs: list[Repair]
    title: str | None = None


def article_lines(source: str, start: int, end: int, *, running_heads: bool) -> list[Line]:
    """The lines that belong to the article: no furniture, no glued or lone "Abstract"."""
    lines = split_lines(source, start, end)
    texts = [line.text for line in lines]
    dropped = furniture.crumbs(texts) if running_heads else set()
    if running_heads:
        dropped |= running_lines(lines, paged=source.count("\f", start, end) > 1)
    kept: list[Line] = []
    gap, page = 0, False
    for i, line in enumerate(lines):
        gap, page = max(gap, line.gap), page or line.page
        if i in dropped or furniture.is_furniture(line.text) or _ALONE.match(line.text):
            continue
        cut = _GLUED.match(line.text)
        begin = line.start + (cut.end() if cut else 0)
        kept.append(replace(line, start=begin, text=line.text[begin - line.start :], gap=gap, page=page))
        gap, page = 0, False
    return kept


def markers(lines: Sequence[Line]) -> tuple[list[Line], bool, set[int]]:
    """Lines without corpus markers such as "TITLE." and "ABSTRACT.RESULTS: .".

    Returns (lines, whether the first one is marked as title, offsets of the lines that are marked as headings).
    """
    kept: list[Line] = []
    titled, marked = False, set[int]()
    for line in map(_without_hashes, lines):
        m = _MARKER.match(line.text)
        if m is None:
            kept.append(line)
            continue
        titled = titled or (not kept and line.text.startswith("TITLE"))
        if m["title"]:
            at = line.start + m.start("title")
            kept.append(replace(line, start=at, end=at + len(m["title"]), text=m["title"]))
            marked.add(at)
    return kept, titled, marked


def _without_hashes(line: Line) -> Line:
    """A heading as Markdown writes it: `## Results`."""
    m = _HASHES.match(line.text)
    return replace(line, start=line.start + m.end(), text=line.text[m.end() :]) if m else line


def read_prose(source: str, lines: Sequence[Line], *, title_lines: int = 0, marked: set[int] | None = None) -> Reading:
    """Join, repair and section the lines; the first `title_lines` are the title, `marked` are sure headings."""
    tables = text_tables.regions(lines)
    tabular = {i for a, b in tables for i in range(a, b)}
    layout = lay_out(lines, tabular, title_lines)
    sure = {i for i, line in enumerate(lines) if line.start in (marked or set())}
    layout = _with_title(Layout(layout.joints, layout.headings | sure), title_lines)
    span = (lines[0].start, lines[-1].end)
    joins = source.count(JOINED, *span) > 0
    broken = joins or any(line.text[-1] in _HYPHENS for line in lines)
    words = Vocabulary(line.text for line in lines if broken)
    repairs = _repairs(source, *span, words)
    builder, places = _build(source, lines, layout, repairs, words)
    text, alignment = builder.build()
    own = [Heading(tidy(lines[i].text), *places[i]) for i in sorted(layout.headings)]
    title = (places[0][0], places[title_lines - 1][1]) if title_lines else None
    regions = [(places[a][0], places[b - 1][1]) for a, b in tables]
    found = [text_tables.read_table(text, a, b) for a, b in regions]
    return Reading(
        text=text,
        span=span,
        pieces=list(alignment.pieces),
        sections=find_sections(text, own, title),
        tables=[table for table in found if table is not None],
        repairs=repairs,
        title=text[slice(*title)] if title else None,
    )


def _with_title(layout: Layout, title_lines: int) -> Layout:
    joints = list(layout.joints)
    joints[: max(0, title_lines - 1)] = ["wrap"] * max(0, title_lines - 1)
    for i in {title_lines - 1, *layout.headings, *(h - 1 for h in layout.headings)}:
        if title_lines - 1 <= i < len(joints) and i >= 0:
            joints[i] = "paragraph"
    return Layout(joints, layout.headings)


def _repairs(source: str, start: int, end: int, words: Vocabulary) -> list[Repair]:
    text = source[start:end]
    repairs = find_repairs(text)
    if JOINED in text:
        why = "hyphen at the end of a line"
        joins = [Repair(start=at, end=at + 1, was=JOINED, now=now, why=why) for at, now in joined_words(text, words)]
        taken = [(r.start, r.end) for r in repairs]
        repairs = sorted([*repairs, *_apart(joins, taken)], key=lambda r: r.start)
    return [r.model_copy(update={"start": r.start + start, "end": r.end + start}) for r in repairs]


def _apart(joins: Sequence[Repair], taken: Sequence[tuple[int, int]]) -> Iterator[Repair]:
    """The joins that stand within no other repair, both in order."""
    last = 0
    for join in joins:
        while last < len(taken) and taken[last][1] <= join.start:
            last += 1
        if last == len(taken) or taken[last][0] > join.start:
            yield join


def _build(
    source: str, lines: Sequence[Line], layout: Layout, repairs: Sequence[Repair], words: Vocabulary
) -> tuple[TextBuilder, list[tuple[int, int]]]:
    """The clean text and the place of each line in it."""
    builder = TextBuilder(source)
    writer = Writer(builder, repairs)
    places: list[tuple[int, int]] = []
    for i, line in enumerate(lines):
        joint = layout.joints[i] if i < len(layout.joints) else None
        glue, cut = ("", 0) if joint is None else _glue(joint, line, lines[i + 1], words)
        start = builder.length
        writer.keep(line.start, line.end - cut)
        places.append((start, builder.length))
        if glue:
            builder.replace(line.end, lines[i + 1].start, glue)
    return builder, places


def _glue(joint: str, line: Line, after: Line, words: Vocabulary) -> tuple[str, int]:
    """What stands between two lines, and how many characters the first one loses (its typesetter's hyphen)."""
    if joint != "wrap":
        return ("\n\n" if joint == "paragraph" else "\n"), 0
    last, before = line.text[-1], line.text[-2:-1]
    if last == "\u00ad":
        return "", 1
    if last in "-‐–/" and before.strip():
        if last in _HYPHENS and before.isalpha() and after.text[0].isalpha():
            return "", 0 if words.keeps_hyphen(line.text, after.text) else 1
        return "", 0
    return " ", 0


class Writer:
    """Copies stretches of the source into a builder: repairs in place, spaces plain, invisible characters left out."""

    def __init__(self, builder: TextBuilder, repairs: Sequence[Repair] = ()) -> None:
        self._builder = builder
        self._repairs = repairs
        self._next = 0

    def keep(self, start: int, end: int) -> None:
        """Append source[start:end]; stretches must come in order."""
        while self._next < len(self._repairs) and self._repairs[self._next].start < end:
            repair = self._repairs[self._next]
            self._next += 1
            if repair.start >= start:
                self._copy(start, repair.start)
                self._builder.replace(repair.start, repair.end, repair.now)
                start = repair.end
        self._copy(start, end)

    def _copy(self, start: int, end: int) -> None:
        words = self._builder.source[start:end]
        at = 0
        for m in _INVISIBLE.finditer(words):
            self._plain(start + at, start + m.start())
            at = m.end()
        self._plain(start + at, end)

    def _plain(self, start: int, end: int) -> None:
        words = self._builder.source[start:end]
        self._builder.replace(start, end, words.translate(SPACES))
