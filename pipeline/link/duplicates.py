"""Duplicate records: which pairs are surely, or possibly, the same record, and the clusters that the sure ones make.

Adding records never splits a cluster and their order never matters: a pair is sure by what its two records say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pipeline.link.blocking import KINDS, hashed_keys, pairs, shared
from pipeline.link.citation_keys import Keys, keys_of, marks_of
from pipeline.link.meetings import columns_of
from pipeline.link.same_record import Verdict, verdict
from pipeline.link.spots import SPOT, apart as apart_in_print, spot_of
from pipeline.parsed import Citation


@dataclass(frozen=True, slots=True)
class Pair:
    """Records `a` < `b` by index; `why` is for a person: "same DOI; same titles; first page differs"."""

    a: int
    b: int
    verdict: Literal["sure", "possible"]
    why: str


def judged(citations: Sequence[Citation], texts: Sequence[str]) -> list[Pair]:
    """Pairs that are the same record, sorted: enough `sure` ones to make the clusters, and one `possible` pair, the
    best, between two clusters. `texts`: the records as stored, letter for letter.
    """
    spots, keys = [], []
    for marks in map(marks_of, citations):
        spots.append(spot_of(marks))
        keys.append(hashed_keys(marks))
    chosen = shared(columns_of(keys, KINDS), np.array(spots, np.int64).reshape(-1, SPOT))
    return judged_among(chosen, citations.__getitem__, texts.__getitem__)


def judged_among(chosen: Sequence[int], citation: Callable[[int], Citation], text: Callable[[int], str]) -> list[Pair]:
    """`judged`, where it is known which records share a key with another; only these are asked for."""
    keys = [keys_of(citation(i)) for i in chosen]
    found = compared(keys, lambda i: text(chosen[i]))
    return [replace(pair, a=chosen[pair.a], b=chosen[pair.b]) for pair in found]


def compared(keys: Sequence[Keys], text: Callable[[int], str]) -> list[Pair]:
    """`judged`, where no record is left out beforehand."""
    equal = _groups(keys)
    sure = [pair for group in equal.values() for pair in _same_text(group, text)]
    possible: list[tuple[int, Pair]] = []
    for a, b, found in _verdicts(keys, list(equal.values())):
        pair = Pair(min(a, b), max(a, b), found.verdict, found.why)
        if found.verdict == "sure":
            sure.append(pair)
        else:
            possible.append((found.score, pair))
    sure = list({(p.a, p.b): p for p in sure}.values())
    return sorted(sure + _best(possible, clusters(len(keys), sure), text), key=lambda p: (p.a, p.b))


def clusters(count: int, pairs: Iterable[Pair]) -> list[int]:
    """The lowest index of each record's cluster: records joined by `sure` pairs."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for pair in pairs:
        if pair.verdict == "sure":
            a, b = sorted((root(pair.a), root(pair.b)))
            parent[b] = a
    return [root(i) for i in range(count)]


def _groups(keys: Sequence[Keys]) -> dict[Keys, list[int]]:
    """Records that say the same are compared once."""
    groups: defaultdict[Keys, list[int]] = defaultdict(list)
    for i, k in enumerate(keys):
        groups[k].append(i)
    return groups


def _same_text(group: Sequence[int], text: Callable[[int], str]) -> Iterator[Pair]:
    """Of records that say the same, each with the first of the same text. (Of one text two readers may read two
    citations.)"""
    first: dict[str, int] = {}
    for i in group if len(group) > 1 else ():
        before = first.setdefault(text(i), i)
        if before != i:
            yield Pair(before, i, "sure", "letter for letter the same")


def _verdicts(keys: Sequence[Keys], groups: list[list[int]]) -> Iterator[tuple[int, int, Verdict]]:
    """Verdicts within each group of equals, and between the groups."""
    own = [verdict(keys[group[0]], keys[group[0]]) if len(group) > 1 else None for group in groups]
    for group, found in zip(groups, own, strict=True):
        if found is not None:
            yield from ((group[0], other, found) for other in group[1:])
    apart = [
        group[1:] if found is None or found.verdict != "sure" else [] for group, found in zip(groups, own, strict=True)
    ]
    spots = [spot_of(keys[group[0]]) for group in groups]
    for x, y in pairs([keys[group[0]] for group in groups]):
        if apart_in_print(spots[x], spots[y]):
            continue
        found = verdict(keys[groups[x][0]], keys[groups[y][0]])
        if found is not None:
            yield groups[x][0], groups[y][0], found
            yield from ((other, groups[y][0], found) for other in apart[x])
            yield from ((groups[x][0], other, found) for other in apart[y])


def _best(possible: list[tuple[int, Pair]], cluster: list[int], text: Callable[[int], str]) -> list[Pair]:
    """The best pair between each two clusters; equal ones by their text, whatever the order of the records."""
    best: dict[tuple[int, int], tuple[tuple[int, list[str]], Pair]] = {}
    for score, pair in possible:
        a, b = sorted((cluster[pair.a], cluster[pair.b]))
        if a != b:
            rank = (-score, sorted((text(pair.a), text(pair.b))))
            if (a, b) not in best or rank < best[a, b][0]:
                best[a, b] = (rank, pair)
    return [pair for _, pair in best.values()]
