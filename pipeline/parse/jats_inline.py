"""Words of a JATS element as one line of text: reference numbers dropped, exponents kept as exponents."""

from __future__ import annotations

from collections.abc import Callable
from html.entities import html5
from itertools import chain, islice

from lxml import etree

from pipeline.parse.markup import ENTITY, NAMES, ByTag
from pipeline.parse.mathml import math_text, tex_text
from pipeline.parse.scripts import MARK, is_reference, subscript, superscript, tidy

Parts = list[str]
Say = Callable[[etree._Element, list[str], bool], None]

#: what stands on its own: a line of text is not the place to read it
BLOCKS = frozenset(
    """
    table-wrap table-wrap-group fig fig-group floats-wrap list def-list boxed-text disp-quote sec
    supplementary-material disp-formula-group chem-struct-wrap chem-struct-wrapper statement verse-group speech array
    """.split()
)
#: blocks that may float: where they stand in a paragraph, its sentence goes on behind them; so with footnotes
FLOATS = frozenset(
    "table-wrap table-wrap-group fig fig-group floats-wrap boxed-text supplementary-material fn fn-group".split()
)

#: as many elements on each side may be the same formula in other forms
_NEAR = 4


def inline(element: etree._Element | None, *, cell: bool = False) -> str:
    """The element's words on one line; in a table's `cell`, the marks of footnotes are dropped."""
    if element is None:
        return ""
    if not len(element):
        return tidy(element.text or "")
    parts: Parts = []
    collect(element, parts, cell)
    return tidy("".join(parts))


def collect(element: etree._Element, parts: Parts, cell: bool = False) -> None:
    """Append what the element says, its children's words in their places."""
    text = element.text
    if text:
        parts.append(text)
    for child in element:
        SAY[child.tag](child, parts, cell)
        text = child.tail
        if text:
            parts.append(text)


def _words(element: etree._Element, cell: bool) -> str:
    if not len(element):
        return element.text or ""
    inner: Parts = []
    collect(element, inner, cell)
    return "".join(inner)


def _silent(element: etree._Element, parts: Parts, cell: bool) -> None:
    """Not for reading."""


def _space(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(" ")


def _apart(element: etree._Element, parts: Parts, cell: bool) -> None:
    """A block within a line: its words do not glue to those around it."""
    parts.append(" ")
    collect(element, parts, cell)
    parts.append(" ")


def _superscript(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(superscript(_words(element, cell), parts, cell))


def _subscript(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(subscript(_words(element, cell), parts))


def _reference(element: etree._Element, parts: Parts, cell: bool) -> None:
    """A link within the article: to a reference, a footnote, a table, a figure."""
    kind = element.get("ref-type")
    if kind in ("fn", "aff", "corresp", "author-notes") or (cell and kind == "table-fn"):
        return
    words = _words(element, cell)
    parts.append(MARK if kind == "bibr" and is_reference(words) else words)


def _math(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(math_text(element))


def _tex(element: etree._Element, parts: Parts, cell: bool) -> None:
    """TeX says again what MathML beside it says."""
    beside = (islice(element.itersiblings(preceding=before), _NEAR) for before in (True, False))
    if not any(NAMES[e.tag] == "math" for e in chain.from_iterable(beside)):
        parts.append(tex_text(element.text or ""))


def _entity(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(character(str(getattr(element, "name", ""))))


def character(name: str) -> str:
    """The character that HTML and the ISO sets call `name`; `&name;` itself for a name that they do not know."""
    return html5.get(f"{name};") or f"&{name};"


_READ: dict[str, Say] = {
    **dict.fromkeys(BLOCKS, _apart),
    **dict.fromkeys(("p", "title", "label", "caption", "disp-formula", "td", "th", "tr", "list-item", "fn"), _apart),
    **dict.fromkeys(("graphic", "inline-graphic", "media", "object-id", "alt-text", "long-desc"), _silent),
    **dict.fromkeys(("index-term", "private-char", "glyph-data", "processing-meta", ""), _silent),
    "break": _space,
    "sup": _superscript,
    "sub": _subscript,
    "xref": _reference,
    "math": _math,
    "tex-math": _tex,
    ENTITY: _entity,
}


#: an element's `tag` → the function that appends what it says within a line
SAY: ByTag[Say] = ByTag(_READ, collect)
