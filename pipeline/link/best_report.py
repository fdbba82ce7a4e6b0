"""Which report of a study speaks for it: the rule that the report of the review states."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.candidates import RETRACTED, Candidate
from pipeline.link.richness import is_full_text

_MEETING = re.compile(r"\b(?:conference|meeting|congress)[ -](?:abstracts?|posters?|papers?|proceedings)\b")

#: in words, for people
RULE = (
    "a report with proved counts of its arms before one without, full text before abstract, a journal's abstract "
    "before a meeting's, counts of more arms before counts of fewer, then the latest"
)


def best_first(reports: Iterable[Candidate]) -> list[Candidate]:
    """Reports of one study, the main one first (`RULE`); then the longer text, and the record_id decides."""
    return sorted(reports, key=rank)


def rank(report: Candidate) -> tuple[object, ...]:
    year = report.citation.year
    start, end = report.source.span
    place = (report.record_id, report.source.file, start)
    return (
        replaced(report),
        not complete(report),
        -weight(report),
        -len(counted(report)),
        year is None,
        -(year or 0),
        start - end,
        place,
    )


def replaced(report: Candidate) -> bool:
    """Was it retracted and published anew?"""
    anew = any(n.kind == "retracted and republished in" for n in report.citation.notices)
    return anew and report.eligibility.reason == RETRACTED


def complete(report: Candidate) -> bool:
    """Does it say who was treated, and prove how many of them had an outcome?"""
    return bool(counted(report))


def counted(report: Candidate) -> set[str]:
    """The arms with a proved count of an outcome."""
    arms = {a.arm for a in report.arms}
    proved = (o for o in report.outcomes if o.status == "accepted" and o.events is not None and o.n is not None)
    return {o.arm for o in proved if o.arm in arms}


def weight(report: Candidate) -> int:
    """2 for a full text, 1 for an abstract, 0 for a meeting abstract, of which fewer words and checks are printed."""
    start, end = report.source.span
    if is_full_text(report.source.file, report.record_id, end - start):
        return 2
    said = " ".join([*report.citation.publication_types, report.citation.title or ""]).lower()
    return 0 if _MEETING.search(said) else 1
