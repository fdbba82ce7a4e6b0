"""Which of several records of one article is kept: one rule for studies and for `litpool dedupe`."""

from __future__ import annotations

from pathlib import PurePosixPath

from pipeline.parsed import Citation

#: fields that say something of the article; an export that cuts the list of authors says less
_TELLING = [
    name for name in Citation.model_fields if name not in ("authors_truncated", "database", "revised", "notices")
]
#: a text below this many characters is an abstract: journals allow up to 400 words, and exports add addresses
FULL_TEXT = 8000

Richness = tuple[bool, bool, int, int]


def richness(citation: Citation, *, proved: bool, full_text: bool, abstract: bool, length: int) -> Richness:
    """The record of the greatest is kept: proved counts first, then a full text, most filled fields (an abstract is
    one), the longest text. Where nothing is extracted, nothing is proved."""
    return proved, full_text, filled(citation) + abstract, length


def filled(citation: Citation) -> int:
    """How many fields say something of the article."""
    return sum(bool(getattr(citation, name)) for name in _TELLING)


def is_full_text(file: str, record_id: str, length: int) -> bool:
    """Full texts lie in files of their own; a long record of an export is long by its addresses and keywords."""
    return length >= FULL_TEXT and PurePosixPath(file.replace("\\", "/")).stem == record_id
