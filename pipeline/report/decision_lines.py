"""Reviewers' lines in the page: each has an anchor, so that a study's page can lead to it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report.inputs import Inputs
from pipeline.resolved import DecisionRow


@dataclass(frozen=True)
class DecisionLine:
    row: DecisionRow
    anchor: str


def decision_lines(inputs: Inputs) -> list[DecisionLine]:
    """In the order of extracted/decisions.csv."""
    return [DecisionLine(row, f"decision-{i}") for i, row in enumerate(inputs.decisions, 1)]
