"""Names of arms by what was given, which stay when the machine numbers its arms anew.

A key says the drugs and, only as far as other arms of the study have the same, the dose, the role and the label:
"amoxicillin; 500 mg". A longer key than needed still fits; one that has become too short fits several arms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.resolve.cells import same_text
from pipeline.resolved import ArmRow

#: between the parts of a key
SEPARATOR = "; "
_NUMBER = re.compile(r"[aA][0-9]{1,4}", re.ASCII)

Arm = tuple[str, str]


@dataclass(frozen=True)
class Content:
    """What an arm is known by."""

    drugs: str
    dose: str
    role: str
    label: str

    @property
    def parts(self) -> list[str]:
        """Most telling first; an arm without drugs is known by its label."""
        if not self.drugs:
            return [self.label or "no treatment named", self.role]
        return [self.drugs, self.dose, self.role, self.label]


def content(row: ArmRow, dose: str) -> Content:
    return Content(row.drugs, dose, row.role, " ".join(row.label.replace(";", ",").split()))


def keyed(arms: Sequence[ArmRow], doses: Mapping[Arm, str]) -> list[ArmRow]:
    """The arms with their keys."""
    by_study = groupby(range(len(arms)), key=lambda i: arms[i].study)
    keys: dict[int, str] = {}
    for _, group in by_study:
        members = list(group)
        known = {i: content(arms[i], doses.get((arms[i].study, arms[i].arm), "")).parts for i in members}
        keys |= _keys(known)
    return [arm.model_copy(update={"key": keys[i]}) for i, arm in enumerate(arms)]


def _keys(parts: Mapping[int, list[str]]) -> dict[int, str]:
    """Each with as many parts as tell it from the others; what nothing tells apart is numbered in its order."""
    found: dict[int, str] = {}
    seen: dict[str, int] = {}
    for i, own in parts.items():
        others = [other for j, other in parts.items() if j != i]
        key = SEPARATOR.join(_shortest(own, others))
        seen[key] = seen.get(key, 0) + 1
        found[i] = key if seen[key] == 1 else f"{key}{SEPARATOR}no. {seen[key]}"
    return found


def _shortest(own: Sequence[str], others: Sequence[Sequence[str]]) -> list[str]:
    chosen = [own[0]]
    rivals = [other for other in others if other[0] == own[0]]
    for at in range(1, len(own)):
        apart = [other for other in rivals if at >= len(other) or other[at] != own[at]]
        if rivals and apart and own[at]:
            chosen.append(own[at])
            rivals = [other for other in rivals if other not in apart]
    return chosen


def is_number(written: str) -> bool:
    """Whether an arm is called by a number that the machine gave it."""
    return _NUMBER.fullmatch(written.strip()) is not None


def fits(written: str, arm: ArmRow, dose: str) -> bool:
    """Whether a key, of today or of earlier, says nothing but what the arm is."""
    if written == arm.key:
        return True
    first, *rest = [part.strip() for part in written.split(";")]
    own = content(arm, dose)
    known = {same_text("label", part) for part in own.parts[1:]}
    return same_text("drugs", first) == same_text("drugs", own.parts[0]) and all(
        same_text("label", part) in known for part in rest
    )


def drugs_of(written: str) -> list[str]:
    """The drugs that a key names."""
    return [drug for drug in same_text("drugs", written.split(";")[0]).split(" + ") if drug]
