"""What is known of all records while they are compared: a card each, and by what the others may meet it. The records
themselves stay where they are stored, and the few that have something in common are read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.link.blocking import KINDS, shared
from pipeline.link.called import Called
from pipeline.link.cards import Card
from pipeline.link.leaves import NAMES, Leaf
from pipeline.link.meetings import Column, hashed, joined, numbers_of
from pipeline.link.profile_lines import read
from pipeline.link.profiles import Profile
from pipeline.link.relation_blocks import KINDS as TIES
from pipeline.link.spots import SPOT

_place = itemgetter(*range(len(Card._fields[:4])))


@dataclass(frozen=True)
class Catalogue:
    """All records by their numbers, in the order of their ids; `order` tells the place of each among the leaves."""

    order: list[int]
    cards: list[Card]
    #: records that share a key of a citation with another
    alike: list[int]
    #: records that may be a notice about another
    telling: list[int]
    #: what reports may share, by kind
    ties: list[Column]
    #: `NAMES` of each record, by their hashes
    _names: NDArray[np.int64]
    _profiles: list[bytes]
    _identifiers: list[bytes]

    @classmethod
    def of(cls, leaves: Iterable[Leaf]) -> Self:
        """Each leaf is asked for once, and taken apart before the next."""
        found = _Gathered()
        for leaf in leaves:
            found.add(leaf)
        cards = found.cards
        order = sorted(range(len(cards)), key=[_place(card) for card in cards].__getitem__)
        numbers = np.empty(len(cards), np.int32)
        numbers[order] = np.arange(len(cards), dtype=np.int32)
        columns = [column.moved(numbers) for column in found.columns()]
        return cls(
            order=order,
            cards=[cards[i] for i in order],
            alike=shared(columns[:KINDS], _rows(found.spots, SPOT)[order]),
            telling=sorted(numbers[np.frombuffer(found.telling, bool)].tolist()),
            ties=columns[KINDS:],
            _names=_rows(found.names, NAMES)[order],
            _profiles=[found.profiles[i] for i in order],
            _identifiers=found.identifiers,
        )

    def profile(self, number: int, index: int) -> Profile | None:
        """The record as the report with this index; None for a record of no patients."""
        line = self._profiles[number]
        return read(line, self.cards[number], index) if line else None

    def called(self, names: Iterable[str]) -> set[int]:
        """Records of one of these PMIDs, DOIs or titles (and, were two hashes equal, another)."""
        found, _ = np.nonzero(np.isin(self._names, numbers_of(hashed(names))))
        return set(found.tolist())

    def names(self) -> Iterator[Called]:
        """By what reviewers may call the records."""
        identifiers = [said for leaf in self._identifiers for said in json.loads(leaf)]
        for card, i in zip(self.cards, self.order, strict=True):
            yield Called(card.record_id, card.file, identifiers[i])


class _Gathered:
    """What the leaves hold, one after another."""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self.profiles: list[bytes] = []
        self.identifiers: list[bytes] = []
        self.telling, self.spots, self.names = bytearray(), bytearray(), bytearray()
        self._columns: list[list[Column]] = [[] for _ in range(KINDS + TIES)]

    def add(self, leaf: Leaf) -> None:
        for columns, column in zip(self._columns, leaf.told_columns(len(self.cards)), strict=True):
            columns.append(column)
        self.cards += leaf.told_cards()
        self.profiles += leaf.told_profiles()
        self.identifiers.append(leaf.identifiers)
        self.telling += leaf.telling
        self.spots += leaf.spots
        self.names += leaf.names

    def columns(self) -> Iterator[Column]:
        """A column for each kind of keys."""
        return map(joined, self._columns)


def _rows(column: bytearray, each: int) -> NDArray[np.int64]:
    return np.frombuffer(column, np.int64).reshape(-1, each)
