"""The flow of records as PRISMA 2020 draws it: found, screened, excluded by reason, included, pooled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.appraisal.reasons import Excluded, excluded
from pipeline.report.inputs import Inputs
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.prisma import Level, Line, flow_diagram
from pipeline.report.section import Section
from pipeline.resolved import BY_REVIEWER, StudyRow

#: sources that are named in the diagram where there are more; the list below it names all
MOST_SOURCES = 6


@dataclass(frozen=True)
class Entry:
    """A line in a box's list; `anchor` leads to the study in the page."""

    text: str
    detail: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Box:
    """A count with its name and the records it counts; `lines` stand in the diagram, where `short` is the name under
    the heading of its group, and `ident` is the list's anchor."""

    title: str
    count: int
    entries: tuple[Entry, ...] = ()
    lines: tuple[str, ...] = ()
    short: str = ""
    ident: str = ""

    @property
    def words(self) -> str:
        return _counted(self.short or self.title, self.count)


def _counted(words: str, n: int) -> str:
    """As PRISMA prints counts; the number stays on one line."""
    return f"{words} (n\u00a0=\u00a0{n})"


@dataclass(frozen=True)
class Group:
    """Boxes that leave the flow for a like reason, under one heading; without one, a single box."""

    boxes: tuple[Box, ...]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Step:
    """A box of the main column and what leaves the flow after it."""

    stage: str
    box: Box
    groups: tuple[Group, ...] = ()

    @property
    def leaving(self) -> tuple[Box, ...]:
        return tuple(box for group in self.groups for box in group.boxes)


def data(inputs: Inputs) -> Mapping[str, object]:
    made = (_found, _screened, _assessed, _included, _pooled)
    steps = list(_named(make(inputs) for make in made))
    return {
        "steps": steps,
        "csv": _csv(steps),
        "boxes": [box for step in steps for box in (step.box, *step.leaving)],
        "svg": flow_diagram("flow-diagram", "Flow of records", _description(steps), [_level(step) for step in steps]),
    }


def _csv(steps: Iterable[Step]) -> str:
    """Each box with its count; `leaves` for those that leave the flow after a box of the main column."""
    rows = [(step.stage, way, box) for step in steps for way, box in _ways(step)]
    return csv_text(("stage", "box", "way", "count"), ([stage, b.title, way, b.count] for stage, way, b in rows))


def _ways(step: Step) -> Iterator[tuple[str, Box]]:
    yield "stays", step.box
    yield from (("leaves", box) for box in step.leaving)


def _named(steps: Iterable[Step]) -> Iterator[Step]:
    """With anchors: flow-1, flow-1-1 (what leaves after it), …"""
    for i, step in enumerate(steps, 1):
        idents = iter(range(1, len(step.leaving) + 1))
        groups = tuple(
            replace(group, boxes=tuple(replace(box, ident=f"flow-{i}-{next(idents)}") for box in group.boxes))
            for group in step.groups
        )
        yield replace(step, box=replace(step.box, ident=f"flow-{i}"), groups=groups)


# ---- the boxes ---------------------------------------------------------------------------------------------------


def _found(inputs: Inputs) -> Step:
    files, unread = _per_source(inputs), [row for row in inputs.set_aside if not row.record]
    aside = [row for row in inputs.set_aside if row.record]
    named = files.most_common(None if len(files) <= MOST_SOURCES + 1 else MOST_SOURCES)
    sources = [_counted(file, n) for file, n in named]
    if len(files) > len(named):
        rest = sum(files.values()) - sum(n for _, n in named)
        sources.append(_counted(f"{len(files) - len(named)} further sources", rest))
    box = Box(
        "Records identified", sum(files.values()), tuple(_count(f, n) for f, n in sorted(files.items())), (*sources,)
    )
    removed = _some(
        Box("Duplicates", sum(1 for _ in _duplicates(inputs)), tuple(_duplicates(inputs)), short="duplicates"),
        Box(
            "Records that could not be read",
            len(aside),
            tuple(Entry(r.record, f"{r.file}: {r.reason}") for r in aside),
            short="could not be read",
        ),
    )
    files_unread = _some(Box("Files not read", len(unread), tuple(Entry(r.file, r.reason) for r in unread)))
    note = "their records are not known, and not counted" if unread else ""
    groups = (Group(removed, "Records removed before screening"), Group(files_unread, "", note))
    return Step("Identification", box, tuple(group for group in groups if group.boxes))


def _some(*boxes: Box) -> tuple[Box, ...]:
    return tuple(box for box in boxes if box.count > 0)


def _per_source(inputs: Inputs) -> Counter[str]:
    """Records by database, where a record says so, and source file; duplicates and unreadable ones included."""
    files = Counter(
        _source(report.file, inputs.databases.get((report.file, report.record_id), ""))
        for study in inputs.linked.values()
        for report in study.reports
    )
    files.update(row.file for row in inputs.set_aside if row.record)
    return files


def _source(file: str, database: str) -> str:
    return f"{database}, {file}" if database else file


def _count(file: str, n: int) -> Entry:
    return Entry(file, f"{n} {'record' if n == 1 else 'records'}")


def _duplicates(inputs: Inputs) -> Iterable[Entry]:
    for study in inputs.linked.values():
        for report in study.reports:
            if not report.kept:
                yield Entry(
                    report.record_id, f"{report.file}, the same as {report.report or study.candidate.record_id}"
                )


def _screened(inputs: Inputs) -> Step:
    kept = [(study, report) for study in inputs.linked.values() for report in study.reports if report.kept]
    reports = tuple(Entry(report.record_id, report.file) for _, report in kept)
    further = tuple(
        Entry(report.record_id, f"{report.source.file}, of the same study as {study.candidate.record_id}")
        for study in inputs.linked.values()
        for report in study.further
    )
    groups = (Group(_some(Box("Further reports of a study, linked to it", len(further), further))),)
    return Step("Screening", Box("Reports screened", len(kept), reports), groups if further else ())


def _assessed(inputs: Inputs) -> Step:
    reasons = inputs.settings.config.eligibility.reasons
    out = tuple(
        Box(f"Excluded: {why.words}", why.count, tuple(_excluded(inputs, why)), short=why.words)
        for why in excluded(inputs.studies, reasons)
    )
    undecided = [row for row in inputs.studies if row.decision == "review"]
    waiting = _some(Box("Eligibility waits for a reviewer", len(undecided), _studies(undecided, "waiting")))
    groups = (Group(out, "Studies excluded", _by_whom(inputs)), Group(waiting))
    box = Box("Studies assessed for eligibility", len(inputs.studies), tuple(map(_study, inputs.studies)))
    return Step("Screening", box, tuple(group for group in groups if group.boxes))


def _by_whom(inputs: Inputs) -> str:
    """PRISMA asks how many were excluded by automation, and how many by people."""
    out = [row for row in inputs.studies if row.decision == "exclude"]
    people = sum(row.authority in BY_REVIEWER for row in out)
    return f"by litpool’s rules {len(out) - people}, by reviewers {people}"


def _study(row: StudyRow) -> Entry:
    anchors = {"include": f"study-{row.study}", "exclude": f"excluded-{row.study}"}
    words = {"include": "included", "exclude": "excluded", "review": "waits"}
    return Entry(row.label, words[row.decision], anchors.get(row.decision, ""))


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
    names = {row.study for row in included}
    reports = sum(report.kept for s in inputs.linked.values() if s.study in names for report in s.reports)
    shared = tuple(
        Entry(f"{k.study_a} and {k.study_b}", k.evidence)
        for k in inputs.links
        if k.relation == "shared cohort" and k.used
    )
    boxes = _some(
        Box("Pairs of studies flagged as sharing patients", len(shared), shared),
        Box("Studies of which nothing is pooled yet", len(without), _studies(without, "included")),
    )
    lines = (_counted("Reports of included studies", reports),)
    box = Box("Studies included in the review", len(included), _studies(included, "included"), lines)
    return Step("Included", box, tuple(Group((box,)) for box in boxes))


def _pooled(inputs: Inputs) -> Step:
    pooled = {row.study for row in inputs.outcomes if row.pooled}
    per_outcome = [
        (result.label, len({e.study for e in result.effects}), len(result.effects)) for result in inputs.pooled
    ]
    entries = tuple(Entry(label, f"{studies} studies, {arms} arms") for label, studies, arms in per_outcome)
    lines = tuple(_counted(label, studies) for label, studies, _ in per_outcome)
    return Step("Included", Box("Studies in a pooled analysis", len(pooled), entries, lines))


# ---- the drawing -------------------------------------------------------------------------------------------------


def _level(step: Step) -> Level:
    stays = [_line(step.box, strong=True), *map(Line, step.box.lines)]
    return Level(step.stage, stays, [list(_lines(group)) for group in step.groups])


def _lines(group: Group) -> Iterator[Line]:
    if group.title:
        yield Line(_counted(group.title, sum(box.count for box in group.boxes)), strong=True)
    yield from (_line(box, strong=not group.title) for box in group.boxes)
    if group.note:
        yield Line(group.note)


def _line(box: Box, strong: bool) -> Line:
    return Line(box.words, box.ident if box.entries else "", strong)


def _description(steps: list[Step]) -> str:
    counts = "; ".join(step.box.words for step in steps)
    return f"{counts}. Each line leads to the list of what it counts."


SECTION = Section("flow", "Flow of records", data)
