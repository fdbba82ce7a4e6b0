"""Denominator phrases: of how many, and of which, patients a sentence speaks. "Of the 35 patients who …, 20 responded" """

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from pipeline.extract.measures import Measure
from pipeline.extract.reading import PEOPLE, Reading

#: a denominator phrase opens with one of these words …
_OPENING = frozenset(["of", "among", "in", "from", "for"])
#: … at the start of the sentence, or behind one of these
_BEFORE_OPENING = frozenset([",", ";", ":", ".", "and", "moreover", "overall", "(", "results"])
#: before the denominator that stands behind its number
_TRAILING = frozenset(["for", "in", "among", "of"])
_HAD = frozenset(["achieved", "had", "showed", "obtained", "experienced", "attained", "with"])
_RATE = frozenset(["of", "rate", "rates"])


@dataclass(frozen=True, slots=True)
class Group:
    """The patients that a denominator phrase or a restrictive clause singles out, tokens [first, last)."""

    first: int
    last: int
    value: int | None
    words: str


def denominator_phrases(reading: Reading) -> list[Group]:
    """ "Of the 35 patients, …", "Among the 16 patients who …, …": the phrase up to its comma."""
    opened = [i for i, word in enumerate(reading.lower) if word in _OPENING and _may_open(reading, i)]
    return [group for i in opened if (group := _denominator_at(reading, i))]


def _may_open(reading: Reading, i: int) -> bool:
    return i == 0 or reading.lower[i - 1] in _BEFORE_OPENING


def _denominator_at(reading: Reading, i: int) -> Group | None:
    count = next((j for j in range(i + 1, min(i + 5, len(reading.doc))) if j in reading.quantity), None)
    if count is None or not _is_count(reading, count) or "," in reading.lower[i:count]:
        return None  # "in the full set, 33 patients responded"
    people = _first_of(reading, PEOPLE, count + 1, count + 6)
    if people is None or _of_others(reading, count, people):
        return None
    comma = _first_of(reading, {","}, people, people + 30)
    last = comma if comma is not None and not _is_count(reading, people + 1) else people + 1
    return Group(i, last, int(reading.quantity[count].value), " ".join(reading.lower[count + 1 : last]))


def _of_others(reading: Reading, count: int, people: int) -> bool:
    """ "in 60 of 80 and in 40 of 80 patients", "and in 36 patients (62%; 95% CI …)": the number counts some, it is not the whole"""
    whole = reading.lower[count + 1 : count + 2] == ["of"] and any(
        _is_count(reading, i) for i in (count + 2, count + 3)
    )
    q = reading.quantity.get(people + 2)
    percent = q is not None and q.kind == "PERCENT" and reading.lower[people + 1] == "("
    return whole or (percent and reading.lower[people + 3 : people + 4] in ([")"], [";"]))


def counted_subject(reading: Reading, ms: list[Measure]) -> Group | None:
    """ "47 patients treated with A achieved a response rate of 61.7%": the count is the denominator of the percentages"""
    if len(ms) < 2 or ms[0].form != "count" or any(m.percent is None or m.events is not None for m in ms[1:]):
        return None
    between = reading.lower[ms[0].last : ms[1].first]
    if PEOPLE.isdisjoint(between[:4]) or _HAD.isdisjoint(between) or _RATE.isdisjoint(between[-3:]):
        return None
    return Group(ms[0].first, ms[0].last, ms[0].events, " ".join(between[:8]))


def subject_of_whole(m: Measure, ms: list[Measure]) -> bool:
    """ "we treated five patients and all responded": the five are the denominator of "all"."""
    return m.form == "count" and any(w.whole is not None and w.first >= m.last for w in ms)


def counted_people(reading: Reading, m: Measure, floor: int) -> Group | None:
    """The count of people before "all", not before token `floor`."""
    for i in range(m.first - 1, floor - 1, -1):
        if _is_count(reading, i) and not PEOPLE.isdisjoint(reading.lower[i + 1 : i + 5]):
            return Group(i, i + 1, int(reading.quantity[i].value), "")
    return None


def trailing_group(reading: Reading, ms: list[Measure], ceiling: int) -> Group | None:
    """ "23% for 52 patients", "in all 42 patients": the denominator behind the only measure of a clause, up to `ceiling`."""
    if len(ms) != 1:
        return None
    behind = ms[0].last
    for i in range(behind, ceiling):
        if not _is_count(reading, i) or _TRAILING.isdisjoint(reading.lower[max(behind, i - 3) : i]):
            continue
        people = _first_of(reading, PEOPLE, i + 1, min(i + 5, ceiling))
        if people is not None:
            words = " ".join(reading.lower[i + 1 : min(people + 8, ceiling)])
            return Group(i, people + 1, int(reading.quantity[i].value), words)
    return None


def _is_count(reading: Reading, i: int) -> bool:
    return i in reading.quantity and reading.quantity[i].kind == "COUNT"


def _first_of(reading: Reading, words: Set[str], first: int, last: int) -> int | None:
    """The first token of [first, last) that is one of the words."""
    return next((i for i in range(first, min(last, len(reading.doc))) if reading.lower[i] in words), None)
