"""Sizes of arms that are known by name: groups of equal size, sizes in the arms' order ("A/B/C: 50/52/48"), sizes that a later
sentence gives by other names ("98 received 400 mg and 100 the combination")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.arms import ALLOCATES, FoundArm
from pipeline.extract.arms_evaluated import counted_of
from pipeline.extract.gated import gated
from pipeline.extract.phrases import GIVEN
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, UNITS, Reading
from pipeline.extract.references import Reference, references
from pipeline.extract.sentences import NOT_RESULTS

_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_EQUALLY = gated(
    r"\bequal(?:ly|[- ]sized)? (?:and random\w* )?(?:divided|allocated|assigned|distributed|split|randomi[sz]ed)"
    r"|\b(?:divided|allocated|assigned|distributed|split|randomi[sz]ed|randomly|random)\b[^.;]{0,60}?\bequal(?:ly|[- ]sized)?\b",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"\d{1,6}(?:/\d{1,6}){1,5}[.,]?$")
#: words before sizes in the arms' order
_ANNOUNCES = frozenset(
    ["n", "evaluable", "randomized", "randomised", "enrolled", "enroled", "treated", "analysed", "analyzed", "itt"]
)
#: what may stand between a count and the name of the arm that it is of
_BETWEEN = GIVEN | PEOPLE | UNITS | GROUP_WORDS | frozenset(
    "to in into were was been randomly the a an who whom of had started either underwent receive continued continue with".split()
)  # fmt: skip
Sizes = dict[int, tuple[int, int, int]]


def sized_later(arms: list[FoundArm], readings: list[Reading], sizes: frozenset[int]) -> list[FoundArm]:
    """The arms with sizes that other sentences than their own give, where they lack them."""
    if len(arms) < 2 or all(a.n is not None for a in arms):
        return arms
    own = [r for r in readings if r.sentence.section not in NOT_RESULTS - {"title"}]
    ways = (
        _slashed(arms, own),
        _each(arms, own),
        _by_name(arms, own),
        _equal(arms, own, sizes),
        _counted(arms, own, sizes),
    )
    for told in ways:
        found = next((t for t in told if _plausible(t, arms, sizes)), None)
        if found is not None and told is ways[-1] and sizes and sum(n for n, _, _ in found.values()) < max(sizes):
            return [replace(a, evaluable=found[i][0]) for i, a in enumerate(arms)]  # more of them were enrolled
        if found is not None:
            return [replace(a, n=found[i][0], start=found[i][1], end=found[i][2]) for i, a in enumerate(arms)]
    return arms


def _plausible(told: Sizes, arms: list[FoundArm], sizes: frozenset[int]) -> bool:
    """A size for every arm, those known already the same, and no more patients than the study has."""
    if len(told) != len(arms) or any(a.n not in {None, told[i][0]} for i, a in enumerate(arms)):
        return False
    total = sum(n for n, _, _ in told.values())
    return not sizes or total in sizes or 0.8 * max(sizes) <= total <= max(sizes)


# ---- in the arms' order ----------------------------------------------------------------------------------------------


def _slashed(arms: list[FoundArm], readings: list[Reading]) -> Iterator[Sizes]:
    """ "n = 84/83/85", "150 were evaluable (A/B/C: 50/52/48)" """
    for reading in readings:
        for i, token in enumerate(reading.doc):
            if _SLASHED.match(token.text) and _announced(reading, i):
                counts = [int(x) for x in token.text.rstrip(".,").split("/")]
                if len(counts) == len(arms):
                    yield {k: (n, *reading.span(i, i + 1)) for k, n in enumerate(counts)}


def _announced(reading: Reading, i: int) -> bool:
    """Behind "n =", or behind the arms' letters."""
    before = reading.lower[max(0, i - 8) : i]
    letters = "".join(before).endswith(("a/b:", "a/b/c:", "a/b/c/d:"))
    return letters or (before[-1:] in (["="], [":"]) and not _ANNOUNCES.isdisjoint(before))


# ---- alike -----------------------------------------------------------------------------------------------------------


def _each(arms: list[FoundArm], readings: list[Reading]) -> Iterator[Sizes]:
    """ "45 patients in each group", "30 per arm", "three groups of 50", "20 each" """
    for reading in readings:
        for i, q in reading.quantity.items():
            if q.kind in {"COUNT", "SIZE"} and q.value >= 2 and _of_each(reading, i, len(arms)):
                yield dict.fromkeys(range(len(arms)), (int(q.value), *reading.span(i, i + 1)))


def _of_each(reading: Reading, i: int, arms: int) -> bool:
    behind = [
        w for w in reading.lower[i + 1 : i + 6] if w not in PEOPLE | UNITS | {"in", "to", "were", "assigned", "for"}
    ]
    each = behind[:1] in (["each"], ["per"]) and (
        behind[1:2] == [] or behind[1] in GROUP_WORDS | {")", ".", ",", ";", "treatment"}
    )
    before = reading.lower[max(0, i - 3) : i]
    groups = len(before) == 3 and before[1] in GROUP_WORDS and before[2] in {"of", "with"}
    return each or (groups and _NUMBERS.get(before[0], _number(before[0])) == arms)


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) < 3 else None


def _equal(arms: list[FoundArm], readings: list[Reading], sizes: frozenset[int]) -> Iterator[Sizes]:
    """ "randomly and equally divided into two groups", "divided into three equal groups" """
    for reading in readings:
        if _EQUALLY.search(" ".join(reading.lower)):
            for i, q in reading.quantity.items():
                whole = q.kind in {"COUNT", "SIZE"} and int(q.value) in sizes and q.value >= 2 * len(arms)
                if whole and q.value % len(arms) == 0:
                    yield dict.fromkeys(range(len(arms)), (int(q.value) // len(arms), *reading.span(i, i + 1)))


# ---- by other names --------------------------------------------------------------------------------------------------


def _by_name(arms: list[FoundArm], readings: list[Reading]) -> Iterator[Sizes]:
    """ "98 received 400 mg and 100 the combination", "144 received add-on and 72 did not" """
    for reading in readings:
        words = " ".join(reading.lower)
        counts = [i for i, q in reading.quantity.items() if q.kind in {"COUNT", "SIZE"} and q.value >= 2]
        if len(counts) < len(arms) or not (ALLOCATES.search(words) or not GIVEN.isdisjoint(reading.lower)):
            continue
        told = references(reading, arms)
        pairs = {r.arm: i for i in counts if (r := _named_behind(reading, i, told)) is not None}
        rest = [i for i in counts if i not in pairs.values() and "not" in reading.lower[i + 1 : i + 4]]
        if len(arms) == 2 and len(pairs) == len(rest) == 1:
            pairs |= {1 - next(iter(pairs)): rest[0]}
        if len(pairs) == len(arms):
            yield _sizes_of(reading, pairs)


def _sizes_of(reading: Reading, pairs: dict[int, int]) -> Sizes:
    return {arm: (int(reading.quantity[i].value), *reading.span(i, i + 1)) for arm, i in pairs.items()}


def _named_behind(reading: Reading, i: int, told: list[Reference]) -> Reference | None:
    """The arm that is named behind the count at token i, with nothing between but that it was assigned."""
    r = next((r for r in told if r.first > i), None)
    return r if r is not None and all(w in _BETWEEN for w in reading.lower[i + 1 : r.first]) else None


def _counted(arms: list[FoundArm], readings: list[Reading], sizes: frozenset[int]) -> Iterator[Sizes]:
    """ "11 of 30 on A … 25 of 31 on B": denominators that give the study's size, or that come again with another outcome"""
    seen: set[tuple[int, ...]] = set()
    for counted in counted_of(readings, arms):
        told = tuple(counted[i][0] for i in range(len(arms)))
        if sum(told) in sizes or (not sizes and told in seen):
            yield {i: (n, *r.span(0, len(r.doc))) for i, (n, r) in counted.items()}
        seen.add(told)
