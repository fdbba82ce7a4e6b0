"""Retractions, corrections and concerns about the reports of a study: what they do to it, and what people must read."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.candidates import RETRACTED, Candidate
from pipeline.linked import Study
from pipeline.parsed import Notice, NoticeKind
from pipeline.resolve import ready_lines
from pipeline.resolved import StudyRow, WorkRow

#: what may change the numbers of a study that stays in
TO_READ: frozenset[NoticeKind] = frozenset(
    {
        "retraction in",
        "partial retraction in",
        "retracted and republished in",
        "expression of concern in",
        "erratum in",
        "corrected and republished in",
        "republished in",
    }
)


def is_retracted(report: Candidate) -> bool:
    return report.eligibility.decision == "exclude" and report.eligibility.reason == RETRACTED


def retracted_report(study: Study) -> Candidate | None:
    """The first report of the study that is retracted and that no other of its reports replaces."""
    reports = [study.candidate, *study.further]
    sound = [r for r in reports if not is_retracted(r)]
    return next((r for r in reports if is_retracted(r) and not _replaced(r, sound)), None)


def _replaced(report: Candidate, sound: list[Candidate]) -> bool:
    anew = [n for n in report.citation.notices if n.kind == "retracted and republished in"]
    return any(_names(n, other) for n in anew for other in sound)


def _names(notice: Notice, report: Candidate) -> bool:
    c = report.citation
    return (notice.pmid is not None and notice.pmid == c.pmid) or (notice.doi is not None and notice.doi == c.doi)


def told(study: Study) -> str:
    """The notices about the reports of a study, in words; those of further reports with their record_id."""
    own = [_words(n) for n in study.candidate.citation.notices if n.kind in TO_READ]
    others = [f"{_words(n)} [{r.record_id}]" for r in study.further for n in r.citation.notices if n.kind in TO_READ]
    flagged = [] if own or others else list(_flagged(study))
    return " | ".join(dict.fromkeys([*own, *others, *flagged]))


def _flagged(study: Study) -> Iterator[str]:
    """A retraction that a title or a publication type tells, without the notice."""
    if any(is_retracted(r) for r in (study.candidate, *study.further)):
        yield "retracted, as the record itself says"


def _words(notice: Notice) -> str:
    ids = f"PMID {notice.pmid}" if notice.pmid else notice.doi or ""
    where = " ".join(notice.where.replace("|", "/").split())
    return f"{notice.kind} {where}{f' ({ids})' if ids and where else ids}".strip()


def notice_work(row: StudyRow) -> WorkRow:
    """Somebody reads the notice, corrects what it changes, and confirms that it was read."""
    cells = {"study": row.study, "field": "notices", "value": row.notices, "seen": row.text_hash}
    return WorkRow(
        study=row.study,
        arm="",
        field="notices",
        value=row.notices,
        why="something was published about a report of this study: read it, correct what it changes, then confirm",
        evidence="",
        file=row.file,
        start=None,
        end=None,
        line=ready_lines.confirmation(cells),
        line_for="confirmations.csv",
    )
