"""What the reviewers decided, and what became of it, stale lines first; how far they agree, and litpool with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.report.decision_lines import decision_lines
from pipeline.report.inputs import Inputs
from pipeline.report.listing import MOST
from pipeline.report.section import Section
from pipeline.resolved import BY_REVIEWER, OutcomeRow

_ORDER = {"disagrees": 0, "stale": 1, "overruled": 2, "redundant": 3, "applied": 4}

EFFECTS = {
    "disagrees": "two reviewers say two things: the value waits for a third",
    "stale": "counts, but what the reviewer saw has changed: look again",
    "overruled": "a later line counts in its place",
    "redundant": "litpool now reads the same",
    "applied": "counts",
}


@dataclass(frozen=True)
class Wrong:
    """A number that litpool accepted, and that stands otherwise after the reviewers."""

    row: OutcomeRow
    study: str
    outcome: str


def data(inputs: Inputs) -> Mapping[str, object]:
    lines = sorted(decision_lines(inputs), key=lambda d: (_ORDER[d.row.effect], d.row.file, d.row.line))
    return {
        "lines": lines[:MOST],
        "left": max(0, len(lines) - MOST),
        "effects": EFFECTS,
        "stale": sum(d.row.effect == "stale" for d in lines),
        "agreement": inputs.agreement,
        "accuracy": [row for row in inputs.accuracy if row.period == "all" and row.measure != "calibration"],
        "wrong": _wrong(inputs),
    }


def _wrong(inputs: Inputs) -> list[Wrong]:
    """The latest decision first."""
    changed = [
        row
        for row in inputs.outcomes
        if row.machine_accepted and row.authority in BY_REVIEWER and row.machine != f"{row.events} of {row.n}"
    ]
    rows = sorted(sorted(changed, key=lambda r: (r.study, r.arm, r.outcome)), key=lambda r: r.decided, reverse=True)
    return [
        Wrong(r, inputs.study[r.study].label if r.study in inputs.study else r.study, inputs.outcome_label(r.outcome))
        for r in rows
    ]


SECTION = Section("overrides", "Reviewers’ decisions", data)
