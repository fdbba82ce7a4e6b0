"""Sections of a reading text, from headings on their own lines and headings run into paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.parse import headings
from pipeline.parsed import Section

_BOX = re.compile(r"(?i)(?:key ?points?|highlights|learning objectives|what (?:is|this) .*|plain.language summary)$")
_ITEM = re.compile(r"(?:[•●▪◦∙·–*�-]|\(?\d{1,2}[.)])\s")

#: what follows a box is an abstract only from this length, in characters
_SHORTEST_ABSTRACT = 300


class Heading(NamedTuple):
    """Words at [start, end) of the clean text; what it heads starts at `end`."""

    title: str
    start: int
    end: int


def find_sections(text: str, own_lines: Sequence[Heading], title: tuple[int, int] | None) -> list[Section]:
    """Sections in order, an outer one before those within it.

    The title is the section "title"; text before the first heading is "abstract". A section ends where the next one
    starts, but one of the usual ones (Methods, Results) only at the next of that kind.
    """
    begin = title[1] if title else 0
    marks = _marks(text, own_lines, begin)
    found = [Section(title="title", start=title[0], end=title[1])] if title else []
    first = marks[0].start if marks else len(text)
    found += _section(text, "abstract", begin, first)
    for mark, end in zip(marks, ends_of(marks, len(text)), strict=True):
        found += (
            _box(text, mark, end) if _BOX.match(_squeeze(mark.title)) else _section(text, mark.title, mark.end, end)
        )
    return found


def _marks(text: str, own_lines: Sequence[Heading], begin: int) -> list[Heading]:
    taken = {at for h in own_lines for at in range(h.start, h.end + 1)}
    inside = [
        Heading(r.title, r.start, r.body) for r in headings.run_ins(text) if r.start >= begin and r.start not in taken
    ]
    return sorted([*own_lines, *inside], key=lambda h: h.start)


def ends_of(marks: Sequence[Heading], end: int) -> list[int]:
    """Where each section ends: an inner one at the next heading, a usual one at the next of that kind, or at `end`."""
    ends: list[int] = []
    following = usual = end
    for mark in reversed(marks):
        inner = headings.is_inner(mark.title)
        ends.append(following if inner else usual)
        following = mark.start
        usual = usual if inner else mark.start
    return ends[::-1]


def _section(text: str, title: str, start: int, end: int) -> list[Section]:
    """The section without white space around it, or none if nothing is left."""
    body = text[start:end]
    start += len(body) - len(body.lstrip())
    end = start + len(body.strip())
    return [Section(title=title, start=start, end=end)] if end > start else []


def _box(text: str, mark: Heading, end: int) -> list[Section]:
    """Key points and the like hold a list only; the text after the list is the abstract again."""
    at = mark.end
    for paragraph in re.finditer(r"[^\n]+(?:\n(?!\n)[^\n]+)*", text[at:end]):
        if not _ITEM.match(paragraph.group()) and paragraph.start() > 2:
            box_end = at + paragraph.start()
            rest = _section(text, "abstract", box_end, end) if end - box_end > _SHORTEST_ABSTRACT else []
            return _section(text, _squeeze(mark.title), at, box_end) + rest
    return _section(text, _squeeze(mark.title), at, end)


def _squeeze(title: str) -> str:
    """`KEY PO INTS`: letters spaced by the typesetter."""
    joined = title.replace(" ", "").lower()
    return "key points" if joined == "keypoints" else title
