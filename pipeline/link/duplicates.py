"""Duplicate records: the same identifier, or the same title, year and first author."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz.fuzz import ratio

from pipeline.link.names import surname
from pipeline.parsed import Citation

#: titles of one article in two databases differ in punctuation and a letter; below this they may be two articles
SURE = 97.0
POSSIBLE = 90.0
_PART = re.compile(
    r"\b(?:part|number|no|volume|series) ?(\d+|[ivx]+)\b|\b(erratum|correction|comment|reply|retraction)\b"
)


def clusters(citations: Sequence[Citation], texts: Sequence[str]) -> list[int]:
    """The cluster of each record, as the lowest index in it: records joined by `sure` pairs."""
    parent = list(range(len(citations)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in pairs(citations):
        if same(citations[i], citations[j]) == "sure" or (texts[i] == texts[j] and citations[i] == citations[j]):
            a, b = sorted((root(i), root(j)))
            parent[b] = a
    return [root(i) for i in range(len(citations))]


def pairs(citations: Sequence[Citation]) -> Iterator[tuple[int, int]]:
    """Pairs worth comparing: those that share an identifier or a block of the title."""
    blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for i, c in enumerate(citations):
        for key in _keys(c):
            blocks[key].append(i)
    seen = set()
    for block in blocks.values():
        for a in range(len(block)):
            for b in range(a + 1, min(len(block), a + 50)):
                pair = (block[a], block[b])
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def _keys(c: Citation) -> Iterator[tuple[str, str]]:
    for kind, value in (("doi", doi(c)), ("pmid", c.pmid), ("pmcid", c.pmcid)):
        if value:
            yield kind, value
    words = title(c).split()
    if len(words) >= 3:
        yield "start", " ".join(words[:3])
        yield "long", " ".join(sorted(words, key=lambda w: (-len(w), w))[:3])


def same(a: Citation, b: Citation) -> str | None:
    """ "sure", "possible" or None for two citations."""
    for x, y in ((doi(a), doi(b)), (a.pmid, b.pmid), (a.pmcid, b.pmcid)):
        if x and y:
            return "sure" if x == y else None
    ta, tb = title(a), title(b)
    if min(len(ta.split()), len(tb.split())) < 5 or _PART.findall(ta) != _PART.findall(tb):
        return None
    alike = ratio(ta, tb)
    years = a.year is not None and b.year is not None
    first = surname(a.authors[0]) == surname(b.authors[0]) if a.authors and b.authors else False
    if alike >= SURE and years and a.year == b.year and first:
        return "sure"
    near = not years or abs((a.year or 0) - (b.year or 0)) <= 1
    return "possible" if alike >= POSSIBLE and near else None


def doi(c: Citation) -> str:
    return re.sub(r"^(?:https?://)?(?:dx\.)?doi\.org/|^doi:\s*", "", (c.doi or "").strip().lower())


def title(c: Citation) -> str:
    """Lower-case letters and digits of the title, accents folded, words separated by one space."""
    folded = unicodedata.normalize("NFKD", c.title or "").encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", folded))
