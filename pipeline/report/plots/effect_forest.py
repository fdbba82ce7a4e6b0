"""A forest plot of effects: ratios on a logarithmic axis, differences on a plain one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from markupsafe import Markup

from pipeline.report.effects import with_interval
from pipeline.report.plots.effect_scale import EffectScale, effect_scale
from pipeline.report.plots.lettering import width, wrap
from pipeline.report.plots.paper import SHEET, Drawing, paper
from pipeline.report.plots.svg import Canvas, sheet

WIDTH = 960.0
FONT = 13.0
LINE = 16.0
ROW = 24.0
HEAD = 34.0
FOOT = 44.0
LABEL_ROOM = 226.0
FIRST_X, SECOND_X = 310.0, 394.0
AXIS_LEFT, AXIS_RIGHT = 418.0, 704.0
ESTIMATE_X = 724.0
LAST_X = 952.0
INDENT = 14.0
GAP = 10.0
#: of a square without a weight, in percent
ALONE = 30.0

Kind = Literal["contrast", "design", "study", "pooled", "prediction", "note"]
_STYLES = {
    "contrast": "f-strong",
    "design": "f-soft",
    "study": "f-text",
    "pooled": "f-strong",
    "prediction": "f-text",
    "note": "f-soft",
}
#: of letters, for their width
SIZE_OF = {"f-strong": FONT * 1.06, "f-soft": 12.0, "f-text": FONT}
#: at most, of a label
LINES = {"contrast": 2, "design": 1, "study": 3, "pooled": 2, "prediction": 1, "note": 2}
#: rows that are nothing but words
_WORDS = ("contrast", "design", "note")


@dataclass(frozen=True)
class EffectRow:
    """One line. `weight` in percent sizes the square; `wide` is a farther interval behind it (of prediction)."""

    kind: Kind
    label: str
    first: str = ""
    second: str = ""
    estimate: float | None = None
    ci: tuple[float, float] | None = None
    weight: float | None = None
    last: str = ""
    instead: str = ""
    wide: tuple[float, float] | None = None


@dataclass(frozen=True)
class Heads:
    """Of the columns, and of the two sides of the axis."""

    label: str
    first: str
    second: str
    estimate: str
    last: str
    left: str
    right: str


def effect_forest(ident: str, title: str, rows: Sequence[EffectRow], heads: Heads, measure: str) -> Drawing:
    """SVG of `rows`, and where it is too long for a page of paper the same in sheets; `ident` is unique in the page."""
    labels = [_label(row) for row in rows]
    gaps = [GAP if row.kind == "contrast" and i > 0 else 0.0 for i, row in enumerate(rows)]
    heights = [ROW + LINE * (len(lines) - 1) for lines in labels]
    bottom = HEAD + sum(heights) + sum(gaps)
    studies = sum(row.kind == "study" for row in rows)
    words = f"Forest plot of {studies} lines. The table behind it holds every number."
    canvas = Canvas(ident, WIDTH, bottom + FOOT, title, words)
    scale = _scale(rows, measure)
    with canvas.group(f"{ident}-head"):
        _heads(canvas, heads)
    with canvas.group(f"{ident}-rows"):
        tops = list(accumulate((gap + height for gap, height in zip(gaps, heights, strict=True)), initial=HEAD))
        _grid(canvas, scale, HEAD - 4, bottom + 4)
        for row, lines, end, height in zip(rows, labels, tops[1:], heights, strict=True):
            _row(canvas, row, lines, end - height / 2, scale, measure)
    with canvas.group(f"{ident}-axis"):
        _axis(canvas, scale, heads, bottom)
    stretches = paper(tops, [row.kind == "contrast" for row in rows], SHEET)
    return Drawing(canvas.markup(), tuple(_sheet(ident, bottom, *s) for s in stretches) if len(stretches) > 1 else ())


def _sheet(ident: str, bottom: float, low: float, high: float) -> Markup:
    end = HEAD + high - low
    parts = [(f"{ident}-head", 0.0), (f"{ident}-axis", end - bottom)]
    return sheet(WIDTH, end + FOOT, parts, (f"{ident}-rows", HEAD - 4, low - 4, high + 4))


def _label(row: EffectRow) -> list[str]:
    room = WIDTH if row.kind in _WORDS else LABEL_ROOM
    return wrap(row.label, SIZE_OF[_STYLES[row.kind]], room - _indent(row), LINES[row.kind])


def _indent(row: EffectRow) -> float:
    return 0.0 if row.kind in ("contrast", "design", "note") else INDENT


def _scale(rows: Sequence[EffectRow], measure: str) -> EffectScale:
    points = [row.estimate for row in rows if row.estimate is not None]
    ends = [end for row in rows for pair in (row.ci, row.wide) if pair is not None for end in pair]
    return effect_scale(points, ends, measure != "RD", AXIS_LEFT, AXIS_RIGHT)


def _heads(canvas: Canvas, heads: Heads) -> None:
    canvas.text(0, 16, heads.label, "f-head")
    canvas.text(FIRST_X, 16, heads.first, "f-head", "end")
    canvas.text(SECOND_X, 16, heads.second, "f-head", "end")
    canvas.text(ESTIMATE_X, 16, heads.estimate, "f-head")
    canvas.text(LAST_X, 16, heads.last, "f-head", "end")
    canvas.line(0, 25, WIDTH, 25, "f-rule")


def _grid(canvas: Canvas, scale: EffectScale, top: float, bottom: float) -> None:
    for value, _ in scale.marks():
        x = scale.place(value)
        canvas.line(x, top, x, bottom, "f-grid")
    x = scale.place(scale.none)
    canvas.line(x, top, x, bottom, "f-axis")


def _axis(canvas: Canvas, scale: EffectScale, heads: Heads, bottom: float) -> None:
    for value, words in scale.marks():
        x = scale.place(value)
        canvas.line(x, bottom + 4, x, bottom + 9, "f-axis")
        canvas.text(x, bottom + 22, words, "f-tick", "middle")
    canvas.line(AXIS_LEFT, bottom + 4, AXIS_RIGHT, bottom + 4, "f-axis")
    canvas.text(scale.place(scale.none) - 8, bottom + 38, f"← {heads.left}", "f-tick", "end")
    canvas.text(scale.place(scale.none) + 8, bottom + 38, f"{heads.right} →", "f-tick")


def _row(canvas: Canvas, row: EffectRow, lines: list[str], y: float, scale: EffectScale, measure: str) -> None:
    style, x = _STYLES[row.kind], _indent(row)
    first = y - LINE * (len(lines) - 1) / 2 + FONT * 0.35
    full = "" if " ".join(lines) == " ".join(row.label.split()) else row.label
    for i, words in enumerate(lines):
        if row.kind in _WORDS and (long := width(words, SIZE_OF[style])) > AXIS_LEFT - 10:
            canvas.box(x, first + i * LINE - FONT, long + 6, LINE + 2, "f-count")  # no lines behind it
        canvas.text(x, first + i * LINE, words, style, full=full)
    if row.kind in _WORDS:
        return
    base = y + FONT * 0.35
    canvas.text(FIRST_X, base, row.first, style, "end")
    canvas.text(SECOND_X, base, row.second, style, "end")
    words = row.instead or with_interval(row.estimate, row.ci, measure)
    canvas.text(ESTIMATE_X, base, words, style)
    canvas.text(LAST_X, base, row.last, style, "end")
    _shape(canvas, row, y, scale)


def _shape(canvas: Canvas, row: EffectRow, y: float, scale: EffectScale) -> None:
    if row.kind == "prediction" and row.ci is not None:
        _stretch(canvas, row.ci, y, scale, "f-prediction", ends=True)
        return
    if row.estimate is None or row.ci is None:
        return
    if row.kind == "pooled":
        low, mid, high = (scale.place(v) for v in (row.ci[0], row.estimate, row.ci[1]))
        canvas.polygon([(low, y), (mid, y - 6), (high, y), (mid, y + 6)], "f-diamond")
        return
    if row.wide is not None:
        _stretch(canvas, row.wide, y, scale, "f-thin", ends=True)
    _stretch(canvas, row.ci, y, scale, "f-interval", ends=False)
    side = 4 + 7 * math.sqrt(min(1.0, max(0.0, ALONE if row.weight is None else row.weight) / 100))
    x = scale.place(row.estimate)
    canvas.box(x - side / 2, y - side / 2, side, side, "f-square")


def _stretch(
    canvas: Canvas, pair: tuple[float, float], y: float, scale: EffectScale, style: str, *, ends: bool
) -> None:
    """A line with an arrow where it goes on beyond the axis."""
    canvas.line(scale.place(pair[0]), y, scale.place(pair[1]), y, style)
    for value in pair:
        x, way = scale.place(value), scale.beyond(value)
        if way != 0:
            canvas.polygon([(x + 7 * way, y), (x, y - 4), (x, y + 4)], "f-arrow")
        elif ends:
            canvas.line(x, y - 4, x, y + 4, style)
