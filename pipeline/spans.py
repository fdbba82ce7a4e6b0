"""Where each character of a cleaned text came from.

A reader cleans a source (joins wrapped lines, repairs glyphs, drops furniture) and extraction works on the clean text;
evidence has to point into the source as stored. `TextBuilder` builds the clean text piece by piece and remembers, and
`Alignment` maps spans of it back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

#: (start in the clean text, start in the source, length in the source) of one piece, ordered by the first
Piece = tuple[int, int, int]


@dataclass(frozen=True)
class Alignment:
    """Pieces of a clean text with their origin. A piece copied letter for letter has the same length on both sides."""

    pieces: Sequence[Piece]
    length: int

    @classmethod
    def identity(cls, length: int, at: int = 0) -> Alignment:
        """The clean text is the source text, which starts at offset `at`."""
        return cls([(0, at, length)], length)

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The source span behind clean [start, end); a replaced piece counts as a whole.

        Where the source has the pieces in another order (an abstract before its title), the span that covers them all.
        """
        if not 0 <= start <= end <= self.length:
            raise ValueError(f"span [{start}, {end}) is not within a text of {self.length} characters")
        if start == end:
            at = self._left(start)
            return at, at
        left, right = self._left(start), self._right(end)
        return (left, right) if left <= right else self._covering(start, end)

    def _covering(self, start: int, end: int) -> tuple[int, int]:
        first = bisect_right(self.pieces, start, key=lambda p: p[0])
        last = bisect_right(self.pieces, end - 1, key=lambda p: p[0])
        begins = [self._left(start), *(source for _, source, _ in self.pieces[first:last])]
        ends = [*(source + size for _, source, size in self.pieces[first - 1 : last - 1]), self._right(end)]
        return min(begins), max(ends)

    def _piece(self, position: int) -> tuple[int, int, int, int]:
        i = bisect_right(self.pieces, position, key=lambda p: p[0]) - 1
        here, source, size = self.pieces[i]
        following = self.pieces[i + 1][0] if i + 1 < len(self.pieces) else self.length
        return here, following - here, source, size

    def _left(self, position: int) -> int:
        here, length, source, size = self._piece(position)
        return source + (position - here) if length == size else source

    def _right(self, position: int) -> int:
        here, length, source, size = self._piece(position - 1)
        return source + (position - here) if length == size else source + size


@dataclass
class TextBuilder:
    """Builds a clean text out of pieces of `source`, whose first character stands at offset `at` of the stored file."""

    source: str
    at: int = 0
    _parts: list[str] = field(default_factory=list)
    _pieces: list[Piece] = field(default_factory=list)
    length: int = 0

    def keep(self, start: int, end: int) -> None:
        """Append source[start:end] as it is."""
        self._add(self.source[start:end], start, end - start)

    def replace(self, start: int, end: int, text: str) -> None:
        """Append `text` in place of source[start:end]; empty `text` leaves the piece out."""
        self._add(text, start, end - start)

    def _add(self, text: str, start: int, size: int) -> None:
        if text:
            self._parts.append(text)
            self._pieces.append((self.length, self.at + start, size))
            self.length += len(text)

    def build(self) -> tuple[str, Alignment]:
        return "".join(self._parts), Alignment(self._pieces or [(0, self.at, 0)], self.length)
