"""Which of many records share a key. Keys are known by their hashes, which are the same in every process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

import numpy as np
from numpy.typing import NDArray

#: bytes of a hash
HASH = 8


def hashed(keys: Iterable[str]) -> bytes:
    """The hashes of the keys, one after another."""
    return b"".join([blake2b(key.encode("utf-8", "surrogatepass"), digest_size=HASH).digest() for key in keys])


def numbers_of(hashes: bytes) -> NDArray[np.int64]:
    return np.frombuffer(hashes, np.int64)


@dataclass(frozen=True, slots=True)
class Column:
    """The keys of one kind of all records: `hashes[i]` is of record `owners[i]`."""

    hashes: NDArray[np.int64]
    owners: NDArray[np.int32]

    @classmethod
    def of(cls, hashes: bytes, counts: Sequence[int] | NDArray[np.uint32], first: int = 0) -> Self:
        """Of records `first`, `first` + 1, …, with so many keys each."""
        owners = np.arange(first, first + len(counts), dtype=np.int32)
        return cls(numbers_of(hashes), np.repeat(owners, np.asarray(counts, np.int64)))

    def moved(self, to: NDArray[np.int32]) -> Column:
        """Record i becomes number `to[i]`, and is left out where that is below 0."""
        owners = to[self.owners]
        if owners.size and owners.min() < 0:
            return Column(self.hashes[owners >= 0], owners[owners >= 0])
        return Column(self.hashes, owners)

    def blocks(self) -> Iterator[list[int]]:
        """The owners of each key that several have, in order. (Two keys of one hash would only add a record.)"""
        order = np.lexsort((self.owners, self.hashes))
        hashes, owners = self.hashes[order], self.owners[order]
        first_of_key = _other_than_before(hashes)
        once = first_of_key | _other_than_before(owners)
        owners, starts = owners[once], np.flatnonzero(first_of_key[once])
        sizes = np.diff(starts, append=len(owners))
        several = sizes > 1
        for start, size in zip(starts[several].tolist(), sizes[several].tolist(), strict=True):
            yield owners[start : start + size].tolist()


def joined(columns: Sequence[Column]) -> Column:
    if not columns:
        return Column.of(b"", [])
    return Column(np.concatenate([c.hashes for c in columns]), np.concatenate([c.owners for c in columns]))


def columns_of(keys: Sequence[Sequence[bytes]], kinds: int) -> list[Column]:
    """A column for each kind of keys, of records with these keys by their kinds."""
    of_kind = [[record[kind] for record in keys] for kind in range(kinds)]
    return [Column.of(b"".join(found), [len(key) // HASH for key in found]) for found in of_kind]


def _other_than_before(values: NDArray[np.int64] | NDArray[np.int32]) -> NDArray[np.bool_]:
    found = np.ones(len(values), bool)
    found[1:] = values[1:] != values[:-1]
    return found
