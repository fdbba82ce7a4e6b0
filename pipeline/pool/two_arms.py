"""Which arms of a study can be set against each other: whole arms of different patients, counted at one time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.compared import Kind, NotCompared, Side
from pipeline.pool.other_rows import Tables
from pipeline.pool.times import same_time
from pipeline.resolve.pooling import ANOTHER_ROW, NOT_STATED
from pipeline.resolved import HIGH_RISK, SHARED, ArmRow, OutcomeRow, StudyRow

RANDOMISED = "randomised"
#: arms that hold patients of other arms
_PARTS = ("subgroup", "pooled")


@dataclass(frozen=True)
class Unit:
    """An arm with its counts of the outcome."""

    arm: ArmRow
    row: OutcomeRow

    @property
    def events(self) -> int:
        assert self.row.events is not None
        return self.row.events

    @property
    def n(self) -> int:
        assert self.row.n is not None
        return self.row.n


@dataclass(frozen=True)
class Arms:
    """The arms of a study that can be compared; those whose treatment is known are `treated`."""

    study: StudyRow
    units: tuple[Unit, ...]

    @property
    def treated(self) -> list[Unit]:
        return [u for u in self.units if u.arm.regimen_class != NOT_STATED]

    @property
    def of_responders(self) -> bool:
        return any(u.row.denominator == "responders" for u in self.units)

    @property
    def kind(self) -> Kind:
        """Responders were not given their treatment by chance: who responds depends on it."""
        return "randomised" if self.study.design == RANDOMISED and not self.of_responders else "not randomised"

    @property
    def high_risk(self) -> bool:
        return any(HIGH_RISK in u.row.sensitivity.split(" + ") for u in self.units)

    @property
    def timepoint(self) -> str:
        return next((u.row.timepoint for u in self.units if u.row.timepoint), "")

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the counts."""
        found = {u.row.denominator for u in self.units}
        said = []
        if self.of_responders and self.study.design == RANDOMISED:
            said.append("randomised, but counted among responders only")
        if "evaluable" in found:
            said.append("evaluable patients only" if found == {"evaluable"} else "evaluable patients in one arm")
        if _too_many(self.study, self.units):  # of a total that waits: of one that is known there is no comparison
            said.append(f"the study may have only {self.study.n_total} patients, which waits for a reviewer")
        if len({(u.row.record_id, u.row.file) for u in self.units}) > 1:
            said.append("counts from several reports")
        return said


def side(units: Sequence[Unit]) -> Side:
    return Side(
        arms=[u.arm.arm for u in units],
        labels=[u.arm.label for u in units],
        events=sum(u.events for u in units),
        n=sum(u.n for u in units),
    )


def several_arms(outcome: str, given: Tables) -> tuple[list[Arms], list[NotCompared]]:
    """The included studies that can be compared, and those of several arms with the outcome that cannot."""
    arms: dict[str, list[ArmRow]] = {}
    for arm in given.arms:
        arms.setdefault(arm.study, []).append(arm)
    rows: dict[str, list[OutcomeRow]] = {}
    for row in given.of(outcome):
        rows.setdefault(row.study, []).append(row)
    found, lost = [], []
    for study in given.studies:
        whole = [a for a in arms.get(study.study, []) if a.role not in _PARTS]
        reported = {r.arm for r in rows.get(study.study, [])} & {a.arm for a in whole}
        if study.decision != "include" or len(reported) < 2:
            continue
        answer = _arms(study, whole, rows[study.study])
        if isinstance(answer, Arms):
            found.append(answer)
        else:
            lost.append(NotCompared(study=study.study, label=study.label, why=answer))
    return found, lost


def _arms(study: StudyRow, whole: Sequence[ArmRow], rows: Sequence[OutcomeRow]) -> Arms | str:
    """Or why they cannot be compared."""
    main = {r.arm: r for r in rows if r.pooled}
    counted = [a for a in whole if a.arm in main]
    if len(counted) < 2:
        return _too_few(whole, counted, rows)
    if any(SHARED in main[a.arm].sensitivity.split(" + ") for a in counted):
        return "it shares patients with a larger study"
    chosen = _at_one_time([[r for r in rows if r.arm == a.arm and _counts(r)] for a in counted])
    if chosen is None:
        times = "; ".join(f"{a.label}: {main[a.arm].timepoint or 'not said'}" for a in counted)
        return f"the arms are counted at different times ({times})"
    units = tuple(Unit(a, r) for a, r in zip(counted, chosen, strict=True))
    return _doubt(study, units) or Arms(study, units)


def _counts(row: OutcomeRow) -> bool:
    """Pooled, or as good as a row that is."""
    known = row.events is not None and row.n is not None
    return known and (row.pooled or row.not_pooled_because == ANOTHER_ROW)


def _at_one_time(rows: Sequence[Sequence[OutcomeRow]]) -> list[OutcomeRow] | None:
    """One row of each arm: those that are pooled, or else those of the first time that all arms have."""
    main = [next(r for r in of_arm if r.pooled) for of_arm in rows]
    if _same(main):
        return main
    for time in dict.fromkeys(r.timepoint for r in main if r.timepoint):
        then = [[r for r in of_arm if r.timepoint and same_time(r.timepoint, time)] for of_arm in rows]
        if all(then):
            return [next((r for r in of_arm if r.pooled), of_arm[0]) for of_arm in then]
    return None


def _same(rows: Sequence[OutcomeRow]) -> bool:
    return all(same_time(a.timepoint, b.timepoint) for i, a in enumerate(rows) for b in rows[:i])


def _too_many(study: StudyRow, units: Sequence[Unit]) -> bool:
    """Whether some patients seem to be in two arms."""
    return study.n_total is not None and sum(u.n for u in units) > study.n_total


def _doubt(study: StudyRow, units: Sequence[Unit]) -> str:
    if _too_many(study, units) and study.n_total_authority != "waiting":
        total = sum(u.n for u in units)
        return f"its arms count {total} patients, the study has {study.n_total}: some would count on both sides"
    if len({u.row.denominator == "responders" for u in units}) > 1:
        return "one arm counts responders, another all patients"
    unknown = [u.arm.label for u in units if u.arm.regimen_class == NOT_STATED]
    if len(units) - len(unknown) < 2:
        return f"what was given is not known of: {'; '.join(unknown)}"
    return ""


def _too_few(whole: Sequence[ArmRow], counted: Sequence[ArmRow], rows: Sequence[OutcomeRow]) -> str:
    why: dict[str, str] = {}
    for row in rows:
        why.setdefault(row.arm, row.not_pooled_because)
    known = {a.arm for a in counted}
    missing = [f"{a.label}: {why[a.arm]}" for a in whole if a.arm in why and a.arm not in known]
    return f"{'only one arm' if counted else 'no arm'} has a number that counts ({'; '.join(missing)})"
