"""Which cell the words of a command mean, and what is said of it now."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.appraisal.naming import Unknown, found
from pipeline.errors import UserError
from pipeline.records import ArmRow, OutcomeRow
from pipeline.reviewing.now import (
    Named,
    Now,
    arm_name,
    find_arm,
    find_outcome,
    find_row,
    find_study,
    outcome_rows,
    study_row,
)
from pipeline.reviewing.said import Cell

#: what may be corrected, by what it is of
FIELDS = {
    "study": ("n_total", "design", "age", "line", "decision"),
    "arm": ("n", "drugs", "label", "role"),
    "outcome": ("events", "n", "timepoint", "denominator", "status"),
}


@dataclass(frozen=True)
class Target:
    """A cell; `arm` as lines call it; what the machine says, what counts now; the fingerprint of the text."""

    cell: Cell
    arm: str
    machine: str
    shown: str
    seen: str

    @property
    def name(self) -> str:
        """For people."""
        parts = (self.cell.study, self.arm, self.cell.outcome, self.cell.timepoint, self.cell.field)
        return ", ".join(part for part in parts if part)


def find(now: Now, study: str, arm: str | None, outcome: str | None, timepoint: str | None, field: str) -> Target:
    """Raises UserError with the nearest names."""
    field = _field(field, arm, outcome)
    named = find_study(now.shown, study)
    if arm is None:
        return _of_study(now, named.study, field)
    row = find_arm(now.shown, named, arm)
    return _of_outcome(now, named, row, outcome, timepoint, field) if outcome else _of_arm(now, row, field)


def _field(field: str, arm: str | None, outcome: str | None) -> str:
    """As lines write it. Raises UserError where what it is of has no such field."""
    if outcome and arm is None:
        raise UserError("an outcome is one of an arm: give --arm, too")
    kind = "outcome" if outcome else "arm" if arm is not None else "study"
    others = [of for of, fields in FIELDS.items() if field in fields]
    if others and kind not in others:
        ways = {"study": "neither --arm nor --outcome", "arm": "--arm", "outcome": "--arm and --outcome"}
        said = " or ".join(f"an {of}" if of[0] in "ao" else f"a {of}" for of in others)
        raise UserError(f"{field} is a field of {said}: give {' or '.join(ways[of] for of in others)}")
    try:
        return found(f"{kind}'s field", field, FIELDS[kind])
    except Unknown as unknown:
        raise UserError(str(unknown)) from None


def _of_study(now: Now, study: str, field: str) -> Target:
    row, machine = study_row(now.shown, study), study_row(now.machine, study)
    cell = Cell(study, "", "", "", field)
    return Target(cell, "", _text(getattr(machine, field)), _text(getattr(row, field)), row.text_hash)


def _of_arm(now: Now, row: ArmRow, field: str) -> Target:
    machine = next((a for a in now.machine.arms if (a.study, a.arm) == (row.study, row.arm)), row)
    cell = Cell(row.study, row.arm, "", "", field)
    return Target(cell, arm_name(row), _text(getattr(machine, field)), _text(getattr(row, field)), row.text_hash)


def _of_outcome(now: Now, named: Named, arm: ArmRow, outcome: str, timepoint: str | None, field: str) -> Target:
    rows = outcome_rows(now.shown, named, arm)
    what = f"{arm_name(arm)} of {named.study}"
    row = find_row(rows, find_outcome(outcome, now.settings, rows), timepoint, what)
    several = len({r.timepoint for r in rows if r.outcome == row.outcome}) > 1
    cell = Cell(named.study, arm.arm, row.outcome, row.timepoint if several else "", field)
    machine = machine_row(now, row) or row
    return Target(cell, arm_name(arm), told(machine, field), told(row, field), row.text_hash)


def machine_row(now: Now, row: OutcomeRow) -> OutcomeRow | None:
    """The row without reviewers' lines: it was read from the same words."""
    place = _place(row)
    fitting = [m for m in now.machine.outcomes if _place(m) == place]
    return next((m for m in fitting if m.timepoint == row.timepoint), fitting[0] if fitting else None)


def _place(row: OutcomeRow) -> tuple[object, ...]:
    return row.study, row.arm, row.outcome, row.name, row.record_id, row.file, row.evidence_start, row.evidence_end


def told(row: OutcomeRow, field: str) -> str:
    """A field of an outcome as lines write it."""
    if field == "status":
        return "review" if row.authority == "waiting" else "accepted"
    return _text(getattr(row, field))


def _text(value: object) -> str:
    return "" if value is None else str(value)
