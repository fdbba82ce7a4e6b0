"""What the flow counts as new: PRISMA 2020's diagram of an update sets it apart from what the version before had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.report.inputs import Inputs
from pipeline.report.plots.prisma import Level, Line
from pipeline.report.sections.flow_boxes import Box, Entry, Group, Step, counted, listed


class News:
    """Which records and studies the version before did not have."""

    def __init__(self, inputs: Inputs) -> None:
        since = inputs.changes.since
        self.since = since
        self.files = set() if since is None else set(since.new_files)
        self.places = set() if since is None else set(since.new_records)
        self.came = set() if since is None else {s.study for s in since.studies if s.change == "in"}
        self.went = [] if since is None else [s for s in since.studies if s.change == "out"]
        self.reports = inputs.reports

    def record(self, file: str, record: str) -> bool:
        return file in self.files or (file, record) in self.places

    def study(self, study: str) -> bool:
        """Are all its records new?"""
        if self.since is None or study not in self.reports:
            return False
        return all(self.record(r.file, r.record_id) for r in self.reports[study].reports)

    def count(self, new: Iterable[bool]) -> int:
        """How many are new; without a version before nobody need look."""
        return 0 if self.since is None else sum(new)

    def counted(self, step: Step) -> Step:
        """The step, whose boxes tell how many of what they count are new, where there is a version before."""
        if self.since is None:
            return step
        groups = tuple(replace(group, boxes=tuple(map(_with_new, group.boxes))) for group in step.groups)
        return replace(step, box=_with_new(step.box), groups=groups)

    def before(self) -> Level | None:
        """The first frame of an update: what the version before had included."""
        if self.since is None:
            return None
        name = f"Studies included in version {self.since.name}"
        reports = Line(counted("Reports of these studies", self.since.reports_before))
        return Level("Before", [Line(counted(name, self.since.included_before), strong=True), reports])

    def gone(self) -> Group | None:
        """Studies that the version before included, and this one does not."""
        if self.since is None or not self.went:
            return None
        entries = (Entry(s.label, s.reason, f"excluded-{s.study}" if s.study else "") for s in self.went)
        return Group((listed(f"In version {self.since.name}, no longer included", entries, "studies.csv"),))


def _with_new(box: Box) -> Box:
    return box if box.new is not None else replace(box, new=box.news)


# ---- by source -----------------------------------------------------------------------------------------------------


def found(inputs: Inputs, news: News) -> tuple[list[tuple[str, int, int]], tuple[Entry, ...]]:
    """(name, records, new ones) of each source, the largest first; and of each file an entry for the list."""
    of_source, new_of_source, of_file = Counter[str](), Counter[str](), Counter[tuple[str, bool]]()
    came = [] if news.since is None else [r for r in _records(inputs) if news.record(r[0], r[1])]
    new_of = Counter((file, database) for file, _, database in came)
    for (file, database), n in Counter((file, database) for file, _, database in _records(inputs)).items():
        source, label = _source(inputs, file, database)
        of_source[source] += n
        new_of_source[source] += new_of[file, database]
        of_file[label, file in news.files] += n
    sources = [(source, n, new_of_source[source]) for source, n in of_source.most_common()]
    entries = [Entry(label, f"{n} {'record' if n == 1 else 'records'}", new=new) for (label, new), n in of_file.items()]
    return sources, tuple(sorted(entries, key=lambda e: e.text))


def _records(inputs: Inputs) -> Iterator[tuple[str, str, str]]:
    """(file, record, database) of each record; duplicates and unreadable ones included."""
    for study in inputs.reports.values():
        for r in study.reports:
            yield r.file, r.record_id, inputs.databases.get((r.file, r.record_id), "")
    yield from ((row.file, row.record, "") for row in inputs.set_aside if row.record)


def _source(inputs: Inputs, file: str, database: str) -> tuple[str, str]:
    """The source's name in the diagram, and in the list: by corpus/searches.csv, else by what the record says."""
    search = inputs.changes.exports.get(file)
    if search is not None:
        return search.rpartition(", ")[0], f"{search}, {file}"
    label = f"{database}, {file}" if database else file
    return label, label


def shown(sources: Iterable[tuple[str, int, int]], most: int, with_new: bool) -> tuple[str, ...]:
    """Lines of the diagram: the largest sources, then the others together."""
    listed = list(sources)
    named = listed if len(listed) <= most + 1 else listed[:most]
    lines = [counted(source, n, new if with_new else None) for source, n, new in named]
    rest = listed[len(named) :]
    if rest:
        total, new = sum(n for _, n, _ in rest), sum(new for _, _, new in rest)
        lines.append(counted(f"{len(rest)} further sources", total, new if with_new else None))
    return tuple(lines)
