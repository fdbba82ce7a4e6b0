"""The citation of a saved page: Highwire's `citation_*`, Dublin Core and PRISM meta tags, else JSON-LD, else the page.

Names: https://scholar.google.com/intl/en/scholar/inclusion.html#indexing and https://schema.org/ScholarlyArticle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pipeline.identifiers import find_doi, registrations
from pipeline.parse.html_inline import inline
from pipeline.parse.scripts import tidy
from pipeline.parsed import Citation

Meta = dict[str, list[str]]

#: field → names of the meta tags that hold it, best first
_NAMES = {
    "title": ("citation_title", "dc.title", "dcterms.title", "prism.title", "wkhealth_title", "bepress_citation_title"),
    "journal": ("citation_journal_title", "citation_journal_abbrev", "prism.publicationname", "dc.source",
                "citation_conference_title", "dcterms.ispartof"),
    "date": ("citation_publication_date", "citation_date", "citation_year", "citation_cover_date",
             "prism.publicationdate", "dc.date", "dcterms.issued", "dcterms.date", "citation_online_date",
             "article:published_time"),
    "volume": ("citation_volume", "prism.volume", "dc.citation.volume"),
    "issue": ("citation_issue", "prism.number", "prism.issuenumber", "dc.citation.issue"),
    "first": ("citation_firstpage", "prism.startingpage", "dc.citation.spage", "citation_article_number"),
    "last": ("citation_lastpage", "prism.endingpage", "dc.citation.epage"),
    "doi": ("citation_doi", "prism.doi", "dc.identifier", "dc.identifier.doi", "bepress_citation_doi", "evt-doipage"),
    "pmid": ("citation_pmid", "ncbi_uid", "ncbi_article_id"),
    "pmcid": ("citation_pmcid",),
    "language": ("citation_language", "dc.language", "dcterms.language"),
}  # fmt: skip
_AUTHORS = (
    "citation_author",
    "citation_authors",
    "dc.creator",
    "dc.contributor",
    "dcterms.creator",
    "bepress_citation_author",
)
_KEYWORDS = ("citation_keywords", "citation_keyword", "dc.subject", "prism.keyword")
#: tags that only pages of articles have
_ARTICLE_TAGS = (
    "citation_title",
    "citation_journal_title",
    "citation_doi",
    "citation_pmid",
    "prism.doi",
    "bepress_citation_title",
)
_TYPES = ("Article", "ScholarlyArticle", "MedicalScholarlyArticle", "Report")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SITE = re.compile(r"\s+(?:[|–—-]|::)\s+\S.*$")


def meta_of(root: etree._Element) -> Meta:
    """Contents of the page's meta tags by lower-case name, in order."""
    found: Meta = {}
    for tag in root.iter("meta"):
        name = (tag.get("name") or tag.get("property") or "").strip().lower()
        content = tidy(tag.get("content") or "")
        if name and content:
            found.setdefault(name, []).append(content)
    return found


def is_article(meta: Meta, linked: dict[str, Any]) -> bool:
    """Does the page say that it shows an article?"""
    return bool(linked) or any(name in meta for name in _ARTICLE_TAGS)


def title_in(root: etree._Element, meta: Meta, linked: dict[str, Any]) -> str:
    """The article's title: as the page tells machines, else its first heading, else the window's title."""
    named = _first(meta, "title") or _text(linked.get("headline")) or _text(linked.get("name"))
    if named:
        return named
    heading = next((text for e in root.iter("h1") if (text := inline(e))), "")
    return heading or _SITE.sub("", inline(next(root.iter("title"), None)))


def citation_of(meta: Meta, linked: dict[str, Any], title: str, whole: str) -> Citation:
    """The citation; `whole` is the text of the page's article."""
    first, last = (
        _first(meta, "first") or _text(linked.get("pageStart")),
        _first(meta, "last") or _text(linked.get("pageEnd")),
    )
    pmcid = re.fullmatch(r"(?i)(?:PMC)?(\d+)", _first(meta, "pmcid"))
    pmid = re.fullmatch(r"\d{1,9}", _first(meta, "pmid"))
    numbers = registrations(whole)
    year = _YEAR.search(_first(meta, "date") or _text(linked.get("datePublished")))
    return Citation(
        title=title or None,
        authors=_authors(meta, linked),
        year=int(year[0]) if year else None,
        journal=_first(meta, "journal") or _named(linked.get("isPartOf")) or None,
        volume=_first(meta, "volume") or None,
        issue=_first(meta, "issue") or None,
        pages=(f"{first}-{last}" if first and last and first != last else first) or None,
        doi=_doi(meta, linked),
        pmid=pmid[0] if pmid else None,
        pmcid=f"PMC{pmcid[1]}" if pmcid else None,
        registration=numbers if len(numbers) == 1 else [],
        mesh=list(dict.fromkeys(word for name in _KEYWORDS for text in meta.get(name, []) for word in _split(text))),
        language=_first(meta, "language") or None,
    )


def _first(meta: Meta, field: str) -> str:
    return next((meta[name][0] for name in _NAMES[field] if name in meta), "")


def _doi(meta: Meta, linked: dict[str, Any]) -> str | None:
    named = [text for name in _NAMES["doi"] for text in meta.get(name, [])]
    named += [_text(linked.get(key)) for key in ("doi", "identifier", "sameAs", "@id", "url")]
    return next((doi for text in named if (doi := find_doi(text))), None)


def _authors(meta: Meta, linked: dict[str, Any]) -> list[str]:
    for name in _AUTHORS:
        if name in meta:
            return [author for text in meta[name] for author in _split(text)]
    people = linked.get("author")
    names = [_named(person) for person in (people if isinstance(people, list) else [people])]
    return [name for name in names if name]


def _split(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in text.split(";")) if part]


def linked_data(root: etree._Element) -> dict[str, Any]:
    """The page's JSON-LD of an article, or nothing."""
    for script in root.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            for item in _items(script.text or ""):
                kinds = item.get("@type")
                if any(kind in _TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
                    return item
    return {}


def _items(text: str) -> Iterator[dict[str, Any]]:
    """Objects of a JSON-LD script: itself, those in its list or its @graph, and their main entity."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    listed = data if isinstance(data, list) else data.get("@graph", [data]) if isinstance(data, dict) else []
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict):
            yield item
            if isinstance(item.get("mainEntity"), dict):
                yield item["mainEntity"]


def _text(value: object) -> str:
    return tidy(value) if isinstance(value, str) else ""


def _named(value: object) -> str:
    """A name, given as it is or as an object with one; a journal's issue names its journal."""
    if isinstance(value, dict):
        outer = value.get("isPartOf")
        while isinstance(outer, dict):
            value, outer = outer, outer.get("isPartOf")
        return _text(value.get("name"))
    return _text(value)
