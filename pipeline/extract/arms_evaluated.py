"""How many of each arm were evaluated, and the denominators under which a sentence counts the patients of each arm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pipeline.extract.arms import FoundArm
from pipeline.extract.gated import gated
from pipeline.extract.reading import Reading
from pipeline.extract.references import Reference, references
from pipeline.extract.sentences import NOT_RESULTS

_EVALUATED = gated(r"\b(?:evaluable|assessable|evaluated|analy[sz]ed|available for)\b", re.IGNORECASE)
#: words that may stand between "of" and the denominator
_ARTICLES = frozenset(["the", "these", "all"])


def with_evaluable(readings: list[Reading], arms: list[FoundArm]) -> list[FoundArm]:
    """The arms with the number evaluated where a sentence says it of one ("sixty patients in arm A were evaluable") or
    counts of all ("43 of the 44 in A and 8 of the 46 in B", where 90 patients are spoken of)."""
    if len(arms) < 2 or any(a.n is None or a.evaluable is not None for a in arms):
        return arms
    out = [replace(a, evaluable=_said_of(i, readings, arms)) for i, a in enumerate(arms)]
    if any(a.evaluable is not None for a in out):
        return out
    people = {int(q.value) for r in readings for q in r.quantity.values() if q.kind in {"COUNT", "SIZE"}}
    for counted in counted_of(readings, arms):
        if sum(n for n, _ in counted.values()) in people and all(
            _most_of(a, counted[i][0]) for i, a in enumerate(arms)
        ):
            return [replace(a, evaluable=None if counted[i][0] == a.n else counted[i][0]) for i, a in enumerate(arms)]
    return out


def _said_of(arm: int, readings: list[Reading], arms: list[FoundArm]) -> int | None:
    for reading in readings:
        counts = [int(q.value) for q in reading.quantity.values() if q.kind == "COUNT"]
        if (
            len(counts) != 1
            or counts[0] == arms[arm].n
            or _of_the_first(reading)
            or not _EVALUATED.search(" ".join(reading.lower))
        ):
            continue
        if [r.arm for r in references(reading, arms)] == [arm] and _most_of(arms[arm], counts[0]):
            return counts[0]
    return None


def _of_the_first(reading: Reading) -> bool:
    """ "the first 40 patients", of whom an interim analysis tells"""
    return any(reading.lower[max(0, i - 1) : i] == ["first"] for i, q in reading.quantity.items() if q.kind == "COUNT")


def _most_of(arm: FoundArm, n: int) -> bool:
    return arm.n is not None and 0.5 * arm.n < n <= arm.n


def counted_of(readings: list[Reading], arms: list[FoundArm]) -> Iterator[dict[int, tuple[int, Reading]]]:
    """For each sentence that counts patients of every arm, the denominator of each: "11 of 30 on A … 25 of 31 on B"."""
    for reading in readings:
        if reading.sentence.section in NOT_RESULTS:
            continue
        wholes = list(_wholes(reading))
        told = references(reading, arms) if len(wholes) == len(arms) else []
        if len(told) == len(arms) == len({r.arm for r in told}) and _alternate([i for i, _ in wholes], told):
            yield {r.arm: (n, reading) for r, (_, n) in zip(told, wholes, strict=True)}


def _alternate(wholes: list[int], told: list[Reference]) -> bool:
    """Each number has its arm, all of them behind their numbers or all before."""
    marks = sorted([*((i, True) for i in wholes), *((r.first, False) for r in told)])
    return all(a[1] != b[1] for a, b in pairwise(marks))


def _wholes(reading: Reading) -> Iterator[tuple[int, int]]:
    """Tokens of denominators and their values: "25/31", "25 of the 31"."""
    counts = [(i, q) for i, q in reading.quantity.items() if q.kind in {"COUNT", "FRACTION"}]
    for k, (i, q) in enumerate(counts):
        before = counts[k - 1] if k else None
        if q.kind == "FRACTION" and q.high is not None:
            yield i, int(q.high)
        elif before is not None and before[1].kind == "COUNT" and before[1].value <= q.value:
            between = reading.lower[before[0] + 1 : i]
            if len(between) < 5 and "of" in between and all(w in _ARTICLES for w in between[between.index("of") + 1 :]):
                yield i, int(q.value)
