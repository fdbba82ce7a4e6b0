"""Lists that tell arms and their sizes and nothing else: "A 301, B 299", "A, 21; B, 22; sham, 20", "A: 52 or B: 48"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.arms import ALLOCATES, FoundArm, arm_of
from pipeline.extract.phrases import GIVEN, phrase
from pipeline.extract.reading import PEOPLE, UNITS, Reading
from pipeline.extract.sentences import VERSUS

#: tokens of a name in a list
_LONGEST_NAME = 6
#: what may stand between a name and its size; all items of a list have the same
_LINKS = frozenset([",", ":", "=", "in"])
_SEPARATORS = frozenset([",", ";", "and", "or", "/", "&"])
#: words that no name in a list holds
_NO_NAME = (
    GIVEN
    | PEOPLE
    | VERSUS
    | frozenset("( ) [ ] ; : . , = was were is are had has have of who which that not no than to at by from".split())
)
_AFTER_NAME = _NO_NAME | _LINKS
_COUNTED = PEOPLE | UNITS


@dataclass(frozen=True, slots=True)
class _Item:
    """Tokens [first, last) name what the count at token `count` is of; `link` stands between; `end`: behind the item."""

    first: int
    last: int
    count: int
    link: str
    end: int


def inventory(reading: Reading) -> Iterator[FoundArm]:
    """ "600 randomised (A 301, B 299)", "Patients: A, 21; B, 22; sham, 20" """
    items = next((items for i in _starts(reading) if len(items := list(_items(reading, i))) >= 2), [])
    found = [
        arm_of(reading, phrase(reading, x.first, x.last), _count(reading, x.count), (x.count, x.count + 1))
        for x in items
    ]
    if found and (any(a.drugs or a.role == "control" for a in found) or _allocates(reading)):
        yield from found


def _starts(reading: Reading) -> Iterator[int]:
    """Where a list can begin: with the sentence, behind a colon or an open bracket, behind "to"."""
    if reading.doc:
        yield 0
    for i, word in enumerate(reading.lower[:-1]):
        if word in {"(", "[", ":", "to"}:
            yield i + 1


def _items(reading: Reading, start: int) -> Iterator[_Item]:
    """The items from token `start` on that are linked to their sizes alike."""
    first: _Item | None = None
    while (item := _item(reading, start)) is not None and (first is None or item.link == first.link):
        first = first or item
        yield item
        start = item.end
        if start == item.count + 1 or start >= len(reading.doc):
            return  # nothing parts it from what follows


def _item(reading: Reading, first: int) -> _Item | None:
    last = first
    while last < len(reading.doc) and last - first < _LONGEST_NAME and not _ends_name(reading, last):
        last += 1
    link = reading.lower[last] if last < len(reading.doc) and reading.lower[last] in _LINKS else ""
    count = last + bool(link)
    if last == first or count not in reading.quantity or reading.quantity[count].kind not in {"COUNT", "SIZE"}:
        return None
    behind = _behind_count(reading, count)
    return None if behind is None else _Item(first, last, count, link, behind)


def _ends_name(reading: Reading, i: int) -> bool:
    q = reading.quantity.get(i)
    return reading.lower[i] in _AFTER_NAME or (q is not None and q.kind not in {"DOSE", "DURATION"})


def _behind_count(reading: Reading, count: int) -> int | None:
    """The next item's first token; `count` + 1 where the list ends; None where what is behind makes it no size."""
    i = count + 1
    if i < len(reading.doc) and reading.lower[i] in _COUNTED:
        i += 1
    if i == len(reading.doc) or reading.lower[i] in {")", "]", "."}:
        return count + 1
    if reading.lower[i] not in _SEPARATORS:
        return None
    while i < len(reading.doc) and reading.lower[i] in _SEPARATORS:
        i += 1
    return i


def _count(reading: Reading, i: int) -> int:
    return int(reading.quantity[i].value)


def _allocates(reading: Reading) -> bool:
    return ALLOCATES.search(" ".join(reading.lower)) is not None
