"""Pairs of reports worth comparing: they share a number, a trial's name, or an author or place with a drug.

Keys are specific, so blocks are small. In a larger one (a name borne by many, a hospital with hundreds of reports on
one drug, a title that many have) what all have in common says little of two of them: they are compared if they share
more, and if that, too, is shared by many, within a few years of publication, and if need be among like titles. So the
number of pairs grows with the number of reports and not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from pipeline.link.meetings import Column, columns_of, hashed
from pipeline.link.profiles import Profile

#: reports of a block that are all compared with each other; of one hospital on one drug
LARGE, HOSPITAL = 150, 12
_YEARS = 6
#: authors whose names are keys: the first and the last of a list
_FIRST, _LAST = 6, 4
#: words of a title that are its key; where a block is too large
_WORDS, _FEW_WORDS = 3, 2
#: years of enrolment that are looked at
_ENROLLED = 30

Key = tuple[object, ...]


def blocked(
    profiles: Sequence[Profile], worth: Callable[[Profile, Profile], bool] = lambda p, q: True
) -> Iterator[tuple[Profile, Profile]]:
    """Each pair once, in no order, if it is worth comparing."""
    yield from met(columns_of([*map(hashed_ties, profiles)], KINDS), profiles.__getitem__, worth)


def met(
    columns: Sequence[Column], profile: Callable[[int], Profile | None], worth: Callable[[Profile, Profile], bool]
) -> Iterator[tuple[Profile, Profile]]:
    """`blocked`, where the ties of all are known; only profiles of those that share one are asked for."""
    seen: set[int] = set()
    for kind, column in zip(KEYS, columns, strict=True):
        for block in column.blocks():
            for part in _bounded([p for p in map(profile, block) if p is not None], kind):
                for p, q in combinations(part, 2):
                    if worth(p, q):
                        code = (p.index << 32) | q.index if p.index < q.index else (q.index << 32) | p.index
                        if code not in seen:
                            seen.add(code)
                            yield p, q


def hashed_ties(p: Profile) -> list[bytes]:
    """The hashes of a report's keys, by their kinds."""
    return [hashed(sorted({"\t".join(map(str, key)) for key in keys(p)})) for keys in KEYS.values()]


# ---- keys --------------------------------------------------------------------------------------------------------


def _numbers(p: Profile) -> Iterable[Key]:
    return ((number,) for number in p.registered)


def _trials(p: Profile) -> Iterable[Key]:
    return ((trial,) for trial in p.trials)


def _words(p: Profile) -> Iterable[Key]:
    yield _longest(p.title, _WORDS)


def _registries(p: Profile) -> Iterable[Key]:
    return ((name,) for name in _names(p)) if p.registry else ()


def _authors(p: Profile) -> Iterator[Key]:
    """With a drug, with another author, or with a size that few have."""
    names = _names(p)
    for drug in p.drugs:
        for name in names:
            yield name, drug
    if p.n is not None and p.n >= LARGE:
        for name in names[:1] + names[-1:]:
            yield name, p.n
    yield from combinations(sorted(set(names[:3] + names[-2:])), 2)


def _places(p: Profile) -> Iterable[Key]:
    return ((place, drug) for drug in p.drugs for place in p.places) if p.has_patients else ()


def _names(p: Profile) -> list[str]:
    return [person.key for person in (*p.people[:_FIRST], *p.people[_FIRST:][-_LAST:])]


KEYS: dict[str, Callable[[Profile], Iterable[Key]]] = {
    "number": _numbers,
    "trial": _trials,
    "words": _words,
    "registry": _registries,
    "authors": _authors,
    "place": _places,
}
#: kinds of `hashed_ties`
KINDS = len(KEYS)
#: those of a report of no patients
NO_TIES = [b""] * KINDS

# ---- blocks that are too large -----------------------------------------------------------------------------------


def _bounded(block: list[Profile], kind: str) -> Iterator[list[Profile]]:
    if len(block) <= (HOSPITAL if kind == "place" else LARGE):
        yield block
        return
    for part in _by(block, lambda p: _further(p, kind)):
        if len(part) <= LARGE:
            yield part
        else:
            for smaller in _by(part, _of_years):
                yield from [smaller] if len(smaller) <= LARGE else _small(_by(smaller, _of_title))


def _further(p: Profile, kind: str) -> Iterator[Key]:
    """What two reports may have in common beside that which the block is of."""
    yield from (("number", number) for number in p.registered)
    yield from (("trial", trial) for trial in p.trials)
    if kind != "words":
        yield "words", *_longest(p.title, _FEW_WORDS)
    if kind != "authors":
        yield from (("author", name) for name in p.names)
    if kind != "place":
        yield from (("place", place) for place in p.places)
    if p.n is not None:
        yield "n", p.n
    if p.window is not None:
        first, last = (month // 12 for month in p.window)
        yield from (("enrolled", year) for year in range(first, min(last, first + _ENROLLED) + 1))


def _small(blocks: Iterable[list[Profile]]) -> Iterator[list[Profile]]:
    """Blocks that are still too large in stretches of like titles."""
    for block in blocks:
        ordered = sorted(block, key=lambda p: (p.title, p.index))
        for start in range(0, len(ordered), LARGE // 2):
            yield ordered[start : start + LARGE]


def _by(block: list[Profile], keys: Callable[[Profile], Iterable[Key]]) -> Iterator[list[Profile]]:
    parts: defaultdict[Key, list[Profile]] = defaultdict(list)
    for p in block:
        for key in keys(p):
            parts[key].append(p)
    yield from parts.values()


def _of_years(p: Profile) -> tuple[Key, ...]:
    """Two overlapping stretches of years, so that any two years less than `_YEARS` apart share one."""
    year = p.year or 0
    return (0, year // (2 * _YEARS)), (1, (year + _YEARS) // (2 * _YEARS))


def _of_title(p: Profile) -> tuple[Key, ...]:
    return (_longest(p.title, _FEW_WORDS),)


def _longest(title: str, count: int) -> tuple[str, ...]:
    return tuple(sorted(set(title.split()), key=lambda w: (-len(w), w))[:count])
