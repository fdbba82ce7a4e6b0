"""Reader of PubMed exports in MEDLINE format (.nbib, or .txt with "PMID- " lines)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.identity import registrations
from pipeline.parse.tagged import Dialect, Entry, entries, make_record, years
from pipeline.parsed import Citation, ParsedRecord

_DIALECT = Dialect(tag=re.compile(r"\ufeff?([A-Z]{2,4}) {0,2}- ?"), first="PMID", wrapped=True)


def read(document: Document) -> Iterator[ParsedRecord]:
    """One record per PMID. Raises Unreadable if there is none."""
    found = False
    for entry in entries(document.lines(), _DIALECT):
        found = True
        title, abstract = entry.lines("TI", "BTI", "TT"), entry.lines("AB")
        yield make_record(document, entry, _DIALECT, title, abstract, _citation(entry))
    if not found:
        raise Unreadable("holds no PubMed record", 'in PubMed choose "Save", format "PubMed"')


def _citation(entry: Entry) -> Citation:
    return Citation(
        authors=entry.values("FAU") or entry.values("AU") or entry.values("CN"),
        year=years(entry.value("DP", "DEP", "EDAT")),
        journal=entry.value("TA", "JT"),
        volume=entry.value("VI"),
        issue=entry.value("IP"),
        pages=entry.value("PG"),
        doi=_doi(entry),
        pmid=entry.value("PMID"),
        pmcid=entry.value("PMC"),
        registration=registrations(" ".join(entry.values("SI", "AB"))),
        publication_types=entry.values("PT"),
        mesh=entry.values("MH"),
        language=entry.value("LA"),
        database="PubMed",
    )


def _doi(entry: Entry) -> str | None:
    marked = (value for value in entry.values("LID", "AID") if value.endswith("[doi]"))
    return next((value.removesuffix("[doi]").strip().lower() for value in marked), None)
