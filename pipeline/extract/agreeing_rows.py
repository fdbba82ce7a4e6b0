"""Rows that prove each other: the same value stated again, parts that add up, tests of two arms, arms that give the total.

Rows are compared only with those that share what must be equal (the arm, the outcome, the sentence), so that the work grows
as the text does.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from pipeline.extract import arithmetic
from pipeline.extract.arms import FoundArm
from pipeline.extract.frames import Share
from pipeline.extract.printed_sizes import PrintedSizes
from pipeline.extract.proofs import Check, Doubt
from pipeline.extract.rows import Row

# ---- the same value again ----------------------------------------------------------------------------------------


def merged(rows: list[Row]) -> list[Row]:
    """One row per value, counted ones first; a share that only repeats it (also as a bare percentage) confirms it."""
    kept: list[Row] = []
    filed: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (r.share.measure.events is None, -r.raw_score)):
        alike = (i for place in [_value(row), *_near_percents(row)] for i in filed[place] if _repeats(row, kept[i]))
        same = min(alike, default=None)
        if same is None:
            for place in [_value(row), *_own_percent(row)]:
                filed[place].append(len(kept))
            kept.append(row)
        elif row.sentence != kept[same].sentence:
            kept[same] = _stated_again(kept[same], row)
    return sorted(kept, key=lambda r: r.share.span)


def _stated_again(row: Row, by: Row) -> Row:
    confirmed = row if by.doubts else row.with_check(Check.STATED_AGAIN)
    return replace(confirmed, again=(*row.again, by.share.span))


def _value(row: Row) -> tuple[object, ...]:
    percent = row.percent if row.events is None else None
    return row.arm, row.outcome, row.events, row.n, percent, row.subgroup


def _own_percent(row: Row) -> Iterator[tuple[object, ...]]:
    """Where a counted row is filed: under its percentage without decimals."""
    if row.events is not None and row.n is not None and row.n > 0:
        yield row.arm, row.outcome, row.subgroup, 100 * row.events // row.n


def _near_percents(row: Row) -> Iterator[tuple[object, ...]]:
    """Where the counted rows are filed that a bare percentage may repeat; a printed one is less than 1 % off."""
    percent = row.share.measure.percent
    if percent is not None and row.share.measure.events is None:
        for near in (-1, 0, 1):
            yield row.arm, row.outcome, row.subgroup, int(percent.value) + near


def _repeats(row: Row, other: Row) -> bool:
    if _value(row) == _value(other):
        return True
    percent, n = row.share.measure.percent, row.share.measure.n
    if percent is None or other.events is None or other.n is None or n not in {None, other.n}:
        return False
    return arithmetic.agrees(other.events, other.n, percent)


# ---- parts that add up -------------------------------------------------------------------------------------------


def with_remainders(rows: list[Row], shares: list[Share]) -> list[Row]:
    """ "10 relapsed … the other 15 remained": a remainder and its counterpart add up to their denominator."""
    out = list(rows)
    told_at: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    leaving: defaultdict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for i, row in enumerate(out):
        told_at[row.share.span].append(i)
        leaving[_left(row)].append(i)
    for share in filter(_is_remainder, shares):
        for rest in told_at[share.span]:
            for part in list(leaving[out[rest].arm, share.measure.events]):
                if _left(out[part])[1] == share.measure.events and out[part].share.span < share.span:
                    out[part] = out[part].with_check(Check.PARTS_ADD_UP)
                    out[rest] = _rest_of(out[part], out[rest], share.measure.events or 0)
                    insort(leaving[_left(out[rest])], rest)
    return out


def _is_remainder(share: Share) -> bool:
    m = share.measure
    return m.events is not None and m.first > 0 and share.reading.lower[m.first - 1] in {"other", "remaining"}


def _left(row: Row) -> tuple[int | None, int | None]:
    """The arm and how many patients of the denominator the row does not count."""
    return row.arm, row.n - row.events if row.n is not None and row.events is not None else None


def _rest_of(part: Row, rest: Row, events: int) -> Row:
    percent = round(100 * events / part.n, 1) if part.n else None
    settled = replace(rest, n=part.n, denominator=part.denominator, percent=percent)
    return settled.with_check(Check.PARTS_ADD_UP)


def with_derived_responses(rows: list[Row]) -> list[Row]:
    """Where a sentence counts complete and partial responses and no overall response is told: their sum, for review."""
    told = {(r.arm, r.subgroup) for r in rows if r.outcome == "overall_response"}
    complete: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
    for r in rows:
        if r.outcome == "complete_response" and r.events is not None:
            complete[r.sentence, r.arm, r.subgroup, r.n].append(r)
    out = []
    for r in rows:
        out.append(r)
        if r.outcome == "partial_response" and r.events is not None and r.n is not None and r.n > 0:
            for c in complete[r.sentence, r.arm, r.subgroup, r.n][:1]:
                if (r.arm, r.subgroup) not in told:
                    out.append(_sum_of(r, r.events + (c.events or 0), r.n))
                    told.add((r.arm, r.subgroup))
    return out


def _sum_of(partial: Row, events: int, n: int) -> Row:
    percent = round(100 * events / n, 1)
    return replace(partial, outcome="overall_response", events=events, percent=percent).with_doubt(Doubt.OWN_SUM)


def with_short_of_complete(rows: list[Row]) -> list[Row]:
    """Responses counted beside the complete ones without them are partial: those that give the overall response only
    together with the complete ones, and, in doubt, those that are fewer than these."""
    complete: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    overall: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
    for r in rows:
        if r.events is not None and r.outcome == "complete_response":
            complete[r.sentence, *_patients(r)].append(r.events)
        if r.events is not None and r.outcome == "overall_response":
            overall[_patients(r)].add(r.events)
    return [_short_of(r, complete[r.sentence, *_patients(r)], overall[_patients(r)]) for r in rows]


def _patients(row: Row) -> tuple[object, ...]:
    return row.arm, row.subgroup, row.n


def _short_of(row: Row, complete: list[int], overall: set[int]) -> Row:
    alone = row.share.measure.percent is None and row.share.measure.n is None
    if row.outcome != "overall_response" or row.events is None or alone:
        return row
    if any(row.events + c in overall for c in complete if c > 0):
        return replace(row, outcome="partial_response")
    fewer = any(row.events < c for c in complete)
    return replace(row, outcome="partial_response").with_doubt(Doubt.OTHER_RESPONSE) if fewer else row


def with_sums(rows: list[Row]) -> list[Row]:
    """Complete and partial responses that add up to the overall response; relapsed and still in remission to it."""
    counted: _Counted = defaultdict(lambda: defaultdict(list))
    for i, row in enumerate(rows):
        if row.events is not None:
            counted[row.arm, row.subgroup, row.outcome, row.n][row.events].append(i)
    proved: set[int] = set()
    sized: set[int] = set()
    against: set[int] = set()
    for i, row in enumerate(rows):
        if row.outcome == "overall_response" and row.events is not None:
            parts = [*_pairs(counted, row, ("complete_response", "partial_response"), row.n)]
            sized.update(parts if Doubt.ALL_OR_EVALUATED not in row.doubts else ())
            parts += [*_pairs(counted, row, ("relapse", "remission"), row.events)]
            proved |= {i, *parts} if parts else set()
            against.update(_contradicting(rows, counted, row))
    rows = [row.with_check(Check.PARTS_ADD_UP) if i in proved else row for i, row in enumerate(rows)]
    rows = [_of_known_size(row) if i in sized else row for i, row in enumerate(rows)]
    return [row.with_doubt(Doubt.PARTS_DIFFER) if i in against else row for i, row in enumerate(rows)]


def _of_known_size(row: Row) -> Row:
    """A part of a total whose patients are known is counted of the same patients."""
    return replace(row, doubts=tuple(d for d in row.doubts if d != Doubt.ALL_OR_EVALUATED))


def _contradicting(rows: list[Row], counted: _Counted, total: Row) -> list[int]:
    """Places of a total and of its complete and partial responses where one value is told of each and they do not add up;
    partial responses may include the complete ones, and what is told of some of the patients is no part."""
    told = [counted[total.arm, total.subgroup, outcome, total.n] for outcome in _RESPONSES]
    if any(len(values) != 1 for values in told):
        return []
    complete, partial, overall = (next(iter(values)) for values in told)
    if overall in {complete + partial, partial}:
        return []
    places = [i for values in told for same in values.values() for i in same]
    return [] if any(Doubt.SOME_PATIENTS in rows[i].doubts for i in places) else places


_RESPONSES = ("complete_response", "partial_response", "overall_response")


#: (arm, subgroup, outcome, denominator) → count → places of the rows
_Counted = defaultdict[tuple[object, ...], defaultdict[int, list[int]]]


def _pairs(counted: _Counted, total: Row, outcomes: tuple[str, str], n: int | None) -> Iterator[int]:
    """Places of the rows of two outcomes that have this denominator and together the count of the total."""
    first, second = (counted[total.arm, total.subgroup, outcome, n] for outcome in outcomes)
    for events, places in first.items():
        rest = second.get((total.events or 0) - events)
        if rest is not None:
            yield from [*places, *rest]


# ---- two arms, all arms ------------------------------------------------------------------------------------------


def with_p_values(rows: list[Row]) -> list[Row]:
    """Two arms' shares of one sentence whose test gives the printed p-value."""
    told: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.events is not None and row.n is not None:
            told[row.sentence, row.outcome].append(i)
    proved = {
        i
        for together in told.values()
        for pair in combinations(together, 2)
        if _tested(rows[pair[0]], rows[pair[1]])
        for i in pair
    }
    return [row.with_check(Check.P_VALUE_MATCHES) if i in proved else row for i, row in enumerate(rows)]


def _tested(a: Row, b: Row) -> bool:
    if a.arm == b.arm or a.share.p_value is None:
        return False
    return arithmetic.p_agrees(a.events or 0, a.n or 0, b.events or 0, b.n or 0, a.share.p_value)


def with_totals(rows: list[Row], arms: list[FoundArm], n_total: int | None, printed: PrintedSizes) -> list[Row]:
    """The arms' sizes add up to a size that the text prints: so each of them is an arm's size indeed. It says nothing for a
    count alone, of which only the denominator would be proved, twice."""
    if len(arms) < 2:
        return rows
    known = all(a.n is not None for a in arms) and sum(a.n or 0 for a in arms) == n_total
    solved = _of_sized_arms(rows, len(arms), n_total, printed)
    return [
        r.with_check(Check.ARMS_ADD_UP) if i in solved or (known and _of_whole_arm(r)) else r
        for i, r in enumerate(rows)
    ]


#: the least share of a study's patients that its arms' evaluated patients make up
_NEARLY_ALL = 0.8


def _of_sized_arms(rows: list[Row], arms: int, n_total: int | None, printed: PrintedSizes) -> set[int]:
    """Rows of all arms in one sentence, one for each, whose own sizes add up to a printed one, or to nearly all patients."""
    together: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.arm is not None and row.n is not None and Check.ONE_SIZE_ONLY in row.checks:
            together[row.sentence, row.outcome].append(i)
    found: set[int] = set()
    for places in together.values():
        size = sum(rows[i].n or 0 for i in places)
        nearly = n_total is not None and _NEARLY_ALL * n_total <= size <= n_total
        if len(places) == arms == len({rows[i].arm for i in places}) and (nearly or size in printed.places):
            found.update(places)
    return found


def _of_whole_arm(row: Row) -> bool:
    m = row.share.measure
    alone = m.percent is None and m.n is None and m.whole is None and Check.PARTS_ADD_UP not in row.checks
    return row.denominator == "enrolled" and row.arm is not None and not alone
