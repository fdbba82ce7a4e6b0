"""The flow of records as PRISMA 2020 draws it: found, screened, excluded by reason, included, pooled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.appraisal.reasons import Excluded, excluded
from pipeline.linked import SetAsideRow
from pipeline.report.inputs import Inputs
from pipeline.report.listing import MOST, listed_studies
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.prisma import Level, Line, flow_diagram
from pipeline.report.section import Section
from pipeline.report.sections.flow_boxes import Box, Entry, Group, Step, counted, listed
from pipeline.report.sections.flow_news import News, found, shown
from pipeline.report.studies_read import LeftOut
from pipeline.report.study_pages.names import page_name
from pipeline.resolved import StudyRow

#: sources that are named in the diagram where there are more; the list below it names all
MOST_SOURCES = 6
#: reasons of exclusion that have a box
MOST_REASONS = 30


def data(inputs: Inputs) -> Mapping[str, object]:
    news = News(inputs)
    made = (_found, _screened, _assessed, _included)
    steps = list(_named([*(news.counted(make(inputs, news)) for make in made), _pooled(inputs)]))
    before = news.before()
    levels = [*([] if before is None else [before]), *(_level(step) for step in steps)]
    return {
        "since": inputs.changes.since,
        "steps": steps,
        "csv": _csv(steps),
        "boxes": [box for step in steps for box in (step.box, *step.leaving)],
        "svg": flow_diagram("flow-diagram", "Flow of records", _description(steps), levels),
    }


def _csv(steps: Iterable[Step]) -> str:
    """Each box with its count; `leaves` for those that leave the flow after a box of the main column."""
    rows = [(step.stage, way, box) for step in steps for way, box in _ways(step)]
    columns = ("stage", "box", "way", "count", "new")
    return csv_text(columns, ([stage, b.title, way, b.count, b.new] for stage, way, b in rows))


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


def _found(inputs: Inputs, news: News) -> Step:
    unread = [row for row in inputs.set_aside if not row.record]
    aside = [row for row in inputs.set_aside if row.record]
    sources, entries = found(inputs, news)
    new = None if news.since is None else sum(new for _, _, new in sources)
    box = replace(
        listed(
            "Records identified",
            entries,
            "reports.csv",
            count=sum(n for _, n, _ in sources),
            lines=shown(sources, MOST_SOURCES, news.since is not None),
        ),
        new=new,
    )
    not_read = (Entry(r.record, f"{r.file}: {r.reason}", new=news.record(r.file, r.record)) for r in aside)
    removed = _some(
        listed("Duplicates", _duplicates(inputs, news), "reports.csv", short="duplicates"),
        listed("Records that could not be read", not_read, "set_aside.csv", short="could not be read"),
    )
    files_unread = _some(listed("Files not read", _unread(unread, news), "set_aside.csv"))
    note = "their records are not known, and not counted" if unread else ""
    groups = (Group(removed, "Records removed before screening"), Group(files_unread, "", note))
    return Step("Identification", box, tuple(group for group in groups if group.boxes))


def _some(*boxes: Box) -> tuple[Box, ...]:
    return tuple(box for box in boxes if box.count > 0)


def _unread(rows: Iterable[SetAsideRow], news: News) -> Iterator[Entry]:
    return (Entry(r.file, r.reason, new=r.file in news.files) for r in rows)


def _duplicates(inputs: Inputs, news: News) -> Iterator[Entry]:
    for study in inputs.reports.values():
        for r in study.reports:
            if not r.kept:
                told = f"{r.file}, the same as {r.report or study.candidate.record_id}"
                yield Entry(r.record_id, told, new=news.record(r.file, r.record_id))


def _screened(inputs: Inputs, news: News) -> Step:
    kept = [r for study in inputs.reports.values() for r in study.reports if r.kept]
    reports = (Entry(r.record_id, r.file, new=news.record(r.file, r.record_id)) for r in kept[:MOST])
    further = (
        Entry(
            r.record_id,
            f"{r.source.file}, of the same study as {study.candidate.record_id}",
            new=news.record(*r.place),
        )
        for study in inputs.reports.values()
        for r in study.further
    )
    groups = (Group(_some(listed("Further reports of a study, linked to it", further, "reports.csv"))),)
    linked = tuple(group for group in groups if group.boxes)
    new = news.count(news.record(r.file, r.record_id) for r in kept)
    return Step("Screening", _of_all("Reports screened", reports, len(kept), new, "reports.csv"), linked)


def _assessed(inputs: Inputs, news: News) -> Step:
    reasons = inputs.settings.config.eligibility.reasons
    whys = excluded(inputs.left_out.values(), reasons)
    out = (
        *(_left_out(inputs, why, news) for why in whys[:MOST_REASONS]),
        *_some(_further_reasons(inputs, whys[MOST_REASONS:], news)),
    )
    undecided = [row for row in inputs.studies if row.decision == "review"]
    waiting = _some(listed("Eligibility waits for a reviewer", _waiting(undecided, news), "studies.csv"))
    groups = (Group(out, "Studies excluded", _by_whom(inputs)), Group(waiting))
    entries = (_study(inputs, row, news) for row in inputs.studies[:MOST])
    new = news.count(map(news.study, inputs.reports))
    box = _of_all("Studies assessed for eligibility", entries, inputs.assessed, new, "studies.csv")
    return Step("Screening", box, tuple(group for group in groups if group.boxes))


def _of_all(title: str, entries: Iterable[Entry], count: int, new: int, file: str, short: str = "") -> Box:
    """A box whose entries are only of some of what it counts."""
    box = listed(title, entries, file, count=count, short=short)
    return replace(box, left=count - len(box.entries), news=new)


def _by_whom(inputs: Inputs) -> str:
    """PRISMA asks how many were excluded by automation, and how many by people."""
    people = sum(why.by_reviewer for why in inputs.left_out.values())
    return f"by litpool’s rules {len(inputs.left_out) - people}, by reviewers {people}"


def _study(inputs: Inputs, row: StudyRow, news: News) -> Entry:
    if row.decision == "include":
        return replace(_included_entry(inputs, row), detail="included", new=news.study(row.study))
    excluded = row.decision == "exclude"
    anchor = f"excluded-{row.study}" if excluded else ""
    return Entry(row.label, "excluded" if excluded else "waits", anchor, news.study(row.study))


def _included_entry(inputs: Inputs, row: StudyRow) -> Entry:
    if row.study in listed_studies(inputs):
        return Entry(row.label, row.title, f"study-{row.study}")
    return Entry(row.label, row.title, page=page_name(row.study) if row.study in inputs.linked else "")


def _left_out(inputs: Inputs, why: Excluded, news: News) -> Box:
    """By the protocol's code, with the words of each study; without a code, by the words."""

    def fits(row: StudyRow | LeftOut) -> bool:
        return row.decision == "exclude" and row.code == why.code and (bool(why.code) or row.reason == why.words)

    entries = (
        Entry(
            row.label,
            f"{row.reason}: {row.title}" if why.code else row.title,
            f"excluded-{row.study}",
            news.study(row.study),
        )
        for row in inputs.studies
        if fits(row)
    )
    new = news.count(news.study(study) for study, left_out in inputs.left_out.items() if fits(left_out))
    return _of_all(f"Excluded: {why.words}", entries, why.count, new, "studies.csv", why.words)


def _further_reasons(inputs: Inputs, whys: Sequence[Excluded], news: News) -> Box:
    words = {why.words for why in whys}
    title = f"{len(whys)} further reasons"
    entries = (Entry(why.words, str(why.count)) for why in whys)
    count = sum(why.count for why in whys)
    box = listed(f"Excluded: {title}", entries, "studies.csv", count=count, short=title)
    new = (news.study(study) for study, out in inputs.left_out.items() if not out.code and out.reason in words)
    return replace(box, news=news.count(new))


def _waiting(rows: Iterable[StudyRow], news: News) -> Iterator[Entry]:
    return (Entry(row.label, row.title, new=news.study(row.study)) for row in rows)


def _of_included(inputs: Inputs, title: str, rows: Sequence[StudyRow], news: News) -> Box:
    """New is which the version before did not include."""
    entries = (replace(_included_entry(inputs, row), new=row.study in news.came) for row in rows[:MOST])
    return _of_all(title, entries, len(rows), news.count(row.study in news.came for row in rows), "studies.csv")


def _included(inputs: Inputs, news: News) -> Step:
    included = [row for row in inputs.studies if row.decision == "include"]
    pooled = {row.study for row in inputs.outcomes if row.pooled}
    without = [row for row in included if row.study not in pooled]
    names = {row.study for row in included}
    reports = sum(report.kept for s in inputs.reports.values() if s.study in names for report in s.reports)
    shared = (
        Entry(f"{k.study_a} and {k.study_b}", k.evidence)
        for k in inputs.links
        if k.relation == "shared cohort" and k.used
    )
    boxes = _some(
        listed("Pairs of studies flagged as sharing patients", shared, "links.csv"),
        _of_included(inputs, "Studies of which nothing is pooled yet", without, news),
    )
    lines = (counted("Reports of included studies", reports),)
    box = replace(_of_included(inputs, "Studies included in the review", included, news), lines=lines)
    gone = news.gone()
    groups = [Group((box,)) for box in boxes]
    return Step("Included", box, (*([] if gone is None else [gone]), *groups))


def _pooled(inputs: Inputs) -> Step:
    pooled = {row.study for row in inputs.outcomes if row.pooled}
    per_outcome = [
        (result.label, len({e.study for e in result.effects}), len(result.effects)) for result in inputs.pooled
    ]
    entries = tuple(Entry(label, f"{studies} studies, {arms} arms") for label, studies, arms in per_outcome)
    lines = tuple(counted(label, studies) for label, studies, _ in per_outcome)
    return Step("Included", Box("Studies in a pooled analysis", len(pooled), entries, lines))


# ---- the drawing -------------------------------------------------------------------------------------------------


def _level(step: Step) -> Level:
    stays = [_line(step.box, strong=True), *map(Line, step.box.lines)]
    return Level(step.stage, stays, [list(_lines(group)) for group in step.groups])


def _lines(group: Group) -> Iterator[Line]:
    if group.title:
        new = [box.new for box in group.boxes]
        told = sum(n for n in new if n is not None) if any(n is not None for n in new) else None
        yield Line(counted(group.title, sum(box.count for box in group.boxes), told), strong=True)
    yield from (_line(box, strong=not group.title) for box in group.boxes)
    if group.note:
        yield Line(group.note)


def _line(box: Box, strong: bool) -> Line:
    return Line(box.words, box.ident if box.entries else "", strong)


def _description(steps: list[Step]) -> str:
    counts = "; ".join(step.box.words for step in steps)
    return f"{counts}. Each line leads to the list of what it counts."


SECTION = Section("flow", "Flow of records", data)
