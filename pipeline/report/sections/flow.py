"""The flow of records: found, duplicates, set aside, excluded, waiting, included, pooled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.appraisal.reasons import Excluded, excluded
from pipeline.records import StudyRow
from pipeline.report.inputs import Inputs
from pipeline.report.section import Section


@dataclass(frozen=True)
class Entry:
    """A line in a box's list; `anchor` leads to the study in the page."""

    text: str
    detail: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Box:
    """A count with its name and the records it counts."""

    title: str
    count: int
    entries: tuple[Entry, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Step:
    """A box of the main column and the boxes of what leaves the flow after it."""

    box: Box
    leaving: tuple[Box, ...] = ()


def data(inputs: Inputs) -> Mapping[str, object]:
    return {"steps": [_found(inputs), _assessed(inputs), _included(inputs), _pooled(inputs)]}


def _found(inputs: Inputs) -> Step:
    files, unread = _per_file(inputs), [row for row in inputs.set_aside if not row.record]
    aside = [row for row in inputs.set_aside if row.record]
    box = Box("Records found", sum(files.values()), tuple(_count(f, n) for f, n in sorted(files.items())))
    leaving = [
        Box("Duplicates", sum(1 for _ in _duplicates(inputs)), tuple(_duplicates(inputs))),
        Box("Records set aside", len(aside), tuple(Entry(r.record, f"{r.file}: {r.reason}") for r in aside)),
        Box("Files that could not be read", len(unread), tuple(Entry(r.file, r.reason) for r in unread)),
    ]
    return Step(box, tuple(box for box in leaving if box.count > 0))


def _per_file(inputs: Inputs) -> Counter[str]:
    """Records by source file, duplicates and unreadable ones included."""
    files = Counter(report.file for study in inputs.linked.values() for report in study.reports)
    files.update(row.file for row in inputs.set_aside if row.record)
    return files


def _count(file: str, n: int) -> Entry:
    return Entry(file, f"{n} {'record' if n == 1 else 'records'}")


def _duplicates(inputs: Inputs) -> Iterable[Entry]:
    for study in inputs.linked.values():
        for report in study.reports:
            if not report.kept:
                yield Entry(
                    report.record_id, f"{report.file}, the same as {report.report or study.candidate.record_id}"
                )


def _assessed(inputs: Inputs) -> Step:
    reports = sum(report.kept for study in inputs.linked.values() for report in study.reports)
    note = "" if reports == len(inputs.studies) else f"{reports} reports"
    reasons = inputs.settings.config.eligibility.reasons
    leaving = [
        Box(f"Excluded: {why.words}", why.count, tuple(_excluded(inputs, why)))
        for why in excluded(inputs.studies, reasons)
    ]
    undecided = [row for row in inputs.studies if row.decision == "review"]
    if undecided:
        leaving.append(Box("Eligibility waits for a reviewer", len(undecided), _studies(undecided, "waiting")))
    return Step(Box("Studies assessed", len(inputs.studies), note=note), (*_linked(inputs), *leaving))


def _linked(inputs: Inputs) -> Iterable[Box]:
    """Reports that are counted with another report of their study, and cohorts that two studies share."""
    further = tuple(
        Entry(report.record_id, f"{report.source.file}, of the same study as {study.candidate.record_id}")
        for study in inputs.linked.values()
        for report in study.further
    )
    if further:
        yield Box("Further reports of a study", len(further), further)
    shared = tuple(
        Entry(f"{k.study_a} and {k.study_b}", k.evidence)
        for k in inputs.links
        if k.relation == "shared cohort" and k.used
    )
    if shared:
        yield Box("Shared cohorts flagged", len(shared), shared)


def _excluded(inputs: Inputs, why: Excluded) -> Iterable[Entry]:
    """By the protocol's code, with the words of each study; without a code, by the words."""
    for row in inputs.studies:
        if row.decision == "exclude" and row.code == why.code and (why.code or row.reason == why.words):
            yield Entry(row.label, f"{row.reason}: {row.title}" if why.code else row.title, f"excluded-{row.study}")


def _studies(rows: Iterable[StudyRow], section: str) -> tuple[Entry, ...]:
    return tuple(Entry(row.label, row.title, f"study-{row.study}" if section == "included" else "") for row in rows)


def _included(inputs: Inputs) -> Step:
    included = [row for row in inputs.studies if row.decision == "include"]
    pooled = {row.study for row in inputs.outcomes if row.pooled}
    without = [row for row in included if row.study not in pooled]
    leaving = (Box("Nothing pooled yet", len(without), _studies(without, "included")),) if without else ()
    return Step(Box("Studies included", len(included), _studies(included, "included")), leaving)


def _pooled(inputs: Inputs) -> Step:
    pooled = {row.study for row in inputs.outcomes if row.pooled}
    per_outcome = tuple(
        Entry(result.label, f"{len({e.study for e in result.effects})} studies, {len(result.effects)} arms")
        for result in inputs.pooled
    )
    return Step(Box("Studies in a pooled analysis", len(pooled), per_outcome))


SECTION = Section("flow", "Flow of records", data)
