"""Percentages that stand apart from their counts: those that complete a count of the same sentence, and those of arms whose
size no text tells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import prod

from pipeline.extract import arithmetic
from pipeline.extract.proofs import CHANCE, Check, Doubt
from pipeline.extract.quantities import Quantity
from pipeline.extract.rows import BY_PLACE, Row


def completed(rows: list[Row], at_most: int | None) -> list[Row]:
    """ "in 30 patients of A and 19 of B (50.0% versus 31.7%)": a count and a percentage of one arm and outcome, one of each
    in the sentence, where only one size gives both. `at_most`: the study's size."""
    alone: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        alone[row.sentence, row.arm, row.outcome, row.share.name.lower()].append(i)
    whole: dict[int, Row] = {}
    used: set[int] = set()
    for places in alone.values():
        if len(places) == 2:
            count, percent = sorted(places, key=lambda i: rows[i].share.measure.percent is not None)
            together = _together(rows[count], rows[percent], at_most)
            if together is not None:
                whole[count] = together
                used.add(percent)
    return [whole.get(i, row) for i, row in enumerate(rows) if i not in used]


def _together(count: Row, percent: Row, at_most: int | None) -> Row | None:
    a, b = count.share.measure, percent.share.measure
    if (a.events, a.n, a.percent) != (a.events, None, None) or not a.events or a.whole is not None:
        return None
    if b.percent is None or (b.events, b.n) != (None, None) or not count.share.way:
        return None
    if count.n is not None:
        fits = arithmetic.agrees(a.events, count.n, b.percent)
        return _with(count, b.percent, count.n, Check.COUNT_MATCHES_PERCENT) if fits else None
    n = arithmetic.implied_size(a.events, b.percent, at_most if at_most is not None else 10**6)
    return _with(count, b.percent, n, Check.ONE_SIZE_ONLY) if n is not None else None


def _with(count: Row, percent: Quantity, n: int, check: Check) -> Row:
    """The count's row with the percentage of the other; what was open about its size no longer is."""
    measure = replace(count.share.measure, percent=percent)
    return replace(
        count,
        share=replace(count.share, measure=measure),
        n=n,
        percent=percent.value,
        checks=(check, *count.checks),
        doubts=tuple(d for d in count.doubts if d not in {Doubt.NO_DENOMINATOR, Doubt.ALL_OR_EVALUATED}),
    )


def with_exact_lists(rows: list[Row]) -> list[Row]:
    """One percentage for each of several arms, each of which only one count of its arm gives: each may fit by chance, all
    of them seldom do."""
    together: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.share.measure.percent is not None and row.arm is not None:
            together[row.sentence, row.outcome].append(i)
    exact: set[int] = set()
    for places in together.values():
        told = {rows[i].arm for i in places}
        if 1 < len(told) == len(places) and prod(_chance(rows[i]) for i in places) <= CHANCE:
            exact.update(places)
    return [_exact(row) if i in exact else row for i, row in enumerate(rows)]


def _chance(row: Row) -> float:
    """How often the row's percentage would fit by chance; large enough to spoil any list where it does not fit at all."""
    percent, alone = row.share.measure.percent, Check.ONE_COUNT_ONLY in row.checks
    if percent is None or row.n is None or not alone or row.share.way not in BY_PLACE:
        return 1 / CHANCE**4
    return arithmetic.chance_of_fit(row.n, percent)


def _exact(row: Row) -> Row:
    return replace(row, checks=tuple(Check.EXACT_PERCENT if c == Check.ONE_COUNT_ONLY else c for c in row.checks))


def with_placed_percents(rows: list[Row]) -> list[Row]:
    """A percentage without a size is what the text tells only where no size is told: if the sentence counts patients, or
    another row knows of how many the arm's values of the outcome are, its size was not found."""
    sized = {(row.arm, row.outcome) for row in rows if row.n is not None and row.subgroup is None}
    counting = {row.sentence for row in rows if row.events is not None}
    return [
        replace(row, checks=tuple(c for c in row.checks if c != Check.PERCENT_PLACED))
        if row.n is None and ((row.arm, row.outcome) in sized or row.sentence in counting)
        else row
        for row in rows
    ]
