"""Tables of saved pages: which are data, what stands above and below them, and their even grids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from lxml import etree

from pipeline.parse import grids
from pipeline.parse.grids import Line, Span
from pipeline.parse.html_inline import collect, inline, runs
from pipeline.parse.markup import NAMES, children
from pipeline.parse.scripts import tidy
from pipeline.parsed import Table

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
#: a table's label, at the start of its caption
_LABEL = re.compile(
    r"\s*(?:(?:online|supplement\w*|extended data|web|e)[\s-]*)?(?:table|tab\.|tabelle|tableau|tabla)\b", re.I
)
_LAYOUT = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "table", "form", "article", "section"})
#: levels of markup between a table and the box that also holds its caption, and words in that box
_DEEPEST, _MOST_WORDS, _MOST_CHILDREN = 6, 400, 40
#: what sites write under a table, for clicking
_BUTTON = re.compile(
    r"(?i)(?:open|view|show|full|download|expand|enlarge)\b[\w\s-]{0,40}(?:table|tab|window|screen|view)\.?$"
)


def is_data(table: etree._Element) -> bool:
    """A table of data, not one that only places the page's parts."""
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return False
    inner = {NAMES[e.tag] for e in table.iter() if e is not table}
    return "tr" in inner and not inner & _LAYOUT and bool(inner & {"td", "th"})


def box_of(table: etree._Element) -> etree._Element:
    """The smallest element around a table that also holds its caption; the table itself if there is none."""
    inner = table
    for _ in range(_DEEPEST):
        box = inner.getparent()
        if box is None or NAMES[box.tag] in ("body", "main", "article") or len(box) > _MOST_CHILDREN:
            break
        if any(e is not inner and next(e.iter("table"), None) is not None for e in box):
            break
        before, after = _around(box, table)
        if _LABEL.match(" ".join(before)):
            return box
        if sum(text.count(" ") for text in chain(before, after)) > _MOST_WORDS:
            break
        inner = box
    return table


def read_table(box: etree._Element, table: etree._Element) -> Table | None:
    """The table with its caption and footnotes; None if it has no words."""
    before, after = _around(box, table)
    own = [inline(e) for e in children(table, "caption")]
    grid = grids.even(_lines(table))
    if not grid.rows:
        return None
    caption = " ".join(filter(None, [*before, *own]))
    return Table(caption=caption, rows=grid.rows, header_rows=grid.header_rows, footnotes=[t for t in after if t])


def _around(box: etree._Element, table: etree._Element) -> tuple[list[str], list[str]]:
    """Lines of the box before and after the table."""
    if box is table:
        return [], []
    texts = list(_texts(box, table))
    at = texts.index(None)
    return [t for t in texts[:at] if t], [t for t in texts[at + 1 :] if t and not _BUTTON.match(t)]


def _texts(box: etree._Element, table: etree._Element) -> Iterator[str | None]:
    """Lines of text; None where the table stands."""
    for part in runs(box):
        if isinstance(part, str):
            yield part
        elif part is table:
            yield None
        else:
            yield from _texts(part, table)


def _lines(table: etree._Element) -> Iterator[Line]:
    """Rows of head, bodies and foot; rows outside of them are a body of their own."""
    loose: list[etree._Element] = []
    for number, child in enumerate(table):
        name = NAMES[child.tag]
        if name in _GROUPS:
            yield from _rows(children(child, "tr"), name == "thead", number)
        elif name == "tr":
            loose.append(child)
    yield from _rows(loose, False, len(table))


def _rows(rows: Iterator[etree._Element] | list[etree._Element], head: bool, group: int) -> Iterator[Line]:
    for row in rows:
        cells = list(children(row, "td", "th"))
        spans: dict[int, Span] = {}
        for i, cell in enumerate(cells):
            if cell.get("colspan") or cell.get("rowspan"):
                spans[i] = grids.span(cell.get("colspan"), cell.get("rowspan"))
        if cells:
            names = {NAMES[cell.tag] for cell in cells}
            yield Line([_cell(cell) for cell in cells], head or names == {"th"}, group, spans)


def _cell(cell: etree._Element) -> str:
    parts: list[str] = []
    collect(cell, parts, True)
    return tidy("".join(parts))
