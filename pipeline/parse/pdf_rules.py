"""Ruled lines of a PDF's page, from the paths that it draws.

A line of a table may be drawn as a line, as a thin rectangle, or piece by piece, cell after cell. Paths are read
through pdfium, which has the page open for its text: so both are in the same coordinates, and a file is trusted to one
library only. Units are points, y downwards from the page's origin, in the direction in which text of the same turn is
read.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Any, NamedTuple

#: rules so near to the top or bottom (share of the page) belong to its head or foot
_EDGE = 0.065
#: a table's first rule stands at most so far above its words
ABOVE = 8.0
#: pieces of a rule lie so near to each other, along and across
_JOINED, _LEVEL = 8.0, 2.5
#: shorter ones are fraction bars and underlined words
_SHORTEST = 20.0
#: a page with more pieces, or a path with more points, is a drawing
_MOST_PIECES, _MOST_POINTS = 20_000, 400
#: forms within forms that are looked into
_DEEPEST = 4
#: a line is level if it rises by no more
_LEVELLED = 0.6
#: no page is so large
_LONGEST = 20_000.0

Point = tuple[float, float]
Piece = tuple[Point, Point]
Matrix = tuple[float, float, float, float, float, float]


class Rule(NamedTuple):
    """A rule at height `at` from `start` to `end`; of an upright rule, `at` is its x."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


class Rules(NamedTuple):
    """Rules along the lines of text (from top to bottom) and across them; running heads stand above `head`."""

    along: list[Rule]
    across: list[Rule]
    head: float = -inf

    def of_text(self, top: float) -> Rules:
        """Without the rules of the page's head; where text without running heads starts higher, so do its rules."""
        low = min(self.head, top - ABOVE)
        return self._replace(along=[rule for rule in self.along if rule.at > low])


class Strokes(NamedTuple):
    """Straight pieces of a page's paths, level or upright, y upwards; its lower and upper edge, its rotation."""

    pieces: list[Piece]
    y0: float
    y1: float
    rotated: bool

    def rules(self, turn: int) -> Rules:
        """The rules as text of a turn sees them."""
        seen = [(_turned(a, turn), _turned(b, turn)) for a, b in self.pieces]
        low, high = self._text_area(turn)
        along = [_rule(a[1], a[0], b[0]) for a, b in seen if abs(a[1] - b[1]) <= abs(a[0] - b[0])]
        across = [_rule(a[0], a[1], b[1]) for a, b in seen if abs(a[1] - b[1]) > abs(a[0] - b[0])]
        return Rules(_joined(rule for rule in along if rule.at < high), _joined(across), low)

    def _text_area(self, turn: int) -> tuple[float, float]:
        """Where a page has no running head or foot; text on its side has none above or below."""
        if turn or self.rotated:
            return -float("inf"), float("inf")
        margin = _EDGE * (self.y1 - self.y0)
        return -self.y1 + margin, -self.y0 - margin


def read_strokes(page: Any) -> Strokes:
    """The straight pieces of all paths of a pypdfium2 page."""
    import pypdfium2.raw as pdfium

    reader = _PathReader(pdfium)
    handle = page.raw
    reader.read(pdfium.FPDFPage_CountObjects(handle), lambda i: pdfium.FPDFPage_GetObject(handle, i), [], 0)
    _, y0, _, y1 = page.get_mediabox()
    return Strokes(reader.pieces, y0, y1, page.get_rotation() != 0)


class _PathReader:
    """Collects pieces from page objects and from forms within them."""

    def __init__(self, pdfium: Any) -> None:
        self._pdfium = pdfium
        self.pieces: list[Piece] = []

    def read(self, count: int, get: Callable[[int], Any], outer: list[Matrix], depth: int) -> None:
        """The objects of a page or form; `outer` are the matrices of the forms around them, the innermost first."""
        pdfium = self._pdfium
        for i in range(min(count, _MOST_PIECES)):
            obj = get(i)
            kind = pdfium.FPDFPageObj_GetType(obj)
            if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM):
                continue
            matrices = [self._matrix(obj), *outer]
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self.pieces += _straight(self._points(obj), matrices)
            elif depth < _DEEPEST:
                inner = _objects_of(pdfium, obj)
                self.read(pdfium.FPDFFormObj_CountObjects(obj), inner, matrices, depth + 1)
            if len(self.pieces) > _MOST_PIECES:
                return

    def _matrix(self, obj: Any) -> Matrix:
        m = self._pdfium.FS_MATRIX()
        self._pdfium.FPDFPageObj_GetMatrix(obj, m)
        return m.a, m.b, m.c, m.d, m.e, m.f

    def _points(self, obj: Any) -> Iterator[tuple[bool, Point]]:
        """(does a line lead to it, point) along a path; a closed part ends where it began."""
        pdfium = self._pdfium
        count = pdfium.FPDFPath_CountSegments(obj)
        x, y = ctypes.c_float(), ctypes.c_float()
        first = 0.0, 0.0
        for k in range(count if count <= _MOST_POINTS else 0):
            segment = pdfium.FPDFPath_GetPathSegment(obj, k)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            here = x.value, y.value
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                first = here
            yield kind == pdfium.FPDF_SEGMENT_LINETO, here
            if pdfium.FPDFPathSegment_GetClose(segment):
                yield True, first


def _objects_of(pdfium: Any, form: Any) -> Callable[[int], Any]:
    return lambda i: pdfium.FPDFFormObj_GetObject(form, i)


def _straight(points: Iterable[tuple[bool, Point]], matrices: list[Matrix]) -> Iterator[Piece]:
    """Level and upright pieces of a path, on the page."""
    last = 0.0, 0.0
    for drawn, point in points:
        here = _placed(point, matrices)
        wide, high = abs(here[0] - last[0]), abs(here[1] - last[1])
        if drawn and min(wide, high) <= _LEVELLED < max(wide, high) < _LONGEST:
            yield last, here
        last = here


def _placed(point: Point, matrices: Iterable[Matrix]) -> Point:
    x, y = point
    for a, b, c, d, e, f in matrices:
        x, y = a * x + c * y + e, b * x + d * y + f
    return x, y


def _turned(point: Point, turn: int) -> Point:
    """From the page's own coordinates (y upwards) to those in which text of the turn stands upright, y downwards."""
    x, y = point
    return ((x, -y), (-y, -x), (-x, y), (y, x))[turn]


def _rule(at: float, a: float, b: float) -> Rule:
    return Rule(at, min(a, b), max(a, b))


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
