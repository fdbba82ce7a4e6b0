"""By what a reviewer may call a record in overrides/links.csv."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from pipeline.candidates import Candidate
from pipeline.parsed import Citation

_DOI = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*")
_NUMBER = re.compile(r"(?:pmid:?\s*)?0*(\d{1,9})(?:\.0)?")


class Called(NamedTuple):
    """The names of a record; several may have the same `identifiers`."""

    record_id: str
    file: str
    identifiers: Collection[str]


def called(record: Candidate) -> Called:
    return Called(record.record_id, record.source.file, identifiers_of(record.citation))


def identifiers_of(c: Citation) -> list[str]:
    """DOI, PMID and PMCID, as `identifier` gives them, each once."""
    return [*dict.fromkeys(identifier(value) for value in (c.doi, c.pmid, c.pmcid) if value)]


def identifier(name: str) -> str:
    """A DOI without resolver, a PMID as its digits (a spreadsheet may have written 123.0), else the name itself."""
    text = name.strip().lower()
    number = _NUMBER.fullmatch(text)
    return number[1] if number else _DOI.sub("", text, count=1)
