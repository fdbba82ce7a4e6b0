"""What tells records apart: registration numbers, DOIs, and the keys of record ids."""

from __future__ import annotations

import re

from pipeline.parsed import Citation

#: without a word boundary first, which would make the search five times as slow; `registrations` looks at it
_REGISTRATION = re.compile(
    r"(?:NCT\s?0\d{7}|ISRCTN\s?\d{6,8}|ChiCTR(?:-[A-Z]{2,5})?-?\s?\d{8,10}|(?:EudraCT|EUCTR)[^\d\n]{0,20}?(?P<eudra>20\d\d-0\d{5}-\d\d)"
    r"|ACTRN\s?\d{14}|UMIN\s?\d{9}|JPRN-\w+|jRCT\w?\d{9,10}|DRKS\s?\d{8}|CTRI/\d{4}/\d{2,3}/\d{6}|IRCT\d{11,16}(?:N\d+)?"
    r"|NTR\s?\d{3,5}|KCT\d{7}|TCTR\d{11}|PACTR\d{15,16}|RBR-\w{6}|CRD\s?\d{11})\b"
)
_WORD = re.compile(r"\w")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|{}]*[^\s\"<>|{}.,;:)\]’']")


def registrations(text: str) -> list[str]:
    """Trial registration numbers in a text, in order, each once, without inner spaces."""
    whole = (m for m in _REGISTRATION.finditer(text) if not _WORD.match(text, max(0, m.start() - 1), m.start()))
    return list(dict.fromkeys(m["eudra"] or re.sub(r"\s", "", m.group()) for m in whole))


def find_doi(text: str) -> str | None:
    """The one DOI in a text, lower case; None if there is none, or several."""
    found = {m.group().lower() for m in _DOI.finditer(text)}
    return found.pop() if len(found) == 1 else None


def key(citation: Citation, position: int) -> str:
    """What a record of many is called: its PMID, else its DOI made safe for names, else its position (1-based)."""
    if citation.pmid:
        return citation.pmid
    if citation.doi:
        return re.sub(r"[^a-z0-9]+", "_", citation.doi.lower()).strip("_")
    return f"{position:02d}"
