"""The highest peak of the likelihood of tau², restricted or not."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.effects import Floats
from pipeline.stats.roots import STEPS, without_negligible
from pipeline.stats.sample import Index, Sample

#: the search for peaks goes up by at most this factor at a time, from this share of the least variance
FACTOR, FIRST = 1.4, 0.1
#: no step follows that would be this small beside tau² + v
LAST_STEP = 1e-12


def highest_peak(sample: Sample, restricted: bool) -> tuple[Floats, NDArray[np.intp]]:
    """(tau², number of peaks), arrays of the sample's shape.

    The likelihood can have several peaks, one of them at 0: all are found by the sign of its slope on a grid, then
    climbed by Newton's steps, and compared.
    """
    grid = _grid(sample)
    squares, trace = sample.score(grid, restricted)
    rises = (squares > trace).reshape(len(grid), -1)
    at, row = np.nonzero(rises[:-1] & ~rises[1:])
    flat = [a.reshape(len(grid), -1) for a in (grid, trace / np.where(squares > 0, squares, 1.0))]
    low, high, before, after = (a[i, row] for a in flat for i in (at, at + 1))
    tau2 = _climb(sample.take(row), low, high, low + (1 - before) / (after - before) * (high - low), restricted)
    falls = np.flatnonzero(~rises[0])
    row, tau2 = np.concatenate([falls, row]), np.concatenate([np.zeros(len(falls)), tau2])
    peaks = np.bincount(row, minlength=rises.shape[1])
    best = _highest(sample, row, tau2, peaks, restricted)
    return without_negligible(sample, best.reshape(sample.shape)), peaks.reshape(sample.shape)


def _grid(sample: Sample) -> Floats:
    """(G, *shape): 0, and values from far below the least variance to where the likelihood only falls."""
    bottom, top = FIRST * sample.variances[0], 1.01 * sample.ceiling
    ratio = top / bottom
    steps = math.ceil(math.log(ratio.max()) / math.log(FACTOR))
    powers = np.arange(steps + 1) / steps
    grid = np.zeros((steps + 2, *ratio.shape))
    grid[1:] = bottom * ratio ** powers.reshape(-1, *[1] * ratio.ndim)
    return grid


def _climb(sample: Sample, low: Floats, high: Floats, tau2: Floats, restricted: bool) -> Floats:
    """The peak in each bracket (N,), by Newton's steps on tr P / y'PPy = 1, which is nearly a line; by halves where a
    step leaves the bracket."""
    if not len(low):
        return low
    least = sample.variances[0]
    width = before = high - low
    for _ in range(STEPS):
        squares, trace, squares_fall, trace_fall = sample.score_slopes(tau2, restricted)
        rises = squares > trace
        low, high = np.where(rises, tau2, low), np.where(rises, high, tau2)
        slope = trace * squares_fall - trace_fall * squares
        new = tau2 + (squares - trace) * squares / np.where(slope > 0, slope, np.nan)
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        step, tau2 = np.abs(new - tau2), new
        # Newton's steps square: the next is about step · (step / before)²
        if (step * np.minimum(step / before, 1.0) ** 2 <= LAST_STEP * (tau2 + least)).all():
            break
        before = np.where(step > 0, step, width)
    return tau2


def _highest(sample: Sample, row: Index, tau2: Floats, peaks: Index, restricted: bool) -> Floats:
    """The tau² (M,) with the highest likelihood of each row; the smallest of equals."""
    if len(row) == len(peaks):
        best = np.empty(len(peaks))
        best[row] = tau2
        return best
    at = sample.take(row).weigh(tau2)
    height = at.log_weights - at.rss - (at.log_det if restricted else 0.0)
    order = np.lexsort((tau2, -height, row))
    first = np.searchsorted(row[order], np.arange(len(peaks)))
    return np.asarray(tau2[order][first])
