"""Reader of RIS exports (Scopus, Embase, Cochrane, Zotero, EndNote …), Web of Science's and Ovid's tagged text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.identity import find_doi, registrations
from pipeline.parse.tagged import Block, Dialect, Entry, blocks, empty, line_feeds, record_of, too_long, years
from pipeline.parsed import Citation, ParsedRecord, SetAside

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
    "types": ("M3", "DT"),
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
    "types": ("M3", "DT"),
}
_OVID_TAGS: Mapping[str, tuple[str, ...]] = {
    "title": ("TI",),
    "abstract": ("AB",),
    "authors": ("FA", "AU"),
    "year": ("YR", "DP", "SO"),
    "journal": ("JN", "JT", "JA", "SO"),
    "volume": ("VO", "VI"),
    "issue": ("IP",),
    "doi": ("DO", "DI"),
    "mesh": ("MH", "SH"),
    "language": ("LG", "LA"),
    "database": ("DB",),
    "notes": ("AB", "CN", "SI"),
    "types": ("PT",),
}


class _Format(NamedTuple):
    """A dialect, its fields, and `end`: the line that closes a record."""

    dialect: Dialect
    tags: Mapping[str, tuple[str, ...]]
    end: re.Pattern[str]


_RIS_START = re.compile(r"\n[ \t]{0,3}[Tt][Yy] {1,3}-")
_RIS_END = re.compile(r"\n[ \t]{0,3}[Ee][Rr] {0,3}-[ \t]*(?=[\r\n]|\Z|[Tt][Yy] {1,3}-)")
_RIS = _Format(
    Dialect(_RIS_START, re.compile(r"(\n[ \t]{0,3}[A-Za-z][A-Za-z0-9]  -[ \t]?)")),
    _RIS_TAGS,
    _RIS_END,
)
#: `TY - JOUR`: one blank before the dash, which words of a text have too, so only where the record's TY has it
_NARROW = _RIS._replace(
    dialect=Dialect(_RIS_START, re.compile(r"(\n[ \t]{0,3}[A-Z][A-Z0-9] {1,3}-(?:[ \t]|(?=[\r\n]|\Z)))"))
)
_WOS = _Format(
    Dialect(re.compile(r"\nPT [A-Z]"), re.compile(r"(\n[A-Z][A-Z0-9](?: |(?=[\r\n]|\Z)))"), wrapped=True),
    _WOS_TAGS,
    re.compile(r"\nER[ \t]*(?=[\r\n]|\Z)"),
)
_OVID = _Format(
    Dialect(re.compile(r"\n<\d{1,9}\. ?>(?=[ \t]*[\r\n])"), re.compile(r"(\n[A-Z][A-Z0-9]  -[ \t]?)")),
    _OVID_TAGS,
    re.compile(r"\n(?!)"),
)
_NARROW_TYPE = re.compile(r"\n[ \t]{0,3}TY -")
_GLUED = re.compile(r"TY {1,3}-", re.I)

_PMID = re.compile(r"(?:(?i:PMID:?|pubmed)\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{5,8})\b")


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per TY (Web of Science: PT, Ovid: <1. >). Raises Unreadable if there is none."""
    form = _format(document)
    number = 0
    for block in blocks(document, form.dialect.start):
        if block.too_long:
            number += 1
            yield too_long(document, block, number)
        for entry in _entries(block, form):
            number += 1
            if entry.is_empty():
                yield empty(document, number)
                continue
            title, abstract = entry.lines(*form.tags["title"]), entry.lines(*form.tags["abstract"])
            cited = _citation(entry, form.tags)
            yield record_of(document, entry, title, abstract, cited, wrapped=form.dialect.wrapped)
    if not number:
        raise Unreadable("holds no RIS record", "export it again as RIS")


def _format(document: Document) -> _Format:
    """The format whose first record starts first."""
    text = "\n" + line_feeds(document.head_text)
    found = [(m.start(), i) for i, form in enumerate((_RIS, _WOS, _OVID)) if (m := form.dialect.start.search(text))]
    return (_RIS, _WOS, _OVID)[min(found)[1]] if found else _RIS


def _entries(block: Block, form: _Format) -> Iterator[Entry]:
    """The record of a block, and what follows its end if that is a record too (glued to it, or without TY)."""
    at, text = block.at, block.text
    while text:
        if form.dialect.start is _RIS_START:
            form = _NARROW if _NARROW_TYPE.match(text) else _RIS
        ends = form.end.search(line_feeds(text))
        stop = ends.end() if ends else len(text)
        entry = Entry(at + 1, text[:stop], form.dialect.tag)
        started = form.dialect.start.match(text) is not None
        if started or any(tag in entry.fields for tag in (*form.tags["title"], *form.tags["abstract"])):
            yield entry
        glued = _GLUED.match(text, stop)
        # the next part starts at a line break, or at the last character of ER where TY is glued to it
        at, text = (at + stop - 1, "\n" + text[stop:]) if glued else (at + stop, text[stop:])


def _citation(entry: Entry, tags: Mapping[str, tuple[str, ...]]) -> Citation:
    keywords = entry.values(*tags["mesh"])
    return Citation(
        authors=entry.listed(*tags["authors"]),
        year=next((year for tag in tags["year"] if (year := years(entry.value(tag))) is not None), None),
        journal=_journal(entry, tags["journal"]),
        volume=entry.value(*tags["volume"]),
        issue=entry.value(*tags["issue"]),
        pages=_pages(entry),
        doi=next((doi for value in entry.values(*tags["doi"]) if (doi := find_doi(value))), None),
        pmid=_pmid(entry),
        pmcid=next((m[0] for value in entry.values("C2", "PMC", "U2") if (m := re.search(r"PMC\d+", value))), None),
        registration=registrations(" ".join(entry.values(*tags["notes"]))),
        publication_types=_types(entry, tags["types"]),
        mesh=keywords,
        language=entry.value(*tags["language"]),
        database=_database(entry, tags["database"]),
    )


def _journal(entry: Entry, tags: tuple[str, ...]) -> str | None:
    """The journal's name; Ovid's SO goes on with volume, pages and date."""
    name = entry.value(*tags)
    return name.split(". ")[0] if name and "SO" in tags else name


def _types(entry: Entry, tags: tuple[str, ...]) -> list[str]:
    """The type of work; M3 holds a DOI in some exports."""
    found = entry.values(*tags)
    return [] if find_doi(" ".join(found)) else found[:1]


def _pages(entry: Entry) -> str | None:
    """`134-137`; the export gives first and last page apart, or both in the first field."""
    first, last = entry.value("SP", "BP"), entry.value("EP")
    if first is None or last is None or "-" in first or first == last:
        return first or entry.value("AR", "C7")
    return f"{first}-{last}"


def _pmid(entry: Entry) -> str | None:
    """Where exports put it: AN of PubMed and EndNote, PM of Web of Science, C5, or in a note or link."""
    source = " ".join(entry.values("DB", "DP", "UR", "N1", "ID", "C3"))
    for tag in ("PM", "C5", "AN"):
        value = entry.value(tag) or ""
        if re.fullmatch(r"\d{5,8}", value) and (tag != "AN" or re.search(r"(?i)pubmed|medline|nlm", source)):
            return value
    m = re.search(
        r"(?:(?i:PMID:?|pubmed)\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{5,8})\b", source
    )
    return m[1] if m else None


def _database(entry: Entry, tags: tuple[str, ...]) -> str | None:
    named = entry.value(*tags)
    if named:
        return named
    links = " ".join(entry.values("UR", "UT", "AN", "ID"))
    known = {"scopus.com": "Scopus", "WOS:": "Web of Science", "embase.com": "Embase", "ncbi.nlm.nih.gov": "PubMed"}
    return next((name for mark, name in known.items() if mark in links), None)
