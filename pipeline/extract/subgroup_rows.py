"""Rows of a part of an arm's patients: which part, and parts that add up to a row of all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from pipeline.extract.denominators import LATER
from pipeline.extract.proofs import Check, Doubt
from pipeline.extract.reading import PEOPLE
from pipeline.extract.rows import Row
from pipeline.extract.sentences import Sentence

#: the least share of the patients of a row of the same outcome that may still be all of the arm's
_NEARLY_ALL = 0.8
#: so many parts are tried at most
_MOST_PARTS = 4
#: so many sums of arms are tried at most
_MOST_SUMS = 32
#: what is open about a row of a part, and no longer where counts and sizes of the parts both add up
_SETTLED = frozenset(
    [Doubt.FEWER_PATIENTS, Doubt.SOME_PATIENTS, Doubt.NO_ARM, Doubt.TOO_MANY_PATIENTS, Doubt.NEAR_OUTCOME]
)
#: doubts about what a number counts: a size that is not printed with it says nothing of other rows then
_OF_OUTCOME = frozenset([Doubt.NEAR_OUTCOME, Doubt.RIVAL_OUTCOME])

#: count and size
Value = tuple[int, int]


def with_parts(rows: list[Row]) -> list[Row]:
    """ "14 of 19 with and 33 of 39 without a spleen", and 47 of all 58: parts of one sentence whose counts and whose sizes
    give a row of all prove it, and it proves them."""
    wholes = _wholes(rows)
    arm_of: dict[int, int | None] = {}
    proved: set[int] = set()
    for run in _runs(rows):
        whole = wholes.get((rows[run[0]].outcome, _sum([_value(rows[i]) for i in run])))
        if whole is None or not whole.told_apart_from(rows[run[0]]):
            continue
        proved |= {*whole.places, *run}
        if not _of_the_arms([rows[i] for i in run]):
            arm_of |= dict.fromkeys(run, whole.arm)
    rows = [_part(row, arm_of[i]) if i in arm_of else row for i, row in enumerate(rows)]
    return [row.with_check(Check.PARTS_ADD_UP) if i in proved else row for i, row in enumerate(rows)]


def with_counts_of_arms(rows: list[Row], arms: int) -> list[Row]:
    """ "105 of all 118 patients responded … 60 with A and 45 with B": counts of all arms in one sentence that give the count
    another sentence prints for all of them together."""
    told: defaultdict[tuple[Sentence, str], list[int]] = defaultdict(list)
    totals: dict[tuple[str, Value], Sentence] = {}
    for i, row in enumerate(rows):
        if row.events is None or row.n is None or not _OF_OUTCOME.isdisjoint(row.doubts):
            continue
        if row.arm is None and row.share.measure.events is not None:
            totals.setdefault((row.outcome, _value(row)), row.sentence)
        elif row.arm is not None and row.denominator == "enrolled" and row.subgroup is None:
            told[row.sentence, row.outcome].append(i)
    proved: set[int] = set()
    for (sentence, outcome), places in told.items():
        total = totals.get((outcome, _sum([_value(rows[i]) for i in places])))
        if total not in {None, sentence} and arms > 1 and len(places) == arms == len({rows[i].arm for i in places}):
            proved.update(places)
    return [row.with_check(Check.PARTS_ADD_UP) if i in proved else row for i, row in enumerate(rows)]


@dataclass(frozen=True)
class _Whole:
    """A value of an arm, or of all arms together (`arm` None), and the rows that tell it."""

    arm: int | None
    places: tuple[int, ...]
    sentences: frozenset[Sentence]

    def told_apart_from(self, part: Row) -> bool:
        """The arms' own values of a sentence give their sum by construction."""
        return len(self.places) == 1 or part.sentence not in self.sentences


def _wholes(rows: list[Row]) -> dict[tuple[str, Value], _Whole]:
    found: dict[tuple[str, Value], _Whole] = {}
    by_arm: defaultdict[str, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, row in enumerate(rows):
        if row.events is not None and row.n is not None and _OF_OUTCOME.isdisjoint(row.doubts):
            found.setdefault((row.outcome, _value(row)), _Whole(row.arm, (i,), frozenset([row.sentence])))
            if row.arm is not None:
                by_arm[row.outcome][row.arm].append(i)
    for outcome, arms in by_arm.items():
        if len(arms) > 1 and prod(map(len, arms.values())) <= _MOST_SUMS:
            for places in product(*arms.values()):
                sentences = frozenset(rows[i].sentence for i in places)
                found.setdefault((outcome, _sum([_value(rows[i]) for i in places])), _Whole(None, places, sentences))
    return found


def _of_the_arms(run: list[Row]) -> bool:
    """Each of another arm: these are the arms, and their sum is what all patients had."""
    return len({row.arm for row in run}) == len(run) and all(row.denominator == "enrolled" for row in run)


def _runs(rows: list[Row]) -> Iterator[list[int]]:
    """Neighbouring rows of one sentence and outcome that print count and size, of different patients."""
    together: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.events is not None and row.share.measure.n is not None and row.n == row.share.measure.n:
            together[row.sentence, row.outcome].append(i)
    for places in together.values():
        for length in range(2, _MOST_PARTS + 1):
            for first in range(len(places) - length + 1):
                yield places[first : first + length]


def _value(row: Row) -> Value:
    return row.events or 0, row.n or 0


def _sum(values: list[Value]) -> Value:
    return sum(v[0] for v in values), sum(v[1] for v in values)


def _part(row: Row, arm: int | None) -> Row:
    doubts = tuple(d for d in row.doubts if d not in _SETTLED)
    return replace(row, arm=arm, subgroup=row.subgroup or f"{row.n} patients", denominator="evaluable", doubts=doubts)


def proved_part(row: Row) -> bool:
    return row.subgroup is not None and Check.PARTS_ADD_UP in row.checks


#: words of a sentence that say of which patients the analysis is, where not of all
_ANALYSED = frozenset(
    """evaluable assessable evaluated assessed analysed analyzed completed completers per-protocol protocol followed
    available remaining efficacy itt fas""".split()
)


def of_parts(rows: list[Row]) -> list[Row]:
    """The same outcome of the same arm with a smaller denominator speaks of a part of its patients, if it is much smaller
    or nothing says that these were the ones analysed."""
    largest: dict[tuple[object, ...], int] = {}
    for r in rows:
        if r.n is not None and (r.n == r.share.measure.n or _OF_OUTCOME.isdisjoint(r.doubts)):
            largest[_told_of(r)] = max(largest.get(_told_of(r), r.n), r.n)
    return [_as_part(r, largest.get(_told_of(r), r.n)) if _may_be_part(r) else r for r in rows]


def _told_of(row: Row) -> tuple[object, ...]:
    return row.arm, row.outcome, row.subgroup


def _may_be_part(row: Row) -> bool:
    return row.n is not None and row.subgroup is None and row.denominator != "responders"


def _as_part(row: Row, largest: int | None) -> Row:
    if row.n is None or largest is None or row.n >= largest:
        return row
    if row.n >= _NEARLY_ALL * largest:
        analysed = not _ANALYSED.isdisjoint(row.share.reading.lower) or Check.ARMS_ADD_UP in row.checks
        return row if analysed or row.denominator == "enrolled" else row.with_doubt(Doubt.FEWER_PATIENTS)
    part = replace(row, subgroup=f"{row.n} patients")
    return _filed(part) if _sized(row) else part.with_doubt(Doubt.FEWER_PATIENTS)


#: beginnings of words that say that patients were treated once more, or otherwise
_TREATED_AGAIN = (
    *("retreat", "re-treat", "relaps", "recur", "again", "second", "third", "subsequent", "later", "thereafter"),
    *("cross", "switch", "salvage", "rescue", "regain", "reinduc", "re-induc", "rechalleng", "repeat", "extension"),
    *("nonrespon", "non-respon"),
)


def _filed(part: Row) -> Row:
    """ "of those above 65, 9 of 15 responded": filed as a part's, it may speak of some of the patients, unless what it
    counts came after a response, or after another treatment"""
    later = part.outcome in LATER or any(w.startswith(_TREATED_AGAIN) for w in part.share.reading.lower)
    doubts = tuple(d for d in part.doubts if later or d != Doubt.SOME_PATIENTS)
    return replace(part, doubts=doubts).with_check(Check.PART_SIZE)


def _sized(row: Row) -> bool:
    """Count and size stand together, and the size is one of people, not of responses."""
    m, reading = row.share.measure, row.share.reading
    behind = {o.last - 1 for o in reading.of("OUTCOME") if m.first <= o.first <= m.last + 1 and o.value == row.outcome}
    nouns = any(reading.lower[i].endswith("s") and reading.lower[i] not in PEOPLE for i in behind)
    return m.events is not None and m.n == row.n and not nouns
