"""Everything that is wrong with config/ and overrides/, found in one go, by the code that reads them in a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config import Settings, load
from pipeline.errors import UserError
from pipeline.link.called import called
from pipeline.link.decisions import read_decisions
from pipeline.overrides import FILES
from pipeline.overrides.reading import read_placed, unknown_files
from pipeline.records import LinkDecision
from pipeline.resolve.judgements import judge
from pipeline.resolve.links import link_audit
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import Tables, finish, machine_tables
from pipeline.resolved import DecisionRow
from pipeline.reviewing.config_doubts import doubts
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.scratch import blank, real, scratch
from pipeline.searches import check_searches
from pipeline.skeleton import REVIEW
from pipeline.update import SOURCES


@dataclass
class Checked:
    """Problems stop a rebuild; warnings are for a second look. `lines` counts the decisions that were read."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lines: int = 0
    files: int = 0
    #: were the names of studies, arms and outcomes compared with extracted/?
    compared: bool = False

    @contextmanager
    def kept(self, copy: Path | None = None, overrides: Path | None = None) -> Iterator[None]:
        """Keeps the problems of a step, each once, instead of raising them; those of a copy as of the real files."""
        try:
            yield
        except UserError as error:
            told = str(error) if copy is None or overrides is None else real(str(error), copy, overrides)
            self.problems += [line for line in told.split("\n") if line not in self.problems]


def check(folder: ReviewFolder) -> Checked:
    """Reads config/ and overrides/ and, where a run has been, compares them with what it found."""
    checked = Checked()
    settings: Settings | None = None
    with checked.kept():
        settings = load(folder.config)
        checked.warnings += doubts(settings, folder.config)
    searches = folder.config / "searches.yaml"
    if searches.exists():
        with checked.kept():
            check_searches(searches, SOURCES)
    _read_all(folder.overrides, checked)
    if folder.is_built:
        with checked.kept():
            _compare(folder, settings, checked)
    return checked


def _read_all(overrides: Path, checked: Checked) -> None:
    checked.problems += unknown_files(overrides)
    for name, model in FILES.items():
        with checked.kept():
            lines = read_placed(overrides / name, model)
            checked.lines += len(lines)
            checked.files += bool(lines)


def _compare(folder: ReviewFolder, settings: Settings | None, checked: Checked) -> None:
    """Does with the lines that can be read what a run does, and writes nothing. Without settings, what rests on them
    is left out."""
    studies, links = folder.studies(), folder.links()
    with scratch(folder.overrides) as copy:
        blank(copy, folder.overrides, checked.problems)
        with checked.kept(copy, folder.overrides):
            waiting = _records_not_there(copy, folder)
            checked.warnings += [real(line, copy, folder.overrides) for line in waiting]
        used = settings or load(REVIEW / "config")
        tables = machine_tables(studies, used)
        tables.decisions += link_audit(links)
        with checked.kept(copy, folder.overrides):
            apply_overrides(tables, copy, used)
        if settings is not None:
            tables = finish(tables, settings, links)
            with checked.kept(copy, folder.overrides):
                judge(tables, copy, settings)
        checked.warnings += _doubts(tables, folder.overrides)
    checked.compared = True


def _records_not_there(copy: Path, folder: ReviewFolder) -> list[str]:
    """A line for each of links.csv that waits. Raises UserError for those that contradict each other."""
    if not read_placed(copy / "links.csv", LinkDecision):
        return []
    decisions = read_decisions(copy / "links.csv", map(called, folder.records()))
    return [f"{d.place.place}: {d.nearest}; the line waits for it" for d in decisions if not d.known]


def _doubts(tables: Tables, overrides: Path) -> list[str]:
    """A line for each decision whose ground has changed, and each that another reviewer does not share; those of links
    are told from the records."""
    told = [_doubt(row, overrides) for row in tables.decisions if row.file != "links.csv"]
    return list(dict.fromkeys(line for line in told if line))


def _doubt(row: DecisionRow, overrides: Path) -> str:
    place = f"{overrides / row.file}:{row.line}: {'.'.join(part for part in (row.outcome, row.field) if part)}"
    if row.effect == "stale":
        return f"{place}: stale: {row.note}; {row.value} counts, look again"
    return f"{place}: {row.value} waits: {row.note}" if row.effect == "disagrees" else ""
