"""One page of a PDF: from characters with boxes to lines in reading order.

A gutter is a strip that hardly any run crosses; runs that
do cross it divide the page into bands, and each band is read column by column (a recursive cut, after Ha, Haralick and
Phillips 1995). Units are points, y upwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from math import inf
from statistics import median
from typing import NamedTuple

from pipeline.parse.pdf_chars import Characters, Run

_SUPERSCRIPT = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_TAKES_EXPONENT = re.compile(r"(?:(?<![\d.])10|(?:\b|\d)(?:[mckµμ]?m|s|h|min|kg|g|mg|L|l|dl|ml|χ|χ|R|r)|/day)$")
#: parts of a page within parts, and gaps at which a part is tried to be cut
_DEEPEST, _MOST_GAPS = 8, 4
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


def _blocks(runs: Sequence[Run], depth: int = 0) -> list[list[Run]]:
    """Runs of each column of each band, in reading order."""
    if not runs:
        return []
    gutter = _gutter(runs)
    if gutter is None:
        halves = _halves(runs) if depth < _DEEPEST else None
        return [block for half in halves for block in _blocks(half, depth + 1)] if halves else [list(runs)]
    blocks: list[list[Run]] = []
    for band in _bands(runs, gutter):
        if band[0].x0 < gutter < band[0].x1:
            blocks.append(band)
            continue
        left = [run for run in band if (run.x0 + run.x1) / 2 < gutter]
        right = [run for run in band if (run.x0 + run.x1) / 2 >= gutter]
        blocks += _blocks(left, depth + 1) + _blocks(right, depth + 1)
    return blocks


def _halves(runs: Sequence[Run]) -> tuple[list[Run], list[Run]] | None:
    """What stands above and below the wide gap that leaves columns on one of its sides; None if no gap does."""
    for gap in _wide_gaps(runs):
        above = [run for run in runs if run.middle > gap]
        below = [run for run in runs if run.middle <= gap]
        if _gutter(above) is not None or _gutter(below) is not None:
            return above, below
    return None


def _wide_gaps(runs: Sequence[Run]) -> list[float]:
    """Heights of the widest strips without a run, wider than those between lines, the widest first."""
    gaps: list[tuple[float, float]] = []
    least, bottom = median(run.height for run in runs), inf
    for run in sorted(runs, key=lambda run: -run.y1):
        if bottom - run.y1 > least:
            gaps.append((bottom - run.y1, (bottom + run.y1) / 2))
        bottom = min(bottom, run.y0)
    return [at for size, at in sorted(gaps, reverse=True) if size < inf][:_MOST_GAPS]


def _bands(runs: Sequence[Run], gutter: float) -> list[list[Run]]:
    """From top to bottom: runs across the gutter (with what stands on their lines), and what lies between such runs."""
    across = sorted((run for run in runs if run.x0 < gutter < run.x1), key=lambda run: -run.middle)
    rest = sorted((run for run in runs if not run.x0 < gutter < run.x1), key=lambda run: -run.middle)
    bands: list[list[Run]] = []
    at = 0
    for run in across:
        between = []
        while at < len(rest) and rest[at].middle > run.y1 - 0.2 * run.height:
            between.append(rest[at])
            at += 1
        beside = []
        while at < len(rest) and rest[at].middle > run.y0 + 0.2 * run.height:
            beside.append(rest[at])
            at += 1
        if between:
            bands.append(between)
        if bands and not between and bands[-1][0].x0 < gutter < bands[-1][0].x1:
            bands[-1] += [run, *beside]
        else:
            bands.append([run, *beside])
    if at < len(rest):
        bands.append(rest[at:])
    return bands


def _gutter(runs: Sequence[Run]) -> float | None:
    """Where a strip divides the runs into columns; None if they are one column.

    Both sides must hold a good part of the lines, and few lines may cross the strip.
    """
    x0, x1 = min(run.x0 for run in runs), max(run.x1 for run in runs)
    size = median(run.height for run in runs)
    if x1 - x0 < 20 * size or len(runs) < 8:
        return None
    steps = int(x1 - x0)
    crossed = _crossed(runs, x0, steps)
    low, high = int(steps * 0.2), int(steps * 0.8)
    least = min(crossed[low : high + 1])
    if least > 0.35 * len(runs):
        return None
    strips = _strips(crossed, low, high, least + max(0.5, 0.02 * len(runs)))
    best = max(
        strips, key=lambda strip: (min(strip[1] - strip[0], 1.5 * size), -abs((strip[0] + strip[1]) / 2 - steps / 2))
    )
    if best[1] - best[0] < 0.6 * size:
        return None
    gutter = x0 + (best[0] + best[1]) / 2
    return gutter if _divides(runs, gutter, size) else None


def _crossed(runs: Sequence[Run], x0: float, steps: int) -> list[int]:
    """How many runs cover each point of a line of `steps` points from x0 on."""
    change = [0] * (steps + 2)
    for run in runs:
        change[max(0, int(run.x0 - x0))] += 1
        change[min(steps, int(run.x1 - x0)) + 1] -= 1
    return list(accumulate(change))[: steps + 1]


def _strips(crossed: Sequence[float], low: int, high: int, most: float) -> list[tuple[int, int]]:
    """[start, end) of the strips between low and high that at most `most` runs cross."""
    strips: list[tuple[int, int]] = []
    start: int | None = None
    for x in range(low, high + 2):
        free = x <= high and crossed[x] <= most
        if free and start is None:
            start = x
        elif not free and start is not None:
            strips.append((start, x))
            start = None
    return strips


def _divides(runs: Sequence[Run], gutter: float, size: float) -> bool:
    """Both sides look like columns: enough lines, and lines that fill their side."""
    for side in ([r for r in runs if r.x1 <= gutter], [r for r in runs if r.x0 >= gutter]):
        rows = {round(run.middle / size) for run in side}
        if len(rows) < 4:
            return False
        width = max(r.x1 for r in side) - min(r.x0 for r in side)
        long = [run for run in side if run.x1 - run.x0 > 0.55 * width]
        if len(long) < max(3, 0.3 * len(rows)) or width < 8 * size:
            return False
    return True


def _lines(block: Sequence[Run], number: int, turn: int) -> list[TextLine]:
    """Lines of a column from top to bottom; runs beside each other make one line."""
    rows: list[list[Run]] = []
    mains: list[Run] = []
    for run in sorted(block, key=lambda run: -run.middle):
        at = next((i for i in range(max(0, len(rows) - 3), len(rows)) if _beside(mains[i], run)), None)
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
