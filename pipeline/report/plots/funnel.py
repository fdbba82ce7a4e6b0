"""Funnels side by side: effects by standard error, with contours around the pooled value."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.analysed import Funnel
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.scales import Scale, number, span, ticks
from pipeline.report.plots.scatter import Axis, frame
from pipeline.report.plots.svg import Canvas

WIDTH, HEIGHT = 960.0, 420.0
TOP, BOTTOM = 56.0, 366.0
GAP, SIDE = 70.0, 14.0
#: a tick nearer than this to its neighbour is left out
ROOM = 34.0
NAMES = {"PAS": "arcsine scale: the standard error is size alone", "PLO": "log odds scale"}


def funnel_plot(ident: str, title: str, funnels: Sequence[Funnel]) -> Markup:
    arms = sum(not p.filled for p in funnels[0].points)
    filled = sum(p.filled for p in funnels[0].points)
    words = f"Funnel of {arms} arms; trim and fill adds {filled}. The table has the figures."
    canvas = Canvas(ident, WIDTH, HEIGHT, title, words)
    wide = WIDTH / len(funnels)
    for i, funnel in enumerate(funnels):
        _panel(canvas, funnel, i * wide + GAP, (i + 1) * wide - SIDE)
    return canvas.markup()


def funnel_csv(funnels: Sequence[Funnel]) -> str:
    """Arms of each panel with effect and standard error on its scale; `filled` ones are added by trim and fill."""
    columns = ("scale", "label", "effect", "standard_error", "proportion", "filled", "center")
    return csv_text(
        columns, ([f.measure, p.label, p.y, p.at, p.proportion, p.filled, f.center] for f in funnels for p in f.points)
    )


def _panel(canvas: Canvas, funnel: Funnel, left: float, right: float) -> None:
    deepest = max(p.at for p in funnel.points) * 1.06
    down = Scale(0.0, deepest, TOP, BOTTOM)
    widest = 1.96 * deepest
    low, high = span([*(p.y for p in funnel.points), funnel.center - widest, funnel.center + widest])
    low, high = _within(funnel, low, high)
    across = Scale(low, high, left, right)
    canvas.text(left - 40, 16, NAMES.get(funnel.measure, f"scale of {funnel.measure}"), "f-strong")
    for _, errors in sorted(funnel.quantiles, reverse=True):
        _contour(canvas, funnel, errors, across, down)
    frame(
        canvas,
        Axis(across, _marks(funnel, across), "patients with the outcome, %"),
        Axis(down, [(t, number(t)) for t in ticks(0.0, deepest)], "standard error"),
    )
    center = across.place(funnel.center)
    canvas.line(center, TOP, center, BOTTOM, "f-reference")
    for p in funnel.points:
        style = "f-point f-filled" if p.filled else "f-point"
        canvas.circle(across.place(p.y), down.place(p.at), 4, style, full=p.label)


def _within(funnel: Funnel, low: float, high: float) -> tuple[float, float]:
    """On a scale that ends, no farther than its ends: those of 0 and 100 %."""
    if funnel.measure in {"PR", "PAS", "PFT"}:
        ends = (0.0, 1.0) if funnel.measure == "PR" else (0.0, 1.5708)
        return max(low, ends[0] - 0.02), min(high, ends[1] + 0.02)
    return low, high


def _contour(canvas: Canvas, funnel: Funnel, errors: float, across: Scale, down: Scale) -> None:
    """A triangle, cut where the frame ends."""
    tip = (across.place(funnel.center), TOP)
    sides = []
    for end, way in ((across.low, -1.0), (across.high, 1.0)):
        meets = abs(end - funnel.center) / errors
        foot = [(across.place(funnel.center + way * errors * down.high), BOTTOM)]
        sides.append(
            [(across.place(end), down.place(meets)), (across.place(end), BOTTOM)] if meets < down.high else foot
        )
    canvas.polygon([tip, *sides[1], *reversed(sides[0])], "f-contour")


def _marks(funnel: Funnel, across: Scale) -> list[tuple[float, str]]:
    """Those of the ticks that are in the frame and have room; 50 % before the others."""
    kept: list[tuple[float, float]] = []
    for share, y in sorted(
        funnel.ticks, key=lambda t: (t[0] not in {0.5, 0.2, 0.8, 0.05, 0.95}, abs(t[0] - 0.5), t[0])
    ):
        place = across.place(y)
        if across.holds(y) and all(abs(place - across.place(other)) >= ROOM for _, other in kept):
            kept.append((share, y))
    return [(y, number(100 * share)) for share, y in sorted(kept)]
