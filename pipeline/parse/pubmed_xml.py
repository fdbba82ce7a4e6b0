"""Reader of PubMed's XML (efetch, "PubmedArticleSet"). Its source text is the text that it reads out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.identifiers import registrations
from pipeline.parse.affiliations import addresses
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.grants import once
from pipeline.parse.headings import tidy
from pipeline.parse.notices import named_kind, notice, printed
from pipeline.parse.pieces import at_starts, cut
from pipeline.parse.tagged import empty, years
from pipeline.parse.xml_records import elements, every, first, text_record, words
from pipeline.parsed import Citation, Notice, ParsedRecord, SetAside

_RECORDS = ("PubmedArticle", "PubmedBookArticle")
_START = re.compile(rf"<(?:{'|'.join(_RECORDS)})(?=[\s>])")
#: labels that say that there is none
_NO_LABEL = frozenset({"", "UNLABELLED", "UNASSIGNED"})


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per article or book. Raises Unreadable if there is none."""
    number = 0
    for number, element in enumerate(elements(document, *_RECORDS), 1):
        row = element if isinstance(element, SetAside) else _record(document, element)
        is_empty = isinstance(row, ParsedRecord) and not row.text and row.citation == Citation(database="PubMed")
        yield empty(document, number) if is_empty else row
    if number == 0:
        raise Unreadable("holds no PubMed article", "fetch it again as PubMed XML")


def pieces(document: Document, size: int) -> list[Document]:
    """A large export cut at articles and books."""
    return cut(document, size, at_starts(_START))


def _record(document: Document, record: etree._Element) -> ParsedRecord:
    work = record.find("MedlineCitation/Article")
    work = record.find("BookDocument") if work is None else work
    work = record if work is None else work
    title = first(work, "ArticleTitle", "VernacularTitle", "Book/BookTitle") or ""
    abstract = _parts(work.find("Abstract")) or _parts(record.find("MedlineCitation/OtherAbstract"))
    cited = _citation(record, work, " ".join(said for _, said in abstract))
    return text_record(document, title, abstract, cited, [], [printed(n) for n in cited.notices])


def _notices(record: etree._Element) -> list[Notice]:
    """Retractions, corrections and updates; comments and references say nothing of the article's standing."""
    found = []
    for e in record.iterfind("MedlineCitation/CommentsCorrectionsList/CommentsCorrections"):
        kind = named_kind(e.get("RefType", ""))
        if kind is not None:
            said = notice(kind, " ".join(every(e, "RefSource") + every(e, "Note")))
            found.append(said.model_copy(update={"pmid": first(e, "PMID") or said.pmid}))
    return found


def _revised(record: etree._Element) -> str | None:
    parts = [first(record, f"MedlineCitation/DateRevised/{part}") or "" for part in ("Year", "Month", "Day")]
    return "-".join(part.zfill(2) for part in parts) if all(part.isdigit() for part in parts) else None


def _parts(abstract: etree._Element | None) -> list[tuple[str, str]]:
    """(label, words) of each part of an abstract."""
    found = []
    for part in abstract.iterfind("AbstractText") if abstract is not None else ():
        label = tidy(part.get("Label") or "")
        found.append(("" if label.upper() in _NO_LABEL else label, words(part)))
    return [part for part in found if part[1]]


def _citation(record: etree._Element, work: etree._Element, abstract: str) -> Citation:
    ids = _ids(record)
    authors = work.find("AuthorList[@Type='authors']")
    authors = work.find("AuthorList") if authors is None else authors
    numbers = " ".join(every(work, "DataBankList/DataBank/AccessionNumberList/AccessionNumber"))
    return Citation(
        authors=_authors(authors),
        authors_truncated=authors is not None and authors.get("CompleteYN") == "N",
        affiliations=addresses(every(authors, "Author/AffiliationInfo/Affiliation") if authors is not None else ())
        or addresses(every(work, "Affiliation")),
        year=_year(record, work),
        journal=first(record, "MedlineCitation/MedlineJournalInfo/MedlineTA")
        or first(work, "Journal/ISOAbbreviation", "Journal/Title", "Book/BookTitle"),
        volume=first(work, "Journal/JournalIssue/Volume", "Book/Volume"),
        issue=first(work, "Journal/JournalIssue/Issue"),
        pages=first(work, "Pagination/MedlinePgn") or _pages(work),
        doi=ids.get("doi", "").lower() or None,
        pmid=first(record, "MedlineCitation/PMID", "BookDocument/PMID"),
        pmcid=ids.get("pmc"),
        registration=registrations(f"{numbers} {abstract}"),
        funding=once(every(work, "GrantList/Grant/Agency")),
        publication_types=every(work, "PublicationTypeList/PublicationType") or every(work, "PublicationType"),
        mesh=[_heading(e) for e in record.iterfind("MedlineCitation/MeshHeadingList/MeshHeading")],
        language=first(work, "Language"),
        database="PubMed",
        revised=_revised(record),
        notices=_notices(record),
    )


def _ids(record: etree._Element) -> dict[str, str]:
    """The article's own ids by kind; those of its references stand elsewhere."""
    places = ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId")
    found = {e.get("IdType", ""): words(e) for path in places for e in record.iterfind(path)}
    for e in record.iterfind(".//ELocationID"):
        if e.get("EIdType") == "doi" and e.get("ValidYN", "Y") == "Y":
            found.setdefault("doi", words(e))
    return found


def _year(record: etree._Element, work: etree._Element) -> int | None:
    paths = ("Journal/JournalIssue/PubDate", "ArticleDate", "Book/PubDate", "ContributionDate")
    found = (years(" ".join(every(date, "*"))) for path in paths for date in work.iterfind(path))
    return next((year for year in found if year is not None), None)


def _pages(work: etree._Element) -> str | None:
    start, end = first(work, "Pagination/StartPage"), first(work, "Pagination/EndPage")
    return f"{start}-{end}" if start and end and start != end else start


def _authors(group: etree._Element | None) -> list[str]:
    """`Last, First` as in PubMed's FAU, or the name of a group."""
    names = []
    for author in group.iterfind("Author") if group is not None else ():
        last, given = first(author, "LastName"), first(author, "ForeName", "Initials")
        name = ", ".join(part for part in (last, given) if part) or first(author, "CollectiveName")
        names += [name] if name else []
    return names


def _heading(heading: etree._Element) -> str:
    """`Danazol/*therapeutic use` as in PubMed's MH; the star marks a main topic."""
    parts = [e for e in heading if e.tag in ("DescriptorName", "QualifierName")]
    return "/".join(("*" if e.get("MajorTopicYN") == "Y" else "") + words(e) for e in parts)
