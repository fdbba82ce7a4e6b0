"""One article as RIS, which EndNote, Zotero, Rayyan and litpool itself read.

What the kept record lacks is taken from its duplicates, and a note names every file that the article was found in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from pipeline.parsed import Citation

#: how a note begins that litpool itself wrote: names of files and records, which are no identifiers of the article
OWN_NOTE = "Found by litpool"
#: word of a publication type → RIS type, the first that fits
_TYPES = {
    "conference": "CONF", "congress": "CONF", "meeting abstract": "CONF", "thesis": "THES", "dissertation": "THES",
    "chapter": "CHAP", "book": "BOOK", "report": "RPRT", "preprint": "UNPB", "patent": "PAT",
}  # fmt: skip
#: field → its tag, in the order of the file; the rest is told apart below
_TAGS = {
    "authors": "AU", "year": "PY", "journal": "T2", "volume": "VL", "issue": "IS", "pages": "SP", "doi": "DO",
    "affiliations": "AD", "pmcid": "C2", "publication_types": "M3", "mesh": "KW", "language": "LA", "database": "DB",
}  # fmt: skip
_PAGES = re.compile(r"([^-]+)-([^-]+)")
_EUDRACT = re.compile(r"20\d\d-0\d{5}-\d\d")
_PUBMED = re.compile(r"(?i)pubmed|medline")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


class Cited(Protocol):
    """What a record is cited by, and where it was found."""

    @property
    def record_id(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def citation(self) -> Citation: ...
    @property
    def abstract(self) -> str: ...


def article(records: Sequence[Cited]) -> str:
    """One RIS record of a kept record and its duplicates, in this order."""
    whole, abstract, filled = completed(records)
    lines = [("TY", _type(whole)), ("TI", whole.title or "")]
    for field, tag in _TAGS.items():
        value = getattr(whole, field)
        if field == "pages":
            lines += _pages(value or "")
        else:
            lines += [(tag, str(one)) for one in (value if isinstance(value, list) else [value]) if one is not None]
    lines += _pmid(whole)
    lines += [("AB", abstract), *(("N1", note) for note in _notes(whole, records, filled))]
    said = [(tag, clean) for tag, value in lines if (clean := one_line(value))]
    return "".join(f"{tag}  - {value}\n" for tag, value in said) + "ER  - \n\n"


def completed(records: Sequence[Cited]) -> tuple[Citation, str, list[str]]:
    """Citation and abstract of the first record, with what it lacks from the next ones; and the names of that."""
    kept = records[0].citation
    if len(records) == 1:
        return kept, records[0].abstract, []
    filled = {
        name: value
        for name in Citation.model_fields
        if name not in ("authors_truncated", "revised", "notices")
        and _is_empty(getattr(kept, name))
        and not _is_empty(value := _first([getattr(r.citation, name) for r in records[1:]]))
    }
    abstract = next((r.abstract for r in records if r.abstract), "")
    names = [*filled, *(["abstract"] if abstract and not records[0].abstract else [])]
    return kept.model_copy(update=filled), abstract, names


def _first(values: Sequence[object]) -> object:
    """The first that says something."""
    return next((value for value in values if not _is_empty(value)), None)


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value == []


def one_line(value: str) -> str:
    """The value without line breaks of any kind, which would start a new field, and without what no reader takes."""
    return " ".join(_CONTROLS.sub(" ", value).split())


def _type(citation: Citation) -> str:
    said = " ".join(citation.publication_types).lower()
    return next((kind for word, kind in _TYPES.items() if word in said), "JOUR")


def _pages(pages: str) -> list[tuple[str, str]]:
    m = _PAGES.fullmatch(pages)
    return [("SP", m[1]), ("EP", m[2])] if m else [("SP", pages)]


def _pmid(citation: Citation) -> list[tuple[str, str]]:
    """EndNote's custom field; the accession number too, unless it would be taken for one of another database."""
    if citation.pmid is None:
        return []
    own = citation.database is None or _PUBMED.search(citation.database) is not None
    return [("C5", citation.pmid), *([("AN", citation.pmid)] if own else [])]


def _notes(whole: Citation, records: Sequence[Cited], filled: Sequence[str]) -> Iterator[str]:
    if whole.registration:
        numbers = (f"EudraCT {n}" if _EUDRACT.fullmatch(n) else n for n in whole.registration)
        yield f"Registration: {'; '.join(numbers)}"
    if whole.authors_truncated:
        yield "The list of authors is cut short in the source"
    found = (f"{r.file}, record {r.record_id}{_from(r.citation)}" for r in records)
    yield f"{OWN_NOTE} in {'; '.join(found)}"
    if filled:
        yield f"{OWN_NOTE} in a duplicate only: {', '.join(name.replace('_', ' ') for name in filled)}"


def _from(citation: Citation) -> str:
    return f" ({citation.database})" if citation.database else ""
