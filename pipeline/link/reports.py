"""Reports: a record, or several that say the same, as one, with what other records say of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.candidates import Candidate
from pipeline.link.best_report import complete
from pipeline.link.cards import Card, card_of
from pipeline.link.catalogue import Catalogue
from pipeline.link.meetings import Column, columns_of, joined
from pipeline.link.profiles import Profile, profile
from pipeline.link.relation_blocks import KINDS, NO_TIES, hashed_ties
from pipeline.link.retractions import Told, marked, retracted, with_notices
from pipeline.link.richness import Richness, filled, is_full_text, richness
from pipeline.link.shelf import Shelf
from pipeline.parsed import Citation, Notice


class Reports:
    """The reports by their numbers, each made of its records whenever it is asked for: few are, and none is kept."""

    def __init__(self, shelf: Shelf, catalogue: Catalogue, members: list[list[int]]) -> None:
        self.members = members
        self._shelf, self._catalogue = shelf, catalogue
        self._told = Told(map(shelf.__getitem__, catalogue.telling))
        touched = catalogue.called(self._told.names).union(catalogue.telling)
        #: those that are not as a record was stored
        self._made = {i for i, (first, *others) in enumerate(members) if others or first in touched}

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[Candidate]:
        return map(self.__getitem__, range(len(self.members)))

    def __getitem__(self, number: int) -> Candidate:
        report = merged([self._shelf[i] for i in self.members[number]])
        return report if self.is_record(number) else with_notices(report, self._told.of(report))

    def is_record(self, number: int) -> bool:
        """Is it a record as that was stored?"""
        return number not in self._made

    def card(self, number: int) -> Card:
        return self._catalogue.cards[self.members[number][0]] if self.is_record(number) else card_of(self[number])

    def line(self, number: int) -> bytes:
        """The report as JSON."""
        if self.is_record(number):
            return self._shelf.line(self.members[number][0])
        return self[number].model_dump_json().encode()

    def profile(self, number: int) -> Profile | None:
        """Of a report of patients, with the report's number."""
        if self.is_record(number):
            return self._catalogue.profile(self.members[number][0], number)
        return profile(number, self[number])

    def ties(self) -> list[Column]:
        """What the reports may share, by kind."""
        of_record = np.full(len(self._catalogue.cards), -1, np.int32)
        others = sorted(self._made)
        of_record[[first for first, *_ in self.members]] = np.arange(len(self))
        of_record[[self.members[number][0] for number in others]] = -1
        both = zip(self._catalogue.ties, self._ties(others), strict=True)
        return [joined((of_records.moved(of_record), more)) for of_records, more in both]

    def _ties(self, numbers: Sequence[int]) -> list[Column]:
        found = [NO_TIES if (p := self.profile(number)) is None else hashed_ties(p) for number in numbers]
        return [column.moved(np.array(numbers, np.int32)) for column in columns_of(found, KINDS)]


def merged(duplicates: Sequence[Candidate]) -> Candidate:
    """The richest record of a report with the citation that says most; what it lacks is taken from the others."""
    if len(duplicates) == 1:
        return duplicates[0]
    best = max(_current(duplicates), key=_richness)
    if not retracted(best) and any(map(retracted, duplicates)):
        best = marked(best)
    first, *others = sorted((d.citation for d in _current(duplicates)), key=_most_telling)
    others += [d.citation for d in duplicates if d.citation not in (first, *others)]
    values: dict[str, object] = {}
    for name, value in first:
        if value in (None, []):
            values[name] = next((v for c in others if (v := getattr(c, name)) not in (None, [])), value)
    values["notices"] = _notices(duplicates)
    values["registration"] = sorted({number for d in duplicates for number in d.citation.registration})
    return best.model_copy(update={"citation": first.model_copy(update=values)})


def _current(duplicates: Sequence[Candidate]) -> list[Candidate]:
    """The records without older states of the same one: a database that changed a record says when."""
    newest: dict[tuple[str | None, str], str] = {}
    for c in (d.citation for d in duplicates):
        newest[_own(c)] = max(c.revised or "", newest.get(_own(c), ""))
    return [d for d in duplicates if not d.citation.revised or d.citation.revised == newest[_own(d.citation)]]


def _own(c: Citation) -> tuple[str | None, str]:
    """The record's name in its database: the PMID, or the number of an entry of a register."""
    return c.database, c.pmid or (c.registration[0] if c.registration and not c.doi else "")


def _most_telling(citation: Citation) -> tuple[object, ...]:
    """A citation with its place in print before one ahead of print, then the one with most fields."""
    return not (citation.volume or citation.pages), -filled(citation), repr(citation)


def _notices(duplicates: Sequence[Candidate]) -> list[Notice]:
    """What any copy says of retractions and corrections, each once, the newest copy's first."""
    copies = sorted(duplicates, key=lambda d: (d.citation.revised or "", d.record_id, d.source.file), reverse=True)
    found: dict[tuple[str, str], Notice] = {}
    for n in (n for d in copies for n in d.citation.notices):
        found.setdefault((n.kind, n.pmid or n.doi or n.where), n.model_copy(update={"span": None}))
    return list(found.values())


def _richness(record: Candidate) -> tuple[Richness, str, str, int]:
    """As everywhere; the record_id and the place decide ties."""
    start, end = record.source.span
    rich = richness(
        record.citation,
        proved=complete(record),
        full_text=is_full_text(record.source.file, record.record_id, end - start),
        abstract=bool(record.arms or record.outcomes or record.n_total.evidence or record.eligibility.evidence),
        length=end - start,
    )
    return rich, record.record_id, record.source.file, start
