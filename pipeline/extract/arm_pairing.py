"""Which arm each number of a clause is of.

Several readings are tried in the order in which writers use them: by place, by the order of the names, by comparison.
Numbers that the arms' sizes cannot give rule a reading out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.extract.arms import FoundArm
from pipeline.extract.blocks import Block, versus, versus_word
from pipeline.extract.clauses import BEFORE_ALL, BEHIND_ALL, Clause
from pipeline.extract.measures import Measure, fits_size
from pipeline.extract.phrases import bracket_around, closing
from pipeline.extract.reading import Reading
from pipeline.extract.references import Reference, every_arm
from pipeline.extract.sentences import VERSUS

#: ways that tell arms by order alone, so that the arms' sizes are asked
_BY_ORDER = frozenset(["in order", "compared", "context"])
#: ways for what stands beside no arm
_LAST = frozenset(["pooled", "series"])
_POOLED = frozenset(["overall", "total", "all", "whole", "entire", "combined", "pooled"])

Arms = list[int | None]


class Placing(NamedTuple):
    """The arm of a measure (None: of no arm, or of all), how it was told (see `frames.Share`), and whether the numbers
    rule out every other order of the arms."""

    arm: int | None
    way: str
    proven: bool = False


def order_named(told: list[Reference], arm_count: int) -> list[int]:
    """The arms in the order in which they are named, if all of them are."""
    order = list(dict.fromkeys(r.arm for r in told))
    return order if len(order) == arm_count else []


def introduced(arms: list[FoundArm]) -> list[int]:
    """Three arms or more in the order in which the text tells of them: before a sentence names all, a row of as many
    numbers is taken in this order. Two numbers may be many other things."""
    return list(range(len(arms))) if len(arms) > 2 else []


def placing_around(c: Clause, block: Block, placed: dict[int, Placing]) -> Placing | None:
    """The placing of the measure whose brackets this block stands in: "69% (CR 60%)". `placed`: by the measures' last
    token."""
    bracket = bracket_around(c.reading, block[0].first)
    end = closing(c.reading, bracket) if bracket is not None else None
    if bracket is None or end is None or any(bracket < r.first < end for r in c.told):
        return None
    return next((placed[i] for i in (bracket, bracket - 1) if i in placed), None)


@dataclass(frozen=True)
class ArmPairing:
    """Pairs the numbers of one sentence with arms. `told`: all its references; `order`: the order of the arms that an
    earlier sentence gave."""

    arms: list[FoundArm]
    told: list[Reference]
    order: list[int]

    def placings(self, c: Clause, block: Block) -> list[Placing]:
        """For each measure of a block its arm: by the first way that applies and that the arms' sizes allow."""
        if len(self.arms) < 2:
            return [Placing(0, "only")] * len(block)
        unlikely: list[Placing] = []
        for way, read in self._ways():
            if unlikely and way in _LAST:
                break
            arms = read(c, block)
            if arms is None:
                continue
            if way in _BY_ORDER and not self._possible(block, arms):
                told = "" if self._possible(block, list(reversed(arms))) else way  # right if not all were evaluated
                unlikely = unlikely or [Placing(a, told) for a in arms]
                continue
            if (
                way == "series" and c.listed and len(block) == len(c.heads) > 1
            ):  # as many numbers of one arm as outcomes
                way = "in order"
            if way == "series" and _several_near(c, block):
                way = ""  # several arms are named: the nearest is a guess
            proven = len(set(arms)) > 1 and self._only_possible(block, arms)
            return [Placing(a, way, proven) for a in arms]
        return unlikely or [Placing(None, "")] * len(block)

    def _ways(self) -> list[tuple[str, Callable[[Clause, Block], Arms | None]]]:
        return [
            ("every", _every), ("in order", _in_order), ("compared", self._by_comparison), ("context", self._by_context),
            ("sizes", self._by_sizes), ("beside", _beside), ("pooled", _as_pooled), ("series", _in_series),
        ]  # fmt: skip

    def _possible(self, block: Block, arms: Sequence[int | None]) -> bool:
        pairs = [(m, a) for m, a in zip(block, arms, strict=True) if a is not None]
        return all(_possible(m, self.arms[a].n) and self._of_size(m) in {None, a} for m, a in pairs)

    def _of_size(self, m: Measure) -> int | None:
        """The only arm of the size printed with a measure."""
        fitting = [i for i, arm in enumerate(self.arms) if m.n is not None and m.n == arm.n]
        return fitting[0] if len(fitting) == 1 else None

    def _only_possible(self, block: Block, arms: Arms) -> bool:
        """Whether the arms' sizes give the numbers in this order and not in the reverse."""
        if any(a is None or self.arms[a].n is None for a in arms) or not self._possible(block, arms):
            return False
        return not self._possible(block, list(reversed(arms)))

    def _by_comparison(self, c: Clause, block: Block) -> Arms | None:
        """ "higher in A than in B (x vs y)", "compared with B, A had (x vs y)": first the subject, then what it is compared
        with; where only one of two arms is named, the other comes second."""
        compared = versus_word(c.reading, block) or any(r.compared for r in c.told)
        if len(block) != 2 or len(self.arms) != 2 or not versus(c.reading, block) or not compared:
            return None
        subject = _first_of_each([r for r in c.told if not r.compared])
        other = _first_of_each([r for r in c.told if r.compared])
        if len(subject) == 1 and {r.arm for r in other} <= {1 - subject[0].arm}:
            return [subject[0].arm, 1 - subject[0].arm]
        return [1 - other[0].arm, other[0].arm] if not subject and len(other) == 1 else None

    def _by_context(self, c: Clause, block: Block) -> Arms | None:
        """No arm is named here: the order of the sentence so far, or of the one before."""
        if c.told or len(block) != len(self.arms):
            return None
        here = order_named([r for r in self.told if r.first < c.last], len(self.arms))
        order = here or (self.order if self.order == sorted(self.order) else [])
        return list(order) if order and (versus(c.reading, block) or c.listed) else None

    def _by_sizes(self, c: Clause, block: Block) -> Arms | None:
        """ "58 of 182, 93 of 184 and 66 of 183 patients": each denominator is the size of one arm only"""
        sizes = [a.n for a in self.arms]
        printed = [m.n for m in block]
        alone = all(n is not None and sizes.count(n) == 1 for n in printed) and len(set(printed)) == len(printed)
        return [sizes.index(n) for n in printed] if alone and len(block) == len(self.arms) else None


def _possible(m: Measure, n: int | None) -> bool:
    """Whether an arm of n patients, or as many of them as were evaluated, can give the measure."""
    if n is None:
        return True
    return m.n <= n if m.n is not None else fits_size(m, n)


def _every(c: Clause, block: Block) -> Arms | None:
    """ "12% in both groups", "all patients": said of each arm."""
    if len(block) != 1 or c.told:
        return None
    m = block[0]
    whole = m.whole is not None and not (c.group and c.group.value)
    behind = every_arm(c.reading, m.first, min(c.last, m.last + 8))
    return [None] if whole or behind or every_arm(c.reading, c.first, m.first) else None


def _in_order(c: Clause, block: Block) -> Arms | None:
    """As many arms as measures, all before or all behind them: in the order named."""
    if len(block) < 2:
        return None
    before = _first_of_each([r for r in c.told if r.last <= block[0].first])
    behind = _named_behind(c, block)
    for named in (behind, [] if _used_up(c, before) else before):
        if len(named) == len(block) and (not any(r.compared for r in named) or _parallel(c.reading, named)):
            return [r.arm for r in named]
    around = len(block) == 2 and not c.forward and not versus_word(c.reading, block)
    if around and before and behind and before[-1].arm != behind[0].arm:
        return [before[-1].arm, behind[0].arm]  # "in A it was x, and y in B"
    return None


def _used_up(c: Clause, named: list[Reference]) -> bool:
    """ "early 43/62, late 35/60, usual 38/61": the arms that are named before have their own numbers"""
    return any(r.last == m.first for r in named[:-1] for m in c.measures)


def _named_behind(c: Clause, block: Block) -> list[Reference]:
    """The arms named behind a block and before the next measure; for "x vs y and u vs v in A and B, respectively" those
    behind them all."""
    ahead = [r for r in c.told if block[-1].last <= r.first]
    behind_all = c.listed and ahead and ahead[0].first >= c.measures[-1].last
    end = c.next_first(block[-1])
    return _first_of_each(ahead if behind_all else [r for r in ahead if r.first < end])


def _beside(c: Clause, block: Block) -> Arms | None:
    """A measure's own arm: in the gap behind it where the clause starts with a measure, in the gap before it where it
    starts with an arm; else in the other gap, if no other measure has that one."""
    if len(block) != 1 or not c.told:
        return None
    bracket = bracket_around(c.reading, block[0].first)
    owner = [r.arm for r in c.told if bracket is not None and r.last == bracket]
    if owner:
        return [owner[0]]
    before, behind = c.gaps(block[0])
    forward = c.forward or _named_right_behind(c.reading, block[0], before, behind)
    first, second = (behind, before) if forward else (before, behind)
    for near, taken_by in ((first, None), (second, c.neighbour(block[0], not forward))):
        arms = {r.arm for r in near}
        if arms and (taken_by is None or c.gaps(taken_by)[forward] != near):
            nearest = near[0] if near is behind else near[-1]
            return [nearest.arm] if len(arms) == 1 or _near(c.reading, block[0], nearest) else None
    return None


def _named_right_behind(reading: Reading, m: Measure, before: list[Reference], behind: list[Reference]) -> bool:
    """ "(A, n = 90; B, n = 88), of whom 60 (67%) A-treated and 52 (59%) B-treated patients": the name stands on the number
    that it is of, and what stands before it is parted from it by words."""
    at = m.last + (reading.lower[m.last : m.last + 1] == [")"])
    parted = not before or any(w.isalpha() for w in reading.lower[before[-1].last : m.first])
    return bool(behind) and behind[0].first == at and parted


def _as_pooled(c: Clause, block: Block) -> Arms | None:
    """One number of all patients together."""
    if len(block) != 1 or any(r.first < block[0].last + 12 for r in c.told):
        return None
    return None if _POOLED.isdisjoint(c.reading.lower[c.first : block[0].first]) else [None]


def _in_series(c: Clause, block: Block) -> Arms | None:
    """Several outcomes of one arm in a row: the arm named behind the row, or before it."""
    near = _nearest(c, block)
    if near is None or (len(block) > 1 and versus_word(c.reading, block)):
        return None
    return [near.arm] * len(block)


def _several_near(c: Clause, block: Block) -> bool:
    """Whether several arms are named beside the one taken, with no number among them."""
    near = _nearest(c, block)
    if near is None:
        return False
    low = max((m.last for m in c.measures if m.first < near.first), default=BEFORE_ALL)
    high = min((m.first for m in c.measures if m.first > near.first), default=BEHIND_ALL)
    return len({r.arm for r in c.told if low <= r.first < high}) > 1


def _nearest(c: Clause, block: Block) -> Reference | None:
    ahead = [r for r in c.told if r.first >= block[-1].last]
    back = [r for r in c.told if r.last <= block[0].first]
    return ahead[0] if c.forward and ahead else back[-1] if back else ahead[0] if ahead else None


def _near(reading: Reading, m: Measure, r: Reference) -> bool:
    """ "on A 20", "20 of those on A", but not "over to A, and later 20" """
    parted = not {",", "and", ";"}.isdisjoint(reading.lower[r.last : m.first])
    return 0 <= r.first - m.last <= 6 or (0 <= m.first - r.last <= 3 and not parted)


def _first_of_each(told: list[Reference]) -> list[Reference]:
    """The first reference to each arm."""
    seen: dict[int, Reference] = {}
    for r in told:
        seen.setdefault(r.arm, r)
    return list(seen.values())


def _parallel(reading: Reading, named: list[Reference]) -> bool:
    """ "A versus B": the names stand in a row like the numbers."""
    gap = reading.lower[named[0].last : named[-1].first]
    return len(gap) <= 3 and not (VERSUS | {"and", "or"}).isdisjoint(gap)
