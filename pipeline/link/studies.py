"""From records to studies: duplicates become one report, reports of the same patients one study.

Reviewers' decisions join and keep apart first; then the machine's sure pairs join, the surest first, and one that would
join what a reviewer keeps apart is left out, and said so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.candidates import Candidate
from pipeline.link.best_report import best_first, complete
from pipeline.link.decisions import ONE_RECORD, ONE_STUDY, Decision, joined_by
from pipeline.link.duplicates import Pair
from pipeline.link.joining import Edge, grouped
from pipeline.link.names import study_names
from pipeline.link.relations import Relation
from pipeline.link.retractions import marked, retracted, with_notices
from pipeline.link.richness import Richness, filled, is_full_text, richness
from pipeline.linked import Report, Study
from pipeline.parsed import Citation, Notice

#: finds the relations of reports
Relate = Callable[[Sequence[Candidate]], list[Relation]]


@dataclass(frozen=True)
class Grouping:
    """How records became reports and studies. Positions are those of the records, or of the reports."""

    records: Sequence[Candidate]
    pairs: Sequence[Pair]
    decisions: Sequence[Decision]
    #: the report of each record
    report: list[int]
    reports: list[Candidate]
    relations: list[Relation]
    #: the study of each report, as the lowest report in it
    study: list[int]
    #: sure pairs and relations that a decision keeps from joining
    pairs_left_out: set[int]
    relations_left_out: set[int]
    #: reports and studies as the machine alone would form them, by record
    machine_report: list[int]
    machine_study: list[int]

    def study_of(self, record: int) -> int:
        return self.study[self.report[record]]


def group(
    records: Sequence[Candidate], pairs: Sequence[Pair], decisions: Sequence[Decision], relate: Relate
) -> Grouping:
    """`pairs` are those of `records`; `relate` is asked for the relations of the reports."""
    said = [d for d in decisions if d.known]
    sure = [i for i, p in enumerate(pairs) if p.verdict == "sure"]
    edges = [(pairs[i].a, pairs[i].b) for i in sure]
    clusters, out = grouped(len(records), _must(said, ONE_RECORD), edges, _apart(said, ONE_RECORD))
    reports, report = _reports(records, clusters)
    reports = with_notices(reports, records)
    relations = relate(reports)
    same = sorted(
        (i for i, r in enumerate(relations) if r.kind == "same study" and r.status == "sure"),
        key=lambda i: (-relations[i].likelihood, relations[i].a, relations[i].b),
    )
    links = [(relations[i].a, relations[i].b) for i in same]
    must, apart = (
        _at(report, _must(said, ONE_STUDY)),
        _at(report, _apart(said, ONE_STUDY)),
    )
    study, links_out = grouped(len(reports), must, links, apart)
    machine, _ = grouped(len(records), [], edges)
    kept = {report_no: record for record, report_no in reversed(list(enumerate(report)))}
    alone, _ = grouped(len(records), [(i, c) for i, c in enumerate(machine)], [(kept[a], kept[b]) for a, b in links])
    return Grouping(
        records=records,
        pairs=pairs,
        decisions=decisions,
        report=report,
        reports=reports,
        relations=relations,
        study=study,
        pairs_left_out={sure[i] for i in out},
        relations_left_out={same[i] for i in links_out},
        machine_report=machine,
        machine_study=alone,
    )


def _must(decisions: Sequence[Decision], joining: set[str]) -> list[Edge]:
    return [edge for d in decisions if d.row.relation in joining for edge in joined_by(d)]


def _apart(decisions: Sequence[Decision], joining: set[str]) -> list[Edge]:
    return [edge for d in decisions if d.row.relation not in joining for edge in d.pairs()]


def _at(report: Sequence[int], edges: Sequence[Edge]) -> list[Edge]:
    return [(report[a], report[b]) for a, b in edges]


def _reports(records: Sequence[Candidate], clusters: Sequence[int]) -> tuple[list[Candidate], list[int]]:
    """The reports in the order of their first records, and the position of each record's report."""
    members: defaultdict[int, list[Candidate]] = defaultdict(list)
    for record, cluster in zip(records, clusters, strict=True):
        members[cluster].append(record)
    position = {cluster: i for i, cluster in enumerate(members)}
    return [merged(group) for group in members.values()], [position[c] for c in clusters]


def merged(duplicates: Sequence[Candidate]) -> Candidate:
    """The richest record of a report with the citation that says most; what it lacks is taken from the others."""
    if len(duplicates) == 1:
        return duplicates[0]
    best = max(_current(duplicates), key=_richness)
    if not retracted(best) and any(map(retracted, duplicates)):
        best = marked(best)
    first, *others = sorted((d.citation for d in _current(duplicates)), key=_most_telling)
    others += [d.citation for d in duplicates if d.citation not in (first, *others)]
    values: dict[str, object] = {}
    for name, value in first:
        if value in (None, []):
            values[name] = next((v for c in others if (v := getattr(c, name)) not in (None, [])), value)
    values["notices"] = _notices(duplicates)
    values["registration"] = sorted({number for d in duplicates for number in d.citation.registration})
    return best.model_copy(update={"citation": first.model_copy(update=values)})


def _current(duplicates: Sequence[Candidate]) -> list[Candidate]:
    """The records without older states of the same one: a database that changed a record says when."""
    newest: dict[tuple[str | None, str], str] = {}
    for c in (d.citation for d in duplicates):
        newest[_own(c)] = max(c.revised or "", newest.get(_own(c), ""))
    return [d for d in duplicates if not d.citation.revised or d.citation.revised == newest[_own(d.citation)]]


def _own(c: Citation) -> tuple[str | None, str]:
    """The record's name in its database: the PMID, or the number of an entry of a register."""
    return c.database, c.pmid or (c.registration[0] if c.registration and not c.doi else "")


def _most_telling(citation: Citation) -> tuple[object, ...]:
    """A citation with its place in print before one ahead of print, then the one with most fields."""
    return not (citation.volume or citation.pages), -filled(citation), repr(citation)


def _notices(duplicates: Sequence[Candidate]) -> list[Notice]:
    """What any copy says of retractions and corrections, each once, the newest copy's first."""
    copies = sorted(duplicates, key=lambda d: (d.citation.revised or "", d.record_id, d.source.file), reverse=True)
    found: dict[tuple[str, str], Notice] = {}
    for n in (n for d in copies for n in d.citation.notices):
        found.setdefault((n.kind, n.pmid or n.doi or n.where), n.model_copy(update={"span": None}))
    return list(found.values())


def _richness(record: Candidate) -> tuple[Richness, str, str, int]:
    """As everywhere; the record_id and the place decide ties."""
    start, end = record.source.span
    rich = richness(
        record.citation,
        proved=complete(record),
        full_text=is_full_text(record.source.file, record.record_id, end - start),
        abstract=bool(record.arms or record.outcomes or record.n_total.evidence or record.eligibility.evidence),
        length=end - start,
    )
    return rich, record.record_id, record.source.file, start


def studies(grouping: Grouping) -> dict[int, Study]:
    """The studies by the lowest of their reports."""
    of_study: defaultdict[int, list[Candidate]] = defaultdict(list)
    for report, study in zip(grouping.reports, grouping.study, strict=True):
        of_study[study].append(report)
    ordered = {study: best_first(reports) for study, reports in of_study.items()}
    records: defaultdict[int, list[Candidate]] = defaultdict(list)
    for i, record in enumerate(grouping.records):
        records[grouping.study_of(i)].append(record)
    names = study_names(list(ordered.values()), [records[study] for study in ordered])
    rows = _rows(grouping)
    return {
        study: Study(
            study=name.name,
            label=name.label,
            reports=rows[study],
            candidate=best,
            further=further,
            names=name.fitting,
        )
        for (study, (best, *further)), name in zip(ordered.items(), names, strict=True)
    }


def _rows(grouping: Grouping) -> dict[int, list[Report]]:
    """Every record of each study, in the order of the records."""
    rows: defaultdict[int, list[Report]] = defaultdict(list)
    for record, report in zip(grouping.records, grouping.report, strict=True):
        kept = grouping.reports[report]
        row = Report(
            record_id=record.record_id,
            file=record.source.file,
            kept=(record.record_id, record.source) == (kept.record_id, kept.source),
            report=kept.record_id,
        )
        rows[grouping.study[report]].append(row)
    return rows
