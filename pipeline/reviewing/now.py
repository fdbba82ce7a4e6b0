"""What the review says now, with and without the reviewers' lines, and what people call its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.appraisal.naming import Unknown, found, plain
from pipeline.config import Settings, load
from pipeline.errors import UserError
from pipeline.records import ArmRow, LinkRow, OutcomeRow, Study, StudyRow
from pipeline.resolve import Tables, finish, lookup, machine_tables
from pipeline.resolve.judgements import judge
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.reports import NumberedReport
from pipeline.reviewing.folder import ReviewFolder


@dataclass(frozen=True)
class Now:
    """A review after a run."""

    folder: ReviewFolder
    settings: Settings
    studies: list[Study]
    links: list[LinkRow]

    @classmethod
    def of(cls, folder: ReviewFolder) -> Now:
        """Raises UserError where no run has been."""
        settings = load(folder.config)
        if not folder.is_built:
            raise UserError(f"{folder.extracted}: no studies yet; run `snakemake all` first")
        return cls(folder, settings, folder.studies(), folder.links())

    @cached_property
    def machine(self) -> Tables:
        return machine_tables(self.studies, self.settings)

    @cached_property
    def shown(self) -> Tables:
        """With all lines. Raises UserError where they have problems."""
        return self.with_lines_of(self.folder.overrides)

    def with_lines_of(self, overrides: Path) -> Tables:
        """The tables that a run would write with these lines; problems are UserErrors."""
        tables = machine_tables(self.studies, self.settings)
        apply_overrides(tables, overrides, self.settings)
        tables = finish(tables, self.settings, self.links)
        judge(tables, overrides, self.settings)
        return tables


# ---- names ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """A study; `report` where its name is one of its reports, whose arms have numbers of their own."""

    study: str
    report: NumberedReport | None = None


def find_study(tables: Tables, name: str) -> Named:
    """Raises UserError with the nearest names."""
    try:
        meant = tables.lookup.find(name.strip())
    except lookup.Unknown as unknown:
        raise UserError(str(unknown)) from None
    return Named(meant.study, meant.report)


def study_row(tables: Tables, study: str) -> StudyRow:
    return next(row for row in tables.studies if row.study == study)


def arm_name(arm: ArmRow) -> str:
    """What lines call it: its key, which stays with what was given; else its number."""
    return arm.key or arm.arm


def find_arm(tables: Tables, named: Named, name: str) -> ArmRow:
    """By key or number, else by drugs or label. Raises UserError with the arms that there are."""
    arms = [arm for arm in tables.arms if arm.study == named.study]
    number = named.report.arms.get(name, name) if named.report is not None else name
    fitting = [a for a in arms if a.key == name] or [a for a in arms if a.arm == number]
    fitting = fitting or [a for a in arms if plain(name) and plain(name) in map(plain, (a.key, a.drugs, a.label))]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(f"{a.arm} = {a.key or a.drugs or a.label}" for a in fitting or arms) or "no arms"
    if fitting:
        raise UserError(f'arm "{name}" may be each of {listed}; name one by its number')
    raise UserError(f'arm "{name}" is not in study {named.study} (it has {listed})')


def find_outcome(name: str, settings: Settings, rows: Iterable[OutcomeRow] = ()) -> str:
    """One of config/outcomes.csv, or one that the rows have. Raises UserError with the nearest."""
    known = [*(o.outcome for o in settings.outcomes), *(r.outcome for r in rows)]
    try:
        return found("outcome", name, known, {o.label: o.outcome for o in settings.outcomes})
    except Unknown as unknown:
        raise UserError(str(unknown)) from None


def outcome_rows(tables: Tables, named: Named, arm: ArmRow) -> list[OutcomeRow]:
    """Of the arm, best report first; of the report that is named, if one is."""
    rows = [row for row in tables.outcomes if (row.study, row.arm) == (named.study, arm.arm)]
    return [r for r in rows if named.report is None or (r.record_id, r.file) == named.report.place]


def find_row(rows: Sequence[OutcomeRow], outcome: str, timepoint: str | None, what: str) -> OutcomeRow:
    """The row of the outcome, of the best report. Raises UserError where there is none, or several are meant."""
    of_outcome = [row for row in rows if row.outcome == outcome]
    if not of_outcome:
        have = ", ".join(dict.fromkeys(row.outcome for row in rows)) or "no outcomes"
        raise UserError(f"{what} has no {outcome} (it has {have}); `litpool add` adds what the machine missed")
    fitting = [row for row in of_outcome if timepoint is None or plain(row.timepoint) == plain(timepoint)]
    times = list(dict.fromkeys(row.timepoint for row in (fitting or of_outcome)))
    if not fitting or len(times) > 1:
        listed = ", ".join(f'"{t}"' for t in times)
        told = "is told for several time points" if timepoint is None else f'is not told for "{timepoint}"'
        raise UserError(f"{outcome} of {what} {told}; give --timepoint, one of {listed}")
    return fitting[0]
