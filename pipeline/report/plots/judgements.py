"""Judgements of bias as signs: readable in grey, for each judgement has a sign of its own beside its colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.report.plots.lettering import width
from pipeline.report.plots.svg import Canvas

OPEN, DIFFER = "open", "reviewers differ"
RADIUS = 9.5


@dataclass(frozen=True)
class Look:
    sign: str
    style: str


GOOD, FAIR, BAD, UNKNOWN = Look("+", "b-good"), Look("−", "b-fair"), Look("×", "b-bad"), Look("?", "b-unknown")

#: of each answer of each tool, from best to worst
LOOKS = {
    "low": GOOD,
    "yes": GOOD,
    "some concerns": FAIR,
    "moderate": FAIR,
    "unclear": UNKNOWN,
    "high": BAD,
    "serious": BAD,
    "no": BAD,
    "critical": Look("!", "b-worst"),
    "no information": UNKNOWN,
    "not applicable": Look("·", "b-none"),
    DIFFER: Look("≠", "b-open"),
    OPEN: Look("", "b-open"),
}


def in_order(judgements: Iterable[str]) -> list[str]:
    """Each once, the best first, what is open last."""
    found = set(judgements)
    return [judgement for judgement in LOOKS if judgement in found]


def light(canvas: Canvas, x: float, y: float, judgement: str, full: str = "") -> None:
    """A disc with its sign around (x, y); `full` is shown as a tooltip."""
    look = LOOKS[judgement]
    canvas.circle(x, y, RADIUS, look.style, full=full)
    if look.sign:
        canvas.text(x, y + 5, look.sign, f"b-sign {look.style}-sign", "middle")


def legend(canvas: Canvas, judgements: Iterable[str], x: float, y: float) -> None:
    """Signs with their words in a line."""
    for judgement in in_order(judgements):
        light(canvas, x + RADIUS, y, judgement)
        canvas.text(x + 2 * RADIUS + 7, y + 4, judgement, "f-tick")
        x += 2 * RADIUS + width(judgement, 12) + 30
