"""A record on a card: who it is, and the names that a study may take from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from pipeline.candidates import Candidate
from pipeline.link.names import slug, surname

#: words that begin many titles and tell no study from another
_WEAK = frozenset("with from after versus using study trial effect effects their this that patients report".split())
#: words of a title that a name may take, of so many letters at least
_MOST, _LETTERS = 3, 4


class Card(NamedTuple):
    record_id: str
    file: str
    start: int
    end: int
    authored: bool
    year: int | None
    #: arnold-2010, and what people call it: Arnold 2010
    name: str
    label: str
    #: words of the title that may follow the name
    words: str

    @property
    def place(self) -> tuple[str, str, int, int]:
        """Tells records apart, and gives their order."""
        return self.record_id, self.file, self.start, self.end

    @property
    def forms(self) -> Iterator[str]:
        """arnold-2010, arnold-2010-children, …: the name with up to three words of the title, shortest first."""
        return accumulate([self.name, *self.words.split()], "{}-{}".format)

    @property
    def age(self) -> tuple[object, ...]:
        """Earliest first; of one year, the record that is longest and so was most likely named by first."""
        unknown = not self.authored or self.year is None
        return unknown, self.year or 0, self.start - self.end, self.record_id, self.file


def card_of(record: Candidate) -> Card:
    c = record.citation
    start, end = record.source.span
    words = (w for w in slug(c.title or "").split("-") if len(w) >= _LETTERS and w not in _WEAK)
    return Card(
        record.record_id,
        record.source.file,
        start,
        end,
        bool(c.authors),
        c.year,
        *_named(record),
        " ".join(list(words)[:_MOST]),
    )


def _named(record: Candidate) -> tuple[str, str]:
    """By the first author and the year; else by the record's id."""
    c = record.citation
    family = surname(c.authors[0]) if c.authors else ""
    plain = slug(family)
    if plain and c.year is not None:
        return f"{plain}-{c.year}", f"{family} {c.year}"
    return slug(record.record_id) or "record", record.record_id
