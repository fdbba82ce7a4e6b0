"""What tells the records of a file apart: the keys of record ids."""

from __future__ import annotations

import re

from pipeline.parsed import Citation


def key(citation: Citation, position: int) -> str:
    """What a record of many is called: its PMID, else its DOI made safe for names, else its position (1-based).

    An entry of a register is called by its number.
    """
    if citation.pmid:
        return citation.pmid
    if citation.doi:
        return re.sub(r"[^a-z0-9]+", "_", citation.doi.lower()).strip("_")
    if citation.registration and any(kind.startswith("trial registration") for kind in citation.publication_types):
        return citation.registration[0].lower()
    return f"{position:02d}"


class Names:
    """Record ids of a file with several records, given one after the other: its stem and each record's key."""

    def __init__(self, stem: str) -> None:
        self.given = 0
        self._stem = stem
        self._seen: set[str] = set()

    def name(self, citation: Citation) -> tuple[str, str | None]:
        """The next record's id; and the one that it would have, had another record not got it."""
        self.given += 1
        plain = name = f"{self._stem}-{key(citation, self.given)}"
        if plain in self._seen:
            name = f"{plain}-{self.given:02d}"
        self._seen.add(name)
        return name, plain if name != plain else None
