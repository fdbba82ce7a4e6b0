"""A forest plot for each outcome, with the table behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.pooled import PooledOutcome
from pipeline.report.inputs import Inputs
from pipeline.report.plots.forest import forest_plot
from pipeline.report.plots.forest_rows import ForestRow, classes, forest_rows
from pipeline.report.plots.forest_table import forest_csv
from pipeline.report.section import Section
from pipeline.report.words import MEASURES, METHODS


@dataclass(frozen=True)
class Facts:
    """What the page filters an arm by, besides its study's design, age and year."""

    study: str
    regimen_class: str
    authority: str


@dataclass(frozen=True)
class Line:
    """A row of the plot, and of an arm its facts."""

    row: ForestRow
    facts: Facts | None


def data(inputs: Inputs) -> Mapping[str, object]:
    analysis = inputs.settings.config.analysis
    return {
        "plots": [_plot(inputs, result, analysis.level) for result in inputs.pooled],
        "confidence": analysis.level,
        "analysis": analysis,
        "pooled_on": MEASURES[analysis.measure],
        "estimator": METHODS[analysis.method],
    }


def _plot(inputs: Inputs, result: PooledOutcome, confidence: float) -> Mapping[str, object]:
    rows = forest_rows(result, confidence)
    several = len(classes(result)) > 1
    title = f"{result.label}: proportion of patients in each arm and pooled"
    left_out = sum(row.outcome == result.outcome and not row.pooled for row in inputs.outcomes)
    drawn = forest_plot(f"forest-{result.outcome}", title, rows, confidence, several) if result.effects else None
    facts = _facts(inputs, result)
    return {
        "outcome": result.outcome,
        "label": result.label,
        "lines": [Line(row, None if row.place is None else facts[row.place]) for row in rows],
        "drawn": drawn,
        "csv": forest_csv(rows),
        "pooled": result.overall is not None,
        "left_out": left_out,
    }


def _facts(inputs: Inputs, result: PooledOutcome) -> dict[tuple[str, str], Facts]:
    stands = {(r.study, r.arm): r.authority for r in inputs.outcomes if r.outcome == result.outcome and r.pooled}
    return {
        (e.study, e.arm): Facts(e.study, e.regimen_class, stands.get((e.study, e.arm), "accepted"))
        for e in result.effects
    }


SECTION = Section("forest", "Forest plots", data)
