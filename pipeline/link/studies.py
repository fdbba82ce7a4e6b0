"""From records to studies: duplicates become one report, reports of the same patients one study.

Reviewers' decisions join and keep apart first; then the machine's sure pairs join, the surest first, and one that would
join what a reviewer keeps apart is left out, and said so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic_core import to_json

from pipeline.candidates import Candidate
from pipeline.link.best_report import rank
from pipeline.link.cards import Card
from pipeline.link.catalogue import Catalogue
from pipeline.link.decisions import ONE_RECORD, ONE_STUDY, Decision, joined_by
from pipeline.link.duplicates import Pair
from pipeline.link.joining import Edge, grouped
from pipeline.link.names import Name, study_names
from pipeline.link.relations import Relation, related
from pipeline.link.reports import Reports
from pipeline.link.shelf import Shelf
from pipeline.linked import Report, Study

#: finds the relations of reports
Relate = Callable[[Sequence[Candidate]], list[Relation]]


@dataclass(frozen=True)
class Grouping:
    """How records became reports and studies. Positions are those of the records, or of the reports."""

    cards: Sequence[Card]
    pairs: Sequence[Pair]
    decisions: Sequence[Decision]
    #: the report of each record
    report: list[int]
    reports: Reports
    #: the record that is kept for each report
    kept: list[int]
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
    shelf: Shelf, catalogue: Catalogue, pairs: Sequence[Pair], decisions: Sequence[Decision], relate: Relate | None
) -> Grouping:
    """`pairs` are those of the records; `relate` is asked for the relations of the reports, in the place of
    `relations`."""
    count = len(catalogue.cards)
    said = [d for d in decisions if d.known]
    sure = [i for i, p in enumerate(pairs) if p.verdict == "sure"]
    edges = [(pairs[i].a, pairs[i].b) for i in sure]
    clusters, out = grouped(count, _must(said, ONE_RECORD), edges, _apart(said, ONE_RECORD))
    members, report = _members(clusters)
    reports = Reports(shelf, catalogue, members)
    relations = related(reports.ties(), reports.profile) if relate is None else relate(list(reports))
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
    machine, _ = grouped(count, [], edges)
    first = [records[0] for records in members]
    alone, _ = grouped(count, [(i, c) for i, c in enumerate(machine)], [(first[a], first[b]) for a, b in links])
    return Grouping(
        cards=catalogue.cards,
        pairs=pairs,
        decisions=decisions,
        report=report,
        reports=reports,
        kept=[_kept(reports, number, catalogue.cards) for number in range(len(reports))],
        relations=relations,
        study=study,
        pairs_left_out={sure[i] for i in out},
        relations_left_out={same[i] for i in links_out},
        machine_report=machine,
        machine_study=alone,
    )


def _kept(reports: Reports, number: int, cards: Sequence[Card]) -> int:
    """The record that the report keeps."""
    records = reports.members[number]
    if len(records) == 1:
        return records[0]
    place = reports.card(number).place
    return max(i for i in records if cards[i].place == place)


def _must(decisions: Sequence[Decision], joining: set[str]) -> list[Edge]:
    return [edge for d in decisions if d.row.relation in joining for edge in joined_by(d)]


def _apart(decisions: Sequence[Decision], joining: set[str]) -> list[Edge]:
    return [edge for d in decisions if d.row.relation not in joining for edge in d.pairs()]


def _at(report: Sequence[int], edges: Sequence[Edge]) -> list[Edge]:
    return [(report[a], report[b]) for a, b in edges]


def _members(clusters: Sequence[int]) -> tuple[list[list[int]], list[int]]:
    """The records of each report, the reports in the order of their first records; and the report of each record."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for record, cluster in enumerate(clusters):
        members[cluster].append(record)
    position = {cluster: i for i, cluster in enumerate(members)}
    return list(members.values()), [position[c] for c in clusters]


@dataclass(frozen=True, slots=True)
class Outline:
    """A study whose records and reports are still numbers, the best report first."""

    name: Name
    records: list[int]
    reports: list[int]

    def study(self, grouping: Grouping) -> Study:
        best, *further = (grouping.reports[i] for i in self.reports)
        return Study(
            study=self.name.name,
            label=self.name.label,
            reports=[Report.model_validate(_row(grouping, i)) for i in self.records],
            candidate=best,
            further=further,
            names=self.name.fitting,
        )

    def line(self, grouping: Grouping) -> bytes:
        """`study` as a line of JSON, without reading the reports that are as they were stored."""
        best, *further = map(grouping.reports.line, self.reports)
        rows = [_row(grouping, i) for i in self.records]
        head = to_json({"study": self.name.name, "label": self.name.label, "reports": rows})
        names = to_json(self.name.fitting)
        return b'%b,"candidate":%b,"further":[%b],"names":%b}\n' % (head[:-1], best, b",".join(further), names)


def outlines(grouping: Grouping) -> dict[int, Outline]:
    """The studies by the lowest of their reports."""
    of_study: defaultdict[int, list[int]] = defaultdict(list)
    for report, study in enumerate(grouping.study):
        of_study[study].append(report)
    for reports in of_study.values():
        if len(reports) > 1:
            reports.sort(key=lambda i: rank(grouping.reports[i]))
    records: defaultdict[int, list[int]] = defaultdict(list)
    for record in range(len(grouping.cards)):
        records[grouping.study_of(record)].append(record)
    names = study_names(
        [[grouping.reports.card(i) for i in reports] for reports in of_study.values()],
        [[grouping.cards[i] for i in records[study]] for study in of_study],
    )
    both = zip(of_study.items(), names, strict=True)
    return {study: Outline(name, records[study], reports) for (study, reports), name in both}


def _row(grouping: Grouping, record: int) -> dict[str, object]:
    """The fields of the record's `Report`."""
    card = grouping.cards[record]
    kept = grouping.cards[grouping.kept[grouping.report[record]]]
    same = kept is card or kept.place == card.place
    return {"record_id": card.record_id, "file": card.file, "kept": same, "report": kept.record_id}
