"""overrides/: what reviewers say of the tables' cells, put in its place, each line with what it did.

The tables hold what the machine says; all lines are read against that, then every cell gets one verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config import Settings
from pipeline.errors import UserError
from pipeline.resolve.changes import Cells, changed_arm, changed_outcome, changed_study
from pipeline.resolve.lost import doubted
from pipeline.resolve.rows import cell_text, typed
from pipeline.resolve.said import Said, Unclear, read_said
from pipeline.resolve.tables import Tables
from pipeline.resolve.targets import Spot, TableName, Targets
from pipeline.resolve.verdicts import Effect, Verdict, verdict
from pipeline.resolved import ArmRow, DecisionRow, OutcomeRow, StudyRow

Machine = Mapping[Spot, str | None]


@dataclass(frozen=True)
class Applied:
    """What lines said of which cells, with the verdict and the machine's value (None: it has no such row) of each;
    `missing` are lines without a number on a row that is gone."""

    spots: Mapping[Said, Spot]
    verdicts: Mapping[Spot, Verdict]
    machine: Machine
    missing: Sequence[tuple[Said, str, str]] = ()
    #: (table, index) → the machine's row, of those with a verdict
    rows: Mapping[tuple[TableName, int], StudyRow | ArmRow | OutcomeRow] = field(default_factory=dict)


def apply_overrides(tables: Tables, folder: Path, settings: Settings) -> Applied:
    """Applies all files of the folder (missing ones are empty). Raises UserError with every problem."""
    return apply_said(tables, read_said(folder), settings)


def apply_said(tables: Tables, said: Sequence[Said], settings: Settings) -> Applied:
    """Applies what the files say. Raises UserError with every problem."""
    before = {"studies": len(tables.studies), "arms": len(tables.arms), "outcomes": len(tables.outcomes)}
    targets = Targets(tables, settings)
    spots, problems = targets.find(said)
    untyped = _untyped(spots)
    problems += [f"{s.place}: {why}" for s, why in untyped.items()]
    spots = {s: spot for s, spot in spots.items() if s not in untyped}
    by_spot: defaultdict[Spot, list[Said]] = defaultdict(list)
    for s in said:
        if s in spots:
            by_spot[spots[s]].append(s)
    machine = {spot: _machine(tables, spot, before) for spot in by_spot}
    found = {spot: _verdict(tables, spot, lines, machine[spot], targets.notes) for spot, lines in by_spot.items()}
    _tell(tables, found, machine, targets)
    rows = {(s.table, s.index): getattr(tables, s.table)[s.index] for s in by_spot if s.index < before[s.table]}
    problems += [] if problems else _change(tables, found, machine, settings)
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))
    tables.outcomes = doubted(tables, targets.lost_arms, before["outcomes"])
    return Applied(spots, found, machine, targets.missing, rows)


def _untyped(spots: Mapping[Said, Spot]) -> dict[Said, str]:
    """Lines whose value is none of its field."""
    problems = {}
    for s in spots:
        try:
            typed(s.field, s.value)
        except Unclear as unclear:
            problems[s] = str(unclear)
    return problems


def _machine(tables: Tables, spot: Spot, before: Mapping[str, int]) -> str | None:
    """What stands in the cell before any line; None in a row that lines made."""
    if spot.index >= before[spot.table]:
        return None
    return cell_text(getattr(tables, spot.table)[spot.index], spot.field)


def _verdict(
    tables: Tables, spot: Spot, lines: Sequence[Said], machine: str | None, notes: Mapping[Said, str]
) -> Verdict:
    row: StudyRow | ArmRow | OutcomeRow = getattr(tables, spot.table)[spot.index]
    found = verdict(lines, machine, row.text_hash)
    return found.with_notes(notes)


def _tell(tables: Tables, found: Mapping[Spot, Verdict], machine: Machine, targets: Targets) -> None:
    """A row of decisions for each line and cell; in the order of the files, after those of links."""
    told = []
    for spot, given in found.items():
        row = getattr(tables, spot.table)[spot.index]
        for e in given.effects:
            told.append(
                (e.said, _decision(e, row.study, _arm(row), getattr(row, "timepoint", ""), machine[spot] or ""))
            )
    for s, study, arm in targets.missing:
        lost = Effect(s, "stale", "the machine no longer has the row")
        told.append((s, _decision(lost, study, arm, s.timepoint, "")))
    tables.decisions += [row for s, row in sorted(told, key=lambda t: (t[0].order, t[0].path.name, t[0].line))]


def _arm(row: StudyRow | ArmRow | OutcomeRow) -> str:
    return "" if isinstance(row, StudyRow) else row.arm


def _decision(e: Effect, study: str, arm: str, timepoint: str, machine: str) -> DecisionRow:
    s = e.said
    return DecisionRow(
        file=s.path.name,
        line=s.line,
        study=study,
        arm=arm,
        outcome=s.outcome,
        timepoint=timepoint,
        field=s.field,
        machine=machine,
        was=s.was or "",
        value=s.value,
        effect=e.effect,
        reason=s.reason,
        reviewer=s.reviewer,
        date=s.date.isoformat(),
        note=e.note,
    )


def _change(tables: Tables, found: Mapping[Spot, Verdict], machine: Machine, settings: Settings) -> list[str]:
    """Puts the verdicts into the rows; what cannot be put there, is a problem."""
    by_row: defaultdict[tuple[str, int], Cells] = defaultdict(dict)
    for spot, given in found.items():
        by_row[spot.table, spot.index][spot.field] = given
    asked = settings.config.reviewing.fields
    problems: list[str] = []
    for (table, index), cells in by_row.items():
        try:
            if table == "studies":
                tables.studies[index] = changed_study(tables.studies[index], cells)
            elif table == "arms":
                tables.arms[index] = changed_arm(tables.arms[index], cells)
            else:
                known = machine.get(Spot("outcomes", index, "events")) is not None or _is_old(machine, index)
                tables.outcomes[index] = changed_outcome(tables.outcomes[index], cells, known)
        except Unclear as unclear:
            last = max((s for v in cells.values() for s in v.standing), key=lambda s: (s.date, s.order))
            problems.append(f"{last.place}: {unclear}")
    _verify(tables, found, asked)
    return problems


def _is_old(machine: Machine, index: int) -> bool:
    return any(spot.table == "outcomes" and spot.index == index and text is not None for spot, text in machine.items())


def _verify(tables: Tables, found: Mapping[Spot, Verdict], asked: Iterable[str]) -> None:
    """Marks the rows of which every field that the protocol asks for is verified, whatever table it stands in."""
    verified = {spot for spot, given in found.items() if given.verified}
    study_at = {row.study: i for i, row in enumerate(tables.studies)}
    arm_at = {(row.study, row.arm): i for i, row in enumerate(tables.arms)}
    for i, row in enumerate(tables.outcomes):
        spots = [
            Spot("outcomes", i, f)
            if f in ("events", "n")
            else Spot("studies", study_at[row.study], f)
            if f in ("n_total", "decision")
            else Spot("arms", arm_at[row.study, row.arm], f)
            for f in asked
        ]
        if spots and all(spot in verified for spot in spots):
            tables.outcomes[i] = row.model_copy(update={"verified": True})
