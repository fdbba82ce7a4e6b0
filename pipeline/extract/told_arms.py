"""The arms as the candidate tells them: their names (A1, A2, …), regimens and roles, subgroups and all arms together."""

from __future__ import annotations

from pipeline.candidates import Arm, Evidence, Role
from pipeline.extract.arms import INACTIVE, FoundArm
from pipeline.extract.evidence import evidence_of
from pipeline.extract.phrases import CONTROL, TRIAL
from pipeline.extract.reading import Reading
from pipeline.extract.regimen import regimen
from pipeline.extract.rows import Row
from pipeline.parsed import ParsedRecord


class ArmNames:
    """A1, A2, … for the arms that were found, then for their subgroups, then for all arms together."""

    def __init__(self, arms: list[FoundArm], rows: list[Row]) -> None:
        self.arms = arms
        self.parts = list(dict.fromkeys((r.arm, r.subgroup, r.n) for r in rows if r.subgroup is not None))
        self._number = {part: len(arms) + i for i, part in enumerate(self.parts)}
        self.pooled = len(arms) > 1 and any(r.arm is None for r in rows)

    def indices(self) -> range:
        return range(len(self.arms) + len(self.parts) + self.pooled)

    def name(self, i: int) -> str:
        return f"A{i + 1}"

    def of_table(self, arm: int | None) -> str | None:
        if arm is not None:
            return self.name(arm) if arm < len(self.arms) else None
        if self.pooled:
            return self.name(len(self.arms) + len(self.parts))
        return self.name(0) if len(self.arms) == 1 else None

    def of_row(self, row: Row) -> str:
        if row.subgroup is not None:
            return self.name(self._number[row.arm, row.subgroup, row.n])
        if row.arm is None:
            return self.name(len(self.arms) + len(self.parts) if self.pooled else 0)
        return self.name(row.arm)


def told_arm(record: ParsedRecord, readings: list[Reading], names: ArmNames, i: int, arms: list[FoundArm]) -> Arm:
    """Number `i` of the names: an arm, a subgroup, or all arms together."""
    if i < len(arms):
        arm = arms[i]
        doses = regimen(readings, record.text, arm.drugs)
        evidence = evidence_of(record, arm.start, arm.end) if arm.end > arm.start else None
        if arm.head is not None:
            evidence = Evidence(start=arm.head[0], end=arm.head[1], text=record.words(*arm.head))
        role = _role(i, arms)
        return Arm(
            arm=names.name(i),
            label=arm.label or " + ".join(sorted(arm.drugs)),
            role=role,
            drugs=sorted(arm.drugs),
            regimen=doses,
            n=arm.n if arm.evaluable is None else arm.evaluable,
            evidence=evidence,
        )
    every = sorted({drug for arm in arms for drug in arm.drugs})
    if i < len(arms) + len(names.parts):
        parent, words, n = names.parts[i - len(arms)]
        drugs = sorted(arms[parent].drugs) if parent is not None else every
        return Arm(arm=names.name(i), label=words or "", role="subgroup", drugs=drugs, n=n)
    n = sum(a.n for a in arms if a.n is not None) if all(a.n is not None for a in arms) else None
    return Arm(arm=names.name(i), label="all patients", role="pooled", drugs=every, n=n)


def _role(i: int, arms: list[FoundArm]) -> Role:
    """Control: the arm whose drugs another arm holds and adds to, or that is named as one. What all arms are given besides
    ("both groups had usual care") makes none of them a control."""
    if len(arms) == 1:
        return "single"
    arm = arms[i]
    shared = frozenset.intersection(*(a.drugs for a in arms))
    inert = arm.role == "control" and not arm.drugs & INACTIVE <= shared and not arm.keys & TRIAL
    less = any(arm.drugs < other.drugs and not other.drugs - arm.drugs <= INACTIVE for other in arms)
    return "control" if arm.keys & CONTROL or inert or less else "experimental"
