"""The characters of a PDF's page with their boxes, as arrays: one call into pdfium for each character and no more.

pdfium gives a box at a time. `ctypes` converts nothing when arguments are `byref`s and plain integers, and `map` calls
without a step of Python in between; so a page costs about as much again as pdfium's own reading of it.
Units are points, y upwards.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from math import pi
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.symbol_fonts import private

Floats = NDArray[np.float64]
Codes = NDArray[np.uint32]
Turns = NDArray[np.int8]

#: boxes that are read at once
_AT_ONCE = 512
#: pdfium's marks for a hyphen at the end of a line, and the soft hyphen
_HYPHENS = (0xFFFE, 0xAD)
_UNKNOWN = 0xFFFD
#: the part of a font's size that stands below the base line
_BELOW = 0.22
#: white space besides the plain one and control characters
_SPACES = (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
#: control characters that are white space
_BLANK = (0, *range(9, 14))
#: letters of formulas, which read as plain letters
_MATHEMATICAL = (0x1D400, 0x1D7FF)


@dataclass(frozen=True)
class Glyphs:
    """Characters in the order in which the page prints them; 32 stands for any white space and has no place.

    A box stands on the base line and is as high as the font's size (fonts lie about their ascent). `turn` counts
    quarter turns (3: read upwards, 1: downwards); boxes are in coordinates in which the character stands upright.
    """

    codes: Codes
    x0: Floats
    x1: Floats
    y0: Floats
    y1: Floats
    turn: Turns

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, which: NDArray[Any]) -> Glyphs:
        """Those at the indexes, or where the mask says so."""
        return Glyphs(*(part[which] for part in (self.codes, self.x0, self.x1, self.y0, self.y1, self.turn)))


class GlyphReader:
    """Reads pages of one document."""

    def __init__(self) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._box = _bare(pdfium.FPDFText_GetLooseCharBox, None)
        self._unicode = _bare(pdfium.FPDFText_GetUnicode, ctypes.c_uint)
        self._angle = _bare(pdfium.FPDFText_GetCharAngle, ctypes.c_float)
        self._boxes = np.zeros((_AT_ONCE, 4), np.float32)
        held = (ctypes.c_char * self._boxes.nbytes).from_buffer(self._boxes.data)
        self._places = [ctypes.byref(held, at) for at in range(0, self._boxes.nbytes, 16)]
        self._kinds = _kinds()
        self._matrix, self._x, self._y = pdfium.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()

    def read(self, textpage: Any) -> Glyphs:
        """All characters of a pypdfium2 text page."""
        handle, count = _by_address(textpage.raw), textpage.count_chars()
        codes = self._codes(textpage, handle, count)
        solid = np.flatnonzero(codes != 32)
        boxes = self._read_boxes(handle, solid)
        turn, size, base = self._fonts(textpage, handle, solid, boxes)
        return _upright(codes, solid, boxes, turn, size, base)

    def _codes(self, textpage: Any, handle: Any, count: int) -> Codes:
        text = textpage.get_text_range(0, count, errors="surrogatepass") if count else ""
        units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2").astype(np.uint32)
        if len(units) != count:  # characters without a code are no part of the text
            units = np.fromiter(map(self._unicode, repeat(handle), range(count)), np.uint32, count)
        codes = self._kinds[units]
        for i in np.flatnonzero(codes == 0).tolist():
            codes[i] = self._symbol(textpage, i, int(units[i]))
        return _joined(codes)

    def _symbol(self, textpage: Any, i: int, code: int) -> int:
        """What stands for a code without a character: a private one if the font is known, else the unknown one."""
        pdfium = self._pdfium
        if pdfium.FPDFText_IsHyphen(textpage.raw, i) == 1:
            return ord("-")
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(textpage.raw, i, name, len(name), flags)
        found = private(name.value.decode("utf-8", "replace"), code)
        return _UNKNOWN if found is None else found

    def _read_boxes(self, handle: Any, which: NDArray[np.intp]) -> Floats:
        """(left, top, right, bottom) of the characters; zeros where pdfium has none."""
        boxes, indexes = np.empty((len(which), 4)), which.tolist()
        for at in range(0, len(indexes), _AT_ONCE):
            some = indexes[at : at + _AT_ONCE]
            self._boxes[:] = 0.0
            deque(map(self._box, repeat(handle), some, self._places), maxlen=0)
            boxes[at : at + len(some)] = self._boxes[: len(some)]
        return boxes if np.isfinite(boxes).all() else np.nan_to_num(boxes, posinf=0.0, neginf=0.0)

    def _fonts(
        self, textpage: Any, handle: Any, solid: NDArray[np.intp], boxes: Floats
    ) -> tuple[Turns, Floats, Floats]:
        """Turn, printed size and base line (across the reading direction) of the characters at `solid`.

        Characters of a font are equally high, so pdfium is asked for the turn only where the height changes, and for
        the rest once for each turn and height.
        """
        wide, high = np.abs(boxes[:, 2] - boxes[:, 0]), np.abs(boxes[:, 1] - boxes[:, 3])
        high = np.round(high, 2)
        starts = np.concatenate((np.arange(len(solid))[:1], np.flatnonzero(high[1:] != high[:-1]) + 1))
        places = solid[starts].tolist()
        angles = np.fromiter(map(self._angle, repeat(handle), places), np.float64, len(places))
        turns = (np.rint(angles / (pi / 2)) % 4).astype(np.int8)
        across = np.where(turns % 2 == 0, high[starts], np.round(wide[starts], 2))
        _, first, font = np.unique(across * 4 + turns * 1e6, return_index=True, return_inverse=True)
        sizes = [self._size(textpage, places[k], boxes[starts[k]].tolist(), int(turns[k])) for k in first.tolist()]
        size, below = np.array(sizes).reshape(-1, 2).T
        lengths = np.concatenate((starts[1:], [len(solid)])) - starts if len(solid) else starts
        return np.repeat(turns, lengths), np.repeat(size[font], lengths), np.repeat(below[font], lengths)

    def _size(self, textpage: Any, i: int, box: list[float], turn: int) -> tuple[float, float]:
        """The size that a character is printed at, and how far its box reaches below the base line."""
        pdfium, matrix, x, y = self._pdfium, self._matrix, self._x, self._y
        left, top, right, bottom = box
        pdfium.FPDFText_GetCharOrigin(textpage.raw, i, x, y)
        below = {0: y.value - bottom, 1: x.value - left, 2: top - y.value, 3: right - x.value}[turn]
        size = 0.0
        if pdfium.FPDFText_GetMatrix(textpage.raw, i, matrix):
            size = pdfium.FPDFText_GetFontSize(textpage.raw, i) * (matrix.c**2 + matrix.d**2) ** 0.5
        return size or abs(top - bottom), below


def _bare(function: Any, result: Any) -> Callable[..., Any]:
    """A C function as `ctypes` calls it fastest: it keeps the GIL and converts no argument."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None
    return ctypes.PYFUNCTYPE(result)(address)


def _by_address(pointer: Any) -> Any:
    address = ctypes.cast(pointer, ctypes.c_void_p).value
    assert address is not None
    return ctypes.byref(ctypes.c_char.from_address(address))


def _kinds() -> Codes:
    """For each UTF-16 unit the character that it reads as: hyphens as hyphens, white space as spaces.

    0 stands for control characters that are no white space: codes of a font that does not say what they are.
    """
    kinds = np.arange(0x10000, dtype=np.uint32)
    kinds[:32] = 0
    kinds[[*_BLANK, *_SPACES]] = 32
    kinds[list(_HYPHENS)] = ord("-")
    return kinds


def _joined(codes: Codes) -> Codes:
    """Pairs joined, letters of formulas plain."""
    if codes.size and codes.max() >= 0xD800:
        _join_pairs(codes)
        for code in np.unique(codes[(codes >= _MATHEMATICAL[0]) & (codes <= _MATHEMATICAL[1])]).tolist():
            codes[codes == code] = ord(normalize("NFKC", chr(code))[0])
    return codes


def _join_pairs(codes: Codes) -> None:
    """UTF-16 pairs as one character; half a pair is the sign for an unknown one."""
    high = np.flatnonzero((codes[:-1] >= 0xD800) & (codes[:-1] < 0xDC00) & (codes[1:] >= 0xDC00) & (codes[1:] < 0xE000))
    codes[high] = 0x10000 + ((codes[high] - 0xD800) << 10) + codes[high + 1] - 0xDC00
    codes[high + 1] = 32
    codes[(codes >= 0xD800) & (codes < 0xE000)] = _UNKNOWN


def _upright(codes: Codes, solid: NDArray[np.intp], boxes: Floats, turn: Turns, size: Floats, below: Floats) -> Glyphs:
    """Boxes in the coordinates of their turn; white space is left without a place."""
    left, top, right, bottom = boxes.T
    if turn.any():
        start = np.choose(turn, (left, -top, -right, bottom))
        end = np.choose(turn, (right, -bottom, -left, top))
        base = np.choose(turn, (bottom + below, left + below, below - top, below - right))
    else:
        start, end, base = left, right, bottom + below
    low = base - _BELOW * size
    count = len(codes)
    x0, x1, y0, y1 = (_among(side, solid, count) for side in (start, end, low, low + size))
    return Glyphs(codes, x0, x1, y0, y1, _among(turn, solid, count))


def _among(values: NDArray[Any], solid: NDArray[np.intp], count: int) -> NDArray[Any]:
    """The values at the indexes `solid` of so many, zeros elsewhere."""
    spread = np.zeros(count, values.dtype)
    spread[solid] = values
    return spread
