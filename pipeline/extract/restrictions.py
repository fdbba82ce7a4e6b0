"""Whether a number speaks of all of an arm's patients, or of those whom its clause singles out."""

from __future__ import annotations

import re

from pipeline.extract.clauses import Clause
from pipeline.extract.measures import Measure
from pipeline.extract.phrases import bracket_around
from pipeline.extract.plain_words import foreign
from pipeline.extract.reading import PEOPLE, Reading

#: words behind people that say which of them
RESTRICTIVE = frozenset(["who", "that", "whose", "without", "not", "with", "previously", "aged", "having"])
_INTERIM = frozenset(["interim", "idmc", "dsmb"])
_PER_PROTOCOL = re.compile(r"\bper ?- ?protocol\b|\bper protocol\b|\bpp (?:population|set|analysis|patients)\b")
_GIVEN = frozenset("received took were underwent got completed".split())
#: words between "in" and "patients" that leave them all the patients of the study
_ANY = frozenset(
    """the all these our both treated evaluable assessable study enrolled randomized randomised those adult of total
    eligible most a each their an other remaining included children women men""".split()
)


def restricted(c: Clause, m: Measure) -> bool:
    """The clause narrows the patients down before the measure: "in patients who did not receive …" """
    of_kind = _by_relative_clause(c, m) or _of_a_kind(c, m) or _labelled(c.reading, m) or _of_a_kind_behind(c, m)
    return of_kind or _interim(c.reading) or _per_protocol(c, m)


def _interim(reading: Reading) -> bool:
    """Of those who had entered when an interim analysis was done, or when the committee looked at the data."""
    words = reading.lower
    committee = any(words[i : i + 2] == ["monitoring", "committee"] for i in range(len(words)))
    return committee or not _INTERIM.isdisjoint(words)


def _per_protocol(c: Clause, m: Measure) -> bool:
    """ "in the per-protocol population the cure rate was 100%": of fewer than were enrolled, and such a rate fits any size"""
    if m.n is not None or m.percent is None or m.percent.value not in {0, 100}:
        return False
    before = " ".join(c.reading.lower[c.first : m.first])
    told = _PER_PROTOCOL.search(before)
    return told is not None and "intent" not in before[told.end() :]


def _by_relative_clause(c: Clause, m: Measure) -> bool:
    """ "patients who", "women with", but not "12 patients who": a count says how many they are."""
    words, quantity = c.reading.lower, c.reading.quantity
    return any(
        (words[i] in PEOPLE or _those(words[i : i + 3]))
        and words[i + 1] in RESTRICTIVE
        and quantity.keys().isdisjoint(range(max(0, i - 4), i))
        for i in range(c.first, m.first - 1)
    )


def _those(words: list[str]) -> bool:
    """ "those who had failed A", but not "those who received A", which names an arm"""
    return words[:2] == ["those", "who"] and words[2:] != [] and words[2] not in _GIVEN


def _of_a_kind(c: Clause, m: Measure) -> bool:
    """ "among melancholic patients": a kind of the patients, named before the measure"""
    for i in range(c.first, m.first - 2):
        people = _people_of_a_kind(c.reading, i) if c.reading.lower[i] in {"among", "in", "for"} else None
        if people is not None:
            proper = not c.reading.doc[i + 1].text.islower()
            return not proper and c.reading.quantity.keys().isdisjoint(range(i + 1, people))
    return False


def _of_a_kind_behind(c: Clause, m: Measure) -> bool:
    """ "9 of 18 splenectomised patients": the size is told of a kind of them"""
    if m.n is None or (m.percent is not None and m.events is None):
        return False
    words = c.reading.lower
    people = next((i for i in range(m.last, min(m.last + 4, c.last)) if words[i] in PEOPLE), m.last)
    named = [i for i in foreign(c, m.last, people) if words[i] not in _ANY and words[i].isalpha()]
    return bool(named) and all(words[i] not in {",", "and", "(", ";"} for i in range(m.last, people))


def _people_of_a_kind(reading: Reading, i: int) -> int | None:
    """The token of the people whom a word of their own, no treatment, describes behind the preposition at i."""
    words = reading.lower[i + 1 : i + 4]
    at = next((k for k, word in enumerate(words) if word in PEOPLE), 0)
    if not at or not words[0].islower() or any(i < d.first <= i + 3 for d in reading.of("DRUG")):
        return None
    return i + 1 + at if any(word.isalpha() and word not in _ANY for word in words[:at]) else None


def _labelled(reading: Reading, m: Measure) -> bool:
    """ "(mutated: 25% vs 19%)": what stands in brackets under a label of its own"""
    bracket = bracket_around(reading, m.first)
    if bracket is None or bracket + 2 >= m.first or reading.lower[bracket + 2] != ":":
        return False
    label = bracket + 1
    spoken = any(x.first == label for x in [*reading.of("OUTCOME"), *reading.of("DRUG")])
    return reading.doc[label].text[0].isalpha() and not spoken and label not in reading.labels
