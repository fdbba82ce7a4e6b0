"""Which outcome each number of a clause counts: listed ones in order, else the one that stands beside the number's block."""

from __future__ import annotations

from pipeline.extract.blocks import Block
from pipeline.extract.clauses import BEFORE_ALL, BEHIND_ALL, Clause, visible
from pipeline.extract.measures import Measure
from pipeline.extract.reading import Mention, Reading

#: between an outcome and its number: "response rate of 55%", "CR was 40%", "ORR (n = 8, 50%)"
_LINKS = frozenset("rate rates of was were is are : = ( in a an about only approximately".split())
#: an outcome that ends its phrase this near behind a number is meant rather than one further ahead of it
_CLOSE_BEHIND = 4

Outcomes = list[list[Mention | None]]


def outcomes_of(c: Clause, blocks: list[Block]) -> Outcomes:
    """For each measure of each block its outcome."""
    in_order = _listed(c, blocks)
    if in_order is not None:
        return in_order
    chosen = _filled(_beside(c, blocks))
    return [[_own(m, c.outcomes) or o for m in block] for block, o in zip(blocks, chosen, strict=True)]


def rivalled(c: Clause, block: Block, m: Measure, o: Mention) -> bool:
    """Whether an outcome of another class stands as near to the block of measures as the one taken."""
    if c.listed or _linked(c.reading, o, block[0]) or m.first < o.first < m.last:
        return False
    seen = [x for x in c.outcomes if visible(c.reading, x, block)]
    return len({x.value for x in seen if _distance(block, x) <= _distance(block, o)}) > 1


def _listed(c: Clause, blocks: list[Block]) -> Outcomes | None:
    """ "Response and relapse were …, respectively": the outcomes in the order of the list, if the numbers are as many."""
    heads, measures = c.heads, sum(len(b) for b in blocks)
    if not c.listed or len(heads) < 2:
        return None
    if len(blocks) == len(heads):
        return [[o] * len(b) for b, o in zip(blocks, heads, strict=True)]
    if all(len(b) == len(heads) for b in blocks):
        return [list(heads) for _ in blocks]
    if measures == len(heads):
        rest = iter(heads)
        return [[next(rest) for _ in b] for b in blocks]
    if len(blocks) == measures and measures % len(heads) == 0:  # "x and y were a in A vs b in B and c in A vs d in B"
        each = measures // len(heads)
        return [[heads[i // each]] for i in range(measures)]
    return None


def _beside(c: Clause, blocks: list[Block]) -> list[Mention | None]:
    """For each block the outcome beside it, else that of the block before."""
    forward = not any(o.first < c.measures[0].first for o in c.outcomes)
    floors = [BEFORE_ALL, *(b[-1].last for b in blocks[:-1])]
    ceilings = [*(b[0].first for b in blocks[1:]), BEHIND_ALL]
    chosen: list[Mention | None] = []
    for block, floor, ceiling in zip(blocks, floors, ceilings, strict=True):
        o = _nearest(c, block, range(floor, ceiling), forward)
        chosen.append(o or (chosen[-1] if chosen else None))
    return chosen


def _filled(chosen: list[Mention | None]) -> list[Mention | None]:
    """ "A (40%) and B (25%) achieved CR": the outcome stands behind them all."""
    for k in range(len(chosen) - 2, -1, -1):
        chosen[k] = chosen[k] or chosen[k + 1]
    return chosen


def _own(m: Measure, os: list[Mention]) -> Mention | None:
    """The outcome within the measure: "17% for relapse (7 patients)"."""
    return next((o for o in os if m.first < o.first < m.last), None)


def _nearest(c: Clause, block: Block, room: range, forward: bool) -> Mention | None:
    """The outcome that a block of measures counts, as writers place it; `room` lies between the blocks around it."""
    os = [o for o in c.outcomes if visible(c.reading, o, block)]
    attached = _attached(c.reading, block, os, room)
    if attached is not None:
        return attached
    first, last = block[0].first, block[-1].last
    before = [o for o in os if room.start <= o.first < first]
    inside = [o for o in os if first <= o.first < last]
    behind = [o for o in os if last <= o.first < room.stop]
    if forward and (inside or behind):
        return (inside or behind)[0]
    if before or inside:
        return before[-1] if before else inside[0]
    earlier = [o for o in os if o.first < first]
    if earlier and not (behind and behind[0].first - last <= _CLOSE_BEHIND):
        return earlier[-1]
    return behind[0] if behind else None


def _attached(reading: Reading, block: Block, os: list[Mention], room: range) -> Mention | None:
    """The outcome that words or place tie to the block: "CR was 40%", "40% for CR", "20 responses", "CR 40%"."""
    first, last = block[0].first, block[-1].last
    linked = [o for o in os if _linked(reading, o, block[0])]
    if linked:
        return linked[-1]
    for_it = [o for o in os if 0 < o.first - last <= 2 and reading.lower[last] == "for"]
    if for_it:
        return for_it[0]
    counted = [o for o in os if last <= o.first < room.stop and o.first - last <= 1 and block[0].percent is None]
    touching = counted or [o for o in os if room.start <= o.first and o.last == first]
    return touching[0] if len(touching) == 1 else None


def _linked(reading: Reading, o: Mention, m: Measure) -> bool:
    return o.last <= m.first and all(w in _LINKS for w in reading.lower[o.last : m.first])


def _distance(block: Block, o: Mention) -> int:
    return o.first - block[-1].last if o.first >= block[-1].last else block[0].first - o.last
