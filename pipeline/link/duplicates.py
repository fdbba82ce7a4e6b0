"""Duplicate records: which pairs are surely, or possibly, the same record, and the clusters that the sure ones make.

Adding records never splits a cluster and their order never matters: a pair is sure by what its two records say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.link.blocking import Finder, pairs
from pipeline.link.citation_keys import Keys, keys_of, marks_of
from pipeline.link.same_record import Verdict, verdict
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
    finder = Finder()
    for c in citations:
        finder.add(marks_of(c))
    chosen = finder.shared()
    found = compared([citations[i] for i in chosen], [texts[i] for i in chosen])
    return [replace(pair, a=chosen[pair.a], b=chosen[pair.b]) for pair in found]


def compared(citations: Sequence[Citation], texts: Sequence[str]) -> list[Pair]:
    """`judged`, for records of which none is left out beforehand."""
    keys = [keys_of(c) for c in citations]
    equal = _groups(keys)
    sure = [*_same_text(keys, texts)]
    possible: list[tuple[int, Pair]] = []
    for a, b, found in _verdicts(keys, list(equal.values())):
        pair = Pair(min(a, b), max(a, b), found.verdict, found.why)
        if found.verdict == "sure":
            sure.append(pair)
        else:
            possible.append((found.score, pair))
    sure = list({(p.a, p.b): p for p in sure}.values())
    return sorted(sure + _best(possible, clusters(len(keys), sure), texts), key=lambda p: (p.a, p.b))


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


def _same_text(keys: Sequence[Keys], texts: Sequence[str]) -> Iterator[Pair]:
    """Each record with the first of the same text, unless two readers read two citations from it."""
    first: dict[tuple[str, Keys], int] = {}
    for i, same in enumerate(zip(texts, keys, strict=True)):
        before = first.setdefault(same, i)
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
    for x, y in pairs([keys[group[0]] for group in groups]):
        found = verdict(keys[groups[x][0]], keys[groups[y][0]])
        if found is not None:
            yield groups[x][0], groups[y][0], found
            yield from ((other, groups[y][0], found) for other in apart[x])
            yield from ((groups[x][0], other, found) for other in apart[y])


def _best(possible: list[tuple[int, Pair]], cluster: list[int], texts: Sequence[str]) -> list[Pair]:
    """The best pair between each two clusters; equal ones by their text, whatever the order of the records."""
    best: dict[tuple[int, int], tuple[tuple[int, list[str]], Pair]] = {}
    for score, pair in possible:
        a, b = sorted((cluster[pair.a], cluster[pair.b]))
        if a != b:
            rank = (-score, sorted((texts[pair.a], texts[pair.b])))
            if (a, b) not in best or rank < best[a, b][0]:
                best[a, b] = (rank, pair)
    return [pair for _, pair in best.values()]
