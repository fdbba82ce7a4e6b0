"""The result again and again, one line each: without an arm, up to an arm, from other rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.report.formats import estimate
from pipeline.report.plots.lettering import wrap
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.scales import Scale, number, percent_ticks, share_scale
from pipeline.report.plots.svg import Canvas

WIDTH = 960.0
FONT, LINE, ROW = 13.0, 16.0, 22.0
HEAD, FOOT = 34.0, 44.0
LABEL_ROOM = 316.0
NOTE_X = 372.0
AXIS_LEFT, AXIS_RIGHT = 396.0, 716.0
ESTIMATE_X = 736.0
LAST_X = 952.0


@dataclass(frozen=True)
class IntervalRow:
    """A result; `note` stands beside the label, `last` at the end of the line."""

    label: str
    share: float
    ci: tuple[float, float]
    note: str = ""
    last: str = ""
    strong: bool = False


def interval_plot(
    ident: str,
    title: str,
    rows: Sequence[IntervalRow],
    heads: tuple[str, str, str, str],
    reference: float,
) -> Markup:
    """`heads` of label, note, estimate and last; `reference`, the main result, is a dashed line."""
    labels = [wrap(row.label, FONT * (1.06 if row.strong else 1), LABEL_ROOM, 2) for row in rows]
    heights = [ROW + LINE * (len(lines) - 1) for lines in labels]
    bottom = HEAD + sum(heights)
    canvas = Canvas(ident, WIDTH, bottom + FOOT, title, f"{title}: {len(rows)} lines. The table behind it has all.")
    scale = share_scale([*(v for row in rows for v in (row.share, *row.ci)), reference], AXIS_LEFT, AXIS_RIGHT)
    _frame(canvas, scale, bottom, heads)
    canvas.line(scale.place(reference), HEAD - 4, scale.place(reference), bottom + 4, "f-reference")
    top = HEAD
    for row, lines, height in zip(rows, labels, heights, strict=True):
        _row(canvas, row, lines, top + height / 2, scale)
        top += height
    return canvas.markup()


def interval_csv(rows: Sequence[IntervalRow]) -> str:
    """The lines with their results as shares on [0, 1]."""
    columns = ("line", "k", "proportion", "ci_low", "ci_high", "i2")
    return csv_text(columns, ([row.label, row.note, row.share, *row.ci, row.last] for row in rows))


def _frame(canvas: Canvas, scale: Scale, bottom: float, heads: tuple[str, str, str, str]) -> None:
    label, note, figures, last = heads
    canvas.text(0, 16, label, "f-head")
    canvas.text(NOTE_X, 16, note, "f-head", "end")
    canvas.text(ESTIMATE_X, 16, figures, "f-head")
    canvas.text(LAST_X, 16, last, "f-head", "end")
    canvas.line(0, 25, WIDTH, 25, "f-rule")
    for tick in percent_ticks(scale):
        x = scale.place(tick)
        canvas.line(x, HEAD - 4, x, bottom + 4, "f-grid")
        canvas.line(x, bottom + 4, x, bottom + 9, "f-axis")
        canvas.text(x, bottom + 22, number(100 * tick), "f-tick", "middle")
    canvas.line(AXIS_LEFT, bottom + 4, AXIS_RIGHT, bottom + 4, "f-axis")
    canvas.text((AXIS_LEFT + AXIS_RIGHT) / 2, bottom + 38, "pooled percentage", "f-tick", "middle")


def _row(canvas: Canvas, row: IntervalRow, lines: list[str], y: float, scale: Scale) -> None:
    style = "f-strong" if row.strong else "f-text"
    first = y - LINE * (len(lines) - 1) / 2 + FONT * 0.35
    full = "" if " ".join(lines) == " ".join(row.label.split()) else row.label
    for i, words in enumerate(lines):
        canvas.text(0, first + i * LINE, words, style, full=full if i == 0 else "")
    base = y + FONT * 0.35
    canvas.text(NOTE_X, base, row.note, style, "end")
    canvas.text(ESTIMATE_X, base, estimate(row.share, row.ci), style)
    canvas.text(LAST_X, base, row.last, style, "end")
    low, middle, high = scale.place(row.ci[0]), scale.place(row.share), scale.place(row.ci[1])
    if row.strong:
        canvas.polygon([(low, y), (middle, y - 6), (high, y), (middle, y + 6)], "f-diamond")
    else:
        canvas.line(low, y, high, y, "f-interval")
        canvas.box(middle - 3.5, y - 3.5, 7, 7, "f-square")
