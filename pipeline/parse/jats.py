"""Reader of JATS articles (.nxml, .xml of PMC and publishers). Its source text is the text that it reads out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.headings import tidy as tidy_heading
from pipeline.parse.identity import registrations
from pipeline.parse.jats_inline import BLOCKS, inline, part, tag, tidy
from pipeline.parse.jats_tables import read_tables
from pipeline.parse.sections import find_sections
from pipeline.parsed import Citation, ParsedRecord, Section, Source, Table

#: abstracts beside the abstract proper
_OTHER_ABSTRACTS = frozenset({"graphical", "teaser", "toc", "author-highlights", "key-points", "web-summary", "video"})
#: print before electronic: the year an article is cited by
_DATES = ("ppub", "print", "collection", "epub", "electronic", "pub", "epub-ppub")


def read(document: Document) -> Iterator[ParsedRecord]:
    """One record per article. Raises Unreadable for XML that is damaged or holds no article."""
    root = _parse(document)
    articles = [root] if tag(root) == "article" else [e for e in root.iter() if tag(e) == "article"]
    if not articles:
        raise Unreadable("holds no JATS article", "download the article's XML again")
    for article in articles:
        yield _record(document, article)


def _parse(document: Document) -> etree._Element:
    """The tree, without entities, without the network, within lxml's limits of depth and size."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.parse(str(document.path), parser).getroot()
    except etree.XMLSyntaxError as error:
        reason = f"is damaged XML: {error.msg or 'it is not XML'}"
        raise Unreadable(reason, "download the article's XML again") from None
    return root


@dataclass
class _Text:
    """The reading text as it grows: paragraphs with blank lines between, sections and tables on the way."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    sections: list[Section] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def paragraph(self, text: str) -> tuple[int, int]:
        """Append a paragraph; its place."""
        if self.length and text:
            self._add("\n\n")
        start = self.length
        self._add(text)
        return start, self.length

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def close(self, title: str, start: int) -> None:
        """Say that everything from `start` on was the section `title`."""
        if start:
            start = min(start + 2, self.length)
        if self.length > start and title:
            self.sections.append(Section(title=title, start=start, end=self.length))


def _record(document: Document, article: etree._Element) -> ParsedRecord:
    text = _Text()
    meta = _first(article, "article-meta")
    title = _title(meta)
    if title:
        text.sections.append(_titled("title", text.paragraph(title)))
    _abstracts(meta, text)
    for block in article:
        if tag(block) in ("body", "floats-group"):
            _blocks(block, text)
    whole = "".join(text.parts)
    return ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(0, len(whole))),
        citation=_citation(article, meta, title, whole),
        text=whole,
        raw=whole,
        pieces=[(0, 0, len(whole))],
        sections=sorted(text.sections, key=lambda s: (s.start, -s.end)),
        tables=text.tables,
        problems=text.problems + ([] if whole else ["has neither title nor abstract"]),
    )


def _titled(title: str, place: tuple[int, int]) -> Section:
    return Section(title=title, start=place[0], end=place[1])


def _title(meta: etree._Element | None) -> str:
    group = _first(meta, "title-group")
    words = [inline(e) for e in group if tag(e) in ("article-title", "subtitle")] if group is not None else []
    return ": ".join(word.rstrip(":") if i < len(words) - 1 else word for i, word in enumerate(words) if word)


def _abstracts(meta: etree._Element | None, text: _Text) -> None:
    """The abstract proper, as section "abstract" with its own sections within."""
    for abstract in meta if meta is not None else ():
        if tag(abstract) != "abstract" or abstract.get("abstract-type") in _OTHER_ABSTRACTS:
            continue
        start = text.length
        before = len(text.sections)
        _blocks(abstract, text)
        if len(text.sections) == before and text.length > start:
            _run_in_sections(text, start)
        text.close("abstract", start)


def _run_in_sections(text: _Text, start: int) -> None:
    """Headings of an abstract that are only bold words within it."""
    begin = start + 2 if start else 0
    for found in find_sections("".join(text.parts)[begin:], [], None):
        if found.title != "abstract":
            text.sections.append(_titled(found.title, (found.start + begin, found.end + begin)))


def _blocks(parent: etree._Element, text: _Text) -> None:
    """Everything within a body, section, box or item, in order."""
    for child in parent:
        _block(child, tag(parent), text)


def _block(child: etree._Element, within: str, text: _Text) -> None:
    name = tag(child)
    if name == "sec":
        _section(child, text)
    elif name == "p":
        _paragraph(child, text)
    elif name in ("table-wrap", "table-wrap-group"):
        _table(child, text)
    elif name in ("fig", "caption"):
        _caption(child, text)
    elif name in BLOCKS or name in ("list-item", "def-item", "def", "body", "floats-group"):
        _blocks(child, text)
    elif name in ("disp-formula", "attrib", "term", "title") and within not in ("sec", "abstract"):
        text.paragraph(inline(child))


def _caption(figure: etree._Element, text: _Text) -> None:
    words = (inline(e) for e in figure if tag(e) in ("label", "caption", "p", "title"))
    text.paragraph(" ".join(filter(None, words)))


def _section(section: etree._Element, text: _Text) -> None:
    title = next((inline(e) for e in section if tag(e) == "title"), "")
    text.paragraph(title)
    start = text.length
    _blocks(section, text)
    text.close(tidy_heading(title), start)


def _paragraph(element: etree._Element, text: _Text) -> None:
    """A paragraph, broken where a list, table or figure stands in it."""
    words = [element.text or ""]
    for child in element:
        if tag(child) in BLOCKS:
            text.paragraph(tidy("".join(words)))
            words = []
            _block(child, "p", text)
        else:
            words.append(part(child, words))
        words.append(child.tail or "")
    text.paragraph(tidy("".join(words)))


def _table(wrap: etree._Element, text: _Text) -> None:
    tables = read_tables(wrap)
    text.tables += tables
    if not tables:
        label = next((inline(e) for e in wrap if tag(e) == "label"), "a table")
        text.problems.append(f"{label} is a picture; its numbers are not read")


def _first(element: etree._Element | None, name: str) -> etree._Element | None:
    return next((e for e in element.iter() if tag(e) == name), None) if element is not None else None


def _citation(article: etree._Element, meta: etree._Element | None, title: str, whole: str) -> Citation:
    ids = {e.get("pub-id-type"): inline(e) for e in _children(meta, "article-id")}
    front = " ".join(t for e in _children(meta, "abstract") for t in e.itertext() if isinstance(t, str))
    numbers = registrations(front) or registrations(whole)
    first, last = (_word(meta, name) for name in ("fpage", "lpage"))
    doi, pmc = ids.get("doi"), ids.get("pmc") or ids.get("pmcid")
    return Citation(
        title=title or None,
        authors=_authors(meta),
        year=_year(meta),
        journal=_word(_first(article, "journal-meta"), "journal-title"),
        volume=_word(meta, "volume"),
        issue=_word(meta, "issue"),
        pages=f"{first}-{last}" if first and last and first != last else first or _word(meta, "elocation-id"),
        doi=doi.lower() if doi else None,
        pmid=ids.get("pmid"),
        pmcid=f"PMC{pmc.removeprefix('PMC')}" if pmc else None,
        registration=numbers if len(numbers) == 1 or registrations(front) else [],
        publication_types=_kinds(article, meta),
        mesh=[inline(e) for group in _children(meta, "kwd-group") for e in group if tag(e) == "kwd"],
        language=article.get("{http://www.w3.org/XML/1998/namespace}lang"),
        database="PMC" if pmc else None,
    )


def _children(meta: etree._Element | None, name: str) -> list[etree._Element]:
    return [e for e in meta if tag(e) == name] if meta is not None else []


def _word(element: etree._Element | None, name: str) -> str | None:
    """The words of the first child (not of related articles within), or of the first such element below it."""
    if element is None:
        return None
    found = next(iter(_children(element, name)), None)
    if found is None and name == "journal-title":
        found = _first(element, name)
    return (inline(found) or None) if found is not None else None


def _kinds(article: etree._Element, meta: etree._Element | None) -> list[str]:
    groups = [e for e in meta.iter() if tag(e) == "subj-group"] if meta is not None else []
    heading = next((e for e in groups if e.get("subj-group-type") == "heading"), None)
    subjects = [inline(e) for e in _children(heading, "subject")]
    return list(dict.fromkeys(filter(None, [article.get("article-type"), *subjects])))


def _authors(meta: etree._Element | None) -> list[str]:
    names = []
    for group in _children(meta, "contrib-group"):
        for person in (e for e in group.iter() if tag(e) == "contrib" and e.get("contrib-type", "author") == "author"):
            surname, given, collab = (_first(person, name) for name in ("surname", "given-names", "collab"))
            if surname is not None:
                names.append(", ".join(inline(e) for e in (surname, given) if e is not None))
            elif collab is not None:
                names.append(inline(collab))
    return names


def _year(meta: etree._Element | None) -> int | None:
    dates = {e.get("pub-type") or e.get("date-type") or "": _word(e, "year") for e in _children(meta, "pub-date")}
    order = [*(kind for kind in _DATES if kind in dates), *dates]
    years = (dates[kind] for kind in order)
    return next((int(year) for year in years if year and year.isdigit()), None)
