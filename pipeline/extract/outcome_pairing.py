"""Which outcome each number of a clause counts, and whether the grammar ties the two or they are only near.

A number is the subject of a verb ("20 patients relapsed"), or what its outcome is said of ("relapse occurred in 20"), or
it goes on with the outcome of the number before it ("and in 8 of B"). Only plain words may stand between the two.
"""

from __future__ import annotations

from pipeline.extract.blocks import Block
from pipeline.extract.clauses import Clause, visible
from pipeline.extract.listed_outcomes import Items, listed
from pipeline.extract.measures import Measure
from pipeline.extract.outcome_places import Binding, Place, linked
from pipeline.extract.phrases import bracket_around
from pipeline.extract.plain_words import foreign
from pipeline.extract.reading import Mention, Reading


def outcomes_of(c: Clause, blocks: list[Block]) -> list[list[Binding]]:
    """For each measure of each block its outcome."""
    in_order = _parallel(c, blocks) or listed(c, blocks)
    if in_order is not None:
        sure = c.listed or c.outcomes[0].first < c.first
        return [[Binding(o, sure) for o in os] for os in in_order]
    chosen = _filled(c, blocks, _in_turn(c, blocks))
    unsure = c.listed and len({o.value for o in c.heads}) > 1
    return [
        [_own(m, c.outcomes) or b._replace(bound=b.bound and not unsure) for m in block]
        for block, b in zip(blocks, chosen, strict=True)
    ]


def _parallel(c: Clause, blocks: list[Block]) -> list[Items] | None:
    """ "CR was seen in 20 and PR in 13; at month 12, in 24 and 6": the outcomes of the clause before, in their order"""
    os = c.outcomes
    heard = all(o.first < c.first for o in os)
    if not heard or len({o.value for o in os}) < 2 or len(os) > len(blocks):
        return None
    if foreign(c, c.first, blocks[len(os) - 1][-1].last):
        return None
    dealt: Items = [*os, *[None] * (len(blocks) - len(os))]
    return [[o] * len(b) for o, b in zip(dealt, blocks, strict=True)]


def rivalled(c: Clause, block: Block, m: Measure, b: Binding) -> bool:
    """Whether an outcome of another class stands as near to the block of measures as the one taken."""
    o = b.outcome
    if o is None or c.listed or linked(c.reading, o, block[0]) or m.first < o.first < m.last:
        return False
    seen = [x for x in c.outcomes if x.value != o.value and visible(c.reading, x, block)]
    if b.bound:
        return any(_joined(c.reading, x, o) for x in seen)
    return any(_distance(block, x) <= _distance(block, o) for x in seen)


def _joined(reading: Reading, x: Mention, o: Mention) -> bool:
    """ "relapse or death": only a word that joins stands between"""
    a, b = sorted((x, o), key=lambda mention: mention.first)
    between = reading.lower[a.last : b.first]
    return 0 < len(between) <= 3 and set(between) <= {"and", "or", "/", "the", "a", "of", "rate", "rates"}


def _in_turn(c: Clause, blocks: list[Block]) -> list[Binding]:
    chosen: list[Binding] = []
    for k, block in enumerate(blocks):
        chosen.append(Place(c, block, blocks, k, _earlier(c, blocks[:k], chosen, block)).binding())
    return chosen


def _earlier(c: Clause, blocks: list[Block], chosen: list[Binding], block: Block) -> Binding | None:
    """The binding with which a block may go on: not that of numbers in brackets beside it."""
    around = {None, bracket_around(c.reading, block[0].first)}
    held = ((b, x) for b, x in zip(reversed(blocks), reversed(chosen), strict=True))
    return next((x for b, x in held if _speaks(c, b, x, block, around)), None)


def _speaks(c: Clause, earlier: Block, binding: Binding, block: Block, around: set[int | None]) -> bool:
    if binding.outcome is not None:
        return visible(c.reading, binding.outcome, block)
    return bracket_around(c.reading, earlier[0].first) in around


def _filled(c: Clause, blocks: list[Block], chosen: list[Binding]) -> list[Binding]:
    """ "A (40%) and B (25%) achieved CR": the outcome stands behind them all."""
    for k in range(len(chosen) - 2, -1, -1):
        following = chosen[k + 1]
        if chosen[k].outcome is None and following.ahead and not foreign(c, blocks[k][-1].last, blocks[k + 1][0].first):
            chosen[k] = following
    return chosen


def _own(m: Measure, os: list[Mention]) -> Binding | None:
    """The outcome within the measure: "17% for relapse (7 patients)"."""
    return next((Binding(o, True) for o in os if m.first < o.first < m.last), None)


def _distance(block: Block, o: Mention) -> int:
    return o.first - block[-1].last if o.first >= block[-1].last else block[0].first - o.last
