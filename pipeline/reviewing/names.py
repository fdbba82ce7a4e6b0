"""What people call the studies, arms and outcomes of a review, and which rows they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.appraisal.naming import Unknown, found, plain
from pipeline.config import Settings
from pipeline.errors import UserError
from pipeline.resolve import lookup
from pipeline.resolve.reports import NumberedReport
from pipeline.resolve.tables import Tables
from pipeline.resolved import ArmRow, OutcomeRow
from pipeline.tables import shown


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


def study_at(tables: Tables, study: str) -> int:
    """The index of its row."""
    return next(i for i, row in enumerate(tables.studies) if row.study == study)


def called(tables: Tables, row: OutcomeRow) -> str:
    """What a line calls the row's study: by its report where that is not the main one."""
    further = tables.reports[row.study][1:]
    report = next((report for report in further if report.place == (row.record_id, row.file)), None)
    return row.study if report is None else tables.lookup.name_of(report)


def arm_name(arm: ArmRow) -> str:
    """What lines call it: its key, which stays with what was given; else its number."""
    return arm.key or arm.arm


def find_arm(tables: Tables, named: Named, name: str) -> int:
    """The index of its row: by key or number, else by drugs or label. Raises UserError with the arms that there are."""
    arms = {i: arm for i, arm in enumerate(tables.arms) if arm.study == named.study}
    number = named.report.arms.get(name, name) if named.report is not None else name
    fitting = [i for i, a in arms.items() if a.key == name] or [i for i, a in arms.items() if a.arm == number]
    fitting = fitting or [i for i, a in arms.items() if plain(name) in _plain_names(a)]
    if len(fitting) == 1:
        return fitting[0]
    told = ", ".join(_told(arms[i]) for i in fitting or arms) or "no arms"
    if fitting:
        raise UserError(f'arm "{shown(name)}" may be each of {told}; name one by its number')
    raise UserError(f'arm "{shown(name)}" is not in study {named.study} (it has {told})')


def _plain_names(arm: ArmRow) -> set[str]:
    return {plain(name) for name in (arm.key, arm.drugs, arm.label)} - {""}


def _told(arm: ArmRow) -> str:
    return arm.arm if arm.key == arm.arm else f'{arm.arm} = "{arm_name(arm)}"'


def find_outcome(name: str, settings: Settings, rows: Iterable[OutcomeRow] = ()) -> str:
    """One of config/outcomes.csv, or one that the rows have. Raises UserError with the nearest."""
    known = [*(o.outcome for o in settings.outcomes), *(r.outcome for r in rows)]
    try:
        return found("outcome", name, known, {o.label: o.outcome for o in settings.outcomes})
    except Unknown as unknown:
        raise UserError(str(unknown)) from None


def outcomes_of(tables: Tables, named: Named, arm: ArmRow) -> list[int]:
    """Indices of the arm's rows, best report first; of the report that is named, if one is."""
    rows = [i for i, row in enumerate(tables.outcomes) if (row.study, row.arm) == (named.study, arm.arm)]
    return [i for i in rows if named.report is None or _report(tables.outcomes[i]) == named.report.place]


def _report(row: OutcomeRow) -> tuple[str, str]:
    return row.record_id, row.file


def rows_meant(tables: Tables, indices: Sequence[int], outcome: str, timepoint: str | None, what: str) -> list[int]:
    """Of these rows those of the outcome and time point, of the best report that tells them. Raises UserError where
    there is none, or several time points are meant."""
    of_outcome = [i for i in indices if tables.outcomes[i].outcome == outcome]
    if not of_outcome:
        have = ", ".join(dict.fromkeys(tables.outcomes[i].outcome for i in indices)) or "no outcomes"
        raise UserError(f"{what} has no {outcome} (it has {have}); `litpool add` adds what the machine missed")
    times = list(dict.fromkeys(tables.outcomes[i].timepoint for i in of_outcome))
    meant = times if timepoint is None else [t for t in times if plain(t) == plain(timepoint)]
    if len(meant) != 1:
        raise UserError(f"{outcome} of {what} {_times(times, timepoint)}")
    return best([i for i in of_outcome if tables.outcomes[i].timepoint == meant[0]], tables)


def _times(times: list[str], given: str | None) -> str:
    if times == [""]:
        return "has no time point: leave --timepoint out"
    told = "is told for several time points" if given is None else f'is not told for "{shown(given)}"'
    quoted = [f'"{t}"' for t in times]
    return f"{told}; give --timepoint, one of {', '.join(quoted)}"


def best(indices: Sequence[int], tables: Tables) -> list[int]:
    """Those of the report of the first."""
    return [i for i in indices if _report(tables.outcomes[i]) == _report(tables.outcomes[indices[0]])]


def timepoint_in_line(tables: Tables, indices: Sequence[int], row: OutcomeRow) -> str:
    """What a line must say: the time point, where the outcome has several."""
    several = len({tables.outcomes[i].timepoint for i in indices if tables.outcomes[i].outcome == row.outcome}) > 1
    return row.timepoint if several else ""
