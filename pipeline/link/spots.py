"""A look at two citations before all others: two records of PubMed that stand in two places are two articles."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

from pipeline.link.citation_keys import Marks
from pipeline.link.meetings import hashed

#: numbers of a spot
SPOT = 5
_NUMBERS = Struct(f"={SPOT - 1}q")


def spot_of(m: Marks) -> tuple[int, ...]:
    """PMID, PMCID, DOI, volume (by their hashes) and first page; 0 for what is not told. The PMID of what may be a
    register's entry, which has no journal, is left out."""
    page = m.pages.first + 1 if m.pages is not None else 0
    said = (m.pmid if m.journals else "", m.pmcid, m.doi, m.volume)
    hashes = _NUMBERS.unpack(hashed(said))
    return (*(number if text else 0 for number, text in zip(hashes, said, strict=True)), page)


def apart(x: Sequence[int], y: Sequence[int]) -> bool:
    """Whatever else the two say, `same_record.verdict` is None: with two PMIDs (-20), no identifier in common and
    another volume or another page, all that is left to agree comes to less than what a person would look at."""
    return (
        0 != x[0] != y[0] != 0
        and (x[1] != y[1] or x[1] == 0)
        and (x[2] != y[2] or x[2] == 0)
        and (0 != x[3] != y[3] != 0 or 0 != x[4] != y[4] != 0)
    )
