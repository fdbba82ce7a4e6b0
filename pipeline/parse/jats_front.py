"""The citation of a JATS article, and its title and abstracts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.identifiers import registrations
from pipeline.parse.affiliations import addresses
from pipeline.parse.flow import Flow
from pipeline.parse.grants import once
from pipeline.parse.jats_body import blocks
from pipeline.parse.jats_inline import inline
from pipeline.parse.markup import NAMES, by_name, child, children
from pipeline.parse.notices import jats_kind
from pipeline.parsed import Citation, Notice

#: the children of `article-meta` by their names
Meta = dict[str, list[etree._Element]]

#: abstracts beside the abstract proper
_OTHER_ABSTRACTS = frozenset({"graphical", "teaser", "toc", "author-highlights", "key-points", "web-summary", "video"})
#: print before electronic: the year an article is cited by
_DATES = ("ppub", "print", "collection", "epub", "electronic", "pub", "epub-ppub")
#: where the front may name registration numbers
_WITH_NUMBERS = ("abstract", "article-id", "custom-meta-group", "related-object", "notes")
_HREF = "{http://www.w3.org/1999/xlink}href"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def front_of(article: etree._Element) -> etree._Element | None:
    """The element that holds `article-meta`."""
    return next(children(article, "front", "front-stub"), None)


def meta_of(article: etree._Element) -> Meta:
    return by_name(child(front_of(article), "article-meta"))


def title_of(meta: Meta) -> str:
    groups = meta.get("title-group", [])[:1]
    words = [word for group in groups for e in children(group, "article-title", "subtitle") if (word := inline(e))]
    return ": ".join([word.rstrip(": ") for word in words[:-1]] + words[-1:])


def read_abstracts(meta: Meta, flow: Flow) -> None:
    """The abstract proper, as section "abstract" with its own sections within; else a translated one."""
    found = [e for e in meta.get("abstract", ()) if e.get("abstract-type") not in _OTHER_ABSTRACTS]
    for abstract in found or meta.get("trans-abstract", [])[:1]:
        start, before = flow.length, len(flow.sections)
        blocks(abstract, flow)
        if len(flow.sections) == before and flow.length > start:
            flow.run_in_sections(start)
        flow.close("abstract", start)


def read_funding(meta: Meta, flow: Flow) -> None:
    """What the front says of funding, as a section."""
    for group in meta.get("funding-group", ()):
        start = flow.length
        for statement in children(group, "funding-statement"):
            flow.paragraph(inline(statement))
        flow.close("Funding", start)


def read_citation(article: etree._Element, meta: Meta, title: str, whole: str) -> Citation:
    """The citation of an article whose reading text is `whole`."""
    ids = {e.get("pub-id-type"): inline(e) for e in meta.get("article-id", ())}
    doi, pmc = ids.get("doi"), ids.get("pmc") or ids.get("pmcid") or ids.get("pmc-uid")
    return Citation(
        title=title or None,
        authors=_authors(meta),
        affiliations=addresses(_addresses(meta)),
        year=_year(meta),
        journal=_journal(article),
        volume=_word(meta, "volume"),
        issue=_word(meta, "issue"),
        pages=_pages(meta),
        doi=doi.lower() if doi else None,
        pmid=ids.get("pmid") or None,
        pmcid=f"PMC{pmc.upper().removeprefix('PMC')}" if pmc else None,
        registration=_registration(meta, whole),
        funding=_funders(meta),
        publication_types=_kinds(article, meta),
        mesh=[text for group in meta.get("kwd-group", ()) for e in children(group, "kwd") if (text := inline(e))],
        language=article.get(_LANGUAGE),
        database="PMC" if pmc else None,
        notices=list(_notices(article, meta)),
    )


def _notices(article: etree._Element, meta: Meta) -> Iterator[Notice]:
    """Related articles that retract, correct or update this one, or that this one is about."""
    for e in meta.get("related-article", ()):
        kind = jats_kind(e.get("related-article-type") or "", article.get("article-type") or "")
        target, where = (e.get(_HREF) or "").strip(), inline(e)
        told = {"pmid": e.get("ext-link-type") == "pubmed", "doi": e.get("ext-link-type") == "doi"}
        if kind is not None:
            ids = {name: target.lower() for name, is_one in told.items() if is_one and target}
            yield Notice(kind=kind, where=where or (target if not ids else ""), **ids)


def _funders(meta: Meta) -> list[str]:
    awards = (e for group in meta.get("funding-group", ()) for e in children(group, "award-group"))
    return once(inline(source) for award in awards for source in children(award, "funding-source"))


def _registration(meta: Meta, whole: str) -> list[str]:
    """Numbers that the front names; else the one number that the text names."""
    front = (e for name in _WITH_NUMBERS for e in meta.get(name, ()))
    named = registrations(" ".join(etree.tostring(e, method="text", encoding="unicode") for e in front))
    if named:
        return named
    numbers = registrations(whole)
    return numbers if len(numbers) == 1 else []


def _word(element: Meta, name: str) -> str | None:
    return next((inline(e) for e in element.get(name, ())), "") or None


def _journal(article: etree._Element) -> str | None:
    meta = child(front_of(article), "journal-meta")
    return inline(child(meta, "journal-title-group", "journal-title")) or inline(child(meta, "journal-title")) or None


def _pages(meta: Meta) -> str | None:
    first, last = _word(meta, "fpage"), _word(meta, "lpage")
    return f"{first}-{last}" if first and last and first != last else first or _word(meta, "elocation-id")


def _kinds(article: etree._Element, meta: Meta) -> list[str]:
    groups = (e for categories in meta.get("article-categories", ()) for e in children(categories, "subj-group"))
    heading = next((e for e in groups if e.get("subj-group-type") == "heading"), None)
    subjects = [inline(e) for e in children(heading, "subject")]
    return list(dict.fromkeys(filter(None, [article.get("article-type"), *subjects])))


def _authors(meta: Meta) -> list[str]:
    people = (e for group in meta.get("contrib-group", ()) for e in children(group, "contrib"))
    names = (_name(e) for e in people if e.get("contrib-type", "author") == "author")
    return [name for name in names if name]


def _name(person: etree._Element) -> str:
    """`Surname, Given`, or what the group calls itself."""
    for part in person:
        name = NAMES[part.tag]
        if name in ("name", "string-name"):
            return _person(part)
        if name in ("name-alternatives", "collab-alternatives") and len(part):
            return _name(part)
        if name == "collab":
            return _group(part)
    return ""


def _person(name: etree._Element) -> str:
    words = {NAMES[part.tag]: inline(part) for part in name}
    known = [words[kind] for kind in ("surname", "given-names") if words.get(kind)]
    return ", ".join(known) or inline(name)


def _group(collab: etree._Element) -> str:
    """A group's name without its members."""
    words = [collab.text or ""]
    for part in collab:
        words += [inline(part) if NAMES[part.tag] not in ("contrib-group", "") else "", part.tail or ""]
    return " ".join("".join(words).split())


def _addresses(meta: Meta) -> Iterator[str]:
    """What `aff` elements say, without their labels: of groups of authors, of single authors, and of the front."""
    groups = meta.get("contrib-group", ())
    people = (e for group in groups for e in children(group, "contrib"))
    for place in (*groups, *people, None):
        for e in meta.get("aff", ()) if place is None else children(place, "aff"):
            parts = [e.text or ""]
            for part in e:
                parts += ["" if NAMES[part.tag] in ("label", "sup", "") else inline(part), part.tail or ""]
            yield re.sub(r"\s+(?=[,.;])", "", " ".join(" ".join(parts).split()))


def _year(meta: Meta) -> int | None:
    found = meta.get("pub-date", ())
    dates = {e.get("pub-type") or e.get("date-type") or "": inline(child(e, "year")) for e in found}
    order = [*(kind for kind in _DATES if kind in dates), *dates]
    years = (dates[kind] for kind in order)
    return next((int(year) for year in years if year and year.isascii() and year.isdigit() and len(year) == 4), None)
