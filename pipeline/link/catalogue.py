"""What is kept of each record while all of them are compared: a card each, and by what the others may meet it. The
records themselves stay where they are stored, and the few that have something in common are read again.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.candidates import Candidate
from pipeline.link.blocking import Finder
from pipeline.link.cards import Card, card_of
from pipeline.link.citation_keys import marks_of
from pipeline.link.profiles import Profile, profile
from pipeline.link.retractions import identifiers, tells_of_others


@dataclass(frozen=True)
class Catalogue:
    """All records by their numbers, in the order of their ids."""

    cards: list[Card]
    #: None for a record of no patients
    profiles: list[Profile | None]
    #: records that share a key of a citation with another
    alike: list[int]
    #: records that may be a notice about another
    telling: list[int]
    #: `NAMES` of each record, by their hashes
    names: array[int]

    def called(self, names: Iterable[str]) -> set[int]:
        """Records of one of these PMIDs, DOIs or titles (and, were two hashes equal, another)."""
        wanted = set(map(hash, names))
        return {i // NAMES for i, name in enumerate(self.names) if name in wanted} if wanted else set()


#: what a notice may call a record by: PMID, DOI, title
NAMES = 3


class Cataloguer:
    """Takes records one by one, in any order."""

    def __init__(self) -> None:
        self._cards: list[Card] = []
        self._profiles: list[Profile | None] = []
        self._finder = Finder()
        self._telling: list[int] = []
        self._names = array("q")

    def add(self, record: Candidate) -> None:
        marks = marks_of(record.citation)
        if tells_of_others(record.citation):
            self._telling.append(len(self._cards))
        self._finder.add(marks)
        self._names.extend(map(hash, (*identifiers(record.citation.pmid, record.citation.doi), marks.title.text)))
        self._profiles.append(profile(len(self._cards), record, marks.title.notice))
        self._cards.append(card_of(record))

    def done(self) -> tuple[Catalogue, list[int]]:
        """The catalogue, and of each record in it how many were added before."""
        order = sorted(range(len(self._cards)), key=lambda i: self._cards[i].place)
        now = dict(zip(order, range(len(order)), strict=True))
        catalogue = Catalogue(
            cards=[self._cards[i] for i in order],
            profiles=[self._profiles[i] for i in order],
            alike=sorted(now[i] for i in self._finder.shared()),
            telling=sorted(now[i] for i in self._telling),
            names=array("q", (name for i in order for name in self._names[NAMES * i : NAMES * (i + 1)])),
        )
        return catalogue, order
