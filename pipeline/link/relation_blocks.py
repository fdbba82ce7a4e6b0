"""Pairs of reports worth comparing: they share a number, a trial's name, or an author or place with a drug.

Keys are specific, so blocks are small. A block with more than `LARGE` reports (a name borne by many, a hospital with
hundreds of reports on one drug) is compared within a few years of publication only, and if need be among like titles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from pipeline.link.profiles import Profile

LARGE = 150
_YEARS = 6
#: authors whose names are keys: the first and the last of a list
_FIRST, _LAST = 6, 4
#: words of a title that are its key where a block is too large
_WORDS = 2


def blocked(profiles: Sequence[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """Each pair once, in no order."""
    blocks: defaultdict[tuple[str, ...], list[Profile]] = defaultdict(list)
    for p in profiles:
        for key in set(_keys(p)):
            blocks[key].append(p)
    seen: set[int] = set()
    for block in _bounded(blocks.values()):
        for p, q in combinations(block, 2):
            code = (p.index << 32) | q.index if p.index < q.index else (q.index << 32) | p.index
            if code not in seen:
                seen.add(code)
                yield p, q


def _keys(p: Profile) -> Iterator[tuple[str, ...]]:
    for number in p.registered:
        yield "number", number
    for trial in p.trials:
        yield "trial", trial
    names = [person.key for person in (*p.people[:_FIRST], *p.people[_FIRST:][-_LAST:])]
    yield "words", *_longest(p.title, 3)
    if p.registry:
        yield from (("registry", name) for name in names)
    for drug in p.drugs:
        for name in names:
            yield "author", name, drug
        if p.has_patients:
            for place in p.places:
                yield "place", place, drug
    if p.n is not None and p.n >= LARGE:
        for name in names[:1] + names[-1:]:
            yield "author and size", name, str(p.n)
    for pair in combinations(sorted(set(names[:3] + names[-2:])), 2):
        yield "authors", *pair


def _bounded(blocks: Iterable[list[Profile]]) -> Iterator[list[Profile]]:
    for block in blocks:
        if len(block) <= LARGE:
            yield block
        else:
            for smaller in _by(block, _of_years):
                yield from [smaller] if len(smaller) <= LARGE else _small(_by(smaller, _of_title))


def _small(blocks: Iterable[list[Profile]]) -> Iterator[list[Profile]]:
    """Blocks that are still too large in stretches of like titles."""
    for block in blocks:
        ordered = sorted(block, key=lambda p: (p.title, p.index))
        for start in range(0, len(ordered), LARGE // 2):
            yield ordered[start : start + LARGE]


def _by(block: list[Profile], keys: Callable[[Profile], tuple[object, ...]]) -> Iterator[list[Profile]]:
    parts: defaultdict[object, list[Profile]] = defaultdict(list)
    for p in block:
        for key in keys(p):
            parts[key].append(p)
    yield from parts.values()


def _of_years(p: Profile) -> tuple[object, ...]:
    """Two overlapping stretches of years, so that any two years less than `_YEARS` apart share one."""
    year = p.year or 0
    return (0, year // (2 * _YEARS)), (1, (year + _YEARS) // (2 * _YEARS))


def _of_title(p: Profile) -> tuple[object, ...]:
    return (_longest(p.title, _WORDS),)


def _longest(title: str, count: int) -> tuple[str, ...]:
    return tuple(sorted(set(title.split()), key=lambda w: (-len(w), w))[:count])
