"""Blocks: measures of a clause that stand in one row, "x vs y", "x, y and z": the same outcome in each arm, most often."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.extract.clauses import Clause
from pipeline.extract.measures import Measure
from pipeline.extract.phrases import bracket_around
from pipeline.extract.reading import PEOPLE, Mention, Reading
from pipeline.extract.references import Reference
from pipeline.extract.sentences import VERSUS

Block = list[Measure]

#: words and signs that part the numbers of a row
ROW = VERSUS | frozenset(["and", ",", "compared", "(", ")", "[", "]", "or", "%", "against", ";", "/"])
_COMPARED = ROW | {"with", "to", "as"}


def blocks_of(c: Clause, arm_count: int) -> list[Block]:
    """Rows of measures that no outcome and no arm parts, each cut into as many as there are arms; a row as long as the list
    of outcomes, of one arm, stays whole."""
    if arm_count < 2:
        return [[m] for m in c.measures]
    rows = _rows(c)
    blocks: list[Block] = []
    for row in rows:
        one_arm = len(row) == len(c.heads) > 1 and len(rows) > 1
        size = len(row) if one_arm or len(row) % arm_count else arm_count
        blocks += [row[i : i + size] for i in range(0, len(row), size)]
    return blocks


def _rows(c: Clause) -> list[Block]:
    rows: list[Block] = []
    marks: list[Mention | Reference] = [*c.outcomes, *c.told]
    for m in c.measures:
        if rows and not _parted(c.reading, rows[-1][-1], m, marks):
            rows[-1].append(m)
        else:
            rows.append([m])
    return rows


def _parted(reading: Reading, a: Measure, b: Measure, marks: list[Mention | Reference]) -> bool:
    """An outcome or an arm stands between, or only one of the two stands in brackets."""
    if any(a.last <= x.first < b.first for x in marks):
        return True
    brackets = bracket_around(reading, a.first) != bracket_around(reading, b.first)
    return brackets and not versus_word(reading, [a, b])


def versus(reading: Reading, block: Sequence[Measure]) -> bool:
    """Several measures that only "vs", "and", commas and brackets part."""
    return len(block) > 1 and all(_row_gap(reading, a.last, b.first) for a, b in pairwise(block))


def versus_word(reading: Reading, block: Sequence[Measure]) -> bool:
    """Whether "vs" stands among the measures."""
    return not VERSUS.isdisjoint(reading.lower[block[0].last : block[-1].first])


def _row_gap(reading: Reading, first: int, last: int) -> bool:
    words = reading.lower[first:last]
    allowed = (_COMPARED if "compared" in words else ROW) | PEOPLE
    return all(w in allowed or i in reading.quantity for i, w in enumerate(words, first))
