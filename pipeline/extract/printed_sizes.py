"""Numbers of people that a record prints anywhere, and how many of its counts with a percentage each of them explains.

"47 patients (81.0%)" can only be 47 of 58. Where "58" stands somewhere as a number of people, it is what was counted, whatever
word stands beside it; a number that explains several such counts is the size of what was analysed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pipeline.extract import arithmetic
from pipeline.extract.measures import measures
from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import PEOPLE, Reading
from pipeline.extract.sentences import NOT_RESULTS

#: words behind a number that make it one of people
_REACH = 4
#: words before a bare number that stands for people: "the remaining 58 (34 women)", "of 58"
_BEFORE = frozenset("remaining of other all these in among".split())
#: a smaller number explains too much
_SMALLEST = 5


@dataclass(frozen=True)
class PrintedSizes:
    """`places`: size → where it is printed first. `shares`: the counts with their percentages."""

    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    shares: frozenset[tuple[int, Quantity]] = frozenset()

    def explaining(self, events: int, percent: Quantity) -> list[int]:
        """The printed sizes of which the count is the percentage."""
        return [n for n in self.places if n > events and arithmetic.agrees(events, n, percent)]

    def giving(self, n: int) -> int:
        """How many of the counts with their percentages can be of n patients alone, or of no other printed size."""
        return sum(
            arithmetic.agrees(events, n, percent)
            and (self.explaining(events, percent) == [n] or arithmetic.implied_size(events, percent, 2 * n) == n)
            for events, percent in self.shares
        )

    def analysed(self) -> int | None:
        """The size that explains most of the counts, if it alone of the printed sizes explains at least two of them.

        One that is itself a share of a larger size ("14 of 19 (73.7%)") counts those who had an outcome."""
        found: Counter[int] = Counter()
        for events, percent in {(events, q.value): (events, q) for events, q in self.shares}.values():
            sizes = self.explaining(events, percent)
            found.update(sizes if len(sizes) == 1 else ())
        most = max(found, key=lambda n: (found[n], n), default=0)
        return most if found[most] > 1 and most not in {events for events, _ in self.shares} else None


def printed_sizes(readings: list[Reading]) -> PrintedSizes:
    """All sizes and all counts with a percentage outside of the background."""
    places: dict[int, tuple[int, int]] = {}
    shares: set[tuple[int, Quantity]] = set()
    for reading in readings:
        if reading.sentence.section in NOT_RESULTS or not reading.quantity:
            continue
        for i, q in reading.quantity.items():
            n = _size(reading, i, q)
            if n is not None and n >= _SMALLEST:
                places.setdefault(n, reading.span(i, i + 1))
        if any(q.kind == "PERCENT" for q in reading.quantity.values()):
            shares |= {
                (m.events, m.percent) for m in measures(reading) if m.events and m.percent is not None and m.n is None
            }
    return PrintedSizes(places, frozenset(shares))


def _size(reading: Reading, i: int, q: Quantity) -> int | None:
    if q.kind == "SIZE":
        return int(q.value)
    if q.kind == "FRACTION" and q.high is not None:
        return int(q.high)
    if q.kind != "COUNT":
        return None
    near = reading.lower[i + 1 : i + 1 + _REACH]
    people = not PEOPLE.isdisjoint(near) or (i > 0 and reading.lower[i - 1] in _BEFORE)
    return int(q.value) if people else None
