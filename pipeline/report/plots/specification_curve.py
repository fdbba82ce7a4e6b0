"""The specification curve (Simonsohn, Simmons & Nelson 2020): each way to pool, by its result; below, what it chose."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.analysed import Choice
from pipeline.report.formats import percent
from pipeline.report.plots.lettering import shorten
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.scales import Scale, number, percent_ticks, share_scale
from pipeline.report.plots.svg import Canvas

WIDTH = 960.0
LEFT, RIGHT = 330.0, 950.0
TOP, CURVE = 14.0, 230.0
FONT, ROW, GAP = 13.0, 18.0, 12.0

GLMM = "binomial GLMM"
MEASURES = {
    "PLO": "log odds (logit)",
    "PR": "raw proportion",
    "PLN": "log proportion",
    "PAS": "arcsine",
    "PFT": "Freeman–Tukey",
}
METHODS = {"": "maximum likelihood (GLMM)"}
TESTS = {"z": "normal", "t": "t", "knha": "Knapp–Hartung", "adhoc": "Knapp–Hartung, ad hoc"}


def scale_of(choice: Choice) -> str:
    return GLMM if choice.model != "iv" else f"two-step, {MEASURES.get(choice.measure, choice.measure)}"


def estimator_of(choice: Choice) -> str:
    return METHODS.get(choice.method, choice.method)


def test_of(choice: Choice) -> str:
    return TESTS.get(choice.test, choice.test)


def panels(choices: Sequence[Choice]) -> list[tuple[str, list[str], list[str]]]:
    """(head, its options, the option of each specification), without panels that have one option."""
    found = [
        ("Numbers", [c.rows for c in choices]),
        ("Model and scale", [scale_of(c) for c in choices]),
        ("τ² by", [estimator_of(c) for c in choices]),
        ("Interval by", [test_of(c) for c in choices]),
    ]
    own = next((i for i, c in enumerate(choices) if c.chosen), 0)
    return [(head, _options(of, of[own]), of) for head, of in found if len(set(of)) > 1]


def _options(of: Sequence[str], own: str) -> list[str]:
    """Each once, that of the main analysis first."""
    return [own, *sorted(set(of) - {own})]


def specification_curve(ident: str, title: str, choices: Sequence[Choice]) -> Markup:
    """SVG of `choices`, which are in the order of their results; the main analysis is a diamond."""
    shown = panels(choices)
    height = TOP + CURVE + sum(GAP + ROW * (len(options) + 1) for _, options, _ in shown) + 12
    low, high = choices[0], choices[-1]
    words = f"{len(choices)} ways to pool, from {percent(low.proportion)} to {percent(high.proportion)}."
    canvas = Canvas(ident, WIDTH, height, title, f"Specification curve: {words} The table behind it lists them.")
    across = Scale(-0.5, len(choices) - 0.5, LEFT, RIGHT)
    _curve(canvas, choices, across, height)
    top = TOP + CURVE
    for head, options, of in shown:
        top = _panel(canvas, head, options, of, across, top + GAP)
    return canvas.markup()


def curve_csv(choices: Sequence[Choice]) -> str:
    """Each specification, in metafor's words, with its result on [0, 1]."""
    columns = ("rows", "model", "measure", "method", "test", "k", "proportion", "ci_low", "ci_high", "main")
    lines = ([c.rows, c.model, c.measure, c.method, c.test, c.k, c.proportion, *c.ci, c.chosen] for c in choices)
    return csv_text(columns, lines)


def _curve(canvas: Canvas, choices: Sequence[Choice], across: Scale, height: float) -> None:
    up = share_scale([v for c in choices for v in c.ci], TOP + CURVE - 10, TOP)
    for tick in percent_ticks(up):
        canvas.line(LEFT, up.place(tick), RIGHT, up.place(tick), "f-grid")
        canvas.text(LEFT - 8, up.place(tick) + 4, f"{number(100 * tick)} %", "f-tick", "end")
    canvas.text(0, TOP + 12, "Pooled percentage", "f-strong")
    canvas.text(0, TOP + 30, "with its interval, by rising value", "f-soft")
    thick = "f-interval" if len(choices) <= 60 else "f-thin"
    side = 5.0 if len(choices) <= 60 else 3.6
    for i, c in enumerate(choices):
        x = across.place(i)
        if c.chosen:
            canvas.line(x, TOP, x, height - 10, "f-reference")
            canvas.line(LEFT, up.place(c.proportion), RIGHT, up.place(c.proportion), "f-reference")
        canvas.line(x, up.place(c.ci[0]), x, up.place(c.ci[1]), thick)
        canvas.box(x - side / 2, up.place(c.proportion) - side / 2, side, side, "f-square")
    for i, c in enumerate(choices):
        if c.chosen:
            x, y = across.place(i), up.place(c.proportion)
            canvas.polygon([(x - 7, y), (x, y - 7), (x + 7, y), (x, y + 7)], "f-diamond")


def _panel(canvas: Canvas, head: str, options: list[str], of: list[str], across: Scale, top: float) -> float:
    """Draws a panel and returns where it ends."""
    canvas.text(0, top + 12, head, "f-strong")
    canvas.line(0, top + 18, WIDTH, top + 18, "f-grid")
    width = min(9.0, max(2.0, 0.72 * (RIGHT - LEFT) / len(of)))
    for row, option in enumerate(options, 1):
        y = top + ROW * row + ROW / 2 + 2
        words = shorten(option, FONT, LEFT - 24)
        canvas.text(10, y + FONT * 0.35, words, "f-text", full=option)
        corners = [(across.place(i) - width / 2, y - 5) for i, chosen in enumerate(of) if chosen == option]
        canvas.boxes(corners, width, 10, "f-square")
    return top + ROW * (len(options) + 1)
