"""Sections of an abstract from the labels within it ("METHODS: ", "Results - "), at the speed of a database export.

What is a label is decided in `headings`; here is only how an abstract is cut by them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.parse import headings
from pipeline.parse.sections import Heading, ends_of, find_sections
from pipeline.parsed import Section

_BOX = re.compile(r"(?i)(?:key|highlights|learning|what |plain)")
#: a text with more labels than this is no abstract; it is not searched for boxes
_MOST = 100


def find_labelled(text: str, title: tuple[int, int] | None, own: Sequence[Heading] = ()) -> list[Section]:
    """What `sections.find_sections` gives for an abstract; `own` are labels that the format itself marks."""
    begin = title[1] if title else 0
    marks = _marks(text, begin, own)
    if len(marks) < _MOST and any(_BOX.match(mark.title.replace(" ", "")) for mark in marks):
        return find_sections(text, own, title)
    found = [Section(title="title", start=title[0], end=title[1])] if title else []
    found += _section(text, "abstract", begin, marks[0].start if marks else len(text))
    for mark, end in zip(marks, ends_of(marks, len(text)), strict=True):
        found += _section(text, mark.title, mark.end, end)
    return found


def _marks(text: str, begin: int, own: Sequence[Heading]) -> list[Heading]:
    marks = [Heading(run.title, run.start, run.body) for run in headings.run_ins(text) if run.start >= begin]
    if not own:
        return marks
    taken = {at for heading in own for at in range(heading.start, heading.end + 1)}
    return sorted([*own, *(mark for mark in marks if mark.start not in taken)], key=lambda mark: mark.start)


def _section(text: str, title: str, start: int, end: int) -> list[Section]:
    body = text[start:end]
    start += len(body) - len(body.lstrip())
    end = start + len(body.strip())
    return [Section(title=title, start=start, end=end)] if end > start else []
