"""What the plots of arms as points share: a frame with two axes, and names beside points that do not overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.report.plots.lettering import shorten, width
from pipeline.report.plots.scales import Scale
from pipeline.report.plots.svg import Canvas

FONT = 12.0
NAME_ROOM = 190.0


@dataclass(frozen=True)
class Axis:
    """A scale with its marks, (value, what is written), and what it shows."""

    scale: Scale
    marks: Sequence[tuple[float, str]]
    title: str


@dataclass(frozen=True)
class Named:
    x: float
    y: float
    label: str
    radius: float = 4.0


def frame(canvas: Canvas, x: Axis, y: Axis) -> None:
    """Gridlines, axes and their titles; y runs from its scale's start at the bottom, or top, to its end."""
    left, right = x.scale.start, x.scale.end
    top, bottom = sorted((y.scale.start, y.scale.end))
    for value, words in y.marks:
        place = y.scale.place(value)
        canvas.line(left, place, right, place, "f-grid")
        canvas.text(left - 8, place + 4, words, "f-tick", "end")
    for value, words in x.marks:
        place = x.scale.place(value)
        canvas.line(place, bottom, place, bottom + 5, "f-axis")
        canvas.text(place, bottom + 19, words, "f-tick", "middle")
    canvas.line(left, bottom, right, bottom, "f-axis")
    canvas.line(left, top, left, bottom, "f-axis")
    canvas.text((left + right) / 2, bottom + 38, x.title, "f-tick", "middle")
    canvas.text(left - 40, top - 10, y.title, "f-tick")


def names(canvas: Canvas, points: Iterable[Named], left: float, right: float) -> None:
    """Names beside their points, right of them where there is room; one that would lie on another is left out."""
    taken: list[tuple[float, float, float, float]] = []
    for point in points:
        words = shorten(point.label, FONT, NAME_ROOM)
        long, gap = width(words, FONT), point.radius + 4
        sides = [point.x + gap] if point.x + gap + long <= right else []
        sides += [point.x - gap - long] if point.x - gap - long >= left else []
        for start in sides:
            box = (start, point.y - 7, start + long, point.y + 7)
            if not any(_meet(box, other) for other in taken):
                taken.append(box)
                anchored = start > point.x
                at = start if anchored else point.x - gap
                canvas.text(at, point.y + 4, words, "f-tick", "start" if anchored else "end", full=point.label)
                break


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
