"""A forest plot for each outcome, with the table behind it."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.pooled import PooledOutcome
from pipeline.report.inputs import Inputs
from pipeline.report.plots.forest import forest_plot
from pipeline.report.plots.forest_rows import classes, forest_rows
from pipeline.report.plots.forest_table import forest_csv
from pipeline.report.section import Section


def data(inputs: Inputs) -> Mapping[str, object]:
    confidence = inputs.settings.config.analysis.level
    return {"plots": [_plot(inputs, result, confidence) for result in inputs.pooled], "confidence": confidence}


def _plot(inputs: Inputs, result: PooledOutcome, confidence: float) -> Mapping[str, object]:
    rows = forest_rows(result, confidence)
    several = len(classes(result)) > 1
    title = f"{result.label}: proportion of patients in each arm and pooled"
    left_out = sum(row.outcome == result.outcome and not row.pooled for row in inputs.outcomes)
    drawn = forest_plot(f"forest-{result.outcome}", title, rows, confidence, several) if result.effects else None
    return {
        "outcome": result.outcome,
        "label": result.label,
        "rows": rows,
        "drawn": drawn,
        "csv": forest_csv(rows),
        "pooled": result.overall is not None,
        "left_out": left_out,
    }


SECTION = Section("forest", "Forest plots", data)
