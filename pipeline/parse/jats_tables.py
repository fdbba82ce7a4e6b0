"""Tables of JATS articles, in the XHTML and in the OASIS model, as even grids."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.parse import grids
from pipeline.parse.grids import Cell
from pipeline.parse.jats_inline import inline
from pipeline.parse.markup import NAMES, children
from pipeline.parsed import Table

_GROUPS = frozenset({"thead", "tbody", "tfoot"})


def read_tables(wrap: etree._Element, above: str = "") -> tuple[list[Table], list[str]]:
    """(tables of a `table-wrap` or `table-wrap-group`, what the user should know); `above` heads their captions."""
    caption = " ".join(filter(None, (above, *(inline(e) for e in children(wrap, "label", "caption")))))
    if NAMES[wrap.tag] == "table-wrap-group":
        inner = [read_tables(e, caption) for e in children(wrap, "table-wrap")]
        return [t for tables, _ in inner for t in tables], [p for _, problems in inner for p in problems]
    footnotes = [text for foot in children(wrap, "table-wrap-foot") for text in notes(foot)]
    found = [grids.even(grids.lines_of(_groups(table))) for table in _tables(wrap)]
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


def _groups(table: etree._Element) -> Iterator[Iterator[tuple[list[Cell], bool]]]:
    """Head, bodies and foot; rows without any of them are one body."""
    places = _columns(table)
    loose: list[etree._Element] = []
    for child in table:
        name = NAMES[child.tag]
        if name in _GROUPS:
            yield _rows(list(child), name == "thead", places)
        elif name in ("tr", "row"):
            loose.append(child)
    yield _rows(loose, False, places)


def _rows(rows: list[etree._Element], head: bool, places: dict[str, int]) -> Iterator[tuple[list[Cell], bool]]:
    for row in rows:
        cells: list[Cell] = []
        plain = False
        for cell in row:
            name = NAMES[cell.tag]
            if name in ("td", "th"):
                cells.append(_cell(cell))
                plain = plain or name == "td"
            elif name == "entry":
                cells.append(_entry(cell, places))
                plain = True
        if cells:
            yield cells, head or not plain


def _cell(cell: etree._Element) -> Cell:
    text = inline(cell, cell=True)
    if not cell.attrib:
        return Cell(text)
    return Cell(text, grids.columns(cell.get("colspan")), grids.rows(cell.get("rowspan")))


def _entry(cell: etree._Element, places: dict[str, int]) -> Cell:
    first, last = places.get(cell.get("namest", "")), places.get(cell.get("nameend", ""))
    across = last - first + 1 if first is not None and last is not None else 1
    more = cell.get("morerows", "0")
    down = int(more) + 1 if more.isascii() and more.isdigit() and len(more) < 6 else 1
    return Cell(inline(cell, cell=True), max(1, across), down)


def _columns(table: etree._Element) -> dict[str, int]:
    """Column numbers by the names that OASIS entries span with."""
    return {e.get("colname", ""): i for i, e in enumerate(children(table, "colspec"))}
