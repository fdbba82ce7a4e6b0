"""Groups that a sentence speaks of: "in the A group … in the B group", "nine of 42 patients in the early group"."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.extract.arms import FoundArm, arm_of
from pipeline.extract.phrases import ALONE, GIVEN, STOPS, phrase
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Reading

#: words that belong to the name of a group though they tell nothing alone
_NAMING = ALONE | {"standard", "treatment", "therapy", "every", "plus", "+", "-", "–", "/"}
_NAMELESS = STOPS | PEOPLE | GIVEN
_DOSED = frozenset(["DOSE", "DURATION", "YEAR", "DURATION_WORDS"])
#: tokens of a group's name; tokens before a group in which its denominator may stand
_NAME_LENGTH, _DENOMINATOR_BEFORE = 9, 14


def named_groups(reading: Reading) -> Iterator[FoundArm]:
    """ "in the A group … in the B group" """
    for first, last in _group_phrases(reading):
        p = phrase(reading, first, last)
        if p.speaks:
            yield arm_of(reading, p, None, (first, last))


def group_denominators(reading: Reading) -> Iterator[FoundArm]:
    """ "nine of 42 patients relapsed in the early group": the group's size is the denominator"""
    for first, last in _group_phrases(reading):
        n = _denominator_before(reading, first)
        if n is not None:
            yield arm_of(reading, phrase(reading, first, last), int(reading.quantity[n].value), (n, n + 1))


def _denominator_before(reading: Reading, first: int) -> int | None:
    """The token of the denominator, where the last two numbers before token `first` are one count of another."""
    before = [i for i in range(max(0, first - _DENOMINATOR_BEFORE), first) if i in reading.quantity]
    if len(before) < 2:
        return None
    part, whole = before[-2:]
    a, b = reading.quantity[part], reading.quantity[whole]
    counted = a.kind == b.kind == "COUNT" and a.value < b.value and "of" in reading.lower[part + 1 : whole]
    return whole if counted and {";", "."}.isdisjoint(reading.lower[part:first]) else None


def _group_phrases(reading: Reading) -> list[tuple[int, int]]:
    """Tokens [first, last) of every "… group" and every "group X", the words before "group" included."""
    found = []
    for i, word in enumerate(reading.lower):
        if word not in GROUP_WORDS:
            continue
        if i + 1 in reading.labels:
            found.append((i, i + 2))
        elif (first := _name_of_group(reading, i)) < i:
            found.append((first, i + 1))
    return found + [(i, i + 1) for i in reading.labels if i in reading.quantity]


def _name_of_group(reading: Reading, last: int) -> int:
    """First token of the words before "group" that name it."""
    first = last
    while first > 0 and last - first < _NAME_LENGTH and _can_name(reading, first - 1):
        first -= 1
    while first < last and reading.lower[first] in {"and", "-", "plus", "with", "every"}:
        first += 1
    return first


def _can_name(reading: Reading, i: int) -> bool:
    """Whether token i can be part of a group's name: a plain word, a dose, a treatment, "and" behind a treatment."""
    word, q = reading.lower[i], reading.quantity.get(i)
    if word in _NAMING or (q is not None and q.kind in _DOSED):
        return True
    if q is None and word not in _NAMELESS and not word.endswith("ed"):
        return True
    joins = word in {"and", "with"}
    return any(m.first == i or (joins and m.last == i) for m in reading.of("DRUG"))
