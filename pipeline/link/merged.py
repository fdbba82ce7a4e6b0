"""Records of one article together: which one is kept, and what the others are called by.

Nothing here depends on the order of the records: the same set gives the same clusters, named the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.link.duplicates import Pair, clusters, judged
from pipeline.link.names import told_apart
from pipeline.link.richness import Richness, is_full_text, richness as richness_of
from pipeline.parse.cited import Cited


@dataclass(frozen=True)
class Doubt:
    """Two clusters, by their kept records, that may be one article; `a` comes first by name."""

    a: int
    b: int
    why: str


@dataclass(frozen=True)
class Merged:
    """`kept[i]` is the index of the record kept in the place of record i (itself, if it is kept)."""

    records: Sequence[Cited]
    kept: list[int]
    #: name of each record's cluster
    names: list[str]
    #: records of possible pairs
    unsure: set[int]
    #: pairs of clusters for a person, each once
    doubts: list[Doubt]

    def members(self) -> dict[int, list[int]]:
        """Kept record → all records of its cluster, itself first, then by richness."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for i in sorted(range(len(self.records)), key=lambda i: richness(self.records[i]), reverse=True):
            found[self.kept[i]].append(i)
        return found


def merge(records: Sequence[Cited]) -> Merged:
    """Judge all pairs worth comparing, and merge the sure ones."""
    pairs = judged([r.citation for r in records], [r.digest for r in records])
    cluster = clusters(len(records), pairs)
    best: dict[int, int] = {}
    for i, c in enumerate(cluster):
        if c not in best or richness(records[i]) > richness(records[best[c]]):
            best[c] = i
    kept = [best[c] for c in cluster]
    apart = [pair for pair in pairs if kept[pair.a] != kept[pair.b]]
    unsure = {i for pair in apart for i in (pair.a, pair.b)}
    return Merged(records, kept, _names(records, kept), unsure, _doubts(records, kept, apart))


def richness(record: Cited) -> tuple[Richness, str, str, str, int]:
    """As everywhere; ties by content, then place."""
    rich = richness_of(
        record.citation,
        proved=False,
        full_text=is_full_text(record.file, record.record_id, record.length),
        abstract=bool(record.abstract),
        length=record.length,
    )
    return rich, record.digest, record.record_id, record.file, -record.index


def _names(records: Sequence[Cited], kept: Sequence[int]) -> list[str]:
    """The record_id of the kept record; with its file where records of two files share it."""
    each = sorted(set(kept))
    names = dict(zip(each, told_apart([(records[i].record_id, records[i].file) for i in each]), strict=True))
    return [names[i] for i in kept]


def _doubts(records: Sequence[Cited], kept: Sequence[int], apart: Iterable[Pair]) -> list[Doubt]:
    """One per pair of clusters, with the reason of its first pair of records; in the order of names."""

    def place(i: int) -> tuple[str, str, int]:
        return records[i].record_id, records[i].file, records[i].index

    whys: dict[tuple[int, int], tuple[tuple[object, ...], str]] = {}
    for pair in apart:
        a, b = sorted((kept[pair.a], kept[pair.b]), key=place)
        said = (*sorted((place(pair.a), place(pair.b))),), pair.why
        whys[a, b] = min(whys.get((a, b), said), said)
    found = [Doubt(a, b, why) for (a, b), (_, why) in whys.items()]
    return sorted(found, key=lambda doubt: (place(doubt.a), place(doubt.b)))
