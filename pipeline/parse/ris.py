"""Reader of RIS exports (Scopus, Embase, Cochrane, Zotero, EndNote …) and of what is tagged likewise: `ris_formats`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import find_doi, registrations
from pipeline.parse.affiliations import listed
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.pieces import at_starts, cut
from pipeline.parse.ris_formats import NARROW, RIS, RIS_START, Format, Tags, format_of
from pipeline.parse.tagged import Block, Entry, blocks, doi_in, empty, line_feeds, record_of, too_long, years
from pipeline.parsed import Citation, ParsedRecord, SetAside
from pipeline.ris_article import OWN_NOTE

_NARROW_TYPE = re.compile(r"\n[ \t]{0,3}TY -")
_GLUED = re.compile(r"TY {1,3}-", re.I)

_PUBMED = re.compile(r"(?i)pubmed|medline|nlm")
_PMCID = re.compile(r"PMC\d+")
_IS_PMID = re.compile(r"\d{5,8}")
#: also `pubmed.ncbi.nlm.nih.gov/…`; what all have in common comes first, so that the search skips to it
_PMID = re.compile(r"[Pp](?:(?i:MID:?|ubmed)\s*|ubmed(?:\.ncbi\.nlm\.nih\.gov)?/)(\d{5,8})\b")


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per TY (Web of Science: PT, Ovid: <1. >). Raises Unreadable if there is none."""
    form = format_of(document)
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
            cited = _citation(entry, form)
            yield record_of(document, entry, title, abstract, cited, wrapped=form.dialect.wrapped)
    if not number:
        raise Unreadable("holds no RIS record", "export it again as RIS")


def pieces(document: Document, size: int) -> list[Document]:
    """A large export cut at records."""
    return cut(document, size, at_starts(format_of(document).dialect.start))


def _entries(block: Block, form: Format) -> Iterator[Entry]:
    """The record of a block, and what follows its end if that is a record too (glued to it, or without TY)."""
    for part in _parts(block, form):
        if form.dialect.start is RIS_START:
            form = NARROW if _NARROW_TYPE.match(part.text) else RIS
        entry = Entry(part.at + 1, part.text, form.dialect.tag)
        started = form.dialect.start.match(part.text) is not None
        if started or any(tag in entry.fields for tag in (*form.tags["title"], *form.tags["abstract"])):
            yield entry


def _parts(block: Block, form: Format) -> Iterator[Block]:
    """The block cut behind each line that ends a record; a part starts with a line break."""
    begin, before = 0, ""
    for m in form.end.finditer(line_feeds(block.text)):
        yield Block(block.at + begin - len(before), before + block.text[begin : m.end()])
        begin = m.end()
        # a TY that is glued to the ER gets a line break, which stands for the last character of the ER
        before = "\n" if _GLUED.match(block.text, begin) else ""
    rest = block.text[begin:]
    if rest and not rest.isspace():
        yield Block(block.at + begin - len(before), before + rest)


def _citation(entry: Entry, form: Format) -> Citation:
    tags = form.tags
    return Citation(
        authors=entry.listed(*tags["authors"]),
        affiliations=listed(entry.listed(*tags["addresses"])),
        year=next((year for tag in tags["year"] if (year := years(entry.value(tag))) is not None), None),
        journal=_journal(entry, tags["journal"]),
        volume=entry.value(*tags["volume"]),
        issue=entry.value(*tags["issue"]),
        pages=_pages(entry, tags["pages"]),
        doi=next((doi for value in _said(entry, tags["doi"]) if (doi := doi_in(value))), None),
        pmid=_pmid(entry, tags),
        pmcid=next((m[0] for value in entry.values("C2", "PMC", "U2") if (m := _PMCID.search(value))), None),
        registration=registrations(" ".join(_said(entry, tags["notes"]))),
        publication_types=_types(entry, tags["types"]),
        mesh=_keywords(entry, form),
        language=entry.value(*tags["language"]),
        database=_database(entry, tags.get("database", ())),
    )


def _said(entry: Entry, tags: tuple[str, ...]) -> list[str]:
    """Values that may hold identifiers."""
    return [value for value in entry.values(*tags) if not value.startswith(OWN_NOTE)]


def _keywords(entry: Entry, form: Format) -> list[str]:
    """One per tag (RIS), one per line (EndNote), or several in a line that may go on in the next."""
    if form.between == "\n":
        return entry.listed(*form.tags["keywords"])
    lines = entry.values(*form.tags["keywords"])
    return [word for line in lines for part in line.split(form.between) if (word := part.strip())]


def _journal(entry: Entry, tags: tuple[str, ...]) -> str | None:
    """The journal's name; Ovid's SO goes on with volume, pages and date."""
    name = entry.value(*tags)
    return name.split(". ")[0] if name and "SO" in tags else name


def _types(entry: Entry, tags: tuple[str, ...]) -> list[str]:
    """The types of work; M3 holds a DOI in some exports."""
    found = entry.values(*tags)
    return [] if find_doi(" ".join(found)) else [kind for kind in found if kind]


def _pages(entry: Entry, tags: tuple[str, ...]) -> str | None:
    """`134-137`; the export gives first and last page apart, or both in the first field."""
    first, last = entry.value(*tags), entry.value("EP")
    if first is None or last is None or "-" in first or first == last:
        return first or entry.value("AR", "C7")
    return f"{first}-{last}"


def _pmid(entry: Entry, tags: Tags) -> str | None:
    """Where exports put it: AN of PubMed and EndNote, UI of Ovid, PM of Web of Science, C5, or in a note or link."""
    source = " ".join(_said(entry, tags.get("links", ())))
    for tag in ("PM", "C5", "AN", "UI", "%M"):
        value = entry.value(tag)
        if value and _IS_PMID.fullmatch(value) and (tag in ("PM", "C5") or _PUBMED.search(source)):
            return value
    m = _PMID.search(source)
    return m[1] if m else None


def _database(entry: Entry, tags: tuple[str, ...]) -> str | None:
    named = entry.value(*tags)
    if named:
        return named
    links = " ".join(entry.values("UR", "UT", "AN", "ID"))
    known = {"scopus.com": "Scopus", "WOS:": "Web of Science", "embase.com": "Embase", "ncbi.nlm.nih.gov": "PubMed"}
    return next((name for mark, name in known.items() if mark in links), None)
