"""What the reviewers decided, and what became of it, stale lines first; how far they agree, and litpool with them."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report.inputs import Inputs
from pipeline.report.section import Section

_ORDER = {"disagrees": 0, "stale": 1, "overruled": 2, "redundant": 3, "applied": 4}

EFFECTS = {
    "disagrees": "two reviewers say two things: the value waits for a third",
    "stale": "counts, but what the reviewer saw has changed: look again",
    "overruled": "a later line counts in its place",
    "redundant": "litpool now reads the same",
    "applied": "counts",
}


def data(inputs: Inputs) -> Mapping[str, object]:
    rows = sorted(inputs.decisions, key=lambda row: (_ORDER[row.effect], row.file, row.line))
    return {
        "rows": rows,
        "effects": EFFECTS,
        "stale": sum(row.effect == "stale" for row in rows),
        "agreement": inputs.agreement,
        "accuracy": [row for row in inputs.accuracy if row.period == "all" and row.measure != "calibration"],
    }


SECTION = Section("overrides", "Reviewers’ decisions", data)
