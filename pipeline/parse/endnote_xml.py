"""Reader of EndNote's XML export, which Mendeley, Zotero and others write too. Its source text is what it reads out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.identifiers import find_doi, registrations
from pipeline.parse.affiliations import addresses
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.pieces import at_starts, cut
from pipeline.parse.tagged import doi_in, empty, years
from pipeline.parse.xml_records import elements, every, first, paragraphs, text_record
from pipeline.parsed import Citation, ParsedRecord, SetAside

_START = re.compile(r"<record(?=[\s>])")
_PUBMED = re.compile(r"(?i)pubmed|medline|\bnlm\b")
_PMID = re.compile(r"(?i)(?:PMID:?\s*|pubmed(?:\.ncbi\.nlm\.nih\.gov)?/)(\d{5,8})\b")


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per reference. Raises Unreadable if there is none."""
    number = 0
    for number, element in enumerate(elements(document, "record"), 1):
        row = element if isinstance(element, SetAside) else _record(document, element)
        is_empty = isinstance(row, ParsedRecord) and not row.text and row.citation == Citation()
        yield empty(document, number) if is_empty else row
    if number == 0:
        raise Unreadable("holds no EndNote record", "export it again as EndNote XML")


def pieces(document: Document, size: int) -> list[Document]:
    """A large export cut at references."""
    return cut(document, size, at_starts(_START))


def _record(document: Document, record: etree._Element) -> ParsedRecord:
    title = first(record, "titles/title", "titles/short-title") or ""
    abstract = [("", said) for said in paragraphs(record.find("abstract"))]
    return text_record(document, title, abstract, _citation(record, abstract), [])


def _citation(record: etree._Element, abstract: list[tuple[str, str]]) -> Citation:
    notes = " ".join(every(record, "notes") + every(record, "research-notes"))
    links = " ".join(every(record, "urls//url"))
    doi = doi_in(first(record, "electronic-resource-num")) or find_doi(links)
    custom = " ".join(every(record, "custom2") + every(record, "custom1") + [notes])
    pmc = re.search(r"\bPMC\d{4,9}\b", custom)
    kind = first(record, "work-type")
    return Citation(
        authors=every(record, "contributors/authors/author"),
        affiliations=addresses(line for e in record.iterfind("auth-address") for line in paragraphs(e)),
        year=years(first(record, "dates/year") or first(record, "dates/pub-dates/date")),
        journal=first(
            record, "periodical/full-title", "titles/secondary-title", "periodical/abbr-1", "alt-periodical/full-title"
        ),
        volume=first(record, "volume"),
        issue=first(record, "number", "issue"),
        pages=first(record, "pages"),
        doi=doi,
        pmid=_pmid(record, f"{notes} {links}"),
        pmcid=pmc[0] if pmc else None,
        registration=registrations(" ".join(said for _, said in abstract) + " " + notes),
        publication_types=[kind] if kind else [],
        mesh=every(record, "keywords/keyword"),
        language=first(record, "language"),
        database=first(record, "remote-database-name"),
    )


def _pmid(record: etree._Element, elsewhere: str) -> str | None:
    """The accession number where it is PubMed's: five to eight digits, and no other database (Embase) is named."""
    number = first(record, "accession-num") or ""
    named = " ".join(every(record, "remote-database-name") + every(record, "remote-database-provider"))
    if re.fullmatch(r"\d{5,8}", number) and (not named or (_PUBMED.search(named) and "embase" not in named.lower())):
        return number
    m = _PMID.search(elsewhere)
    return m[1] if m else None
