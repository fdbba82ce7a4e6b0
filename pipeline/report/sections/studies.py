"""The included studies with their arms, and the words that sizes and arms were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.records import ArmRow, Study, StudyRow
from pipeline.report.inputs import Inputs
from pipeline.report.quotes import Quote
from pipeline.report.section import Section


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
    spans: list[tuple[str, int | None, int | None]] = [("Included", row.evidence_start, row.evidence_end)]
    spans += [("Patients", size.start, size.end)] if size is not None else []
    spans += [(f"arm {arm.arm}", arm.evidence_start, arm.evidence_end) for arm in arms]
    by_span: dict[tuple[int | None, int | None], list[str]] = {}
    for what, start, end in spans:
        by_span.setdefault((start, end), []).append(what)
    quotes = ((", ".join(what), inputs.quote(row.study, *span)) for span, what in by_span.items())
    return [Source(what, quote) for what, quote in quotes if quote is not None]


def _others(study: Study) -> list[str]:
    """Reports of the study besides the one that is read."""
    kept = study.candidate.record_id
    return [
        f"{report.record_id} in {report.file}" + ("" if report.kept else " (duplicate)")
        for report in study.reports
        if (report.record_id, report.file) != (kept, study.candidate.source.file)
    ]


SECTION = Section("studies", "Studies", data)
