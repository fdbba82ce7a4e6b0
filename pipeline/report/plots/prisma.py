"""The flow diagram of PRISMA 2020: what goes on in the left column, what leaves in the right one.

Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 statement. BMJ 2021;372:n71.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from pipeline.report.plots.lettering import ELLIPSIS, wrap
from pipeline.report.plots.svg import Canvas

WIDTH = 760.0
FONT = 13.0
LINE = 17.0
PAD = 11.0
GAP = 30.0
BETWEEN = 12.0
BAND = 26.0
LEFT, LEFT_WIDTH = 42.0, 322.0
RIGHT, RIGHT_WIDTH = 424.0, 335.0
SPINE = LEFT + 60.0
#: from a frame's top to the arrow that leads to it
ARROW = PAD + LINE / 2


@dataclass(frozen=True)
class Line:
    """Words of a frame; `anchor` leads to the list in the page, `strong` is its heading."""

    words: str
    anchor: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Level:
    """A frame of the left column and those of what leaves after it; levels of one `stage` stand beside its name."""

    stage: str
    stays: Sequence[Line]
    leaves: Sequence[Sequence[Line]] = ()


@dataclass(frozen=True)
class _Frame:
    x: float
    top: float
    width: float
    height: float
    lines: list[tuple[Line, list[str]]]


def flow_diagram(ident: str, title: str, description: str, levels: Sequence[Level]) -> Markup:
    """SVG of the levels from top to bottom; `ident` is unique in the page."""
    placed, bottom = _placed(levels)
    canvas = Canvas(ident, WIDTH, bottom, title, description, role="group", style="plot prisma")
    _bands(canvas, levels, placed)
    for (stays, _), (after, _) in pairwise(placed):
        _down(canvas, stays.top + stays.height, after.top)
    for stays, leaves in placed:
        for frame in leaves:
            _across(canvas, stays, frame)
        for frame, style in ((stays, "p-stays"), *((frame, "p-leaves") for frame in leaves)):
            _frame(canvas, frame, style)
    return canvas.markup()


def _placed(levels: Sequence[Level]) -> tuple[list[tuple[_Frame, list[_Frame]]], float]:
    placed, top = [], 1.0
    for level in levels:
        stays, below = _laid(level.stays, LEFT, top, LEFT_WIDTH), top
        leaves = []
        for lines in level.leaves:
            leaves.append(_laid(lines, RIGHT, below, RIGHT_WIDTH))
            below += leaves[-1].height + BETWEEN
        placed.append((stays, leaves))
        top = max(stays.top + stays.height, below - BETWEEN) + GAP
    return placed, top - GAP + 1


def _laid(lines: Sequence[Line], x: float, top: float, width: float) -> _Frame:
    wrapped = [(line, wrap(line.words, FONT * (1.06 if line.strong else 1), width - 2 * PAD, 3)) for line in lines]
    return _Frame(x, top, width, LINE * sum(len(words) for _, words in wrapped) + 2 * PAD - 4, wrapped)


def _frame(canvas: Canvas, frame: _Frame, style: str) -> None:
    canvas.box(frame.x, frame.top, frame.width, frame.height, style)
    y = frame.top + PAD + FONT * 0.75
    for line, words in frame.lines:
        letters = "f-strong" if line.strong else "f-text"
        full = line.words if words[-1].endswith(ELLIPSIS) else ""
        with canvas.link(line.anchor):
            for part in words:
                canvas.text(frame.x + PAD, y, part, letters, full=full)
                y += LINE


def _bands(canvas: Canvas, levels: Sequence[Level], placed: list[tuple[_Frame, list[_Frame]]]) -> None:
    """The stages' names along the left edge."""
    for stage, group in groupby(range(len(levels)), key=lambda i: levels[i].stage):
        frames = [frame for i in group for frame in (placed[i][0], *placed[i][1])]
        top, bottom = min(f.top for f in frames), max(f.top + f.height for f in frames)
        canvas.box(1, top, BAND, bottom - top, "p-band")
        canvas.upwards(1 + BAND / 2 + FONT * 0.35, (top + bottom) / 2, stage, "p-stage")


def _down(canvas: Canvas, top: float, bottom: float) -> None:
    canvas.line(SPINE, top, SPINE, bottom - 5, "p-arrow")
    canvas.polygon([(SPINE - 4, bottom - 8), (SPINE + 4, bottom - 8), (SPINE, bottom - 1)], "p-head")


def _across(canvas: Canvas, stays: _Frame, frame: _Frame) -> None:
    """From the frame's side or, to one further down, from the arrow below it."""
    y = frame.top + ARROW
    start = stays.x + stays.width if y < stays.top + stays.height else SPINE
    canvas.line(start, y, frame.x - 5, y, "p-arrow")
    canvas.polygon([(frame.x - 8, y - 4), (frame.x - 8, y + 4), (frame.x - 1, y)], "p-head")
