"""How many patients a study has: each statement of a size with its words, and the value that they agree on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.reading import PEOPLE, Reading

#: (rank, cue in the words behind the count, cue in the words before it); a lower rank says it more clearly
CUES = (
    (1, r"\b(?:were|was|are|been)\s+(?:\w+\s){0,2}(?:randomi[sz]ed|enrolled|recruited|included)\b", ""),
    (1, r"", r"\b(?:randomi[sz]ed|enrolled|recruited|included|studied|enrolling)\s+(?:a total of\s+)?$"),
    (2, r"^(?:\W|\w+\s){0,6}(?:were|was)\s+(?:\w+\s){0,2}(?:treated|analy[sz]ed|studied|evaluated|entered|assigned|given)",
     ""),
    (2, r"", r"\b(?:treated|reviewed|analy[sz]ed|charts of|data (?:of|from|on)|records of|series of)\s*(?:the\s+)?"
             r"(?:\w+\s+){0,3}$"),
    (2, r"", r"\b(?:among|in|of)\s+(?:a total of\s+)?$"),
    (3, r"", r"\ba total of\s+$"),
)  # fmt: skip
_SCREENED = re.compile(r"\bscreened\b|\bassessed for eligibility\b|\bneeded\b|\bto have \d+% power\b|\bsites?\b", re.I)


@dataclass(frozen=True, slots=True)
class Statement:
    value: int
    rank: int
    start: int
    end: int


def size_statements(readings: list[Reading], text: str) -> list[Statement]:
    """Every count of people that the text gives as the size of the study, most telling first."""
    found = []
    for reading in readings:
        if reading.sentence.section in {"background", "conclusion", "back"}:
            continue
        for i, q in reading.quantity.items():
            if q.kind == "COUNT" and q.value >= 1:
                people = _people_after(reading, i)
                if people is not None:
                    rank = _rank(reading, i, people, text)
                    start, end = reading.span(i, people + 1)
                    found += [Statement(int(q.value), rank, start, end)] if rank else []
    return sorted(found, key=lambda s: (s.rank, s.start))


def _people_after(reading: Reading, i: int) -> int | None:
    """The token that says the count is of people: a people word within four, or the verb itself ("168 were enrolled")."""
    for j in range(i + 1, min(i + 6, len(reading.doc))):
        word = reading.lower[j]
        if word in PEOPLE:
            return j
        if word in {"were", "was"} and j == i + 1:
            return i
        if j in reading.quantity or not re.match(r"[\w-]+$", word):
            return None
    return None


def _rank(reading: Reading, i: int, people: int, text: str) -> int:
    start, end = reading.span(i, people + 1)
    before = text[reading.sentence.start : start]
    after = text[end : min(end + 120, reading.sentence.end)].split(";")[0]
    if _SCREENED.search(before[-30:] + "|" + after[:60]) and not re.search(r"enrolled|randomi", after[:40]):
        return 0
    for rank, behind, ahead in CUES:
        if (not behind or re.search(behind, after)) and (not ahead or re.search(ahead, before, re.IGNORECASE)):
            return rank
    return 0
