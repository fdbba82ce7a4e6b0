"""Runs of a PDF's page: characters that stand next to each other. Units are points, y upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.pdf_glyphs import Glyphs

#: smaller print is not for readers
_SMALLEST = 3.5
#: fewer turned characters are a stamp in the margin; more are a table or figure on its side
_FEWEST_TURNED = 200
#: shares of the font's size: a gap that parts words, and one that parts runs
_SPACE, _APART = 0.25, 1.1
#: characters of a run overlap at most so far (share of the size), and their sizes differ at most so much
_BACKWARDS, _OTHER_SIZE = 0.8, 0.12


class Run(NamedTuple):
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


@dataclass(frozen=True)
class Characters:
    """The characters of a page by the direction that they are read in; a few turned ones are a stamp and left out."""

    by_turn: dict[int, Glyphs]

    def runs(self, turn: int = 0) -> list[Run]:
        """Runs of text read in a direction, in coordinates in which it stands upright."""
        return _runs(self.by_turn[turn], words=False) if turn in self.by_turn else []

    def words(self, turn: int = 0) -> list[Run]:
        """The same, a run for each word."""
        return _runs(self.by_turn[turn], words=True) if turn in self.by_turn else []


def by_direction(glyphs: Glyphs) -> Characters:
    """The characters of a page that are printed for readers, upright ones first."""
    kept = (glyphs.codes == 32) | (glyphs.y1 - glyphs.y0 >= _SMALLEST)
    readable = glyphs if kept.all() else glyphs.take(kept)
    solid = readable.codes != 32
    if not readable.turn.any():
        return Characters({0: readable})
    # white space goes with the character before it
    last = np.maximum.accumulate(np.where(solid, np.arange(len(solid)), 0))
    turn = readable.turn[last]
    found = {0: readable.take(turn == 0)}
    for direction in (1, 2, 3):
        if np.count_nonzero(solid & (turn == direction)) >= _FEWEST_TURNED:
            found[direction] = readable.take(turn == direction)
    return Characters(found)


def _runs(glyphs: Glyphs, *, words: bool) -> list[Run]:
    solid = np.flatnonzero(glyphs.codes != 32)
    if not solid.size:
        return []
    g = glyphs.take(solid)
    apart, breaks = _joints(g, np.diff(solid) > 1)
    if words:
        breaks = breaks | apart
    starts = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    ends = np.concatenate((starts[1:], [len(g)]))
    spaces = np.flatnonzero(apart & ~breaks) + 1
    text = np.insert(g.codes, spaces, 32).astype("<u4").tobytes().decode("utf-32-le")
    before = np.searchsorted(spaces, starts, side="right"), np.searchsorted(spaces, ends, side="left")
    slices = map(slice, (starts + before[0]).tolist(), (ends + before[1]).tolist())
    boxes = (side.tolist() for side in (g.x0[starts], g.x1[ends - 1], g.y0[starts], g.y1[starts]))
    return list(map(Run, map(text.__getitem__, slices), *boxes))


def _joints(g: Glyphs, space: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Between each character and the next: is there a space, does a new run start (elsewhere, or of another size)?"""
    height = g.y1 - g.y0
    gap = g.x0[1:] - g.x1[:-1]
    apart = space | (gap > _SPACE * height[1:])
    low = np.minimum(height[1:], height[:-1])
    overlap = np.minimum(g.y1[1:], g.y1[:-1]) - np.maximum(g.y0[1:], g.y0[:-1])
    resized = np.abs(np.diff(height)) > _OTHER_SIZE * height[:-1]
    return apart, (overlap < 0.5 * low) | resized | (gap > _APART * low) | (gap < -_BACKWARDS * low)
