"""Lists of outcomes with their numbers in the same order: "response, rash and relapse occurred in 20, 8 and 4"."""

from __future__ import annotations

import itertools

from pipeline.extract.blocks import Block
from pipeline.extract.clauses import Clause
from pipeline.extract.plain_words import HAVING, foreign
from pipeline.extract.reading import Mention

_SEPARATORS = frozenset([",", "and", "or", "/", "&"])
_VERBS = HAVING | frozenset("was were is are occurred did".split())

Items = list[Mention | None]


def listed(c: Clause, blocks: list[Block]) -> list[Items] | None:
    """For each measure of each block the outcome at its place in the list; None where the list does not fit. An item of
    the list that is no known outcome takes its number with it."""
    for count in dict.fromkeys(_counts(blocks)):
        items = _items(c, count) if count > 1 else None
        if items is not None and (c.listed or (None in items and _side_by_side(c))):
            return _dealt(items, blocks, c.listed)
    return None


def _side_by_side(c: Clause) -> bool:
    """ "response and rash occurred in 20 and 8": nothing but the list before the numbers, nothing named among them"""
    words, (first, last) = c.reading.lower, (c.measures[0].first, c.measures[-1].first)
    before = range(c.first, _end(c))
    plain = not any(words[i] in _VERBS or i in c.reading.quantity for i in before)
    named = any(first < o.first < last for o in c.outcomes) or foreign(c, first, last)
    return plain and not named and not {"and", "or"}.isdisjoint(words[i] for i in before)


def _counts(blocks: list[Block]) -> list[int]:
    """How many items the numbers may stand for."""
    measures = sum(len(b) for b in blocks)
    counts = [len(blocks)]
    if len({len(b) for b in blocks}) == 1:
        counts.append(len(blocks[0]))
    return [*counts, measures, *(n for n in range(2, measures) if len(blocks) == measures and measures % n == 0)]


def _dealt(items: Items, blocks: list[Block], respectively: bool) -> list[Items] | None:
    measures = sum(len(b) for b in blocks)
    if len(blocks) == len(items):
        return [[o] * len(b) for b, o in zip(blocks, items, strict=True)]
    if not respectively:
        return None
    if all(len(b) == len(items) for b in blocks):
        return [list(items) for _ in blocks]
    if measures == len(items):
        rest = iter(items)
        return [[next(rest) for _ in b] for b in blocks]
    if len(blocks) == measures and measures % len(items) == 0:  # "x and y were a in A vs b in B and c in A vs d in B"
        each = measures // len(items)
        return [[items[i // each]] for i in range(measures)]
    return None


def _items(c: Clause, count: int) -> Items | None:
    """The list before the first measure, or else behind the last, if it has as many items."""
    heads = c.heads
    if len(heads) == count:
        return list(heads)
    if len(heads) > count or not heads or heads[0].first >= c.measures[0].first:
        return None
    parts = _parts(c, max(c.first, 0), _end(c))[-count:]
    found = [_only([o for o in heads if a <= o.first < b]) for a, b in parts]
    known = [o for o in found if o is not None]
    whole = len(parts) == count and len(known) == len(heads)
    return found if whole and all(o or foreign(c, a, b) for o, (a, b) in zip(found, parts, strict=True)) else None


def _only(os: list[Mention]) -> Mention | None:
    return os[0] if len(os) == 1 else None


def _end(c: Clause) -> int:
    """Where the list ends: at the verb, or at the first measure."""
    behind = c.heads[0].last
    first = c.measures[0].first
    return next((i for i in range(behind, first) if c.reading.lower[i] in _VERBS), first)


def _parts(c: Clause, first: int, last: int) -> list[tuple[int, int]]:
    cuts = [i for i in range(first, last) if c.reading.lower[i] in _SEPARATORS]
    edges = [first - 1, *cuts, last]
    return [(a + 1, b) for a, b in itertools.pairwise(edges) if b > a + 1]
