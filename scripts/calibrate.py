"""Measure how often rows are right by the score of their checks, on the labelled files of SHARED and tests/gold.

`python -m scripts.calibrate [SHARED] [--check]` writes pipeline/extract/calibration.csv (or only prints it).

Each response row that is extracted from the labelled records is right or wrong as SHARED/tools/score.py says. Two
monotone maps from score to chance are compared by the Brier score of records left out of the fit (whole records, never
rows: rows of one record err together), and the better one, fitted to all records, is written as steps. Few rows are
wrong, so both are held by a prior: isotonic steps by PRIOR rows that are right as often as their score says, and by a
ceiling; the logistic curve by a ridge on its slope. Labels that are held back take no part: `make score`
measures with them, and docs/extraction.md says what came out.
"""

from __future__ import annotations

import argparse
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from pipeline.config import load
from pipeline.extract import Extractor
from pipeline.extract.calibration import COLUMNS, STEPS, Step
from pipeline.extract.proofs import WEIGHTS, raw_score
from scripts.gold import ROOT, scorer, sets

FOLDS = 10
#: rows that each score is taken to have had before any was counted: many, for the rules saw the labels
PRIOR = 8.0
RIDGE = 1.0
DOUBTED = "doubt: "

Fit = Callable[[Sequence["Point"]], list[Step]]


class Point(NamedTuple):
    """A response row of a labelled record."""

    record: str
    raw: float
    right: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("shared", nargs="?", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--check", action="store_true", help="print the file instead of writing it")
    args = parser.parse_args()
    if not args.shared.is_dir():
        print(f"calibration needs the labelled files in {args.shared}, which is not here; nothing was measured")
        return 0
    text = report(labelled(args.shared))
    if args.check:
        sys.stdout.write(text)
    else:
        STEPS.write_text(text, encoding="utf-8", newline="\n")
    return 0


def labelled(shared: Path) -> list[Point]:
    """Response rows of the labelled records that are not held back."""
    tool = scorer(shared)
    extract = Extractor(load(ROOT / "config"))
    points: list[Point] = []
    for gold in sets(shared):
        if not gold.held:
            labels = gold.load()
            found = tool.align(labels, {row["record_id"]: row for row in gold.extracted(extract)})
            points += [p for i, label in labels.items() if i in found for p in _points(tool, label, found[i])]
    return points


def _points(tool: ModuleType, gold: dict[str, Any], found: dict[str, Any]) -> Iterable[Point]:
    right = _matched(tool, gold, found) if gold["include"] else set()
    for i, row in enumerate(found["outcomes"]):
        if row["outcome"] in tool.RESPONSE:
            yield Point(gold["id"], raw_of(row["checks"]), i in right)


def _matched(tool: ModuleType, gold: dict[str, Any], found: dict[str, Any]) -> set[int]:
    """Numbers of the extracted rows that score.py counts as right: each label takes the first row that equals it."""
    pairs = tool.pair_arms(gold, found)
    used: set[int] = set()
    for label in gold["outcomes"]:
        arm = pairs.get(label["arm"])
        same = (i for i, r in enumerate(found["outcomes"]) if r["arm"] == arm and tool.same_row(label, r))
        first = next((i for i in same if i not in used), None)
        used |= set() if first is None else {first}
    return used


def raw_of(checks: Sequence[str]) -> float:
    """The score of a row as `extract` writes its checks and doubts; where a table's cell is proves nothing."""
    doubts = [c for c in checks if c.startswith(DOUBTED)]
    return raw_score([c for c in checks if c in WEIGHTS], doubts)


# ---- the two maps ------------------------------------------------------------------------------------------------


class _Block(NamedTuple):
    raw: float
    good: float
    weight: float
    rows: int
    right: int

    def with_next(self, other: _Block) -> _Block:
        return _Block(self.raw, *(a + b for a, b in zip(self[1:], other[1:], strict=True)))

    @property
    def share(self) -> float:
        return self.good / self.weight


def isotonic(points: Sequence[Point]) -> list[Step]:
    """Rising steps: where rows with a higher score were right less often, the scores are taken together (pool adjacent
    violators, Ayer et al. 1955). Each score starts with PRIOR rows that are right as often as it says."""
    blocks: list[_Block] = []
    for raw, rows, right in _levels(points):
        block = _Block(raw, right + PRIOR * raw, rows + PRIOR, rows, right)
        while blocks and blocks[-1].share >= block.share:
            block = blocks.pop().with_next(block)
        blocks.append(block)
    return _under_ceiling(blocks)


def _under_ceiling(blocks: Sequence[_Block]) -> list[Step]:
    """Steps without an error are no surer than all their rows together make them (Laplace's rule of succession), and no
    less sure than the step below."""
    flawless = sum(b.rows for b in blocks if b.rows == b.right)
    ceiling = (flawless + 1) / (flawless + 2)
    steps: list[Step] = []
    for b in blocks:
        chance = round(min(b.share, ceiling) if b.rows == b.right else b.share, 3)
        if steps and steps[-1].probability >= chance:
            last = steps.pop()
            steps.append(Step(last.raw, last.probability, last.rows + b.rows, last.right + b.right))
        else:
            steps.append(Step(b.raw, chance, b.rows, b.right))
    return steps


def logistic(points: Sequence[Point]) -> list[Step]:
    """The curve 1 / (1 + exp(-a - b·score)), b ≥ 0 held by RIDGE, at each score that was seen (Newton's method)."""
    x = np.array([[1.0, p.raw] for p in points])
    y = np.array([float(p.right) for p in points])
    ridge = np.diag([0.0, RIDGE])
    beta = np.zeros(2)
    for _ in range(50):
        p = _sigmoid(x @ beta)
        beta += np.linalg.solve((x.T * (p * (1 - p))) @ x + ridge, x.T @ (y - p) - ridge @ beta)
    beta[1] = max(beta[1], 0.0)
    return [
        Step(raw, round(float(_sigmoid(beta @ [1.0, raw])), 3), rows, right) for raw, rows, right in _levels(points)
    ]


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _levels(points: Sequence[Point]) -> list[tuple[float, int, int]]:
    """(score, rows, right rows) of each score, lowest first, from 0 on."""
    rights: dict[float, list[bool]] = {0.0: []}
    for p in points:
        rights.setdefault(p.raw, []).append(p.right)
    return [(raw, len(rights[raw]), sum(rights[raw])) for raw in sorted(rights)]


#: name → how steps are fitted
FITS: dict[str, Fit] = {"isotonic": isotonic, "logistic": logistic}

# ---- how good they are -------------------------------------------------------------------------------------------


def at(steps: Sequence[Step], raw: float) -> float:
    return steps[max(bisect_right(steps, raw, key=lambda s: s.raw) - 1, 0)].probability


def cross_validated(points: Sequence[Point], fit: Fit) -> float:
    """Brier score of rows whose records were left out of the fit, FOLDS times."""
    records = {record: i % FOLDS for i, record in enumerate(sorted({p.record for p in points}))}
    squares = 0.0
    for fold in range(FOLDS):
        steps = fit([p for p in points if records[p.record] != fold])
        squares += sum((at(steps, p.raw) - p.right) ** 2 for p in points if records[p.record] == fold)
    return squares / len(points)


def brier(points: Sequence[Point]) -> float:
    """Brier score of the scores themselves."""
    return sum((p.raw - p.right) ** 2 for p in points) / len(points)


def report(points: Sequence[Point]) -> str:
    """The file of steps, with how it was made above them."""
    errors = {name: cross_validated(points, fit) for name, fit in FITS.items()}
    best = min(errors, key=lambda name: errors[name])
    compared = ", ".join(f"{name} {error:.4f}" for name, error in errors.items())
    wrong = [p for p in points if not p.right]
    high = sum(p.raw >= 0.9 for p in wrong)
    lines = [
        "# Made by scripts/calibrate.py; do not edit.",
        f"# {date.today()}: {len(points)} response rows of {len({p.record for p in points})} labelled records, "
        f"{len(wrong)} of them wrong, {high} of these with a score of 0.9 or more.",
        f"# Brier score: uncalibrated {brier(points):.4f}; {FOLDS}-fold by record: {compared}. Written: {best}.",
        ",".join(COLUMNS),
        *(f"{s.raw:g},{s.probability:g},{s.rows},{s.right}" for s in FITS[best](points)),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
