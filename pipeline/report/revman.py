"""The pooled rows with the headings of "data rows" in the data package of Cochrane's RevMan.

Proportions of single arms have no comparator: RevMan takes them as generic inverse variance, an estimate and its
standard error on the scale of the analysis (the columns GIV Mean and GIV SE).
"""

from __future__ import annotations

import csv
import io
import math

from pipeline.report.inputs import Inputs

HEADINGS = (
    "Analysis group",
    "Analysis number",
    "Analysis name",
    "Subgroup",
    "Applicability",
    "Study",
    "Study year",
    "GIV Mean",
    "GIV SE",
    "Experimental mean",
    "Experimental SD",
    "Experimental cases",
    "Experimental N",
    "Control mean",
    "Control SD",
    "Control cases",
    "Control N",
    "O-E",
    "Variance",
    "Weight",
    "Mean",
    "CI start",
    "CI end",
    "Footnotes",
)
#: a cell that starts so is a formula to a spreadsheet
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def data_rows(inputs: Inputs) -> str:
    """One row per pooled arm, outcomes in the config's order. What RevMan computes itself is left empty."""
    from pipeline.pool.single_arms import sample  # a fifth of a second of numerics, which nothing else here needs

    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS, restval="", lineterminator="\n")
    writer.writeheader()
    for number, outcome in enumerate(inputs.pooled, 1):
        if not outcome.effects:
            continue
        of = sample(outcome.effects, inputs.settings.config.analysis)
        for arm, y, v in zip(of.arms, of.y, of.v, strict=True):
            study = inputs.study.get(arm.study)
            label = arm.label if study is None else study.label
            row = {
                "Analysis group": 1,
                "Analysis number": number,
                "Analysis name": outcome.label,
                "Subgroup": arm.regimen_class,
                "Study": label,
                "Study year": "" if arm.year is None else arm.year,
                "GIV Mean": f"{y:.10g}",
                "GIV SE": f"{math.sqrt(v):.10g}",
                "Experimental cases": arm.events,
                "Experimental N": arm.n,
                "Footnotes": arm.label.removeprefix(label).removeprefix(", "),
            }
            writer.writerow({name: _safe(cell) for name, cell in row.items()})
    return out.getvalue()


def _safe(cell: object) -> object:
    """Numbers as they are; text that a spreadsheet does not run."""
    if not isinstance(cell, str) or _is_number(cell):
        return cell
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False
