"""The traffic-light plot of one tool: a line per study, a column per item (as robvis draws it; McGuinness 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipeline.report.plots.judgements import legend, light
from pipeline.report.plots.lettering import wrap
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.paper import SHEET, Drawing, Rows, sheets
from pipeline.report.plots.svg import Canvas

WIDTH = 960.0
HEAD, ROW, LINE, FONT = 34.0, 27.0, 16.0, 13.0
LABEL_ROOM, LEFT, RIGHT = 318.0, 336.0, 960.0
#: at most between two columns, and before that of the whole
STEP, APART = 62.0, 14.0


@dataclass(frozen=True)
class Light:
    """A judgement, and what is behind it."""

    judgement: str
    behind: str = ""


@dataclass(frozen=True)
class Judged:
    """A study, or an outcome of it, with its lights: one for each item, then that of the whole."""

    label: str
    detail: str
    lights: Sequence[Light]


def traffic_light(ident: str, title: str, items: Sequence[tuple[str, str]], lines: Sequence[Judged]) -> Drawing:
    """`items` are (name, what it is about), the whole last."""
    labels = [wrap(_name(line), FONT, LABEL_ROOM, 2) for line in lines]
    edges = list(accumulate((ROW + LINE * (len(words) - 1) for words in labels), initial=HEAD))
    foot = 46 + LINE * ((len(items) + 1) // 2)
    words = f"{len(lines)} lines by {len(items)} columns. The table behind it has every judgement and its support."
    canvas = Canvas(ident, WIDTH, edges[-1] + foot, title, words)
    places = _places(len(items))
    with canvas.group(f"{ident}-head"):
        _heads(canvas, items, places)
    with canvas.group(f"{ident}-rows"):
        for line, told, top, end in zip(lines, labels, edges, edges[1:], strict=False):
            _line(canvas, line, told, top, end, places)
    with canvas.group(f"{ident}-axis"):
        _foot(canvas, items, {at.judgement for line in lines for at in line.lights}, edges[-1])
    return Drawing(canvas.markup(), sheets(Rows(ident, WIDTH, HEAD, foot, edges, [False] * len(lines)), SHEET - foot))


def lights_csv(tool: str, items: Sequence[tuple[str, str]], lines: Sequence[Judged]) -> str:
    """A row for each light."""
    columns = ("tool", "study", "outcome", "item", "about", "judgement", "support")
    return csv_text(
        columns,
        (
            [tool, line.label, line.detail, item, about, at.judgement, at.behind]
            for line in lines
            for (item, about), at in zip(items, line.lights, strict=True)
        ),
    )


def _name(line: Judged) -> str:
    return f"{line.label}, {line.detail}" if line.detail else line.label


def _places(count: int) -> list[float]:
    """The middles of the columns; the last stands apart."""
    step = min(STEP, (RIGHT - LEFT - APART) / count)
    return [LEFT + step * (i + 0.5) + (APART if i == count - 1 else 0) for i in range(count)]


def _heads(canvas: Canvas, items: Sequence[tuple[str, str]], places: Sequence[float]) -> None:
    canvas.text(0, 16, "Study", "f-head")
    for (item, about), x in zip(items, places, strict=True):
        canvas.text(x, 16, item, "f-head", "middle", full=about)
    canvas.line(0, 25, WIDTH, 25, "f-rule")


def _line(canvas: Canvas, line: Judged, told: Sequence[str], top: float, end: float, places: Sequence[float]) -> None:
    middle = (top + end) / 2
    first = middle - LINE * (len(told) - 1) / 2 + FONT * 0.35
    full = "" if " ".join(told) == " ".join(_name(line).split()) else _name(line)
    for i, words in enumerate(told):
        canvas.text(0, first + i * LINE, words, "f-text", full=full)
    for at, x in zip(line.lights, places, strict=True):
        light(canvas, x, middle, at.judgement, at.behind)
    canvas.line(0, end, WIDTH, end, "f-grid")


def _foot(canvas: Canvas, items: Sequence[tuple[str, str]], judgements: set[str], bottom: float) -> None:
    legend(canvas, judgements, 0, bottom + 22)
    half = (len(items) + 1) // 2
    for i, (item, about) in enumerate(items):
        x, y = (WIDTH / 2 if i >= half else 0), bottom + 52 + LINE * (i % half)
        canvas.text(x, y, f"{item}: {about}", "f-tick")
