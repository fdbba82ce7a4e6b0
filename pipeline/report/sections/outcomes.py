"""Every proportion with its authority, who stands behind it, what rests on it, and the sentence it came from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.report.formats import points
from pipeline.report.inputs import Inputs
from pipeline.report.listing import MOST_NUMBERS, first
from pipeline.report.proofs import Proofs, proofs_of_row
from pipeline.report.quotes import Quote
from pipeline.report.section import Section
from pipeline.report.words import AUTHORITIES
from pipeline.resolved import BY_REVIEWER, AuditRow, OutcomeRow


@dataclass(frozen=True)
class Number:
    row: OutcomeRow
    study: str
    included: bool
    arm: str
    #: empty for one that is
    not_pooled: str
    proofs: Proofs
    quote: Quote | None
    #: in the report's words; empty where it tells none of this outcome
    defined: str
    #: record_id of the report it stands in, if that is not the main one
    report: str
    year: int | None
    design: str
    age: str
    regimen_class: str
    #: of a pooled number: who stands behind it, and the result without it
    audit: AuditRow | None
    shift: float | None


@dataclass(frozen=True)
class Group:
    outcome: str
    label: str
    asked: bool
    numbers: list[Number]
    #: numbers that are not listed
    left: int


@dataclass(frozen=True)
class Telling:
    """The number that moves the result of an outcome most, if it is left out."""

    label: str
    result: float
    number: Number


def data(inputs: Inputs) -> Mapping[str, object]:
    groups = _groups(inputs)
    stand = Counter[str](row.authority for row in inputs.audit)
    return {
        "groups": groups,
        "audited": len(inputs.audit),
        "stand": [(authority, stand[authority]) for authority in AUTHORITIES if stand[authority]],
        "telling": [found for group in groups if (found := _telling(group)) is not None],
        "points": points,
    }


def _groups(inputs: Inputs) -> list[Group]:
    of: dict[str, list[OutcomeRow]] = defaultdict(list)
    for row in inputs.outcomes:
        of[row.outcome].append(row)
    audited = {(a.study, a.arm, a.outcome, a.timepoint): a for a in inputs.audit}
    return [_group(inputs, outcome, of[outcome], audited) for outcome in _order(inputs, of)]


def _order(inputs: Inputs, present: Mapping[str, object]) -> list[str]:
    """Outcomes that are asked for, then those of config/outcomes.csv, then the rest by name; only those with rows."""
    named = [*inputs.settings.config.analysis.outcomes, *inputs.asked.labels, *sorted(present)]
    return [outcome for outcome in dict.fromkeys(named) if outcome in present]


def _group(
    inputs: Inputs,
    outcome: str,
    rows: Sequence[OutcomeRow],
    audited: Mapping[tuple[str, str, str, str], AuditRow],
) -> Group:
    shown = first(rows, lambda row: _in_play(inputs, row), MOST_NUMBERS)
    return Group(
        outcome=outcome,
        label=inputs.outcome_label(outcome),
        asked=outcome in inputs.settings.config.analysis.outcomes,
        numbers=[
            _number(inputs, row, audited.get((row.study, row.arm, outcome, row.timepoint)) if row.pooled else None)
            for row in shown
        ],
        left=len(rows) - len(shown),
    )


def _in_play(inputs: Inputs, row: OutcomeRow) -> bool:
    return row.authority in BY_REVIEWER or not inputs.why_not_pooled(row)


def _number(inputs: Inputs, row: OutcomeRow, audit: AuditRow | None) -> Number:
    study, arm = inputs.study.get(row.study), inputs.arm.get((row.study, row.arm))
    return Number(
        row=row,
        study=row.study if study is None else study.label,
        included=study is not None and study.decision == "include",
        arm=row.arm if arm is None else arm.label,
        not_pooled=inputs.why_not_pooled(row),
        proofs=proofs_of_row(row.checks),
        quote=inputs.quote(row.study, row.evidence_start, row.evidence_end, row),
        defined=_defined(inputs, row),
        report=row.record_id if study is not None and row.record_id not in ("", study.record_id) else "",
        year=None if study is None else study.year,
        design="" if study is None else study.design,
        age="" if study is None else study.age,
        regimen_class="" if arm is None else arm.regimen_class,
        audit=audit,
        shift=_shift(audit),
    )


def _defined(inputs: Inputs, row: OutcomeRow) -> str:
    """By the report that the number stands in, else by another one of the study."""
    linked = inputs.linked.get(row.study)
    reports = [] if linked is None else [linked.candidate, *linked.further]
    own_first = sorted(reports, key=lambda r: (r.source.file, r.record_id) != (row.file, row.record_id))
    told = (d.text for r in own_first for d in r.definitions if d.outcome == row.outcome)
    return next(told, "")


def _shift(audit: AuditRow | None) -> float | None:
    if audit is None or audit.result is None or audit.without is None:
        return None
    return audit.without - audit.result


def _telling(group: Group) -> Telling | None:
    moved = [n for n in group.numbers if n.shift is not None]
    if not moved:
        return None
    most = max(moved, key=lambda n: abs(n.shift or 0.0))
    assert most.audit is not None
    assert most.audit.result is not None
    return Telling(group.label, most.audit.result, most)


SECTION = Section("outcomes", "Every number and its source", data)
