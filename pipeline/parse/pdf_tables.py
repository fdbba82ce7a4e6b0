"""Tables of a PDF's pages, with pdfplumber; asked only for pages that hold a caption.

Journals rule their tables with a few horizontal lines: those below a caption bound the table, the second one ends its
header. Cells are told by the strips of white that run down the body. Tables with a full grid are left to pdfplumber.
Units are points, y downwards as in pdfplumber.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from pathlib import Path
from statistics import median
from typing import Any

from pipeline.parse.pdf_chars import Run
from pipeline.parsed import Table

#: a caption stands at most so far above the first rule of its table
_NEAR = 90.0
#: rules so near to the top or bottom (share of the page) belong to its head or foot
_EDGE = 0.065
_CAPTION = re.compile(r"(?i)(?:supplementary\s+)?table\s+[A-Z]?\d{1,3}\b")
_NOTE = re.compile(r"(?i)[*†‡§#∗a-d]\s?\S|(?:values?|data|note|abbreviations?)\b|.*\.$")
_OPEN = re.compile(r"(?:[,;(\[–±-]|\b(?:of|and|or|to|the|with|in))$")


@dataclass(frozen=True)
class Caption:
    """A caption's first line on page `page` (0-based), printed in direction `turn`; `top` and `bottom` of that line."""

    page: int
    turn: int
    text: str
    x0: float
    x1: float
    top: float
    bottom: float


@dataclass(frozen=True)
class _Word:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class _Box:
    x0: float
    x1: float
    top: float
    header: float
    bottom: float


def read_tables(path: Path, captions: Sequence[Caption], words: Sequence[Mapping[int, Sequence[Run]]]) -> list[Table]:
    """The tables under the captions, in their order; a caption without a table that can be told gives none.

    `words` of each page by their turn, y upwards.
    """
    import pdfplumber

    if not captions:
        return []
    tables: list[Table] = []
    with pdfplumber.open(path) as pdf:
        for number, turn in sorted({(caption.page, caption.turn) for caption in captions}):
            page = pdf.pages[number]
            here = [c for c in captions if (c.page, c.turn) == (number, turn)]
            height = float(page.height) if turn == 0 else 0.0
            placed = [_Word(w.text, w.x0, w.x1, height - w.y1, height - w.y0) for w in words[number].get(turn, ())]
            tables += _page_tables(page, here, turn, placed)
            page.close()
    return tables


def _page_tables(page: Any, captions: Sequence[Caption], turn: int, words: Sequence[_Word]) -> Iterator[Table]:
    rules = _rules(page, turn)
    for caption in captions:
        below = [other.top for other in captions if other.top > caption.bottom and _overlap(other, caption) > 0]
        box = _box(caption, rules, min(below, default=inf))
        if box is None:
            continue
        inside = [w for w in words if box.x0 - 3 <= (w.x0 + w.x1) / 2 <= box.x1 + 3 and box.top < w.middle < box.bottom]
        table = (_grid(page, box) if turn == 0 else None) or _spaced(inside, box)
        if table is not None and len(table[0]) > 1 and len(table[0][0]) > 1:
            rows, header_rows = table
            body, notes = _footnotes(rows, header_rows)
            yield Table(
                caption=_caption_text(caption, words, box),
                page=caption.page + 1,
                rows=body,
                header_rows=header_rows,
                footnotes=notes,
            )


def _footnotes(rows: list[list[str]], header_rows: int) -> tuple[list[list[str]], list[str]]:
    """Lone sentences and marked lines below the last row of cells are notes."""
    end = len(rows)
    while end > header_rows + 1 and not any(rows[end - 1][1:]):
        end -= 1
    notes = [row[0] for row in rows[end:]]
    if any(_NOTE.match(note) or len(note) > 40 for note in notes):
        return rows[:end], notes
    return rows, []


def _overlap(a: Caption, b: Caption) -> float:
    return min(a.x1, b.x1) - max(a.x0, b.x0)


def _caption_text(caption: Caption, words: Sequence[_Word], box: _Box) -> str:
    """All words from the caption's first line down to the table."""
    inside = [
        w
        for w in words
        if caption.top - 2 <= w.middle <= box.top and box.x0 - 5 <= w.x0 and w.x1 <= max(box.x1, caption.x1) + 5
    ]
    return " ".join(w.text for line in _lines(inside) for w in line) or caption.text


def _rules(page: Any, turn: int) -> list[tuple[float, float, float]]:
    """(y, x0, x1) of horizontal rules, pieces of one rule joined, from top to bottom."""
    pieces = sorted((round(y, 1), x0, x1) for y, x0, x1 in map(_turned(page, turn), page.edges) if x1 - x0 > 2)
    rules: list[tuple[float, float, float]] = []
    for y, x0, x1 in pieces:
        near = next((i for i, (v, a, b) in enumerate(rules) if abs(v - y) < 2.5 and x0 < b + 8 and x1 > a - 8), None)
        if near is None:
            rules.append((y, x0, x1))
        else:
            v, a, b = rules[near]
            rules[near] = (v, min(a, x0), max(b, x1))
    return [rule for rule in rules if rule[2] - rule[1] > 40]


def _turned(page: Any, turn: int) -> Callable[[Mapping[str, Any]], tuple[float, float, float]]:
    """From an edge to (y, x0, x1) in the coordinates of text in direction `turn`; nothing wide for other edges."""
    low, high = _EDGE * page.height, (1 - _EDGE) * page.height

    def upright(edge: Mapping[str, Any]) -> tuple[float, float, float]:
        inside = edge["orientation"] == "h" and low < edge["top"] < high
        return edge["top"], edge["x0"], edge["x1"] if inside else edge["x0"]

    def aside(edge: Mapping[str, Any]) -> tuple[float, float, float]:
        if edge["orientation"] != "v":
            return 0.0, 0.0, 0.0
        if turn == 3:
            return edge["x0"], page.height - edge["bottom"], page.height - edge["top"]
        return -edge["x0"], edge["top"] - page.height, edge["bottom"] - page.height

    return upright if turn == 0 else aside


def _box(caption: Caption, rules: Sequence[tuple[float, float, float]], limit: float) -> _Box | None:
    """The rules of the caption's table: the first one below it, and those as wide below that one."""
    below = [r for r in rules if caption.top < r[0] < limit and min(r[2], caption.x1) - max(r[1], caption.x0) > 20]
    if not below or below[0][0] - caption.bottom > _NEAR:
        return None
    _, x0, x1 = max(below[:2], key=lambda r: r[2] - r[1])
    same = [r for r in below if abs(r[1] - x0) < 12 and abs(r[2] - x1) < 12]
    same = _together(same)
    if len(same) < 2:
        return None
    first, last = same[0][0], same[-1][0]
    header = next((r[0] for r in same[1:-1] if r[0] - first > 6), first)
    return _Box(x0, x1, first, header, last)


def _together(rules: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Less a rule far below a table that rules every row: that one belongs to the page."""
    gaps = [b[0] - a[0] for a, b in pairwise(rules)]
    if len(gaps) >= 4 and gaps[-1] > 6 * median(gaps):
        return rules[:-1]
    return rules


def _grid(page: Any, box: _Box) -> tuple[list[list[str]], int] | None:
    """A table ruled on all sides, as pdfplumber reads it."""
    upright = [
        e["x0"]
        for e in page.edges
        if e["orientation"] == "v" and e["bottom"] - e["top"] > 0.8 * (box.bottom - box.top) and e["top"] < box.bottom
    ]
    if not all(any(abs(x - side) < 4 for x in upright) for side in (box.x0, box.x1)):
        return None
    cut = page.crop(
        (max(0, box.x0 - 1), max(0, box.top - 1), min(page.width, box.x1 + 1), min(page.height, box.bottom + 1))
    )
    found = cut.extract_table({"vertical_strategy": "lines", "horizontal_strategy": "lines"})
    if not found or len(found) < 3 or len(found[0]) < 3:
        return None
    return [[" ".join((cell or "").split()) for cell in row] for row in found], 1


def _lines(words: Sequence[_Word]) -> list[list[_Word]]:
    """Words of each visual line, from left to right."""
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda w: (w.middle, w.x0)):
        if lines and abs(median(w.middle for w in lines[-1]) - word.middle) < 0.5 * (word.bottom - word.top):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda w: w.x0) for line in lines]


def _spaced(words: Sequence[_Word], box: _Box) -> tuple[list[list[str]], int] | None:
    """Rows and the number of header rows of a table without upright rules."""
    lines = _lines(words)
    body = [line for line in lines if line[0].middle > box.header]
    if len(body) < 2:
        return None
    bounds = _bounds(body, box)
    if not bounds:
        return None
    rows: list[list[str]] = []
    header_rows = 0
    for line in lines:
        header = bool(line[0].middle < box.header)
        cells = _cells(line, bounds, header)
        if rows and (len(rows) > header_rows or header) and _continues(rows[-1], cells, header):
            rows[-1] = [" ".join(filter(None, pair)) for pair in zip(rows[-1], cells, strict=True)]
            continue
        rows.append(cells)
        header_rows += header
    return rows, header_rows


def _bounds(body: Sequence[Sequence[_Word]], box: _Box) -> list[float]:
    """Where columns part: strips of white that nearly all lines of the body leave free."""
    steps = int(box.x1 - box.x0) + 1
    crossed = [0] * (steps + 1)
    phrases = [spans for line in body if len(spans := _phrases(line)) > 1]
    for spans in phrases:
        for span in spans:
            for x in range(max(0, int(span[0].x0 - box.x0)), min(steps, int(span[-1].x1 - box.x0) + 1)):
                crossed[x] += 1
    most = len(phrases) // 12
    bounds: list[float] = []
    start: int | None = None
    for x, count in enumerate(crossed):
        if count <= most and start is None:
            start = x
        elif count > most and start is not None:
            if start > 0 and x - start >= 3:
                bounds.append(box.x0 + (start + x) / 2)
            start = None
    return bounds


def _phrases(line: Sequence[_Word]) -> list[list[_Word]]:
    """Words that stand a space apart."""
    phrases: list[list[_Word]] = []
    for word in line:
        if phrases and word.x0 - phrases[-1][-1].x1 < 0.45 * (word.bottom - word.top):
            phrases[-1].append(word)
        else:
            phrases.append([word])
    return phrases


def _cells(line: Sequence[_Word], bounds: Sequence[float], header: bool) -> list[str]:
    """Texts of a line's cells. A heading over several columns stands in each; a lone phrase is one label."""
    cells: list[list[str]] = [[] for _ in range(len(bounds) + 1)]
    phrases = _phrases(line)
    for phrase in phrases:
        first, last = (sum(x > bound for bound in bounds) for x in (phrase[0].x0, phrase[-1].x1))
        if last > first and (header or len(phrases) == 1):
            for column in range(first, last + 1) if header else (first,):
                cells[column] += [word.text for word in phrase]
            continue
        for word in phrase:
            cells[sum((word.x0 + word.x1) / 2 > bound for bound in bounds)].append(word.text)
    return [" ".join(cell) for cell in cells]


def _continues(row: Sequence[str], cells: Sequence[str], header: bool) -> bool:
    """Is the line the rest of the row above: a wrapped label, or cells under cells that were left open?"""
    if header:
        return True
    filled = [i for i, cell in enumerate(cells) if cell]
    if filled == [0]:
        return bool(cells[0][:1].islower() or cells[0].startswith("(") or _OPEN.search(row[0])) and any(row[1:])
    if cells[0]:
        return False
    return all(
        row[i] and (_OPEN.search(row[i]) or not re.search(r"\d", cells[i]) or cells[i][0] in "(–±") for i in filled
    )
