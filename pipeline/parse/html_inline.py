"""Words of an HTML element as one line of text: reference numbers dropped, exponents kept as exponents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from pipeline.parse.markup import NAMES, ByTag
from pipeline.parse.mathml import math_text
from pipeline.parse.scripts import MARK, is_reference, subscript, superscript, tidy

Parts = list[str]
Say = Callable[[etree._Element, list[str], bool], None]

#: elements that stand on lines of their own
BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul
    """.split()
)
#: what a link to the reference list looks like
_TO_REFERENCE = re.compile(r"#[^#]*(?:ref|bib|cit|cr|note|[br])[-_a-z]*\.?\d", re.I)

#: letters, digits or signs of a table's links to its footnotes
_LONGEST_MARK = 2


def inline(element: etree._Element | None, *, cell: bool = False) -> str:
    """The element's words on one line; in a table's `cell`, the marks of footnotes are dropped."""
    if element is None:
        return ""
    parts: Parts = []
    collect(element, parts, cell)
    return tidy("".join(parts))


def collect(element: etree._Element, parts: Parts, cell: bool = False) -> None:
    """Append what the element says, its children's words in their places."""
    if element.text:
        parts.append(element.text)
    for child in element:
        SAY[child.tag](child, parts, cell)
        if child.tail:
            parts.append(child.tail)


def _words(element: etree._Element, cell: bool) -> str:
    inner: Parts = []
    collect(element, inner, cell)
    return "".join(inner)


def _silent(element: etree._Element, parts: Parts, cell: bool) -> None:
    """Not for reading."""


def _space(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(" ")


def _apart(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(" ")
    collect(element, parts, cell)
    parts.append(" ")


def _superscript(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(superscript(_words(element, cell), parts, cell))


def _subscript(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(subscript(_words(element, cell), parts))


def _link(element: etree._Element, parts: Parts, cell: bool) -> None:
    """A link within the page to a reference, or in a table to a footnote, is a mark; any other is its words."""
    words = _words(element, cell)
    if cell and (element.get("href") or "").startswith("#") and len(words.strip(" ()[]")) <= _LONGEST_MARK:
        parts.append(MARK if is_reference(words) else "")
        return
    named = _TO_REFERENCE.search(element.get("href") or "") or "bibr" in (element.get("class") or "")
    parts.append(MARK if named and words.strip() and is_reference(words) else words)


def _math(element: etree._Element, parts: Parts, cell: bool) -> None:
    parts.append(math_text(element))


def is_block(element: etree._Element) -> bool:
    """A block, or an element of a line that holds one, as in `<a><div>`."""
    return NAMES[element.tag] in BLOCKS or (len(element) > 0 and any(NAMES[e.tag] in BLOCKS for e in element.iter()))


def runs(element: etree._Element) -> Iterator[str | etree._Element]:
    """What stands in a block, in order: lines of text, and the blocks between them."""
    parts: Parts = [element.text or ""]
    for child in element:
        if is_block(child):
            if line := tidy("".join(parts)):
                yield line
            parts.clear()
            yield child
        else:
            SAY[child.tag](child, parts, False)
        parts.append(child.tail or "")
    if line := tidy("".join(parts)):
        yield line


_READ: dict[str, Say] = {
    **dict.fromkeys(BLOCKS, _apart),
    **dict.fromkeys(("img", "wbr", "script", "style", ""), _silent),
    "br": _space,
    "sup": _superscript,
    "sub": _subscript,
    "a": _link,
    "math": _math,
}
#: an element's `tag` → the function that appends what it says within a line
SAY: ByTag[Say] = ByTag(_READ, collect)
