"""Tables of JATS articles, in the XHTML and in the OASIS model, as even grids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from pipeline.parse import grids
from pipeline.parse.grids import Line, Span
from pipeline.parse.jats_inline import Parts, collect, inline
from pipeline.parse.markup import NAMES, children
from pipeline.parse.scripts import tidy_all
from pipeline.parsed import Table

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th", "entry"})
_ONE = (None, "1", "")


def read_tables(wrap: etree._Element, above: str = "") -> tuple[list[Table], list[str]]:
    """(tables of a `table-wrap` or `table-wrap-group`, what the user should know); `above` heads their captions."""
    caption = " ".join(filter(None, (above, *(inline(e) for e in children(wrap, "label", "caption")))))
    if NAMES[wrap.tag] == "table-wrap-group":
        inner = [read_tables(e, caption) for e in children(wrap, "table-wrap")]
        return [t for tables, _ in inner for t in tables], [p for _, problems in inner for p in problems]
    footnotes = [text for foot in children(wrap, "table-wrap-foot") for text in notes(foot)]
    found = [grids.even(_lines(table)) for table in _tables(wrap)]
    label = next((inline(e) for e in children(wrap, "label", "caption")), "") or "a table"
    problems = [f"{label} is too big to fill its spans"] if any(grid.cut for grid in found) else []
    if not any(grid.rows for grid in found):
        problems.append(f"{label} is a picture; its numbers are not read")
    return [_made(caption, grid, footnotes) for grid in found if grid.rows], problems


def _made(caption: str, grid: grids.Grid, footnotes: list[str]) -> Table:
    """Not validated: rows are lists of strings by construction, and there are many."""
    return Table.model_construct(
        caption=caption, page=None, rows=grid.rows, header_rows=grid.header_rows, footnotes=footnotes, span=None
    )


def _tables(wrap: etree._Element) -> Iterator[etree._Element]:
    """Tables of the wrap, not those within their cells."""
    for child in wrap:
        name = NAMES[child.tag]
        if name in ("table", "array"):
            yield from [e for e in child if NAMES[e.tag] == "tgroup"] or [child]
        elif name == "alternatives":
            yield from list(_tables(child))[:1]
    if NAMES[wrap.tag] == "array":
        yield wrap


def notes(foot: etree._Element) -> list[str]:
    """One text per footnote or paragraph."""
    texts: list[str] = []
    for block in foot:
        name = NAMES[block.tag]
        if name == "fn-group":
            texts += notes(block)
        elif name not in ("", "label", "title"):
            texts.append(inline(block))
    return [text for text in texts if text]


def _lines(table: etree._Element) -> Iterator[Line]:
    """Rows of head, bodies and foot; rows without any of them are one body."""
    places = {e.get("colname", ""): i for i, e in enumerate(children(table, "colspec"))}
    loose: list[etree._Element] = []
    for number, child in enumerate(table):
        name = NAMES[child.tag]
        if name in _GROUPS:
            yield from _rows(child, name == "thead", number, places)
        elif name in ("tr", "row"):
            loose.append(child)
    yield from _rows(loose, False, len(table), places)


def _rows(rows: Iterable[etree._Element], head: bool, group: int, places: Mapping[str, int]) -> Iterator[Line]:
    for row in rows:
        texts: list[str] = []
        spans: dict[int, Span] = {}
        plain = False
        for cell in row:
            name = NAMES[cell.tag]
            if name in _CELLS:
                if name == "entry":
                    spans[len(texts)] = _entry_span(cell, places)
                elif (across := cell.get("colspan")) not in _ONE or cell.get("rowspan") not in _ONE:
                    spans[len(texts)] = grids.span(across, cell.get("rowspan"))
                plain = plain or name != "th"
                if len(cell):
                    parts: Parts = []
                    collect(cell, parts, True)
                    texts.append("".join(parts))
                else:
                    texts.append(cell.text or "")
        if texts:
            yield Line(tidy_all(texts), head or not plain, group, spans)


def _entry_span(cell: etree._Element, places: Mapping[str, int]) -> Span:
    """In the OASIS model a cell names its first and last column, and how many rows more it covers."""
    first, last = places.get(cell.get("namest", "")), places.get(cell.get("nameend", ""))
    across = last - first + 1 if first is not None and last is not None else 1
    more = grids.span(None, cell.get("morerows"))[1] if cell.get("morerows", "0").strip("0 ") else 0
    return max(1, across), more + 1
