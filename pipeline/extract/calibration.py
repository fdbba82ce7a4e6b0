"""From the score of a row's checks to the chance that the row is right, as measured on labelled abstracts.

The measured steps are in `calibration.csv`; scripts/calibrate.py makes that file and says how.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import UserError

STEPS = Path(__file__).parent / "calibration.csv"
COLUMNS = ["raw", "probability", "rows", "right"]


class Step(NamedTuple):
    """Scores from `raw` up to the next step's: of `rows` labelled rows `right` were right."""

    raw: float
    probability: float
    rows: int
    right: int


def calibrated(raw: float) -> float:
    """Chance in [0, 1] that a row with the score `raw` (`rows.Row.raw_score`) is right.

    A score between two steps gets the lower one: nothing is taken for surer than what was measured.
    """
    found = _steps()
    return found[max(bisect_right(found, raw, key=lambda step: step.raw) - 1, 0)].probability


def read_steps(path: Path) -> list[Step]:
    """The steps of a file, lowest first. Raises UserError that names the file and what is wrong with it."""
    try:
        steps = _rows(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: {error}; make it again with scripts/calibrate.py") from None
    return steps


def _rows(path: Path) -> list[Step]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    header, *rows = [*csv.reader(lines)] or [[]]
    if header != COLUMNS:
        raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
    if not all(len(row) == len(COLUMNS) for row in rows):
        raise ValueError(f"a row does not have {len(COLUMNS)} cells")
    steps = [Step(float(raw), float(p), int(n), int(right)) for raw, p, n, right in rows]
    _check(steps)
    return steps


def _check(steps: list[Step]) -> None:
    if not steps or steps[0].raw != 0:
        raise ValueError("its first step is not at 0")
    if not all(0 <= s.raw <= 1 and 0 <= s.probability <= 1 and 0 <= s.right <= s.rows for s in steps):
        raise ValueError("a number is out of its range")
    if not all(a.raw < b.raw and a.probability <= b.probability for a, b in pairwise(steps)):
        raise ValueError("its steps do not rise")


@cache
def _steps() -> list[Step]:
    return read_steps(STEPS)
