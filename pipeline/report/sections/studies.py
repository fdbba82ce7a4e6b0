"""The included studies with their arms, and the words that sizes and arms were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.candidates import Candidate
from pipeline.linked import Report, Study
from pipeline.report.inputs import Inputs
from pipeline.report.quotes import Quote
from pipeline.report.section import Section
from pipeline.resolved import ArmRow, StudyRow


@dataclass(frozen=True)
class Source:
    """What was read, and the words it was read from."""

    what: str
    quote: Quote


@dataclass(frozen=True)
class Included:
    row: StudyRow
    authors: str
    arms: list[ArmRow]
    sources: list[Source]
    #: other records of the same study, with what they are
    others: list[str]
    problems: list[str]


def data(inputs: Inputs) -> Mapping[str, object]:
    return {"studies": [_included(inputs, row) for row in inputs.studies if row.decision == "include"]}


def _included(inputs: Inputs, row: StudyRow) -> Included:
    linked = inputs.linked.get(row.study)
    arms = [arm for arm in inputs.arms if arm.study == row.study]
    return Included(
        row=row,
        authors="" if linked is None else authors(linked),
        arms=arms,
        sources=_sources(inputs, row, arms, linked),
        others=[] if linked is None else _others(linked),
        problems=[] if linked is None else linked.candidate.problems,
    )


def authors(study: Study) -> str:
    """At most three names, then et al, without a full stop."""
    names = study.candidate.citation.authors
    more = len(names) > 3 or (bool(names) and study.candidate.citation.authors_truncated)
    return ", ".join(names[:3]) + (" et al" if more else "")


def _sources(inputs: Inputs, row: StudyRow, arms: list[ArmRow], linked: Study | None) -> list[Source]:
    """One quote for all that was read from the same words."""
    size = linked.candidate.n_total.evidence if linked is not None else None
    spans: list[tuple[str, int | None, int | None, ArmRow | None]] = [
        ("Included", row.evidence_start, row.evidence_end, None)
    ]
    spans += [("Patients", size.start, size.end, None)] if size is not None else []
    spans += [(f"arm {arm.arm}", arm.evidence_start, arm.evidence_end, _elsewhere(arm, row)) for arm in arms]
    by_span: dict[tuple[int | None, int | None, ArmRow | None], list[str]] = {}
    for what, start, end, of in spans:
        by_span.setdefault((start, end, of), []).append(what)
    quotes = ((", ".join(what), inputs.quote(row.study, *span)) for span, what in by_span.items())
    return [Source(what, quote) for what, quote in quotes if quote is not None]


def _elsewhere(arm: ArmRow, row: StudyRow) -> ArmRow | None:
    """The arm, if another report than the main one tells of it."""
    return arm if arm.record_id and (arm.record_id, arm.file) != (row.record_id, row.file) else None


def _others(study: Study) -> list[str]:
    """Records of the study besides the main report, and what each is."""
    kept = study.candidate.record_id
    of = {report.record_id: report for report in study.further}
    return [
        f"{report.record_id} in {report.file}" + _kind(report, of.get(report.record_id))
        for report in study.reports
        if (report.record_id, report.file) != (kept, study.candidate.source.file)
    ]


def _kind(report: Report, candidate: Candidate | None) -> str:
    if not report.kept:
        return f" (duplicate of {report.report})" if report.report else " (duplicate)"
    if candidate is None:
        return ""
    year = candidate.citation.year
    said = [candidate.citation.journal or "", "" if year is None else str(year)]
    return f" (further report{''.join(f', {word}' for word in said if word)})"


SECTION = Section("studies", "Studies", data)
