"""Which records are worth comparing: those that share one of some exact keys.

A record's keys come from the record alone, and it has a bounded number of them, so that more records only ever add
pairs: no cap, no window, no order. Most keys join two facts (the start of the title and an author, the volume and the
page), because in a million records one fact alone ("… during the COVID-19 pandemic") is shared by thousands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.link.citation_keys import Keys, Marks
from pipeline.link.meetings import Column, hashed
from pipeline.link.spots import apart

#: letters of a title that stand for it: alone, at its start and its end beside an author
ALONE, START, END = 40, 14, 16
#: a title of fewer letters is no key by itself: "Editorial"
TELLING = 30


def pairs(records: Sequence[Keys]) -> Iterator[tuple[int, int]]:
    """Index pairs (a < b), each once."""
    size = len(records)
    seen: set[int] = set()
    for key in KEYS:
        seen.update(a * size + b for block in _blocks(records, key) for a, b in combinations(block, 2))
    seen.update(a * size + b for a, b in _bare(records))
    for pair in seen:
        yield divmod(pair, size)


def hashed_keys(record: Marks) -> list[bytes]:
    """The hashes of a record's keys by their kinds, as `shared` takes them."""
    keys = [[*kind(record)] for kind in KEYS]
    return [hashed(found) for found in (*keys, _beside(record, any(keys)))]


#: kinds of `hashed_keys`
KINDS = 6


def shared(columns: Sequence[Column], spots: NDArray[np.int64]) -> list[int]:
    """The numbers of the records that share a key with another, or say nothing that is a key, in order, without those
    that stand elsewhere than all they share a key with; the others are like none. `spots`: those of all records."""
    *kinds, beside = columns
    found = {number for block in beside.blocks() for number in block}
    for kind in kinds:
        for block in kind.blocks():
            told = zip(block, spots[block].tolist(), strict=True)
            found.update(i for (a, x), (b, y) in combinations(told, 2) if not apart(x, y) for i in (a, b))
    return sorted(found)


def _blocks(records: Sequence[Keys], keys: Callable[[Keys], Iterable[str]]) -> Iterable[list[int]]:
    """Indexes of the records that share a key, in order, where there are several."""
    first: dict[str, int] = {}
    blocks: dict[str, list[int]] = {}
    for i, record in enumerate(records):
        for key in set(keys(record)):
            if first.setdefault(key, i) != i:
                blocks.setdefault(key, [first[key]]).append(i)
    return blocks.values()


def _bare(records: Sequence[Keys]) -> Iterator[tuple[int, int]]:
    """Records without a title, with those that have their DOI; those are not compared, for it may be an issue's."""
    bare = [i for i, record in enumerate(records) if record.doi and not record.title.text]
    wanted = {records[i].doi for i in bare}
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for i, record in enumerate(records):
        if record.doi in wanted:
            holders[record.doi].append(i)
    return ((min(a, b), max(a, b)) for a in bare for b in holders[records[a].doi] if a != b)


# ---- keys: each survives what the others do not ------------------------------------------------------------------


def _identifiers(k: Marks) -> Iterator[str]:
    if k.pmid:
        yield "m" + k.pmid
    if k.pmcid:
        yield "c" + k.pmcid


def _doi(k: Marks) -> Iterator[str]:
    """A meeting's abstracts may share one DOI: it is a key beside another fact only."""
    if k.doi:
        yield f"t{k.doi} {k.title.text[:START]}"
        if k.pages:
            yield f"p{k.doi} {_page(k)}"
        if k.family:
            yield f"a{k.doi} {k.family}"


def _title(k: Marks) -> Iterator[str]:
    """Titles that are the same, or that start alike in one year; short ones beside a place."""
    for text in (k.title.text, k.title.other):
        if len(text) >= TELLING:
            yield text
            yield f"{text[:ALONE]} {k.year}"
        elif text and (k.pages or k.volume):
            yield f"{text} {_page(k) or k.year} {k.volume}"


def _title_and_author(k: Marks) -> Iterator[str]:
    """Cut-off titles, subtitles left out, a slip of the pen in one half of the title; in two years only if they start
    alike. Very many titles end with "randomised controlled trial"."""
    if k.family and k.title.text:
        yield f"s{k.title.text[:START]} {k.family} {k.year}"
        yield f"e{k.title.text[-END:]} {k.family} {k.year}"
        if len(k.title.text) >= TELLING:
            yield f"l{k.title.text[:TELLING]} {k.family}"


def _place(k: Marks) -> Iterator[str]:
    """Whatever the title says: translated, or typed anew."""
    if not k.pages:
        return
    page = _page(k)
    if k.volume and k.year is not None:
        yield from (f"y{k.year} {k.volume} {page} {name[0][0]}" for name in k.journals)
    if k.volume and k.family:
        yield f"v{k.family} {k.volume} {page}"
    if k.year is not None and k.family:
        yield f"f{k.family} {k.year} {page}"


def _page(k: Marks) -> str:
    return f"{'s' if k.pages.letter == 's' else ''}{k.pages.first}" if k.pages else ""


KEYS: tuple[Callable[[Marks], Iterable[str]], ...] = (_identifiers, _doi, _title, _title_and_author, _place)


def _beside(k: Marks, any_key: bool) -> list[str]:
    """What records are met by beside their keys: the DOI, for a record without a title has no more; and what a record
    says that has no key, for another may say the same."""
    return [k.doi] if k.doi else [] if any_key else [f"{k.title.text} {k.family} {k.year}"]
