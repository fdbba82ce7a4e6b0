"""A leaf of the catalogue: what is made of some records, each by itself, before any of them meets another.

It is a row of byte strings, so that it can be kept as it is, sent from one process to another, and taken apart only as
far as it is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from struct import Struct
from typing import NamedTuple, Self

import numpy as np
from pydantic_core import from_json

from pipeline.candidates import Candidate
from pipeline.link.blocking import KINDS, hashed_keys
from pipeline.link.called import identifiers_of
from pipeline.link.cards import Card, card_of
from pipeline.link.citation_keys import marks_of
from pipeline.link.meetings import HASH, Column, hashed
from pipeline.link.profile_lines import line_of
from pipeline.link.profiles import profile
from pipeline.link.relation_blocks import KINDS as TIES, NO_TIES, hashed_ties
from pipeline.link.retractions import identifiers, tells_of_others
from pipeline.link.spots import SPOT, spot_of

#: what a notice may call a record by: PMID, DOI, title
NAMES = 3
_SPOT = Struct(f"={SPOT}q")
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Leaf(NamedTuple):
    """Columns with an entry for each record, in the order in which they came."""

    #: JSON: the fields of each card; what reviewers may call the record by beside its record_id
    cards: bytes
    identifiers: bytes
    #: a line each, empty for a record of no patients
    profiles: bytes
    #: a byte each, 1 where the record may be a notice about another
    telling: bytes
    #: `SPOT` numbers each; hashes of `NAMES` names each
    spots: bytes
    names: bytes
    #: how many keys each record has of each kind (those of citations, then those of reports), and their hashes
    counts: bytes
    hashes: bytes

    @classmethod
    def of(cls, records: Iterable[Candidate]) -> Self:
        return cls(*_columns(map(_Entry.of, records)))

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """What `packed` gave."""
        ends = accumulate(_LENGTHS.unpack_from(packed), initial=_LENGTHS.size)
        return cls(*(packed[start:end] for start, end in pairwise(ends)))

    def packed(self) -> bytes:
        return b"".join((_LENGTHS.pack(*map(len, self)), *self))

    def told_cards(self) -> list[Card]:
        return [*map(Card._make, from_json(self.cards))]

    def told_profiles(self) -> list[bytes]:
        return self.profiles.split(b"\n")[:-1]

    def told_columns(self, first: int) -> Iterator[Column]:
        """A column for each kind of keys, of records that are numbered from `first`."""
        counts = np.frombuffer(self.counts, np.uint32).reshape(KINDS + TIES, -1)
        ends = accumulate((int(of_kind.sum()) * HASH for of_kind in counts), initial=0)
        for of_kind, (start, end) in zip(counts, pairwise(ends), strict=True):
            yield Column.of(self.hashes[start:end], of_kind, first)


_LENGTHS = Struct(f"={len(Leaf._fields)}q")


class _Entry(NamedTuple):
    """What a leaf holds of one record."""

    card: Card
    identifiers: list[str]
    profile: bytes
    telling: bool
    spot: bytes
    names: bytes
    keys: list[bytes]

    @classmethod
    def of(cls, record: Candidate) -> Self:
        c = record.citation
        marks = marks_of(c)
        found = profile(0, record, marks.title.notice)
        return cls(
            card_of(record),
            identifiers_of(c),
            b"" if found is None else line_of(found),
            tells_of_others(c),
            _SPOT.pack(*spot_of(marks)),
            hashed((*identifiers(c.pmid, c.doi), marks.title.text)),
            [*hashed_keys(marks), *(NO_TIES if found is None else hashed_ties(found))],
        )


def _columns(entries: Iterable[_Entry]) -> Iterator[bytes]:
    cards, called, profiles, telling, spots, names, keys = zip(*entries, strict=True)
    kinds = [*zip(*keys, strict=True)]
    yield _encoded(cards).encode("utf-8", "surrogatepass")
    yield _encoded(called).encode("utf-8", "surrogatepass")
    yield b"".join(line + b"\n" for line in profiles)
    yield bytes(telling)
    yield b"".join(spots)
    yield b"".join(names)
    yield np.array([[len(key) // HASH for key in kind] for kind in kinds], np.uint32).tobytes()
    yield b"".join(key for kind in kinds for key in kind)
