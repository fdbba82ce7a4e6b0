"""How many studies have which judgement on each item: stacked bars, each part with its sign and its count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from pipeline.report.plots.judgements import LOOKS, in_order, legend
from pipeline.report.plots.lettering import wrap
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.svg import Canvas
from pipeline.report.plots.traffic_light import Judged

WIDTH = 960.0
HEAD, ROW, BAR, LINE, FONT = 12.0, 36.0, 22.0, 15.0, 13.0
LABEL_ROOM, LEFT, RIGHT = 318.0, 336.0, 950.0
#: a part that is narrower has no words in it
NARROW = 34.0


def judgement_bars(ident: str, title: str, items: Sequence[tuple[str, str]], lines: Sequence[Judged]) -> Markup:
    bottom = HEAD + ROW * len(items)
    words = f"Shares of {len(lines)} lines for {len(items)} items. The table behind it has every judgement."
    canvas = Canvas(ident, WIDTH, bottom + 74, title, words)
    for i, (item, about) in enumerate(items):
        middle = HEAD + ROW * (i + 0.5)
        told = wrap(f"{item}: {about}", FONT, LABEL_ROOM, 2)
        for j, label in enumerate(told):
            canvas.text(0, middle + FONT * 0.35 + LINE * (j - (len(told) - 1) / 2), label, "f-text")
        _bar(canvas, Counter(line.lights[i].judgement for line in lines), middle - BAR / 2)
    for tick in (0, 25, 50, 75, 100):
        x = LEFT + (RIGHT - LEFT) * tick / 100
        canvas.line(x, bottom, x, bottom + 5, "f-axis")
        canvas.text(x, bottom + 19, f"{tick} %", "f-tick", "end" if tick == 100 else "middle")
    canvas.line(LEFT, bottom, RIGHT, bottom, "f-axis")
    legend(canvas, {at.judgement for line in lines for at in line.lights}, 0, bottom + 52)
    return canvas.markup()


def bars_csv(tool: str, items: Sequence[tuple[str, str]], lines: Sequence[Judged]) -> str:
    return csv_text(("tool", "item", "about", "judgement", "count", "share"), _counts(tool, items, lines))


def _counts(tool: str, items: Sequence[tuple[str, str]], lines: Sequence[Judged]) -> Iterator[list[object]]:
    for i, (item, about) in enumerate(items):
        count = Counter(line.lights[i].judgement for line in lines)
        for judgement in in_order(count):
            yield [tool, item, about, judgement, count[judgement], count[judgement] / len(lines)]


def _bar(canvas: Canvas, count: Counter[str], top: float) -> None:
    """From the best to the worst; every study has the same weight."""
    x, total = LEFT, count.total()
    for judgement in in_order(count):
        wide, look = (RIGHT - LEFT) * count[judgement] / total, LOOKS[judgement]
        canvas.box(x, top, wide, BAR, look.style)
        if wide >= NARROW:
            canvas.text(
                x + wide / 2, top + 16, f"{look.sign} {count[judgement]}", f"b-sign {look.style}-sign", "middle"
            )
        x += wide
