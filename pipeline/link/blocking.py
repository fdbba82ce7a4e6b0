"""Which records are worth comparing: those that share one of some exact keys.

Each record has a bounded number of keys, made from the record alone, so that more records only ever add pairs. Every
key joins two facts (the start of the title and the year, the volume and the page), which keeps the groups small in
large sets: no cap, no window, no order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from pipeline.link.citation_keys import Keys

#: letters of a title that stand for it, alone and beside a year or an author
ALONE, WITH_YEAR, WITH_AUTHOR = 40, 24, 10
#: a title of fewer letters is no key by itself: "Editorial"
TELLING = 30


def pairs(records: Sequence[Keys]) -> Iterator[tuple[int, int]]:
    """Index pairs (a < b), each once."""
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    bare: defaultdict[str, list[int]] = defaultdict(list)
    dois: defaultdict[str, list[int]] = defaultdict(list)
    for i, keys in enumerate(records):
        for key in block_keys(keys):
            blocks[key].append(i)
        if keys.doi:
            (dois if keys.title.text else bare)[keys.doi].append(i)
    size = len(records)
    seen = {a * size + b for block in blocks.values() if len(block) > 1 for a, b in _once(block)}
    for doi, alone in bare.items():
        seen.update(min(a, b) * size + max(a, b) for a in alone for b in dois.get(doi, ()))
    for pair in seen:
        yield divmod(pair, size)


def _once(block: list[int]) -> Iterable[tuple[int, int]]:
    """A record may have the same key twice (years)."""
    return combinations(block if len(block) == 2 and block[0] != block[1] else sorted(set(block)), 2)


def block_keys(k: Keys) -> Iterator[str]:
    if k.pmid:
        yield "m" + k.pmid
    if k.pmcid:
        yield "c" + k.pmcid
    page = f"{k.pages.letter if k.pages.letter == 's' else ''}{k.pages.first}" if k.pages else ""
    if k.doi:
        yield from _with_doi(k, page)
    if k.title.text:
        yield from _with_title(k.title.text, k, page)
    if k.title.other:
        yield from _with_title(k.title.other, k, page)
    if page and k.volume:
        if k.year is not None:
            yield f"v{k.year} {k.volume} {page}"
        if k.family:
            yield f"f{k.family} {k.volume} {page}"
    if page and k.family and k.year is not None:
        yield f"p{k.family} {k.year} {page}"


def _with_doi(k: Keys, page: str) -> Iterator[str]:
    """A meeting's abstracts may share one DOI: it is a key beside another fact only."""
    yield f"d{k.doi} {k.title.text[:WITH_AUTHOR]}"
    if page:
        yield f"D{k.doi} {page}"
    if k.family:
        yield f"e{k.doi} {k.family}"


def _with_title(text: str, k: Keys, page: str) -> Iterator[str]:
    if len(text) >= TELLING:
        yield "t" + text[:ALONE]
    elif page or k.volume:
        yield f"T{text} {page or k.year} {k.volume}"
    if k.family:
        yield f"a{text[:WITH_AUTHOR]} {k.family} {k.year if len(text) < TELLING else ''}"
    if k.year is not None and (len(text) >= TELLING or k.family):
        for year in (k.year, k.year + 1):
            yield f"y{text[:WITH_YEAR]} {year}"
            yield f"z{text[-WITH_YEAR:]} {year}"
