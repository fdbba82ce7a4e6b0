"""The reading text of a JATS article's parts: sections, paragraphs, lists, boxes, captions, back matter."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from pipeline.parse.flow import Flow
from pipeline.parse.jats_inline import BLOCKS, FLOATS, SAY, Parts, inline
from pipeline.parse.jats_tables import notes, read_tables
from pipeline.parse.markup import NAMES, ByTag, child, children
from pipeline.parse.scripts import tidy

#: what parts of the back matter are called that have no title of their own
_UNTITLED = {
    "ack": "Acknowledgements",
    "fn-group": "Footnotes and disclosures",
    "glossary": "Abbreviations",
    "app": "Appendix",
}
#: signs that no blank stands before
_CLOSES = frozenset(".,;:)]")
#: back matter that is not the article's text
_LEFT_OUT = frozenset({"ref-list", "bio", "title", "label"})


def read_parts(article: etree._Element, flow: Flow) -> None:
    """Body, floating tables and figures, then the back matter."""
    for part in children(article, "body"):
        blocks(part, flow)
    for part in children(article, "floats-group", "floats-wrap"):
        blocks(part, flow)
    for part in children(article, "back"):
        _back(part, flow)


def blocks(parent: etree._Element, flow: Flow) -> None:
    """Everything within a body, section, box or item, in order."""
    for element in parent:
        _BLOCK[element.tag](element, flow)


def _silent(element: etree._Element, flow: Flow) -> None:
    """Not for reading, or read elsewhere."""


def _section(section: etree._Element, flow: Flow) -> None:
    _titled(section, inline(child(section, "title")), flow)


def _titled(element: etree._Element, title: str, flow: Flow) -> None:
    flow.paragraph(title)
    start = flow.length
    blocks(element, flow)
    flow.close(title, start)


def _box(box: etree._Element, flow: Flow) -> None:
    """A box is a section, named by its label and title."""
    caption = child(box, "caption")
    words = [inline(child(box, "label")), inline(child(box, "title")), inline(child(caption, "title"))]
    title = " ".join(filter(None, words))
    flow.paragraph(title)
    start = flow.length
    for element in box:
        name = NAMES[element.tag]
        if name == "caption":
            blocks(element, flow)
        elif name != "label":
            _BLOCK[element.tag](element, flow)
    flow.close(title, start)


def _paragraph(element: etree._Element, flow: Flow) -> None:
    """A paragraph, broken where a list or a quotation stands in it; what floats comes after it."""
    if not len(element):
        flow.paragraph(tidy(element.text or ""))
        return
    parts: Parts = [element.text or ""]
    later: list[etree._Element] = []
    for part in element:
        tag, tail = part.tag, part.tail or ""
        name = NAMES[tag]
        if name in FLOATS:
            later.append(part)
            parts.append("" if tail[:1] in _CLOSES else " ")
        elif name in BLOCKS:
            flow.paragraph(tidy("".join(parts)))
            parts.clear()
            _BLOCK[tag](part, flow)
        else:
            SAY[tag](part, parts, False)
        parts.append(tail)
    flow.paragraph(tidy("".join(parts)))
    for part in later:
        _BLOCK[part.tag](part, flow)


def _table(wrap: etree._Element, flow: Flow) -> None:
    tables, problems = read_tables(wrap)
    flow.tables += tables
    for problem in problems:
        flow.problem(problem)


def _array(array: etree._Element, flow: Flow) -> None:
    tables, _ = read_tables(array)
    flow.tables += tables


def _figure(figure: etree._Element, flow: Flow) -> None:
    flow.paragraph(" ".join(filter(None, (inline(e) for e in children(figure, "label", "caption", "p", "title")))))
    for element in figure:
        if NAMES[element.tag] in FLOATS:
            _BLOCK[element.tag](element, flow)


def _term(item: etree._Element, flow: Flow) -> None:
    """A term and its definition on one line, as "CR: complete response"."""
    term, meaning = (" ".join(inline(e) for e in children(item, name)) for name in ("term", "def"))
    flow.paragraph(": ".join(filter(None, (term.rstrip(" :"), meaning))))


def _note(note: etree._Element, flow: Flow) -> None:
    flow.paragraph(" ".join(inline(e) for e in note if NAMES[e.tag] not in ("", "label")).strip())


def _notes(group: etree._Element, flow: Flow) -> None:
    for text in notes(group):
        flow.paragraph(text)


def _back(back: etree._Element, flow: Flow) -> None:
    """Acknowledgements, appendices, notes and footnotes as sections; not the references."""
    for part in back:
        name = NAMES[part.tag]
        if name in ("app-group", "notes", "back"):
            _back_group(part, flow)
        elif name in _UNTITLED or name == "sec":
            _titled(part, inline(child(part, "title")) or _own_name(part, name), flow)
        elif name not in _LEFT_OUT:
            _BLOCK[part.tag](part, flow)


def _own_name(part: etree._Element, name: str) -> str:
    """What an untitled part is called, unless a section within it has a title."""
    return "" if child(part, "sec", "title") is not None else _UNTITLED.get(name, "")


def _back_group(group: etree._Element, flow: Flow) -> None:
    title = inline(child(group, "title"))
    flow.paragraph(title)
    start = flow.length
    _back(group, flow)
    flow.close(title, start)


_READ: dict[str, Callable[[etree._Element, Flow], None]] = {
    "sec": _section,
    "p": _paragraph,
    "table-wrap": _table,
    "table-wrap-group": _table,
    "array": _array,
    "fig": _figure,
    "supplementary-material": _figure,
    "media": _figure,
    "boxed-text": _box,
    "statement": _box,
    "def-item": _term,
    "fn": _note,
    "fn-group": _notes,
    **dict.fromkeys(("list", "list-item", "def-list", "fig-group", "floats-wrap", "disp-quote", "speech"), blocks),
    **dict.fromkeys(("disp-formula-group", "verse-group", "chem-struct-wrap", "chem-struct-wrapper"), blocks),
    **dict.fromkeys(
        ("title", "label", "ref-list", "graphic", "object-id", "sec-meta", "alt-text", "long-desc"), _silent
    ),
    **dict.fromkeys(("col", ""), _silent),
}
#: an element's `tag` → how to read it; one of an unknown name is read as a paragraph, so that nothing is lost
_BLOCK = ByTag(_READ, _paragraph)
