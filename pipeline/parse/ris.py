"""Reader of RIS exports (Scopus, Embase, Zotero, EndNote, PubMed …) and of Web of Science's tagged text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.identity import find_doi, registrations
from pipeline.parse.tagged import Dialect, Entry, entries, make_record, years
from pipeline.parsed import Citation, ParsedRecord

_RIS = Dialect(tag=re.compile(r"\ufeff?([A-Z][A-Z0-9]) {1,2}-(?: |(?=\r?\n?$))"), first="TY", last="ER")
_WOS = Dialect(tag=re.compile(r"\ufeff?([A-Z][A-Z0-9])(?: |(?=\r?\n?$))"), first="PT", last="ER", wrapped=True)

#: tags for each field, best first
_RIS_TAGS: Mapping[str, tuple[str, ...]] = {
    "title": ("TI", "T1", "CT", "BT", "ST"),
    "abstract": ("AB", "N2"),
    "authors": ("AU", "A1"),
    "year": ("PY", "Y1", "DA", "YR"),
    "journal": ("T2", "JO", "JF", "JA", "J2", "J1"),
    "volume": ("VL", "VO"),
    "issue": ("IS",),
    "doi": ("DO", "DI", "M3", "L3", "N1", "UR"),
    "mesh": ("KW",),
    "language": ("LA",),
    "database": ("DB", "DP"),
    "notes": ("AB", "N2", "N1", "C2", "CN"),
}
_WOS_TAGS: Mapping[str, tuple[str, ...]] = {
    "title": ("TI",),
    "abstract": ("AB",),
    "authors": ("AF", "AU"),
    "year": ("PY", "EA"),
    "journal": ("SO",),
    "volume": ("VL",),
    "issue": ("IS",),
    "doi": ("DI",),
    "mesh": (),
    "language": ("LA",),
    "database": (),
    "notes": ("AB",),
}


def read(document: Document) -> Iterator[ParsedRecord]:
    """One record per TY (Web of Science: PT). Raises Unreadable if there is none."""
    is_ris = re.search(r"(?m)^TY {1,2}-", document.head_text) is not None
    dialect, tags = (_RIS, _RIS_TAGS) if is_ris else (_WOS, _WOS_TAGS)
    found = False
    for entry in entries(document.lines(), dialect):
        found = True
        title, abstract = entry.lines(*tags["title"]), entry.lines(*tags["abstract"])
        yield make_record(document, entry, dialect, title, abstract, _citation(entry, tags))
    if not found:
        raise Unreadable("holds no RIS record", "export it again as RIS")


def _citation(entry: Entry, tags: Mapping[str, tuple[str, ...]]) -> Citation:
    keywords = entry.values(*tags["mesh"])
    return Citation(
        authors=_authors(entry, tags["authors"]),
        year=next((year for tag in tags["year"] if (year := years(entry.value(tag))) is not None), None),
        journal=entry.value(*tags["journal"]),
        volume=entry.value(*tags["volume"]),
        issue=entry.value(*tags["issue"]),
        pages=_pages(entry),
        doi=next((doi for value in entry.values(*tags["doi"]) if (doi := find_doi(value))), None),
        pmid=_pmid(entry),
        pmcid=next((m[0] for value in entry.values("C2", "PMC", "U2") if (m := re.search(r"PMC\d+", value))), None),
        registration=registrations(" ".join(entry.values(*tags["notes"]))),
        publication_types=entry.values("M3", "DT")[:1] if not find_doi(" ".join(entry.values("M3"))) else [],
        mesh=keywords,
        language=entry.value(*tags["language"]),
        database=_database(entry, tags["database"]),
    )


def _authors(entry: Entry, tags: tuple[str, ...]) -> list[str]:
    """One author per field; Web of Science writes one per line."""
    for tag in tags:
        names = [entry.raw[a:b] for value in entry.fields.get(tag, ()) for a, b in value if b > a]
        if names:
            return names
    return []


def _pages(entry: Entry) -> str | None:
    """`134-137`; the export gives first and last page apart, or both in the first field."""
    first, last = entry.value("SP", "BP"), entry.value("EP")
    if first is None or last is None or "-" in first or first == last:
        return first or entry.value("AR", "C7")
    return f"{first}-{last}"


def _pmid(entry: Entry) -> str | None:
    """Where exports put it: AN of PubMed and EndNote, PM of Web of Science, C5, or in a note or link."""
    source = " ".join(entry.values("DB", "DP", "UR", "N1", "ID"))
    for tag in ("PM", "C5", "AN"):
        value = entry.value(tag) or ""
        if re.fullmatch(r"\d{5,8}", value) and (tag != "AN" or re.search(r"(?i)pubmed|medline|nlm", source)):
            return value
    m = re.search(r"(?:PMID:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{5,8})\b", source)
    return m[1] if m else None


def _database(entry: Entry, tags: tuple[str, ...]) -> str | None:
    named = entry.value(*tags)
    if named:
        return named
    links = " ".join(entry.values("UR", "UT", "AN", "ID"))
    known = {"scopus.com": "Scopus", "WOS:": "Web of Science", "embase.com": "Embase", "ncbi.nlm.nih.gov": "PubMed"}
    return next((name for mark, name in known.items() if mark in links), None)
