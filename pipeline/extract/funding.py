"""Who paid for a study: what its report says of it, else the agencies that the database names.

Each pattern is data: texts that say who paid, and texts that do not; a test runs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.candidates import Funding
from pipeline.extract.evidence import evidence_of
from pipeline.parsed import ParsedRecord

#: (start, end, kind of section) of a sentence in the record's text
Part = tuple[int, int, str]

#: characters of a statement; what is longer goes on with authors and committees
LONGEST = 300

#: a section that is nothing else
HEADING = re.compile(r"(?:sources? of )?(?:funding|financial support|sponsors?(?:hip)?)\b", re.IGNORECASE)
_WORK = (
    r"\b(?:[Tt]his|[Tt]he|[Oo]ur) (?:present |current |clinical )?(?:work|study|trial|research|project|investigation)"
)
_BY = r"(?:,? (?:in part|partly|partially|fully|financially|solely|jointly))?,? (?:by|through)\b"
_MONEY = r"(?:specific |external |financial |outside )*(?:funding|support|sponsor)"


@dataclass(frozen=True)
class Pattern:
    pattern: str
    examples: tuple[str, ...]
    counter: tuple[str, ...]


PATTERNS = (
    Pattern(
        rf"{_WORK} (?:was|is|has been) (?:\w+ ){{0,2}}?(?:supported|funded|sponsored|financed){_BY}",
        (
            "This work was supported by grants of the Alpine Fund.",
            "the trial was kindly funded, in part, by Maker Inc.",
        ),
        ("The response was supported by marrow findings.", "the study was stopped by the sponsor"),
    ),
    Pattern(
        rf"\b(?:Supported|Funded|Sponsored|Financed){_BY}",
        ("Supported by the Alpine Fund.", "(Funded by Maker; number 12)", "Sponsored in part by the state."),
        ("patients supported by transfusions", "a register funded by fees"),
    ),
    Pattern(
        rf"\b[Nn]o {_MONEY} (?:was|were|has been) (?:received|provided|obtained)|\breceived no {_MONEY}\b",
        ("No external funding was received.", "The authors received no specific funding for it."),
        ("no response was obtained", "patients received no transfusions"),
    ),
)
#: a capital tells a statement from a verb within a sentence
SIGNS = re.compile("|".join(pattern.pattern for pattern in PATTERNS))


def funding(record: ParsedRecord, parts: Sequence[Part]) -> list[Funding]:
    """A section of its own before the first sentence that says it, before what the database has."""
    for start, end in (*_sections(record), *_said(record, parts)):
        evidence = evidence_of(record, start, end)
        return [Funding(text=" ".join(record.text[start:end].split()), evidence=evidence)]
    return [Funding(text=agency) for agency in record.citation.funding]


def _sections(record: ParsedRecord) -> Iterator[tuple[int, int]]:
    for section in record.sections:
        if HEADING.match(section.title.strip()) and record.text[section.start : section.end].strip():
            yield _tidy(record.text, section.start, section.end)


def _said(record: ParsedRecord, parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """From the sign to the end of its sentence."""
    for start, end, _ in parts:
        sign = SIGNS.search(record.text, start, end)
        if sign is not None:
            yield _tidy(record.text, sign.start(), end)


def _tidy(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blanks at the ends, and cut at a word where it is too long."""
    while start < end and text[start].isspace():
        start += 1
    if end - start > LONGEST:
        cut = text.rfind(" ", start, start + LONGEST)
        end = cut if cut > start else start + LONGEST
    return start, start + len(text[start:end].rstrip())
