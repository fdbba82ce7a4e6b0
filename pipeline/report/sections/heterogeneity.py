"""How far the arms differ, by more than chance, and what may be behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.analysed import Analyses, Pull, Years
from pipeline.pooled import PooledOutcome
from pipeline.report.fits import Fit, fit_of
from pipeline.report.inputs import Inputs
from pipeline.report.plots.baujat import baujat_csv, baujat_plot
from pipeline.report.plots.bubble import bubble_csv, bubble_plot
from pipeline.report.plots.forest_rows import class_test
from pipeline.report.section import Section
from pipeline.report.words import MEASURES


@dataclass(frozen=True)
class Outcome:
    outcome: str
    label: str
    fit: Fit | None
    classes: str
    baujat: Markup | None
    baujat_csv: str
    pulls: list[Pull]
    influential: list[str]
    bubble: Markup | None
    bubble_csv: str
    years: Years | None
    not_done: dict[str, str]


def data(inputs: Inputs) -> Mapping[str, object]:
    of = {p.outcome: p for p in inputs.pooled}
    analysis = inputs.settings.config.analysis
    found = [_outcome(a, of[a.outcome]) for a in inputs.analyses if a.main is not None and a.outcome in of]
    return {"outcomes": found, "scale": MEASURES[analysis.measure], "confidence": analysis.level}


def _outcome(a: Analyses, pooled: PooledOutcome) -> Outcome:
    baujat = baujat_plot(f"baujat-{a.outcome}", f"{a.label}: Baujat plot", a.influence) if a.influence else None
    bubble = None
    if a.years is not None:
        bubble = bubble_plot(f"bubble-{a.outcome}", f"{a.label} by year of publication", a.years)
    return Outcome(
        outcome=a.outcome,
        label=a.label,
        fit=None if pooled.overall is None or a.k < 2 else fit_of(pooled.overall.fits.get("iv")),
        classes="" if a.class_test is None else class_test(a.class_test),
        baujat=baujat,
        baujat_csv=baujat_csv(a.influence),
        pulls=sorted(a.influence, key=lambda p: (-p.baujat_y, p.label)),
        influential=[p.label for p in a.influence if p.influential],
        bubble=bubble,
        bubble_csv="" if a.years is None else bubble_csv(a.years),
        years=a.years,
        not_done={str(part): why for part, why in a.not_done.items()},
    )


SECTION = Section("heterogeneity", "Heterogeneity", data)
