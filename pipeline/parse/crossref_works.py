"""Reader of Crossref's works in JSON (its REST API). Its source text is the text that it reads out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import registrations
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.json_values import Object, at, objects, records, text, texts
from pipeline.parse.notices import printed
from pipeline.parse.xml_records import text_record
from pipeline.parsed import Citation, Notice, NoticeKind, ParsedRecord, SetAside

#: type of an `update-to` → what this work is to the other one
_UPDATES: dict[str, NoticeKind] = {
    "retraction": "retraction of",
    "withdrawal": "retraction of",
    "removal": "retraction of",
    "partial_retraction": "partial retraction of",
    "expression_of_concern": "expression of concern for",
    "erratum": "erratum for",
    "corrigendum": "erratum for",
    "correction": "erratum for",
    "new_version": "update of",
}
_MARK = re.compile(r"</?[A-Za-z][^<>]{0,200}>")


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per work. Raises Unreadable if there is none."""
    found = False
    for work in records(document, "items"):
        found = True
        yield work if isinstance(work, SetAside) else _record(document, work)
    if not found:
        raise Unreadable("holds no work of Crossref", "download it again as JSON")


def _record(document: Document, work: Object) -> ParsedRecord:
    said = _plain(text(work, "abstract"))
    cited = citation_of(work)
    lines = [printed(notice) for notice in cited.notices]
    return text_record(document, cited.title or "", [("", said)] if said else [], cited, [], lines)


def citation_of(work: Object) -> Citation:
    issued = at(work, "issued", "date-parts")
    year = issued[0][0] if isinstance(issued, list) and issued and isinstance(issued[0], list) and issued[0] else None
    return Citation(
        title=_plain(_first(work, "title")) or None,
        authors=[name for e in objects(work, "author") if (name := _name(e))],
        year=year if isinstance(year, int) else None,
        journal=_first(work, "container-title") or None,
        volume=text(work, "volume") or None,
        issue=text(work, "issue") or None,
        pages=text(work, "page") or None,
        doi=text(work, "DOI").lower() or None,
        registration=registrations(text(work, "abstract")),
        publication_types=[kind for kind in [text(work, "type")] if kind],
        language=text(work, "language") or None,
        database="Crossref",
        notices=list(_notices(work)),
    )


def _first(work: Object, key: str) -> str:
    """The first of a list, as Crossref has it; or the words alone, as reference managers write them (CSL JSON)."""
    return text(work, key) or next(iter(texts(work, key)), "")


def _name(author: Object) -> str:
    return ", ".join(part for key in ("family", "given") if (part := text(author, key))) or text(author, "name")


def _notices(work: Object) -> Iterator[Notice]:
    """Crossref names the article in the record of the notice."""
    for e in objects(work, "update-to"):
        kind = _UPDATES.get(text(e, "type").lower())
        if kind is not None:
            doi = text(e, "DOI").lower()
            yield Notice(kind=kind, where=doi, doi=doi or None)


def _plain(marked: str) -> str:
    return " ".join(_MARK.sub(" ", marked).split())
