"""Which cell the words of `litpool correct` mean, and what is said of it now."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.appraisal.naming import Unknown, found
from pipeline.errors import UserError
from pipeline.resolve.cells import same_value
from pipeline.resolve.targets import ARM_FIELDS, OUTCOME_FIELDS, STUDY_FIELDS, Spot
from pipeline.reviewing.names import (
    Named,
    arm_name,
    called,
    find_arm,
    find_outcome,
    find_study,
    outcomes_of,
    rows_meant,
    study_at,
    timepoint_in_line,
)
from pipeline.reviewing.now import Now
from pipeline.tables import shown

#: what may be corrected, by what it is of
FIELDS = {"study": STUDY_FIELDS, "arm": ARM_FIELDS, "outcome": OUTCOME_FIELDS}


@dataclass(frozen=True)
class Asked:
    """The words of a command."""

    study: str
    field: str
    arm: str | None = None
    outcome: str = ""
    timepoint: str | None = None
    was: str | None = None


@dataclass(frozen=True)
class Target:
    """A cell, and what lines call it; `seen` is the fingerprint of the text that it was read from."""

    spot: Spot
    study: str
    seen: str
    arm: str = ""
    outcome: str = ""
    timepoint: str = ""

    @property
    def name(self) -> str:
        """For people."""
        parts = (self.study, self.arm, self.outcome, self.timepoint, self.spot.field)
        return ", ".join(part for part in parts if part)


def find(now: Now, asked: Asked) -> Target:
    """Raises UserError with the nearest names."""
    field = _field(asked)
    named = find_study(now.shown, asked.study)
    if asked.arm is None:
        at = study_at(now.shown, named.study)
        return Target(Spot("studies", at, field), named.study, now.shown.studies[at].text_hash)
    at = find_arm(now.shown, named, asked.arm)
    if asked.outcome:
        return _of_outcome(now, named, at, field, asked)
    arm = now.shown.arms[at]
    return Target(Spot("arms", at, field), named.study, arm.text_hash, arm_name(arm))


def _field(asked: Asked) -> str:
    """As lines write it. Raises UserError where what it is of has no such field."""
    if asked.outcome and asked.arm is None:
        raise UserError("an outcome is one of an arm: give --arm, too")
    kind = "outcome" if asked.outcome else "arm" if asked.arm is not None else "study"
    others = [of for of, fields in FIELDS.items() if asked.field in fields]
    if others and kind not in others:
        ways = {"study": "neither --arm nor --outcome", "arm": "--arm", "outcome": "--arm and --outcome"}
        said = " or ".join(f"an {of}" if of[0] in "ao" else f"a {of}" for of in others)
        raise UserError(f"{asked.field} is a field of {said}: give {' or '.join(ways[of] for of in others)}")
    try:
        return found(f"{kind}'s field", asked.field, FIELDS[kind])
    except Unknown as unknown:
        raise UserError(str(unknown)) from None


def _of_outcome(now: Now, named: Named, arm_at: int, field: str, asked: Asked) -> Target:
    tables, arm = now.shown, now.shown.arms[arm_at]
    rows = outcomes_of(tables, named, arm)
    what = f"{arm_name(arm)} of {named.study}"
    outcome = find_outcome(asked.outcome, now.settings, tables.outcomes)
    spots = [Spot("outcomes", i, field) for i in rows_meant(tables, rows, outcome, asked.timepoint, what)]
    fitting = [s for s in spots if asked.was is None or same_value(field, now.value(s), asked.was)]
    if len(fitting) != 1:
        values = ", ".join(f"{now.value(s) or 'nothing'} ({tables.outcomes[s.index].name})" for s in spots)
        told = "stands in several rows" if asked.was is None or fitting else f"is nowhere {shown(asked.was)}"
        raise UserError(f"{field} of {outcome} of {what} {told}: {values}; say which with --was VALUE")
    row = tables.outcomes[fitting[0].index]
    times = timepoint_in_line(tables, rows, row)
    return Target(fitting[0], called(tables, row), row.text_hash, arm_name(arm), outcome, times)
