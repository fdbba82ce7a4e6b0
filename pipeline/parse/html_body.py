"""The reading text of a saved page's article: headings as sections, paragraphs, lists; its tables apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from pipeline.parse.flow import Flow
from pipeline.parse.headings import is_known
from pipeline.parse.html_inline import inline, runs
from pipeline.parse.html_tables import box_of, is_data, read_table
from pipeline.parse.markup import NAMES, ByTag

#: sections that are not the article's text
_NOT_ARTICLE = re.compile(
    r"(?i)(?:\W|\d)*(?:references?(?: and notes)?|bibliography|literature cited|works cited|similar articles|"
    r"(?:related|recommended|associated|linked|more) (?:articles?|content|data|reading|from .*)|cited by.*|"
    r"citing articles|actions?|share(?: this.*)?|page navigation|on this page|resources|linkout.*|publication types|"
    r"mesh terms|figures|cite(?: this.*)?|metrics|permissions|full text(?: links| sources)?|article menu|substances|"
    r"related information|(?:table of )?contents|cookies?.*|navigation)\W*"
)
_ABSTRACT = re.compile(r"(?i)\W*abstract\W*")
#: what sites write under figures, for clicking
_BUTTON = re.compile(
    r"(?i)(?:open|view|show|full|download|expand|enlarge)\b[\w\s-]{0,30}\b(?:table|figure|image|tab|window|slide|screen)\.?"
)
#: a list is for finding one's way if so much of it is links
_LINK_LIST = 0.8
#: where text begins if there is no heading: a sentence of so many words
_SENTENCE_WORDS = 8


@dataclass
class _Walk:
    """Where in the page we are: open sections as (level, title, start), and the level below which all is skipped."""

    flow: Flow
    title: str
    #: what holds a table and its caption → the table; figures with a table in them
    boxes: dict[etree._Element, etree._Element]
    figures: set[etree._Element]
    open: list[tuple[int, str, int]] = field(default_factory=list)
    skipping: int | None = None
    begun: bool = False
    #: has an abstract been read?
    abstract: bool = False
    #: the last heading before the text has begun; it may be the text's first, or the site's name
    first: tuple[int, str] | None = None

    def heading(self, level: int, text: str) -> None:
        if not text or _same(text, self.title) or (self.skipping is not None and level > self.skipping):
            return
        self.close(level)
        self.skipping = level if _NOT_ARTICLE.fullmatch(text) else None
        if self.skipping is not None:
            return
        if self.begun or is_known(text) or _ABSTRACT.fullmatch(text):
            self._open(level, text)
        else:
            self.first = (level, text)

    def _open(self, level: int, text: str) -> None:
        self.begun = True
        self.flow.paragraph(text)
        self.open.append((level, text, self.flow.length))

    def paragraph(self, text: str) -> None:
        """Append a paragraph; before the text has begun only a sentence, which begins it."""
        if self.skipping is not None or _BUTTON.fullmatch(text):
            return
        if not self.begun:
            if not _is_sentence(text) or _same(text, self.title):
                return
            if self.first is not None:
                self._open(*self.first)
        self.begun = True
        self.flow.paragraph(text)

    def close(self, level: int) -> None:
        """End the sections of this level and those within them."""
        while self.open and self.open[-1][0] >= level:
            _, title, start = self.open.pop()
            if _ABSTRACT.fullmatch(title):
                if not self.abstract and not any(s.start >= start > 0 for s in self.flow.sections):
                    self.flow.run_in_sections(start)
                self.abstract = True
                title = "abstract"
            self.flow.close(title, start)


def read_content(content: etree._Element, title: str, flow: Flow) -> None:
    """Append the article's text and tables; `title` is not read twice."""
    tables = [table for table in content.iter("table") if is_data(table)]
    boxes = {box_of(table): table for table in tables}
    walk = _Walk(flow, title, boxes, {above for box in boxes for above in box.iterancestors("figure")})
    _block(content, walk)
    walk.close(0)


def _block(element: etree._Element, walk: _Walk) -> None:
    table = walk.boxes.get(element)
    if table is not None:
        _table(element, table, walk)
    else:
        _READ[element.tag](element, walk)


def _inner(element: etree._Element, walk: _Walk) -> None:
    """Lines and blocks of a container, in order."""
    for part in runs(element):
        if isinstance(part, str):
            walk.paragraph(part)
        else:
            _block(part, walk)


def _section(element: etree._Element, walk: _Walk) -> None:
    """The end of a box ends the sections whose headings stand in it, unless it only holds the heading."""
    opened, skipping = len(walk.open), walk.skipping
    _inner(element, walk)
    if len(walk.open) > opened and walk.flow.length > walk.open[opened][2]:
        walk.close(walk.open[opened][0])
    if skipping is None and walk.skipping is not None and not _NOT_ARTICLE.fullmatch(inline(element)):
        walk.skipping = None


def _heading(element: etree._Element, walk: _Walk) -> None:
    walk.heading(int(NAMES[element.tag][1]), inline(element))


def _paragraph(element: etree._Element, walk: _Walk) -> None:
    """A paragraph; one that is only a usual heading in bold letters is a heading."""
    bold = [e for e in element if NAMES[e.tag] in ("b", "strong")]
    if len(bold) == 1 == len(element) and not (element.text or "").strip() and not (bold[0].tail or "").strip():
        text = inline(element)
        if is_known(text):
            walk.heading(7, text)
            return
    _inner(element, walk)


def _list(element: etree._Element, walk: _Walk) -> None:
    """A list; not one of links only, which is for finding one's way."""
    words = len(inline(element))
    linked = sum(len(inline(link)) for link in element.iter("a"))
    if linked <= _LINK_LIST * words:
        _inner(element, walk)


def _terms(element: etree._Element, walk: _Walk) -> None:
    """A term and its definition on one line, as "CR: complete response"."""
    term = ""
    for part in element.iter("dt", "dd"):
        words = inline(part)
        if NAMES[part.tag] == "dt":
            walk.paragraph(term)
            term = words.rstrip(" :")
        else:
            walk.paragraph(": ".join(filter(None, (term, words))))
            term = ""
    walk.paragraph(term)


def _figure(element: etree._Element, walk: _Walk) -> None:
    """A figure's label and caption in one paragraph; tables in it on their own."""
    if element in walk.figures:
        _inner(element, walk)
    elif text := inline(element):
        walk.paragraph(text)


def _rule(element: etree._Element, walk: _Walk) -> None:
    """Not for reading."""


def _table(box: etree._Element, table: etree._Element, walk: _Walk) -> None:
    found = read_table(box, table)
    if found is not None and walk.skipping is None:
        walk.flow.tables.append(found)


def _same(text: str, title: str) -> bool:
    return "".join(filter(str.isalnum, text)).lower() == "".join(filter(str.isalnum, title)).lower()


def _is_sentence(text: str) -> bool:
    return text.count(" ") + 1 >= _SENTENCE_WORDS and text.rstrip("”\"')]")[-1:] in ".!?"


_NAMED: dict[str, Callable[[etree._Element, _Walk], None]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(("section", "article", "div"), _section),
    **dict.fromkeys(("ul", "ol"), _list),
    "p": _paragraph,
    "dl": _terms,
    "figure": _figure,
    **dict.fromkeys(("hr", ""), _rule),
}
_READ = ByTag(_NAMED, _inner)
