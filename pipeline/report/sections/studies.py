"""The included studies with their arms, and the words that sizes, arms and facts were read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.candidates import Candidate
from pipeline.linked import Report, Study
from pipeline.report.inputs import Inputs
from pipeline.report.listing import listed_studies
from pipeline.report.quotes import Quote
from pipeline.report.section import Section
from pipeline.report.study_facts import Found, study_facts
from pipeline.resolved import ArmRow, StudyRow

Place = tuple[str, str]


@dataclass(frozen=True)
class Source:
    """What was read, and the words it was read from."""

    what: str
    quote: Quote


@dataclass(frozen=True)
class Arm:
    """`label` is empty where it only repeats the drugs; `given` has a line for each drug of which more is known."""

    row: ArmRow
    label: str
    given: list[str]


@dataclass(frozen=True)
class Included:
    row: StudyRow
    authors: str
    arms: list[Arm]
    facts: list[Found]
    sources: list[Source]
    #: other records of the same study, with what they are
    others: list[str]
    problems: list[str]


def data(inputs: Inputs) -> Mapping[str, object]:
    rows = listed_studies(inputs).values()
    return {
        "studies": [_included(inputs, row, inputs.arms_of.get(row.study, [])) for row in rows],
        "count": sum(row.decision == "include" for row in inputs.studies),
    }


def _included(inputs: Inputs, row: StudyRow, arms: Sequence[ArmRow]) -> Included:
    linked = inputs.linked.get(row.study)
    facts = [] if linked is None else study_facts(linked)
    return Included(
        row=row,
        authors="" if linked is None else authors(linked),
        arms=[_arm(arm) for arm in arms],
        facts=facts,
        sources=_sources(inputs, row, arms, linked, facts),
        others=[] if linked is None else _others(linked),
        problems=[] if linked is None else linked.candidate.problems,
    )


def authors(study: Study) -> str:
    """At most three names, then et al, without a full stop."""
    names = study.candidate.citation.authors
    more = len(names) > 3 or (bool(names) and study.candidate.citation.authors_truncated)
    return ", ".join(names[:3]) + (" et al" if more else "")


def _arm(row: ArmRow) -> Arm:
    drugs = [drug for drug in row.drugs.split(" + ") if drug]
    repeats = sorted(row.label.casefold().split(", ")) == sorted(drug.casefold() for drug in drugs)
    return Arm(row, "" if repeats else row.label, _given(row, drugs))


def _given(row: ArmRow, drugs: Sequence[str]) -> list[str]:
    """The regimen by drug; where it tells no more than the drugs, these in one line."""
    told = [part for part in row.regimen.split("; ") if part]
    if all(part in drugs for part in told):
        return [row.drugs] if row.drugs else []
    whole = all(any(drug in part for part in told) for drug in drugs)
    return told if whole else [row.drugs, *told]


def _sources(
    inputs: Inputs, row: StudyRow, arms: Sequence[ArmRow], linked: Study | None, facts: Sequence[Found]
) -> list[Source]:
    """One quote for all that was read from the same words."""
    by_span: dict[tuple[Place, int, int], list[str]] = defaultdict(list)
    for what, place, start, end in _spans(row, arms, linked, facts):
        if start is not None and end is not None:
            by_span[place, start, end].append(what)
    quotes = ((", ".join(what), inputs.quote_at(row.study, *span)) for span, what in by_span.items())
    return [Source(what, quote) for what, quote in quotes if quote is not None]


def _spans(
    row: StudyRow, arms: Sequence[ArmRow], linked: Study | None, facts: Sequence[Found]
) -> Iterator[tuple[str, Place, int | None, int | None]]:
    main = row.file, row.record_id
    yield "Included", main, row.evidence_start, row.evidence_end
    size = linked.candidate.n_total.evidence if linked is not None else None
    if size is not None:
        yield "Patients", main, size.start, size.end
    for arm in arms:
        place = (arm.file, arm.record_id) if arm.record_id else main
        yield f"arm {arm.arm}", place, arm.evidence_start, arm.evidence_end
    for fact in facts:
        if fact.evidence is not None:
            yield fact.what, fact.place, fact.evidence.start, fact.evidence.end


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
