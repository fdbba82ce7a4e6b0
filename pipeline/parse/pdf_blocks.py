"""The columns and bands of a page: its runs cut into blocks, in reading order.

A gutter is a strip that hardly any run crosses; runs that do cross it divide the page into bands, and each band is
read column by column (a recursive cut, after Ha, Haralick and Phillips 1995). Units are points, y upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.pdf_chars import Run

Floats = NDArray[np.float64]
Indexes = NDArray[np.intp]

#: parts of a page within parts, and gaps at which a part is tried to be cut
_DEEPEST, _MOST_GAPS = 8, 4
#: columns together are at least so wide (in heights of a run), have so many rows each, and leave their gutter at least
#: so far from their edges (share of the width)
_NARROWEST, _FEWEST_ROWS, _FARTHEST_LEFT = 20, 4, 0.2
#: no page is so wide
_WIDEST = 20_000.0


class Places(NamedTuple):
    """Boxes of runs, one number for each; `which` are the runs' positions on the page."""

    which: Indexes
    x0: Floats
    x1: Floats
    y0: Floats
    y1: Floats
    middle: Floats

    def take(self, chosen: NDArray[Any]) -> Places:
        """Those at the indexes, or where the mask says so."""
        return Places(*(part[chosen] for part in self))

    @property
    def size(self) -> float:
        """The usual height of a run: the median, without the checks that cost `np.median` its time."""
        heights = np.sort(self.y1 - self.y0)
        return float(heights[(len(heights) - 1) // 2] + heights[len(heights) // 2]) / 2


def places_of(runs: Sequence[Run]) -> Places:
    """The boxes of all runs of a page; one that runs backwards has no width."""
    x0, x1, y0, y1 = np.array([run[1:] for run in runs]).reshape(-1, 4).T.copy()
    return Places(np.arange(len(runs)), x0, np.maximum(x0, x1), y0, y1, (y0 + y1) / 2)


def blocks_of(runs: Places, depth: int = 0) -> list[Places]:
    """Runs of each column of each band, in reading order."""
    if not runs.which.size:
        return []
    gutter = _gutter(runs)
    if gutter is None:
        halves = _halves(runs) if depth < _DEEPEST else None
        return [block for half in halves for block in blocks_of(half, depth + 1)] if halves else [runs]
    blocks: list[Places] = []
    for band in _bands(runs, gutter):
        if band.x0[0] < gutter < band.x1[0]:
            blocks.append(band)
            continue
        left = (band.x0 + band.x1) / 2 < gutter
        blocks += blocks_of(band.take(left), depth + 1) + blocks_of(band.take(~left), depth + 1)
    return blocks


def _halves(runs: Places) -> tuple[Places, Places] | None:
    """What stands above and below the wide gap that leaves columns on one of its sides; None if no gap does.

    A right column has its first runs at least so far from the left that most parts of one column need no second look.
    """
    indent = _FARTHEST_LEFT * _NARROWEST * float((runs.y1 - runs.y0).min()) - 2  # strips are in whole points
    rightward = runs.middle[runs.x0 - runs.x0.min() >= indent]
    if len(rightward) < _FEWEST_ROWS:
        return None
    for gap in _wide_gaps(runs):
        upper = runs.middle > gap
        more = np.count_nonzero(rightward > gap)
        above = runs.take(upper) if more >= _FEWEST_ROWS else None
        below = runs.take(~upper) if len(rightward) - more >= _FEWEST_ROWS else None
        if any(half is not None and _gutter(half) is not None for half in (above, below)):
            return above or runs.take(upper), below or runs.take(~upper)
    return None


def _wide_gaps(runs: Places) -> list[float]:
    """Heights of the widest strips without a run, wider than those between lines, the widest first."""
    order = np.argsort(-runs.y1, kind="stable")
    top, bottom = runs.y1[order[1:]], np.minimum.accumulate(runs.y0[order])[:-1]
    wide = np.flatnonzero(bottom - top > runs.size)
    gaps = zip((bottom - top)[wide].tolist(), ((bottom + top) / 2)[wide].tolist(), strict=True)
    return [at for _, at in sorted(gaps, reverse=True)[:_MOST_GAPS]]


def _bands(runs: Places, gutter: float) -> list[Places]:
    """From top to bottom: runs across the gutter (with what stands on their lines), and what lies between such runs."""
    crossing = (runs.x0 < gutter) & (gutter < runs.x1)
    down = np.argsort(-runs.middle, kind="stable")
    across, rest = down[crossing[down]], down[~crossing[down]]
    middles, at = runs.middle[rest].tolist(), 0
    bands: list[list[int]] = []
    for run, low, high in zip(across.tolist(), runs.y0[across].tolist(), runs.y1[across].tolist(), strict=True):
        margin = 0.2 * (high - low)
        begin, at = at, _first_below(middles, at, high - margin)
        between, begin, at = rest[begin:at].tolist(), at, _first_below(middles, at, low + margin)
        beside = rest[begin:at].tolist()
        if bands and not between:
            bands[-1] += [run, *beside]
        else:
            bands += [between, [run, *beside]] if between else [[run, *beside]]
    if at < len(rest):
        bands.append(rest[at:].tolist())
    return [runs.take(np.array(band)) for band in bands]


def _first_below(middles: Sequence[float], at: int, y: float) -> int:
    """The first position from `at` on that is not above a height; heights fall."""
    while at < len(middles) and middles[at] > y:
        at += 1
    return at


def _gutter(runs: Places) -> float | None:
    """Where a strip divides the runs into columns; None if they are one column.

    Both sides must hold a good part of the lines, and few lines may cross the strip.
    """
    count = len(runs.which)
    if count < 8:
        return None
    x0, x1, size = float(runs.x0.min()), float(runs.x1.max()), runs.size
    if not _NARROWEST * size <= x1 - x0 <= _WIDEST:
        return None
    steps = int(x1 - x0)
    low, high = int(steps * _FARTHEST_LEFT), int(steps * (1 - _FARTHEST_LEFT))
    if np.count_nonzero((runs.x0 < x0 + low) & (runs.x1 > x0 + high)) > 0.35 * count:
        return None  # saves counting: so many cross every strip
    crossed = _crossed(runs, x0, steps)
    least = int(crossed[low : high + 1].min())
    if least > 0.35 * count:
        return None
    strips = _strips(crossed, low, high, least + max(0.5, 0.02 * count))
    best = max(
        strips, key=lambda strip: (min(strip[1] - strip[0], 1.5 * size), -abs((strip[0] + strip[1]) / 2 - steps / 2))
    )
    if best[1] - best[0] < 0.6 * size:
        return None
    gutter = x0 + (best[0] + best[1]) / 2
    return gutter if _divides(runs, gutter, size) else None


def _crossed(runs: Places, x0: float, steps: int) -> NDArray[np.intp]:
    """How many runs cover each point of a line of `steps` points from x0 on."""
    start, end = (runs.x0 - x0).astype(np.intp), (runs.x1 - x0).astype(np.intp) + 1
    change = np.bincount(start, minlength=steps + 2) - np.bincount(end, minlength=steps + 2)
    return change.cumsum()


def _strips(crossed: NDArray[np.intp], low: int, high: int, most: float) -> list[tuple[int, int]]:
    """[start, end) of the strips between low and high that at most `most` runs cross."""
    free = np.concatenate(([False], crossed[low : high + 1] <= most, [False]))
    edges = (np.flatnonzero(free[1:] != free[:-1]) + low).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _divides(runs: Places, gutter: float, size: float) -> bool:
    """Both sides look like columns: enough lines, and lines that fill their side."""
    for side in (runs.x1 <= gutter, runs.x0 >= gutter):
        x0, x1 = runs.x0[side], runs.x1[side]
        rows = len(set(np.rint(runs.middle[side] / size).tolist()))
        if rows < _FEWEST_ROWS:
            return False
        width = x1.max() - x0.min()
        if np.count_nonzero(x1 - x0 > 0.55 * width) < max(3, 0.3 * rows) or width < 8 * size:
            return False
    return True
