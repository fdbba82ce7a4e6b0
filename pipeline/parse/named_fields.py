"""The citation of a record whose fields have names: a row of a table, an entry of BibTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipeline.identifiers import registrations
from pipeline.parse.affiliations import listed
from pipeline.parse.author_lists import split_authors
from pipeline.parse.tagged import doi_in, years
from pipeline.parsed import Citation

#: what stands in a cell that holds nothing
_MISSING = re.compile(
    r"(?i)[\W_]*|#?n/?a|#(?:name\?|value!|ref!|num!|null!|div/0!)|nan|null|none|\W*no abstract available\W*"
)
_DATABASES = re.compile(
    r"(?i)\b(?:pubmed|medline|scopus|embase|web of science|wos|cochrane|central|cinahl|psycinfo|lilacs|dimensions|lens|"
    r"google scholar|clinicaltrials\.gov|europe pmc|ovid|ebsco|proquest)"
)
_MARKS = {
    "scopus.com": "Scopus",
    "WOS:": "Web of Science",
    "Web of Science Core Collection": "Web of Science",
    "embase.com": "Embase",
    "ncbi.nlm.nih.gov": "PubMed",
}
_PMID = re.compile(r"(?:PMID:?\s{0,3}(\d{1,8})|pubmed(?:\.ncbi\.nlm\.nih\.gov)?[/:\s]\s{0,2}(\d{5,8}))\b", re.I)
_NUMBER = re.compile(r"(?:PMID:?\s{0,3})?(\d{1,9})(?:\.0)?", re.I)
#: `01-Jul`, `Jul-17`: what a spreadsheet makes of the pages 1-7
_DATE = re.compile(r"\d{1,2}[-./][A-Z][a-z]{2}|[A-Z][a-z]{2}[-./]\d{2,4}|\d{4}-\d\d-\d\d(?: 00:00:00)?")
_POINT_ZERO = re.compile(r"(?<=\d)\.0$")
_DASHES = re.compile(r"\s*[-–—]+\s*")
_PMCID = re.compile(r"PMC\d{4,9}\b")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.I)

#: the values of a field, best first, none of them empty
Values = Callable[[str], list[str]]


def is_missing(value: str) -> bool:
    """Is it empty, or a mark such as NA?"""
    return len(value) < 40 and _MISSING.fullmatch(value) is not None


def cite(values: Values, abstract: str, authors: list[str] | None = None) -> Citation:
    """The citation (all but the title, which is part of the text) from the values of fields.

    `authors` are the names where the format itself tells them apart.
    """
    links = " ".join([*values("link"), *values("notes")])
    named = _first(values("authors")) or ""
    return Citation(
        authors=split_authors(named) if authors is None else authors,
        authors_truncated=named.rstrip(" .;,").endswith(("et al", " and others", "...", "…")),
        affiliations=listed(values("addresses")[:1]),
        year=next((year for date in values("year") if (year := years(date)) is not None), None),
        journal=_first(v for v in values("journal") if not _DATABASES.match(v)),
        volume=_printed(values("volume")),
        issue=_printed(values("issue")),
        pages=_pages(values),
        doi=next((doi for value in [*values("doi"), links] if (doi := doi_in(value))), None),
        pmid=_pmid(values("pmid"), links),
        pmcid=next((m[0] for v in [*values("pmcid"), links] if (m := _PMCID.search(v))), None),
        registration=registrations(" ".join([*values("registration"), *values("notes"), abstract])),
        publication_types=_listed(values("types")[:1]),
        mesh=_listed(values("mesh")),
        language=_first(values("language")),
        database=_first(v for v in values("database") if _DATABASES.search(v)) or _database(links),
    )


def damage(values: Values) -> list[str]:
    """What a spreadsheet did to the values, one sentence each; `cite` leaves these values out."""
    found = [
        f'the {field} "{value}" was made by a spreadsheet and is left out'
        for field in ("volume", "issue", "pages")
        for value in values(field)[:1]
        if _DATE.fullmatch(value)
    ]
    return found + [f'the PMID "{v}" was rounded by a spreadsheet' for v in values("pmid")[:1] if _ROUNDED.fullmatch(v)]


def _first(values: Iterable[str]) -> str | None:
    return next(iter(values), None)


def _printed(values: Iterable[str]) -> str | None:
    """The first value as printed: no date, and no `.0` of a number."""
    value = _first(values)
    return None if value is None or _DATE.fullmatch(value) else _POINT_ZERO.sub("", value)


def _pages(values: Values) -> str | None:
    pages = _printed(values("pages"))
    first, last = _printed(values("first page")), _printed(values("last page"))
    if pages is None and first is not None:
        pages = first if last is None or last == first or "-" in first else f"{first}-{last}"
    if pages is None:
        pages = _first(v for v in values("article number") if not v.startswith("2-s2.0"))
    if pages is None:
        return None
    first, _, last = _DASHES.sub("-", pages).partition("-")
    return f"{first}-{last}" if last and last != first else first


def _pmid(values: list[str], elsewhere: str) -> str | None:
    whole = (m[1] for value in values if (m := _NUMBER.fullmatch(value)))
    within = (m[1] or m[2] for value in (*values, elsewhere) if (m := _PMID.search(value)))
    return next(whole, next(within, None))


def _listed(values: Iterable[str]) -> list[str]:
    """Items of lists, each once: apart by semicolons or lines, else by commas."""
    found: dict[str, None] = {}
    for value in values:
        apart = next((mark for mark in (r"[;\r\n|]", r",\s") if re.search(mark, value)), ",")
        parts = re.split(apart, value)
        found.update((part.strip(), None) for part in parts if part.strip())
    return list(found)


def _database(links: str) -> str | None:
    return next((name for mark, name in _MARKS.items() if mark in links), None)
