"""Clauses: a sentence cut where it turns to something else, and what each part tells.

Numbers take their outcome and their arm from their own clause. What stands aside is left out: definitions, and outcomes
in brackets that hold none of the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pipeline.extract.denominator_phrases import Group
from pipeline.extract.measures import Measure
from pipeline.extract.phrases import bracket_around, closing
from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import Mention, Reading
from pipeline.extract.references import Reference

Placed = TypeVar("Placed", Measure, Mention, Reference)

_TURNS = frozenset(["while", "whereas", "although", "but", "however"])
#: verbs and prepositions with which a sentence goes on behind a definition
_GOES_ON = frozenset(["was", "were", "occurred", "is", "did", "had", "in", "at"])
#: tokens behind a clause in which its p-value may still stand
_P_VALUE_BEHIND = 12
#: a token behind every sentence, and one before
BEHIND_ALL, BEFORE_ALL = 10**6, -1


@dataclass(frozen=True)
class Clause:
    """Tokens [first, last) with their measures, the outcomes they can have (of the clause before, where it names none),
    the arms told, and the denominator phrase that it stands under."""

    reading: Reading
    first: int
    last: int
    measures: list[Measure]
    outcomes: list[Mention]
    told: list[Reference]
    group: Group | None

    @cached_property
    def forward(self) -> bool:
        """It starts with a measure, not with an arm."""
        return bool(self.told) and self.measures[0].first < self.told[0].first

    @cached_property
    def listed(self) -> bool:
        """Numbers and names stand in the same order: "respectively"."""
        return not {"respectively", "respective"}.isdisjoint(self.reading.lower[self.first : self.last])

    @cached_property
    def heads(self) -> list[Mention]:
        """The outcomes listed before the first measure, or else behind the last."""
        os = self.outcomes
        apart = [o for k, o in enumerate(os) if not k or o.first > os[k - 1].last]
        before = [o for o in apart if o.first < self.measures[0].first]
        return before or [o for o in apart if o.first >= self.measures[-1].last]

    @cached_property
    def p_value(self) -> Quantity | None:
        """The first p-value in the clause or shortly behind it."""
        here = range(self.first, self.last + _P_VALUE_BEHIND)
        return next((q for i, q in self.reading.quantity.items() if q.kind == "PVALUE" and i in here), None)

    def gaps(self, m: Measure) -> tuple[list[Reference], list[Reference]]:
        """References between the previous measure and m, and between m and the next."""
        start = max((x.last for x in self.measures if x.first < m.first), default=BEFORE_ALL)
        end = self.next_first(m)
        return (
            [r for r in self.told if start <= r.first < m.first],
            [r for r in self.told if m.last <= r.first < end],
        )

    def neighbour(self, m: Measure, after: bool) -> Measure | None:
        """The next measure, or the one before."""
        i = self.measures.index(m) + (1 if after else -1)
        return self.measures[i] if 0 <= i < len(self.measures) else None

    def next_first(self, m: Measure) -> int:
        """The first token of the next measure."""
        return min((x.first for x in self.measures if x.first > m.first), default=BEHIND_ALL)


def clauses(reading: Reading) -> list[tuple[int, int]]:
    """Tokens of each clause: cut at semicolons outside parentheses and at while, whereas, but."""
    cuts, depth = [0], 0
    for i, word in enumerate(reading.lower):
        depth += word in {"(", "["}
        depth -= word in {")", "]"}
        if (word == ";" and depth <= 0) or word in _TURNS:
            cuts.append(i + 1)
    return [(a, b) for a, b in zip(cuts, [*cuts[1:], len(reading.doc)], strict=True) if b > a]


def definitions_in(reading: Reading) -> list[tuple[int, int]]:
    """Tokens of "defined as …" up to the comma before the verb that goes on, or to the end."""
    words = reading.lower
    opened = [i for i, word in enumerate(words) if word == "defined" and words[i + 1 : i + 2] in (["as"], ["by"])]
    return [(i, _definition_end(reading, i)) for i in opened]


def _definition_end(reading: Reading, first: int) -> int:
    words = reading.lower
    ends = (i for i in range(first, len(words) - 1) if words[i] in {",", ")"} and words[i + 1] in _GOES_ON)
    return next(ends, len(words))


def outside(items: Iterable[Placed], spans: list[tuple[int, int]]) -> list[Placed]:
    """The items that start in none of the spans."""
    return [x for x in items if not any(a <= x.first < b for a, b in spans)]


def visible(reading: Reading, o: Mention, ms: list[Measure]) -> bool:
    """Whether an outcome speaks to the measures: what stands in brackets speaks to the measures in them only."""
    bracket = bracket_around(reading, o.first)
    while bracket is not None and not any(bracket_around(reading, m.first) == bracket for m in ms):
        end = closing(reading, bracket)
        if end is None or end - bracket > 4:
            return False  # longer than a short form, as "(CR)"
        bracket = bracket_around(reading, bracket)
    return True
