"""One page of a PDF: from characters with boxes to lines in reading order. Units are points, y upwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.parse.pdf_blocks import blocks_of, places_of
from pipeline.parse.pdf_chars import Characters, Run

_SUPERSCRIPT = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_TAKES_EXPONENT = re.compile(r"(?:(?<![\d.])10|(?:\b|\d)(?:[mckµμ]?m|s|h|min|kg|g|mg|L|l|dl|ml|χ|χ|R|r)|/day)$")
_REFERENCES = re.compile(r"[\[(]?\d{1,3}(?:\s?[,–-]\s?\d{1,3})*,?[\])]?$")


class TextLine(NamedTuple):
    """A line of a column; `block` counts the blocks of the page, a new one starts with each column and band.

    A line with a `turn` is printed on its side; its box is in coordinates in which it stands upright.
    """

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    block: int
    turn: int = 0

    @property
    def height(self) -> float:
        return self.y1 - self.y0


def read_lines(characters: Characters) -> list[TextLine]:
    """Lines of a page in reading order, those on their side last."""
    lines: list[TextLine] = []
    block = 0
    for turn in characters.by_turn:
        for runs in _blocks(characters.runs(turn)):
            lines += _lines(runs, block, turn)
            block += 1
    return lines


def _blocks(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of each column of each band, in reading order."""
    return [[runs[i] for i in block.which.tolist()] for block in blocks_of(places_of(runs))]


def _lines(block: Sequence[Run], number: int, turn: int) -> list[TextLine]:
    """Lines of a column from top to bottom; runs beside each other make one line."""
    rows: list[list[Run]] = []
    mains: list[Run] = []
    for run in sorted(block, key=lambda run: -run.middle):
        top = run.y1
        last = range(max(0, len(rows) - 3), len(rows))
        at = next((i for i in last if mains[i].y0 < top and _beside(mains[i], run)), None)
        if at is None:
            rows.append([run])
            mains.append(run)
        else:
            rows[at].append(run)
            mains[at] = max(mains[at], run, key=lambda r: (r.height, len(r.text)))
    return [_line(sorted(row, key=lambda run: run.x0), number, turn) for row in rows]


def _beside(main: Run, run: Run) -> bool:
    """Does the run stand on the line of which `main` is the largest?"""
    overlap = min(main.y1, run.y1) - max(main.y0, run.y0)
    return overlap > 0.5 * min(main.height, run.height)


def _line(row: Sequence[Run], number: int, turn: int) -> TextLine:
    if len(row) == 1:
        return TextLine(*row[0], number, turn)
    main = max(row, key=lambda run: len(run.text))
    text, end = "", None
    for run in row:
        words = _raised(run, main, text)
        if not words:
            end = run.x1 if end is None else max(end, run.x1)
            continue
        gap = 0.0 if end is None else run.x0 - end
        text += (" " if text and gap > 0.15 * main.height else "") + words
        end = run.x1
    return TextLine(text, min(r.x0 for r in row), max(r.x1 for r in row), main.y0, main.y1, number, turn)


def _raised(run: Run, main: Run, before: str) -> str:
    """A small raised number is an exponent after a unit or a power of ten, else a reference, which is not read."""
    if run is main or run.height > 0.85 * main.height or run.middle < main.middle + 0.08 * main.height:
        return run.text
    if _TAKES_EXPONENT.search(before) and re.fullmatch(r"[-−–+]?\d{1,2}", run.text):
        return run.text.translate(_SUPERSCRIPT)
    return "" if before and _REFERENCES.match(run.text) else run.text
