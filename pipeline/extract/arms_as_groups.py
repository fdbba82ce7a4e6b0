"""Groups that a sentence speaks of: "in the A group … in the B group", "nine of 42 patients in the early group"."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.extract.arms import FoundArm, arm_of
from pipeline.extract.phrases import ALONE, GIVEN, STOPS, phrase
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Reading


def named_groups(reading: Reading) -> Iterator[FoundArm]:
    """ "in the A group … in the B group" """
    for first, last in _group_phrases(reading):
        p = phrase(reading, first, last)
        if p.speaks:
            yield arm_of(reading, p, None, (first, last))


def _group_phrases(reading: Reading) -> list[tuple[int, int]]:
    """Tokens [first, last) of every "… group" and every "group X", the words before "group" included."""
    found = []
    for i, word in enumerate(reading.lower):
        if word in GROUP_WORDS:
            if i + 1 in reading.labels:
                found.append((i, i + 2))
                continue
            first = _name_of_group(reading, i)
            if first < i:
                found.append((first, i + 1))
    return found + [(i, i + 1) for i in reading.labels if i in reading.quantity]


def _name_of_group(reading: Reading, last: int) -> int:
    """First token of the words before "group" that name it."""
    first = last
    while first > 0 and last - first < 9:
        word = reading.lower[first - 1]
        treatment = any(m.first == first - 1 for m in reading.of("DRUG"))
        q = reading.quantity.get(first - 1)
        joins = word in {"plus", "+", "-", "–", "/"} or (
            word in {"and", "with"} and first >= 2 and any(m.last == first - 1 for m in reading.of("DRUG"))
        )
        worded = word not in STOPS and word not in PEOPLE and word not in GIVEN and not word.endswith("ed")
        dosed = q is not None and q.kind in {"DOSE", "DURATION", "YEAR", "DURATION_WORDS"}
        if not (
            treatment
            or joins
            or dosed
            or (word in ALONE | {"standard", "treatment", "therapy", "every"})
            or (worded and q is None)
        ):
            break
        first -= 1
    while first < last and reading.lower[first] in {"and", "-", "plus", "with", "every"}:
        first += 1
    return first


def group_denominators(reading: Reading) -> Iterator[FoundArm]:
    """ "nine of 42 patients relapsed in the early group": the group's size is the denominator"""
    for first, last in _group_phrases(reading):
        before = [i for i in range(max(0, first - 14), first) if i in reading.quantity]
        if len(before) < 2 or any(reading.lower[i] in {";", "."} for i in range(before[-2], first)):
            continue
        a, b = reading.quantity[before[-2]], reading.quantity[before[-1]]
        between = reading.lower[before[-2] + 1 : before[-1]]
        if a.kind == b.kind == "COUNT" and a.value < b.value and "of" in between:
            yield arm_of(reading, phrase(reading, first, last), int(b.value), (before[-1], before[-1] + 1))
