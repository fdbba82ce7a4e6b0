"""Is a report retracted, as the database or its title says? Its numbers are still read, for a reviewer may overrule."""

from __future__ import annotations

from pipeline.candidates import RETRACTED, Eligibility, Evidence
from pipeline.extract.cues import Cue, first
from pipeline.extract.evidence import evidence_of
from pipeline.parsed import Citation, ParsedRecord

#: publication types of PubMed, Web of Science, Scopus and others, lower case
TYPES = frozenset(
    {
        "retracted publication",
        "retracted article",
        "retracted",
        "withdrawn publication",
        "retracted-article",
    }
)
#: how a title says so; what databases put before or behind it
TITLE = (
    Cue(RETRACTED, r"^\W*(?:retracted|withdrawn)(?: (?:article|paper|publication|chapter))?\W{0,3}[:.\]–—]",
        ("RETRACTED: Drug A in anaemia", "[Retracted] Drug A in anaemia", "WITHDRAWN: Drug A in anaemia", "Retracted Article: Drug A"),
        ("Retracted lungs after drug A: a trial", "Withdrawn patients: drug A in anaemia", "Retraction: Drug A in anaemia")),
    Cue(RETRACTED, r"[(\[](?:retracted|withdrawn)(?: (?:article|paper|publication))?(?:[.,:;] ?see\b[^()\[\]]{0,120})?\W{0,2}[)\]]\W*$",
        ("Drug A in anaemia (Retracted article. See vol. 12, pg. 3, 2020)", "Drug A in anaemia [Retracted]"),
        ("Drug A in anaemia (withdrawn patients)", "Drug A in anaemia (retraction of vol 3, pg 4, 2010)")),
)  # fmt: skip


def retracted(record: ParsedRecord) -> Evidence | bool:
    """The words that say so, True where no words of the source do (a publication type); else False."""
    c = record.citation
    for notice in c.notices:
        if notice.kind in ("retraction in", "retracted and republished in"):
            return _words(record, notice.span) if notice.span is not None else True
    found = first(TITLE, c.title or "")
    if found is not None:
        at = record.text.find(c.title or "")
        start, end = found[1].span()
        return evidence_of(record, at + start, at + end) if at >= 0 else True
    return filed_as_retracted(c)


def filed_as_retracted(citation: Citation) -> bool:
    return any(kind.lower() in TYPES for kind in citation.publication_types)


def judged(record: ParsedRecord, eligibility: Eligibility) -> Eligibility:
    """A retracted report is excluded whose own words would not keep it out anyway."""
    said = retracted(record) if eligibility.decision != "exclude" else False
    if said is False:
        return eligibility
    return Eligibility(decision="exclude", reason=RETRACTED, evidence=said if isinstance(said, Evidence) else None)


def _words(record: ParsedRecord, span: tuple[int, int]) -> Evidence:
    at = record.source.span[0]
    return Evidence(start=at + span[0], end=at + span[1], text=record.raw[slice(*span)])
