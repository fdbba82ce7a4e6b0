"""The forest plot of one outcome, on the proportion scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

from pipeline.report.formats import bounds, estimate, fraction
from pipeline.report.plots.forest_rows import ForestRow
from pipeline.report.plots.lettering import wrap
from pipeline.report.plots.paper import Drawing, Rows, sheets
from pipeline.report.plots.svg import Canvas

WIDTH = 960.0
FONT = 13.0
SMALL = 12.0
LINE = 16.0
ROW = 24.0
HEAD = 34.0
FOOT = 44.0
LABEL_ROOM = 300.0
EVENTS_X = 372.0
AXIS_LEFT, AXIS_RIGHT = 400.0, 700.0
ESTIMATE_X = 722.0
WEIGHT_X = 952.0
TICKS = (0, 20, 40, 60, 80, 100)
INDENT = 14.0
#: with more rows than these, the axis has its numbers above the plot, too
MANY = 30

_STYLES = {
    "class": "f-strong",
    "study": "f-text",
    "subtotal": "f-text",
    "overall": "f-strong",
    "glmm": "f-text",
    "prediction": "f-text",
    "note": "f-soft",
}


def forest_plot(ident: str, title: str, rows: Sequence[ForestRow], confidence: float, subgroups: bool) -> Drawing:
    """SVG of `rows`; `ident` is unique in the page, `confidence` in percent, `subgroups` indents the studies."""
    labels = [_label(row, subgroups) for row in rows]
    heights = [ROW + LINE * (len(lines) - 1) for lines in labels]
    gaps = [_gap(row, i) for i, row in enumerate(rows)]
    bottom = HEAD + sum(heights) + sum(gaps)
    canvas = Canvas(ident, WIDTH, bottom + FOOT, title, _description(rows))
    heaviest = max((row.weight for row in rows if row.kind == "study" and row.weight is not None), default=1.0)
    with canvas.group(f"{ident}-head"):
        _heads(canvas, confidence)
        if len(rows) > MANY:
            _numbers(canvas, 16)
    with canvas.group(f"{ident}-rows"):
        _grid(canvas, bottom)
        _reference(canvas, rows, bottom)
        tops = list(accumulate((gap + height for gap, height in zip(gaps, heights, strict=True)), initial=HEAD))
        for row, lines, start, end, height in zip(rows, labels, tops, tops[1:], heights, strict=False):
            with canvas.stretch(start, end - start):
                _row(canvas, row, lines, end - height, height, heaviest, subgroups)
    with canvas.group(f"{ident}-axis"):
        _axis(canvas, bottom)
    laid = Rows(ident, WIDTH, HEAD, FOOT, tops, [row.kind == "class" for row in rows])
    return Drawing(canvas.markup(), sheets(laid))


def _gap(row: ForestRow, index: int) -> float:
    return 8.0 if index > 0 and row.kind in {"class", "overall"} else 0.0


def _indent(row: ForestRow, subgroups: bool) -> float:
    return INDENT if subgroups and row.kind in {"study", "subtotal"} else 0.0


def _label(row: ForestRow, subgroups: bool) -> list[str]:
    """What has no numbers beside it may reach up to the axis."""
    alone = row.kind in {"class", "note"}
    room = AXIS_LEFT - 10 if alone else LABEL_ROOM - _indent(row, subgroups)
    size = {"f-strong": FONT * 1.06, "f-soft": SMALL}.get(_STYLES[row.kind], FONT)
    return wrap(row.label, size, room, 1 if row.kind == "class" else 2)


def _description(rows: Sequence[ForestRow]) -> str:
    arms = sum(row.kind == "study" for row in rows)
    overall = next((row for row in rows if row.kind == "overall"), None)
    pooled = "not pooled"
    if overall is not None and overall.share is not None:
        pooled = f"pooled percentage {estimate(overall.share, _bounds(overall))}"
    what = "arm" if arms == 1 else "arms"
    return f"Forest plot of {arms} {what}; {pooled}. The table behind it holds every number."


def _bounds(row: ForestRow) -> tuple[float, float] | None:
    return None if row.low is None or row.high is None else (row.low, row.high)


def _x(share: float) -> float:
    return AXIS_LEFT + (AXIS_RIGHT - AXIS_LEFT) * min(1.0, max(0.0, share))


def _heads(canvas: Canvas, confidence: float) -> None:
    canvas.text(0, 16, "Study", "f-head")
    canvas.text(EVENTS_X, 16, "Events/n", "f-head", "end")
    canvas.text(ESTIMATE_X, 16, f"% ({confidence:g} % CI)", "f-head")
    canvas.text(WEIGHT_X, 16, "Weight", "f-head", "end")
    canvas.line(0, 25, WIDTH, 25, "f-rule")


def _numbers(canvas: Canvas, y: float) -> None:
    for tick in TICKS:
        canvas.text(_x(tick / 100), y, f"{tick}", "f-tick", "middle")


def _grid(canvas: Canvas, bottom: float) -> None:
    for tick in TICKS:
        canvas.line(_x(tick / 100), HEAD - 4, _x(tick / 100), bottom + 4, "f-grid")


def _axis(canvas: Canvas, bottom: float) -> None:
    """From 0 to 100 %."""
    for tick in TICKS:
        canvas.line(_x(tick / 100), bottom + 4, _x(tick / 100), bottom + 9, "f-axis")
    _numbers(canvas, bottom + 22)
    canvas.line(AXIS_LEFT, bottom + 4, AXIS_RIGHT, bottom + 4, "f-axis")
    canvas.text((AXIS_LEFT + AXIS_RIGHT) / 2, bottom + 38, "patients with the outcome, %", "f-tick", "middle")


def _reference(canvas: Canvas, rows: Sequence[ForestRow], bottom: float) -> None:
    overall = next((row.share for row in rows if row.kind == "overall"), None)
    if overall is not None:
        canvas.line(_x(overall), HEAD - 4, _x(overall), bottom + 4, "f-reference")


def _row(
    canvas: Canvas, row: ForestRow, lines: list[str], top: float, height: float, heaviest: float, subgroups: bool
) -> None:
    middle = top + height / 2
    style, x = _STYLES[row.kind], _indent(row, subgroups)
    first = middle - LINE * (len(lines) - 1) / 2 + FONT * 0.35
    full = "" if " ".join(lines) == " ".join(row.label.split()) else row.label
    for i, words in enumerate(lines):
        canvas.text(x, first + i * LINE, words, style, full=full if i == 0 else "")
    if row.kind in {"class", "note"}:
        return
    baseline = middle + FONT * 0.35
    _figures(canvas, row, baseline, style)
    _shape(canvas, row, middle, heaviest)


def _figures(canvas: Canvas, row: ForestRow, baseline: float, style: str) -> None:
    if row.n is not None and row.kind != "glmm":
        canvas.text(EVENTS_X, baseline, fraction(row.events, row.n), style, "end")
    words = bounds(_bounds(row)) if row.kind == "prediction" else estimate(row.share, _bounds(row))
    canvas.text(ESTIMATE_X, baseline, words, style)
    if row.weight is not None:
        canvas.text(WEIGHT_X, baseline, f"{row.weight:.1f} %", style, "end")


def _shape(canvas: Canvas, row: ForestRow, y: float, heaviest: float) -> None:
    ends = _bounds(row)
    if row.kind == "prediction" and ends is not None:
        _bar(canvas, ends, y)
    elif row.kind == "study" and row.share is not None:
        if ends is not None:
            canvas.line(_x(ends[0]), y, _x(ends[1]), y, "f-interval")
        share = max(0.0, row.weight if row.weight is not None else 0.0) / heaviest if heaviest > 0 else 0.0
        side = 4 + 7 * math.sqrt(share)
        canvas.box(_x(row.share) - side / 2, y - side / 2, side, side, "f-square")
    elif row.share is not None and ends is not None:
        low, mid, high = _x(ends[0]), _x(row.share), _x(ends[1])
        half = 5.0 if row.kind == "subtotal" else 7.0
        canvas.polygon([(low, y), (mid, y - half), (high, y), (mid, y + half)], f"f-diamond f-{row.kind}")


def _bar(canvas: Canvas, ends: tuple[float, float], y: float) -> None:
    low, high = _x(ends[0]), _x(ends[1])
    canvas.line(low, y, high, y, "f-prediction")
    for x in (low, high):
        canvas.line(x, y - 5, x, y + 5, "f-prediction")
