"""Percentages of a part of the patients whose number stands elsewhere: "in those exposed to A before, 60% had a CR",
where "20 patients had been exposed to A" tells how many they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import chain
from math import prod

from pipeline.extract import arithmetic
from pipeline.extract.frames import Share
from pipeline.extract.plain_words import PLAIN
from pipeline.extract.proofs import CHANCE, Check, Doubt
from pipeline.extract.reading import PEOPLE, Reading
from pipeline.extract.restrictions import RESTRICTIVE
from pipeline.extract.rows import Row
from pipeline.extract.sentences import NOT_RESULTS, Sentence

#: tokens on each side of a number that may say whom it counts
_NEAR = 5
#: shorter words seldom name anything
_LONG = 6
_DENIED = frozenset("not no without never neither nor".split())
_ENDS = frozenset([",", ";", ".", ":", "and", "or", "but"])
_PHRASE_ENDS = frozenset([",", ";", "(", "["])
#: a smaller number explains too much
_SMALLEST = 5
#: a word beside more numbers than this tells none of them apart
_MOST = 8

#: word → number of patients beside which it stands → the sentences in which it does
Named = Mapping[str, Mapping[int, Set[Sentence]]]


def _named(readings: Sequence[Reading]) -> Named:
    """The numbers of patients outside of the background by the words beside them."""
    found: defaultdict[str, defaultdict[int, set[Sentence]]] = defaultdict(lambda: defaultdict(set))
    for reading in readings:
        if reading.sentence.section not in NOT_RESULTS:
            for i, q in reading.quantity.items():
                if q.kind in {"COUNT", "FRACTION"} and q.value >= _SMALLEST:
                    for word in _beside(reading, i):
                        found[word][int(q.value)].add(reading.sentence)
    return found


def _beside(reading: Reading, i: int) -> Iterator[str]:
    words = reading.lower
    before = (words[k] for k in range(i - 1, max(-1, i - 1 - _NEAR), -1))
    return chain(_up_to_end(before), _up_to_end(iter(words[i + 1 : i + 3 + _NEAR])))


def _up_to_end(words: Iterator[str]) -> Iterator[str]:
    for word in words:
        if word in _ENDS:
            return
        if _names(word):
            yield word


def _names(word: str) -> bool:
    return len(word) >= _LONG and word.isalpha() and word not in PLAIN and word not in PEOPLE


def with_named_parts(rows: list[Row], readings: Sequence[Reading]) -> list[Row]:
    """Percentages of some of the patients, all of which one number of patients gives that the same words tell."""
    together: defaultdict[tuple[Sentence, int | None, tuple[str, ...]], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        phrase = _phrase(row.share) if _open(row) else ()
        if phrase and _DENIED.isdisjoint(phrase):
            together[row.sentence, row.arm, phrase].append(i)
    out, named = list(rows), _named(readings) if together else {}
    for (sentence, _, phrase), places in together.items():
        here = [rows[i] for i in places]
        told = _told_of(phrase, sentence, named)
        fitting = [n for n in told if all(_count(row, n) is not None for row in here)]
        if len(fitting) == 1:
            check = Check.EXACT_PERCENT if _chance(here, fitting[0]) * len(told) <= CHANCE else Check.ONE_COUNT_ONLY
            for i in places:
                out[i] = _of_part(rows[i], fitting[0], phrase, check)
    return out


def _open(row: Row) -> bool:
    m = row.share.measure
    some = Doubt.SOME_PATIENTS in row.doubts and row.subgroup is None
    return some and m.percent is not None and m.events is None and m.n is None


def _phrase(share: Share) -> tuple[str, ...]:
    """The words of the restriction before the number: "patients that were exposed to A" """
    reading, first = share.reading, share.measure.first
    words = reading.lower
    starts = [i for i in range(first - 1) if words[i] in PEOPLE and words[i + 1] in RESTRICTIVE]
    if not starts:
        return ()
    ends = (k for k in range(starts[-1], first) if words[k] in _PHRASE_ENDS or k in reading.quantity)
    return tuple(words[starts[-1] + 1 : next(ends, first)])


def _told_of(phrase: tuple[str, ...], sentence: Sentence, named: Named) -> set[int]:
    """The numbers of patients that other sentences tell with words of the phrase."""
    about = (named.get(word, {}) for word in set(phrase) if _names(word))
    beside = (item for sizes in about if len(sizes) <= _MOST for item in sizes.items())
    return {n for n, sentences in beside if sentences - {sentence}}


def _count(row: Row, n: int) -> int | None:
    """The only count of n patients that gives the row's percentage."""
    percent = row.share.measure.percent
    possible = arithmetic.possible_events(n, percent) if percent is not None else []
    return possible[0] if len(possible) == 1 else None


def _chance(rows: list[Row], n: int) -> float:
    """How often all the percentages would fit n patients by chance."""
    percents = [r.share.measure.percent for r in rows]
    return prod(arithmetic.chance_of_fit(n, percent) for percent in percents if percent is not None)


def _of_part(row: Row, n: int, phrase: tuple[str, ...], check: Check) -> Row:
    told = Doubt.NO_COUNT_FITS.partition("…")[0]
    doubts = tuple(d for d in row.doubts if d != Doubt.SOME_PATIENTS and not d.startswith(told))
    of = " ".join(phrase)
    return replace(
        row, events=_count(row, n), n=n, denominator="evaluable", checks=(check,), doubts=doubts, subgroup=of
    )
