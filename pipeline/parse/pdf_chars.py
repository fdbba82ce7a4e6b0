"""Characters of a PDF's page with their boxes, and the runs of characters that stand next to each other.

Units are points, y upwards.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import pi
from typing import Any, NamedTuple
from unicodedata import normalize

#: pdfium's marks for a hyphen at the end of a line
_HYPHENS = {"\ufffe": "-", "\x02": "-", "\u00ad": "-"}
#: smaller print is not for readers
_SMALLEST = 3.5
#: fewer turned characters are a stamp in the margin; more are a table or figure on its side
_FEWEST_TURNED = 200


@dataclass(frozen=True)
class Run:
    """Characters in a row; the box is of the font, so that equal fonts have equal heights."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


class _Glyph(NamedTuple):
    """A character, its box in the direction that it is read in, and a quarter turn (3 upwards, 1 downwards, 0 none)."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    turn: int


@dataclass(frozen=True)
class Characters:
    """The characters of a page by the direction that they are read in; a few turned ones are a stamp and left out."""

    by_turn: dict[int, list[_Glyph]]

    def runs(self, turn: int = 0) -> list[Run]:
        """Runs of text read in a direction, in coordinates in which it stands upright."""
        return [run for run in _runs(self.by_turn.get(turn, ()), words=False) if run.text.strip()]

    def words(self, turn: int = 0) -> list[Run]:
        """The same, a run for each word."""
        return list(_runs(self.by_turn.get(turn, ()), words=True))


def read_characters(textpage: Any) -> Characters:
    """All characters of a pypdfium2 text page."""
    by_turn: dict[int, list[_Glyph]] = {0: [], 1: [], 3: []}
    for glyph in _glyphs(textpage):
        if glyph.turn in by_turn:
            by_turn[glyph.turn].append(glyph)
    return Characters({turn: g for turn, g in by_turn.items() if turn == 0 or len(g) >= _FEWEST_TURNED})


def _glyphs(textpage: Any) -> Iterator[_Glyph]:
    """All characters in the order in which the page prints them.

    Fonts lie about their ascent, so the box stands on the base line and is as high as the font's size.
    """
    import pypdfium2.raw as pdfium

    handle, box = textpage.raw, pdfium.FS_RECTF()
    reference = ctypes.byref(box)
    x, y = ctypes.c_double(), ctypes.c_double()
    high, size, loose, turn = 0, 0.0, -1.0, 0
    for i in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(handle, i)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:  # the second half of a UTF-16 pair
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
        high = 0
        c = _character(code)
        if c == " ":
            yield _Glyph(c, 0.0, 0.0, 0.0, 0.0, turn)
            continue
        pdfium.FPDFText_GetLooseCharBox(handle, i, reference)
        pdfium.FPDFText_GetCharOrigin(handle, i, x, y)
        if abs(box.top - box.bottom - loose) > 0.01:
            loose = box.top - box.bottom
            size = _size(pdfium, handle, i) or loose
        turn = round(pdfium.FPDFText_GetCharAngle(handle, i) / (pi / 2)) % 4
        if size >= _SMALLEST:
            yield _glyph(c, box, x.value, y.value, size, turn)


def _character(code: int) -> str:
    """Hyphens at line ends as hyphens, control characters as spaces, letters of formulas as plain letters."""
    c = chr(code)
    if c in _HYPHENS:
        return _HYPHENS[c]
    if code < 32:
        return " "
    return normalize("NFKC", c) if 0x1D400 <= code <= 0x1D7FF else c


def _glyph(c: str, box: Any, x: float, y: float, size: float, turn: int) -> _Glyph:
    if turn == 3:
        return _Glyph(c, box.bottom, box.top, -x - 0.22 * size, -x + 0.78 * size, turn)
    if turn == 1:
        return _Glyph(c, -box.top, -box.bottom, x - 0.22 * size, x + 0.78 * size, turn)
    return _Glyph(c, box.left, box.right, y - 0.22 * size, y + 0.78 * size, 0)


def _size(pdfium: Any, handle: Any, i: int) -> float:
    """The size that a character is printed at: its font's size times the text's scale; 0 if unknown."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(handle, i, matrix):
        return 0.0
    return float(pdfium.FPDFText_GetFontSize(handle, i) * (matrix.c**2 + matrix.d**2) ** 0.5)


def _runs(glyphs: Iterable[_Glyph], *, words: bool) -> Iterator[Run]:
    letters: list[str] = []
    x0 = x1 = y0 = y1 = 0.0
    space = False
    for glyph in glyphs:
        c, left, right, bottom, top, _ = glyph
        if c.isspace():
            space = True
            continue
        apart = space or left - x1 > 0.25 * (top - bottom)
        if letters and ((words and apart) or _breaks(left, bottom, top, x1, y0, y1)):
            yield Run("".join(letters), x0, x1, y0, y1)
            letters = []
        if not letters:
            x0, y0, y1 = left, bottom, top
        elif apart:
            letters.append(" ")
        letters.append(c)
        x1, space = right, False
    if letters:
        yield Run("".join(letters), x0, x1, y0, y1)


def _breaks(left: float, bottom: float, top: float, x1: float, y0: float, y1: float) -> bool:
    """The next character stands elsewhere, or is of another size."""
    height = min(top - bottom, y1 - y0)
    overlap = min(top, y1) - max(bottom, y0)
    if overlap < 0.5 * height or abs((top - bottom) - (y1 - y0)) > 0.12 * (y1 - y0):
        return True
    return left - x1 > 1.1 * height or left < x1 - 0.8 * height
