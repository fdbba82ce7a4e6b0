"""Baujat's plot: what each arm adds to the heterogeneity, and how far it moves the result."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.analysed import Pull
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.scales import Scale, number, ticks
from pipeline.report.plots.scatter import Axis, Named, frame, names
from pipeline.report.plots.svg import Canvas

WIDTH, HEIGHT = 960.0, 400.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 940.0, 34.0, 346.0
NAMED = 12


def baujat_plot(ident: str, title: str, pulls: Sequence[Pull]) -> Markup:
    """Influential arms are filled; the NAMED farthest from the origin have their names, as far as these have room."""
    count = sum(p.influential for p in pulls)
    canvas = Canvas(ident, WIDTH, HEIGHT, title, f"{len(pulls)} arms, {count} influential. The table has the figures.")
    x = _axis([p.baujat_x for p in pulls], LEFT, RIGHT, "contribution to the heterogeneity (squared Pearson residual)")
    y = _axis([p.baujat_y for p in pulls], BOTTOM, TOP, "influence on the pooled value")
    frame(canvas, x, y)
    for p in pulls:
        style = "f-point f-marked" if p.influential else "f-point"
        canvas.circle(x.scale.place(p.baujat_x), y.scale.place(p.baujat_y), 5.5 if p.influential else 4, style)
    far = sorted(pulls, key=lambda p: (not p.influential, -_distance(p, x.scale, y.scale)))[:NAMED]
    names(canvas, [Named(x.scale.place(p.baujat_x), y.scale.place(p.baujat_y), p.label, 5.5) for p in far], LEFT, WIDTH)
    return canvas.markup()


def baujat_csv(pulls: Sequence[Pull]) -> str:
    """The figures of influence of each arm, on the analysis scale; weights in percent."""
    columns = ("arm", "baujat_x", "baujat_y", "rstudent", "cook_d", "dffits", "weight_percent", "influential")
    return csv_text(
        columns,
        ([p.label, p.baujat_x, p.baujat_y, p.rstudent, p.cook_d, p.dffits, p.weight, p.influential] for p in pulls),
    )


def _axis(values: Sequence[float], start: float, end: float, title: str) -> Axis:
    high = max([*values, 1e-9]) * 1.06
    scale = Scale(0.0, high, start, end)
    return Axis(scale, [(t, number(t)) for t in ticks(0.0, high)], title)


def _distance(p: Pull, x: Scale, y: Scale) -> float:
    return (p.baujat_x / x.high) ** 2 + (p.baujat_y / y.high) ** 2
