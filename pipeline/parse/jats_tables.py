"""Tables of JATS articles as even grids: spans expanded, header rows counted, footnotes kept."""

from __future__ import annotations

from lxml import etree

from pipeline.parse.jats_inline import inline, tag
from pipeline.parsed import Table

#: no real table is wider or longer; a span beyond is cut
_MOST_COLUMNS, _MOST_ROWS = 200, 5_000


def read_tables(wrap: etree._Element) -> list[Table]:
    """The tables of a `table-wrap`; none if it holds only a picture."""
    caption = " ".join(filter(None, (inline(e) for e in wrap if tag(e) in ("label", "caption"))))
    footnotes = [text for foot in wrap.iter() if tag(foot) == "table-wrap-foot" for text in _notes(foot) if text]
    tables = []
    for table in wrap.iter():
        if tag(table) == "table":
            rows, header_rows = _grid(table)
            if rows:
                tables.append(Table(caption=caption, rows=rows, header_rows=header_rows, footnotes=footnotes))
    return tables


def _notes(foot: etree._Element) -> list[str]:
    """One text per footnote or paragraph."""
    blocks = [e for e in foot if tag(e) in ("fn", "p", "fn-group", "attrib")]
    texts: list[str] = []
    for block in blocks:
        if tag(block) == "fn-group":
            texts += _notes(block)
        elif tag(block) == "fn":
            texts.append(" ".join(filter(None, (inline(e) for e in block if tag(e)))))
        else:
            texts.append(inline(block))
    return texts


def _grid(table: etree._Element) -> tuple[list[list[str]], int]:
    """(rows of cell texts, number of header rows). A cell that spans stands in each place that it covers."""
    lines = [e for e in table.iter() if tag(e) == "tr"][:_MOST_ROWS]
    taken: dict[tuple[int, int], str] = {}
    width = 0
    for i, line in enumerate(lines):
        column = 0
        for cell in (e for e in line if tag(e) in ("td", "th")):
            while (i, column) in taken:
                column += 1
            text = inline(cell, cell=True)
            across = min(_span(cell, "colspan"), _MOST_COLUMNS - column)
            for row in range(i, min(i + _span(cell, "rowspan"), len(lines))):
                for place in range(column, column + across):
                    taken.setdefault((row, place), text)
            column += across
        width = max(width, column)
    rows = [[taken.get((i, column), "") for column in range(width)] for i in range(len(lines))]
    headers = sum(_is_header(line) for line in lines)
    kept = [row for row in rows if any(row)]
    return kept, min(headers, len(kept))


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), _MOST_ROWS)) if value.isdigit() and len(value) < 6 else 1


def _is_header(line: etree._Element) -> bool:
    """In the table's head, or all header cells."""
    parent = line.getparent()
    cells = [tag(e) for e in line if tag(e) in ("td", "th")]
    return (parent is not None and tag(parent) == "thead") or (bool(cells) and "td" not in cells)
