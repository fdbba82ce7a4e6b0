"""The bubble plot of a meta-regression: arms by year, their area by weight, with the line and its interval."""

from __future__ import annotations

import math

from markupsafe import Markup

from pipeline.analysed import Years
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.scales import Scale, span, ticks
from pipeline.report.plots.scatter import Axis, frame
from pipeline.report.plots.svg import Canvas

WIDTH, HEIGHT = 960.0, 420.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 940.0, 34.0, 366.0
SMALLEST, LARGEST = 3.0, 16.0


def bubble_plot(ident: str, title: str, years: Years) -> Markup:
    canvas = Canvas(ident, WIDTH, HEIGHT, title, f"{len(years.points)} arms by year of publication, with the line.")
    low, high = span([p.at for p in years.points], 0.04)
    scale = Scale(low, high, LEFT, RIGHT)
    marks = [(t, f"{t:.0f}") for t in ticks(low, high, 7) if t == int(t)]
    up = Scale(-0.06, 1.06, BOTTOM, TOP)
    tens = [(t / 100, f"{t} %") for t in range(0, 101, 20)]
    _band(canvas, years, scale, up)
    frame(canvas, Axis(scale, marks, "year of publication"), Axis(up, tens, "patients with the outcome"))
    heaviest = max(p.weight for p in years.points)
    for p in sorted(years.points, key=lambda p: (-p.weight, p.at, p.label)):
        radius = max(SMALLEST, LARGEST * math.sqrt(p.weight / heaviest)) if heaviest > 0 else SMALLEST
        canvas.circle(scale.place(p.at), up.place(p.proportion), radius, "f-bubble", full=f"{p.label}")
    canvas.polyline([(scale.place(at.at), up.place(at.proportion)) for at in years.line], "f-line")
    return canvas.markup()


def bubble_csv(years: Years) -> str:
    """Arms, then the line with its interval; shares on [0, 1], weights in percent."""
    columns = ("kind", "label", "year", "proportion", "ci_low", "ci_high", "weight_percent")
    arms = [["arm", p.label, p.at, p.proportion, None, None, p.weight] for p in years.points]
    return csv_text(columns, [*arms, *(["line", "", at.at, at.proportion, *at.ci, None] for at in years.line)])


def _band(canvas: Canvas, years: Years, x: Scale, y: Scale) -> None:
    low = [(x.place(at.at), y.place(at.ci[0])) for at in years.line]
    high = [(x.place(at.at), y.place(at.ci[1])) for at in years.line]
    canvas.polygon([*low, *reversed(high)], "f-band")
