"""What the reviewers decided, and what became of it; stale lines first."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report.inputs import Inputs
from pipeline.report.section import Section

_ORDER = {"stale": 0, "redundant": 1, "applied": 2}

EFFECTS = {
    "stale": "not applied: the value the reviewer saw has changed",
    "redundant": "litpool now reads the same",
    "applied": "counts",
}


def data(inputs: Inputs) -> Mapping[str, object]:
    rows = sorted(inputs.audit, key=lambda row: (_ORDER[row.effect], row.file, row.line))
    return {"rows": rows, "effects": EFFECTS, "stale": sum(row.effect == "stale" for row in rows)}


SECTION = Section("overrides", "Reviewers’ decisions", data)
