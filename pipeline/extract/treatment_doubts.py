"""Arms whose treatment the text leaves open as far as it was read: a number of such an arm waits, for the right number of
the wrong treatment is a wrong result."""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract.arms import INACTIVE, FoundArm
from pipeline.extract.proofs import Doubt
from pipeline.extract.reading import Reading
from pipeline.extract.rows import Row
from pipeline.extract.table_rows import TableShare
from pipeline.extract.vocabulary.classes import is_class

#: words by which an arm is named as the one without the treatment that is studied
_CONTROLS = frozenset(["control", "controls", "placebo", "comparator", "sham", "untreated"])


def arms_in_doubt(arms: list[FoundArm], readings: list[Reading]) -> frozenset[int]:
    """The arms, by number, that are told by treatments of another, or by none of the study's own."""
    if len(arms) < 2:
        return frozenset()
    if _quoted(arms, readings):
        return frozenset(range(len(arms)))
    return frozenset(i for i, arm in enumerate(arms) if _nothing_given(arm) or _same_as_another(i, arms))


def _nothing_given(arm: FoundArm) -> bool:
    """No treatment is known, and the arm is not named as the one that has none."""
    return not arm.drugs and not arm.keys & _CONTROLS


def _same_as_another(i: int, arms: list[FoundArm]) -> bool:
    """Another arm has the same treatments, and one of the two must have been given something else: only the other is named
    as control, a treatment without effect is among them, or they are classes only."""
    arm = arms[i]
    alike = [a for k, a in enumerate(arms) if k != i and a.drugs == arm.drugs and a.drugs]
    if not alike or arm.keys & _CONTROLS:
        return False
    controlled = any(a.keys & _CONTROLS for a in alike)
    return controlled or bool(arm.drugs & INACTIVE) or all(is_class(d) for d in arm.drugs)


def _quoted(arms: list[FoundArm], readings: list[Reading]) -> bool:
    """The title names treatments, and no arm has any of them: the arms are those of other studies."""
    title = frozenset().union(*(m.names for r in readings if r.sentence.section == "title" for m in r.given))
    title = frozenset(d for d in title if d not in INACTIVE and not is_class(d))
    had = frozenset().union(*(arm.drugs for arm in arms))
    return bool(title) and bool(had - INACTIVE) and not title & had


def doubted(
    rows: list[Row], tables: list[TableShare], doubtful: frozenset[int], count: int
) -> tuple[list[Row], list[TableShare]]:
    """Rows and shares of tables, in doubt where their arm is; those of all `count` arms together where every arm is."""
    every = len(doubtful) == count

    def open_(arm: int | None) -> bool:
        return arm in doubtful or (arm is None and every and count > 0)

    rows = [row.with_doubt(Doubt.TREATMENT_OPEN) if open_(row.arm) else row for row in rows]
    return rows, [replace(t, doubts=(*t.doubts, Doubt.TREATMENT_OPEN)) if open_(t.arm) else t for t in tables]
