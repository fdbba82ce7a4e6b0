"""The methods, written from the configuration and from what the code did."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Analysis
from pipeline.link.best_report import RULE
from pipeline.release.software import code, version_of
from pipeline.report.effects import NAMES
from pipeline.report.inputs import Inputs
from pipeline.report.measured import measured
from pipeline.report.section import Section
from pipeline.report.sections.comparative import tests_words
from pipeline.report.versions import LITPOOL
from pipeline.report.words import MEASURES, METHODS, METHODS_TWO, PREDICTION, TESTS
from pipeline.resolved import BY_REVIEWER, AccuracyRow, OutcomeRow

#: what was measured of the extraction; read as data, so that a changed pattern renders nothing again
CALIBRATION = Path(__file__).parents[2] / "extract" / "calibration.csv"
#: thresholds whose effect is shown beside the configured one
OTHERS = (0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Bar:
    """What a threshold accepts without a person: how many numbers, of how many studies."""

    threshold: float
    numbers: int
    studies: int
    chosen: bool


def bars(rows: list[OutcomeRow], chosen: float) -> list[Bar]:
    """One for each threshold, lowest first. A number that a reviewer decided counts for none of them."""
    read = [row for row in rows if row.authority == "accepted" or not _passes(row, chosen)]
    read = [row for row in read if row.authority not in BY_REVIEWER]
    return [_bar(read, t, chosen) for t in sorted({chosen, *OTHERS})]


def _bar(rows: list[OutcomeRow], threshold: float, chosen: float) -> Bar:
    passed = [row for row in rows if _passes(row, threshold)]
    return Bar(threshold, len(passed), len({row.study for row in passed}), threshold == chosen)


def _passes(row: OutcomeRow, threshold: float) -> bool:
    """As `extract` decides: proved, without a doubt, and sure enough."""
    proved = row.checks != "" and "doubt: " not in row.checks
    return proved and row.confidence >= threshold


@dataclass(frozen=True)
class Calibrated:
    """Labelled rows that the threshold would accept, and how many of these were right; and all labelled rows."""

    accepted: int
    right: int
    rows: int


def calibrated(threshold: float) -> Calibrated:
    """From the labelled records that the confidence was calibrated on."""
    lines = [line for line in CALIBRATION.read_text("utf-8").splitlines() if not line.startswith("#")]
    steps = list(csv.DictReader(lines))
    passed = [step for step in steps if float(step["probability"]) >= threshold]
    accepted, right = (sum(int(step[name]) for step in passed) for name in ("rows", "right"))
    return Calibrated(accepted, right, sum(int(step["rows"]) for step in steps))


def by_reviewers(rows: list[AccuracyRow]) -> list[AccuracyRow]:
    """litpool's figures over all fields and all of the time, where this review's reviewers decided."""
    return [row for row in rows if (row.field, row.period) == ("all", "all") and row.measure != "calibration"]


def fixed(analysis: Analysis) -> dict[str, str]:
    """What the code does with these options that no option says."""
    added = analysis.measure in ("PLO", "PR", "PLN")
    return {
        "added": "Where an arm had no event or only events, 0.5 was added to its events and non-events."
        if added
        else "Nothing was added to arms without an event or with events only.",
        "wald": TESTS["z" if analysis.test == "z" else "t"],
    }


def cited(inputs: Inputs) -> str:
    """The version's name and date, or of what is not released the day of the last search."""
    changes = inputs.changes
    known = next((v for v in changes.versions if v.name == changes.version), None)
    if known is not None:
        return f"version {known.name}, {known.date.isoformat()}"
    last = max((row.date for row in inputs.searches), default=None)
    return "not released" if last is None else f"not released; last search {last.isoformat()}"


def data(inputs: Inputs) -> Mapping[str, object]:
    config = inputs.settings.config
    analysis = config.analysis
    return {
        "config": config,
        "version": version_of(LITPOOL),
        "outcomes": [inputs.outcome_label(name) for name in analysis.outcomes],
        "measure": MEASURES[analysis.measure],
        "method": METHODS[analysis.method],
        "test": TESTS[analysis.test],
        "prediction": PREDICTION[analysis.test],
        "comparisons": _comparisons(inputs),
        "records": sum(len(study.reports) for study in inputs.reports.values()),
        "files": len({report.file for study in inputs.reports.values() for report in study.reports}),
        "numbers": len(inputs.outcomes),
        "accepted": sum(row.authority == "accepted" for row in inputs.outcomes),
        "corrected": sum(row.authority in BY_REVIEWER for row in inputs.outcomes),
        "waiting": sum(row.authority == "waiting" for row in inputs.outcomes),
        "best_report": RULE,
        "linked": sum(len(study.further) for study in inputs.reports.values()),
        "shared": sum(row.relation == "shared cohort" and row.used for row in inputs.links),
        "calibrated": calibrated(config.acceptance.threshold),
        "measured": measured(),
        "by_reviewers": by_reviewers(inputs.accuracy),
        "fixed": fixed(analysis),
        "cited": cited(inputs),
        "code": code(),
        "searches": inputs.searches,
        "by_hand": inputs.changes.by_hand,
        "people": sum(why.by_reviewer for why in inputs.left_out.values()),
        "excluded": len(inputs.left_out),
        "bars": bars(inputs.outcomes, config.acceptance.threshold),
    }


def _comparisons(inputs: Inputs) -> dict[str, object]:
    """How treatments were compared, and in how many studies."""
    asked, told = inputs.settings.config.analysis.comparative, [a.comparative for a in inputs.analyses if a.comparative]
    trials = {t.study for c in told for contrast in c.contrasts for s in contrast.sets for t in s.trials}
    return {
        "studies": len(trials),
        "networks": sum(len(n.networks) for c in told for n in c.networks),
        "measure": NAMES[asked.measure],
        "method": METHODS_TWO[asked.method],
        "test": tests_words(asked),
    }


SECTION = Section("methods", "Methods", data)
