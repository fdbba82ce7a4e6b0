"""Names of studies: arnold-2010 for files people write, Arnold 2010 for people's eyes."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain, count, groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from pipeline.link.titles import split_words

if TYPE_CHECKING:
    from pipeline.link.cards import Card

_INITIALS = re.compile(r"^(?:[A-Z]\.?-?){1,4}$")


def surname(author: str) -> str:
    """The family name of "Arnold, Donald M.", "Donald M. Arnold" or "Arnold DM"."""
    if "," in author:
        return author.split(",", 1)[0].strip()
    words = author.split()
    if len(words) > 1 and _INITIALS.match(words[-1]):
        return " ".join(w for w in words[:-1] if not _INITIALS.match(w)) or words[0]
    return words[-1] if words else ""


def told_apart(records: Sequence[tuple[str, str]]) -> list[str]:
    """(record_id, file) → the record_id, with the file before it where two files have the same: x/paper.pdf#paper."""
    times = Counter(record_id for record_id, _ in records)
    return [record_id if times[record_id] == 1 else f"{file}#{record_id}" for record_id, file in records]


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(split_words(plain.lower()))


class Name(NamedTuple):
    """`name` is a study's own, `label` for people's eyes."""

    name: str
    label: str
    cards: Sequence[Card]

    @property
    def fitting(self) -> list[str]:
        """All names that its reports would have."""
        return _fitting(self.cards)


def study_names(studies: Sequence[Sequence[Card]], records: Sequence[Sequence[Card]]) -> Iterator[Name]:
    """The name of each study, from its reports (the main one first); `records` are those with their duplicates.

    The earliest report names the study, so that a later one does not rename it. A name that fits a report of another
    study, too, is nobody's: a word of the title is added, and another, until it is the study's own. So a name never
    moves from one study to another; it becomes ambiguous, and who uses it is told.
    """
    cards = [one if one == other else [*one, *other] for one, other in zip(studies, records, strict=True)]
    fits = Counter(chain.from_iterable(map(_fitting, cards)))
    names, taken = [], set[str]()
    for reports in studies:
        earliest = reports[0] if len(reports) == 1 else min(reports, key=attrgetter("age"))
        own = next((form for form in earliest.forms if fits[form] == 1), "")
        name = own or _numbered(f"{reports[0].name}-{slug(reports[0].record_id)}", taken, fits)
        names.append(name)
        taken.add(name)
    return map(Name, names, _lettered([reports[0].label for reports in studies], names), cards)


def _fitting(cards: Sequence[Card]) -> list[str]:
    if len(cards) == 1:
        return [*cards[0].forms]  # in order, for each begins with the one before
    return sorted({form for card in cards for form in card.forms})


def _numbered(name: str, taken: Container[str], fits: Mapping[str, int]) -> str:
    """The name, or the first of name-2, name-3, … that is free."""
    return next(n for n in chain([name], (f"{name}-{i}" for i in count(2))) if n not in taken and n not in fits)


def _lettered(labels: Sequence[str], names: Sequence[str]) -> list[str]:
    """Equal labels get a, b, … in the order of the names."""
    times = Counter(labels)
    several = sorted((label, name) for label, name in zip(labels, names, strict=True) if times[label] > 1)
    letter = {name: _letters(i) for _, same in groupby(several, key=itemgetter(0)) for i, (_, name) in enumerate(same)}
    return [label + letter.get(name, "") for name, label in zip(names, labels, strict=True)]


def _letters(i: int) -> str:
    """a … z, aa, ab, …"""
    letters = string.ascii_lowercase
    return letters[i] if i < 26 else _letters(i // 26 - 1) + letters[i % 26]
