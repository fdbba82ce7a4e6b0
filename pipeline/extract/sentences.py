"""Sentences of a clean text, and the section each stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pipeline.parsed import ParsedRecord, Section

_END = re.compile(r"(?<=[.!?])[\])\"'’”]*\s+(?=[\"'“(\[]?[A-Z0-9•])|\n\s*\n|(?<=[a-z)])\.(?=[A-Z][a-z])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|al|[Ff]igs?|approx|[Nn]o|[Dd]r|[Ss]t|resp|ca|cf|etc|[A-Z])\.$")

#: part of a study that a heading names; the first that fits. Nothing is read as a result from the others.
KINDS = {
    "title": r"^title$",
    "methods": r"\bmethods?\b|materials|\bdesign\b|statistic|endpoints?|outcome measures|patients$|setting|interventions?"
    r"|randomi[sz]ation|definitions?|analysis$|measurements?|procedures?|eligibility|participants",
    "results": r"results?|findings|responses?|efficacy|safety|outcomes?|adverse|toxicity|\bAEs?\b|follow-?up|baseline",
    "conclusion": r"conclu|discussion|interpretation|implications|limitations|comment|summary",
    "background": r"background|introduction|objectives?|aims?|purpose|rationale|context|hypothes|learning|importance",
    "back": r"references|acknowledg|funding|disclosure|conflict|supplement|author contrib",
}

#: sections that tell of no result of the study itself: what was known before, what follows from it, what stands behind it
NOT_RESULTS = frozenset(["background", "conclusion", "back"])
#: words, in lower case, that set one side of a comparison against the other
VERSUS = frozenset(["versus", "vs", "vs.", "v", "v."])

#: characters of a sentence; what is longer is a list or no prose. Reading a sentence may take time in the square of its length
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Sentence:
    start: int
    end: int
    section: str


def section_kind(title: str) -> str:
    """The kind of a section from its heading; "" where the heading says nothing."""
    lowered = title.lower().strip(" .:")
    if re.search(r"\bresults\b|findings", lowered) and not re.search(r"method(?!s and results)", lowered):
        return "results"
    return next((kind for kind, pattern in KINDS.items() if re.search(pattern, lowered)), "")


def sentences(record: ParsedRecord) -> list[Sentence]:
    """Sentences in order, each with the kind of the innermost section it starts in; lines of tables that stand in the text
    are of kind "back", for tables are read as tables."""
    kinds = [(s, section_kind(s.title)) for s in record.sections]
    tables = _table_spans(record)
    return [
        Sentence(a, b, "back" if any(x <= a < y for x, y in tables) else _kind_at(a, b, kinds))
        for a, b in _split(record.text)
    ]


def _table_spans(record: ParsedRecord) -> list[tuple[int, int]]:
    """Where the text itself holds a table: from its caption to the end of the paragraph."""
    found = []
    for table in record.tables:
        start = record.text.find(table.caption[:80]) if len(table.caption) > 8 else -1
        if start >= 0:
            ends = [s.start for s in record.sections if s.start > start]
            gap = record.text.find("\n\n", start)
            found.append((start, min([*ends, gap if gap >= 0 else len(record.text)])))
    return found


class Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Item = TypeVar("Item", bound=Placed)


def within(parts: list[Sentence], items: list[Item]) -> Iterator[list[Item]]:
    """For each sentence the items that lie in it; both in order."""
    i = 0
    for part in parts:
        here = []
        while i < len(items) and items[i].start < part.end:
            if items[i].start >= part.start and items[i].end <= part.end:
                here.append(items[i])
            i += 1
        yield here


#: characters of a label at the head of a sentence
LABEL = 50


def _kind_at(start: int, end: int, kinds: list[tuple[Section, str]]) -> str:
    """The kind of the section whose label the sentence begins with, or else of the innermost section around `start`."""
    labelled = [kind for s, kind in kinds if start < s.start < min(end, start + LABEL) and kind]
    around = [(s.end - s.start, kind) for s, kind in kinds if s.start <= start < s.end and kind]
    behind = [kind for s, kind in kinds if start < s.start < end and kind]
    return labelled[-1] if labelled else min(around)[1] if around else behind[0] if behind else ""


def _split(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text, max(start, match.start() - 8), match.start()) or _open(
            text, start, match.start()
        ):
            continue
        yield from _parts(text, start, match.start() + (text[match.start()] == "."))
        start = match.end()
    yield from _parts(text, start, len(text))


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence, or where it is longer than any sentence is, parts of it cut at white space."""
    while end - start > LONGEST:
        gap = max(text.rfind(" ", start + 1, start + LONGEST), text.rfind("\n", start + 1, start + LONGEST))
        cut = gap if gap > 0 else start + LONGEST
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _open(text: str, start: int, end: int) -> bool:
    """Inside a parenthesis that closes, before another opens, within the next 200 characters."""
    start = max(start, end - LONGEST)
    if text.rfind("(", start, end) <= text.rfind(")", start, end) or "\n\n" in text[end : end + 2]:
        return False
    ahead = text[end : end + 200]
    return ahead.find(")") > -1 and (ahead.find("(") < 0 or ahead.find(")") < ahead.find("("))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
