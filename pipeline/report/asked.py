"""Outcomes as the review asks for them: what they are called, and which are pooled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.config import Settings
from pipeline.resolved import OutcomeRow


@dataclass(frozen=True)
class Asked:
    """`labels`: names of outcome classes, in the order of config/outcomes.csv."""

    labels: Mapping[str, str]
    pooled: Sequence[str]

    def label(self, outcome: str) -> str:
        return self.labels.get(outcome, outcome.replace("_", " ").capitalize())

    def why_not_pooled(self, row: OutcomeRow) -> str:
        """Empty for a number that is pooled."""
        if not row.pooled:
            return row.not_pooled_because or "it is not pooled"
        return "" if row.outcome in self.pooled else "the outcome is not asked for"


def asked(settings: Settings) -> Asked:
    return Asked({row.outcome: row.label for row in settings.outcomes}, settings.config.analysis.outcomes)
