"""Sections of an abstract from the labels within it ("METHODS: ", "Results - "), at the speed of a database export.

What is a label is decided in `headings`; here only the few places where one can stand are looked up, and a label that
was judged once is remembered, since abstracts repeat the same dozen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.parse import headings
from pipeline.parse.sections import Heading, ends_of, find_sections
from pipeline.parsed import Section

#: a capital that starts a text, a line or a sentence; the letter comes first, so that the search skips from capital to
#: capital
_FIRST_OF_ALL = r"(?<![\s\S][\s\S])|(?<=\n[A-Z])"
_STOPPED = re.compile(
    rf"[A-Z](?:(?<=[.!?;:)\]\d%’”\"'] [A-Z])|{_FIRST_OF_ALL})"
    r"[A-Za-z()]+(?:['’]?[ /,&-]{1,3}[A-Za-z()&]+){0,6}\s?(?::\s?\.?|[.–—-])\s*"
)
_BARE = re.compile(
    rf"[A-Z](?:(?<=[.!?)\]] [A-Z])|{_FIRST_OF_ALL})"
    r"(?:ackground|ntroduction|bjective|im|urpose|aterial|atient|ubject|articipant|tudy|esign|ethod|esult|onclusion"
    r"|iscussion|ase|ummary)"
    r"[a-z]*(?:\s?(?:and|/|&)\s?[A-Za-z]+| [A-Za-z]+(?: and [A-Za-z]+)?)?\s+(?=[A-Z\d])"
)
#: as much of the text behind a bare heading as decides on it
_AFTER = 80
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
    marks = [Heading(run.title, run.start, run.body) for run in run_ins(text) if run.start >= begin]
    if not own:
        return marks
    taken = {at for heading in own for at in range(heading.start, heading.end + 1)}
    return sorted([*own, *(mark for mark in marks if mark.start not in taken)], key=lambda mark: mark.start)


def _section(text: str, title: str, start: int, end: int) -> list[Section]:
    body = text[start:end]
    start += len(body) - len(body.lstrip())
    end = start + len(body.strip())
    return [Section(title=title, start=start, end=end)] if end > start else []


def run_ins(text: str) -> Iterator[headings.RunIn]:
    """What `headings.run_ins` gives."""
    found = [*_stopped(text), *_bare(text)]
    end = -1
    for run in sorted(found, key=lambda run: run.start):
        if run.start >= end:
            yield run
            end = run.body


def _stopped(text: str) -> Iterator[headings.RunIn]:
    for m in _STOPPED.finditer(text):
        at = m.start()
        last = m.end() == len(text)
        for run in _judged(m.group(), last):
            yield headings.RunIn(run.title, at + run.start, at + run.body)


@lru_cache(maxsize=4096)
def _judged(words: str, last: bool) -> list[headings.RunIn]:
    """The headings in a few words with a stop after them; a letter stands for the text behind."""
    return list(headings.run_ins(words if last else f"{words}x"))


def _bare(text: str) -> Iterator[headings.RunIn]:
    for m in _BARE.finditer(text):
        at = m.start()
        for run in headings.run_ins(text[at : m.end() + _AFTER]):
            if run.start:
                break
            yield headings.RunIn(run.title, at, at + run.body)
