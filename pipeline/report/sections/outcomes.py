"""Every proportion with its authority, its checks, whether it is pooled, and the sentence it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.report.inputs import Inputs
from pipeline.report.quotes import Quote
from pipeline.report.section import Section
from pipeline.resolved import OutcomeRow

_BETWEEN = re.compile(r"\s*[|;]\s*")


@dataclass(frozen=True)
class Number:
    row: OutcomeRow
    study: str
    included: bool
    arm: str
    checks: list[str]
    quote: Quote | None
    #: record_id of the report it stands in, if that is not the main one
    report: str
    year: int | None
    design: str
    age: str
    regimen_class: str


@dataclass(frozen=True)
class Group:
    outcome: str
    label: str
    asked: bool
    numbers: list[Number]


def data(inputs: Inputs) -> Mapping[str, object]:
    return {"groups": [_group(inputs, outcome) for outcome in _order(inputs)]}


def _order(inputs: Inputs) -> list[str]:
    """Outcomes that are asked for, then those of config/outcomes.csv, then the rest by name; only those with rows."""
    present = {row.outcome for row in inputs.outcomes}
    named = [*inputs.settings.config.analysis.outcomes, *inputs.outcome_labels, *sorted(present)]
    return [outcome for outcome in dict.fromkeys(named) if outcome in present]


def _group(inputs: Inputs, outcome: str) -> Group:
    return Group(
        outcome=outcome,
        label=inputs.outcome_label(outcome),
        asked=outcome in inputs.settings.config.analysis.outcomes,
        numbers=[_number(inputs, row) for row in inputs.outcomes if row.outcome == outcome],
    )


def _number(inputs: Inputs, row: OutcomeRow) -> Number:
    study, arm = inputs.study.get(row.study), inputs.arm.get((row.study, row.arm))
    return Number(
        row=row,
        study=row.study if study is None else study.label,
        included=study is not None and study.decision == "include",
        arm=row.arm if arm is None else arm.label,
        checks=[check for check in _BETWEEN.split(row.checks) if check],
        quote=inputs.quote(row.study, row.evidence_start, row.evidence_end, row),
        report=row.record_id if study is not None and row.record_id not in ("", study.record_id) else "",
        year=None if study is None else study.year,
        design="" if study is None else study.design,
        age="" if study is None else study.age,
        regimen_class="" if arm is None else arm.regimen_class,
    )


SECTION = Section("outcomes", "Every number and its source", data)
