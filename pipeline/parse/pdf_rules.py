"""Ruled lines of a PDF's page, as pdfplumber finds them, in the coordinates of the text that they stand by.

A line of a table may be drawn as a line, as a thin rectangle, or piece by piece, cell after cell. Units are points,
y downwards from the page's origin, in the direction in which text of the same turn is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

#: rules so near to the top or bottom (share of the page) belong to its head or foot
_EDGE = 0.065
#: pieces of a rule lie so near to each other, along and across
_JOINED, _LEVEL = 8.0, 2.5
#: shorter ones are fraction bars and underlined words
_SHORTEST = 20.0
#: a page with more pieces is a drawing
_MOST_PIECES = 20_000

Point = tuple[float, float]


class Rule(NamedTuple):
    """A rule at height `at` from `start` to `end`; of an upright rule, `at` is its x."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


class Rules(NamedTuple):
    """Rules along the lines of text (from top to bottom) and across them (from left to right)."""

    along: list[Rule]
    across: list[Rule]


def read_rules(page: Any, turn: int) -> Rules:
    """The rules of a pdfplumber page as text of a turn sees them."""
    pieces = [_segment(edge, _to_user_space(page), turn) for edge in page.edges[:_MOST_PIECES]]
    low, high = _text_area(page, turn)
    along = [Rule(a[1], *sorted((a[0], b[0]))) for a, b in pieces if abs(a[1] - b[1]) < abs(a[0] - b[0])]
    across = [Rule(a[0], *sorted((a[1], b[1]))) for a, b in pieces if abs(a[1] - b[1]) >= abs(a[0] - b[0])]
    return Rules(_joined(rule for rule in along if low < rule.at < high), _joined(across))


def _segment(edge: Mapping[str, Any], place: Callable[[Point], Point], turn: int) -> tuple[Point, Point]:
    """The two ends of an edge as text of the turn sees them."""
    level = edge["orientation"] == "h"
    ends = (edge["x0"], edge["top"]), (edge["x1"], edge["top"] if level else edge["bottom"])
    a, b = (_turned(place(end), turn) for end in ends)
    return a, b


def _turned(point: Point, turn: int) -> Point:
    """From the page's own coordinates (y upwards) to those in which text of the turn stands upright, y downwards."""
    x, y = point
    return ((x, -y), (-y, -x), (-x, y), (y, x))[turn]


def _to_user_space(page: Any) -> Callable[[Point], Point]:
    """pdfplumber turns pages as they are shown and moves their corner to the origin; pdfium's text does neither."""
    x0, y0, x1, y1 = (float(side) for side in page.page_obj.mediabox)
    left, top, height = float(page.mediabox[0]), float(page.mediabox[1]), float(page.height)

    def place(point: Point) -> Point:
        x, y = point[0] - left, height - (point[1] - top)
        rotation = page.rotation % 360
        if rotation == 90:
            return x1 - y, x + y0
        if rotation == 180:
            return x1 - x, y1 - y
        return (x0 + y, y1 - x) if rotation == 270 else (x + x0, y + y0)

    return place


def _text_area(page: Any, turn: int) -> tuple[float, float]:
    """Where a page has no running head or foot; text on its side has none above or below."""
    if turn or page.rotation % 360:
        return -float("inf"), float("inf")
    _, y0, _, y1 = (float(side) for side in page.page_obj.mediabox)
    margin = _EDGE * (y1 - y0)
    return -y1 + margin, -y0 - margin


def _joined(pieces: Iterable[Rule]) -> list[Rule]:
    """Pieces of one rule joined; short rules are none."""
    levels: list[list[Rule]] = []
    for piece in sorted(pieces):
        if levels and piece.at - levels[-1][0].at < _LEVEL:
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return [rule for level in levels for rule in _along(level) if rule.length >= _SHORTEST]


def _along(level: list[Rule]) -> list[Rule]:
    """Pieces of one height, from left to right, those that touch joined."""
    rules: list[Rule] = []
    for piece in sorted(level, key=lambda rule: rule.start):
        if rules and piece.start < rules[-1].end + _JOINED:
            rules[-1] = rules[-1]._replace(end=max(rules[-1].end, piece.end))
        else:
            rules.append(piece)
    return rules
