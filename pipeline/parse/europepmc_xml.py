"""Reader of Europe PMC's XML ("core" results of its web service). Its source text is the text that it reads out.

An abstract is HTML, as markup or written with entities: headings, raised figures, italics.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree

from pipeline.identifiers import registrations
from pipeline.parse.affiliations import addresses
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.headings import tidy
from pipeline.parse.notices import named_kind, notice, printed
from pipeline.parse.tagged import empty, years
from pipeline.parse.xml_records import elements, every, first, text_record
from pipeline.parsed import Citation, Notice, ParsedRecord, SetAside

#: marks of an abstract; any other `<` is less-than
_TAG = re.compile(
    r"<(/?)(h\d|sup|sub|p|br|i|b|em|strong|u|sc|italic|bold|ul|ol|li|div|span)(?:\s[^<>]{0,200})?/?>", re.I
)
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_EXPONENT = re.compile(r"\s*[-−–+]?\d{1,4}[-−–+]?\s*")
_BREAKS = frozenset({"p", "br", "li", "div", "ul", "ol"})


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per result. Raises Unreadable if there is none."""
    number = 0
    for number, element in enumerate(elements(document, "result"), 1):
        row = element if isinstance(element, SetAside) else _record(document, element)
        is_empty = isinstance(row, ParsedRecord) and not row.text and row.citation == Citation(database="Europe PMC")
        yield empty(document, number) if is_empty else row
    if number == 0:
        raise Unreadable("holds no Europe PMC record", "fetch it again as XML, resultType core")


def _record(document: Document, record: etree._Element) -> ParsedRecord:
    title = " ".join(said for _, said in _paragraphs(_marked(record.find("title"))))
    abstract = _paragraphs(_marked(record.find("abstractText")))
    cited = _citation(record, " ".join(said for _, said in abstract))
    return text_record(document, title, abstract, cited, [], [printed(n) for n in cited.notices])


def _notices(record: etree._Element) -> list[Notice]:
    """Retractions, corrections and updates; the other record's id is a PMID if it is PubMed's."""
    found = []
    for e in record.iterfind("commentCorrectionList/commentCorrection"):
        kind = named_kind(first(e, "type") or "")
        if kind is not None:
            said = notice(kind, " ".join(every(e, "reference") + every(e, "note")))
            pmid = first(e, "id") if first(e, "source") == "MED" else None
            found.append(said.model_copy(update={"pmid": pmid or said.pmid}))
    return found


def _marked(element: etree._Element | None) -> str:
    """What an element says, with its marks as in HTML, however they were written."""
    if element is None:
        return ""
    inner = element.text or ""
    for child in element:
        name = str(child.tag)
        inner += f"<{name}>{_marked(child)}</{name}>{child.tail or ''}"
    return unescape(inner) if not len(element) and "&" in inner else inner


def _paragraphs(marked: str) -> list[tuple[str, str]]:
    """(label, words) of each part of an abstract; a heading is the label of what follows it."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    heading: list[str] | None = None
    raised = False
    for text, closes, name in _cut(marked):
        said = text.translate(_RAISED).strip() if raised and _EXPONENT.fullmatch(text) else text
        (parts[-1][1] if heading is None else heading).append(said)
        if name == "sup":
            raised = not closes
        elif name.startswith("h") and not closes:
            heading = []
        elif name.startswith("h") and heading is not None:
            parts.append((tidy(" ".join("".join(heading).split())).rstrip(":"), []))
            heading = None
        elif name in _BREAKS:
            parts[-1][1].append(" ")
    found = [(label, " ".join("".join(texts).split())) for label, texts in parts]
    return [part for part in found if part[1]]


def _cut(marked: str) -> Iterator[tuple[str, bool, str]]:
    """(words before a mark, does the mark close, its name), the last without a mark."""
    at = 0
    for m in _TAG.finditer(marked):
        yield marked[at : m.start()], bool(m[1]), m[2].lower()
        at = m.end()
    yield marked[at:], False, ""


def _citation(record: etree._Element, abstract: str) -> Citation:
    journal = "journalInfo/journal"
    return Citation(
        authors=_authors(record),
        affiliations=addresses(
            every(record, ".//authorAffiliationDetailsList/authorAffiliation/affiliation")
            or every(record, "authorList/author/affiliation")
            or every(record, "affiliation")
        ),
        year=years(first(record, "journalInfo/yearOfPublication", "pubYear", "firstPublicationDate")),
        journal=first(record, f"{journal}/medlineAbbreviation", f"{journal}/title", "journalTitle")
        or first(record, "bookOrReportDetails/publisher"),
        volume=first(record, "journalInfo/volume", "journalVolume"),
        issue=first(record, "journalInfo/issue", "issue"),
        pages=first(record, "pageInfo"),
        doi=(first(record, "doi") or "").lower() or None,
        pmid=first(record, "pmid"),
        pmcid=first(record, "pmcid"),
        registration=registrations(abstract),
        publication_types=every(record, "pubTypeList/pubType"),
        mesh=[_heading(e) for e in record.iterfind("meshHeadingList/meshHeading")],
        language=first(record, "language"),
        database="Europe PMC",
        revised=first(record, "dateOfRevision"),
        notices=_notices(record),
    )


def _authors(record: etree._Element) -> list[str]:
    """`Last, First`, or the name of a group; without a list, the line of names."""
    names = []
    for author in record.iterfind("authorList/author"):
        last, given = first(author, "lastName"), first(author, "firstName", "initials")
        name = ", ".join(part for part in (last, given) if part) or first(author, "collectiveName", "fullName")
        names += [name] if name else []
    line = (first(record, "authorString") or "").rstrip(".")
    return names or [name.strip() for name in line.split(",") if name.strip()]


def _heading(heading: etree._Element) -> str:
    """`Danazol/*therapeutic use` as in PubMed's MH; the star marks a main topic."""
    star = "*" if first(heading, "majorTopic_YN") == "Y" else ""
    parts = [star + (first(heading, "descriptorName") or "")]
    for qualifier in heading.iterfind("meshQualifierList/meshQualifier"):
        star = "*" if first(qualifier, "majorTopic_YN") == "Y" else ""
        parts.append(star + (first(qualifier, "qualifierName") or ""))
    return "/".join(parts)
