"""Decisions that ask for a second look: reviewers who differ, and lines whose ground has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.resolve.overrides import Applied
from pipeline.resolve.ready_lines import correction
from pipeline.resolve.said import Said
from pipeline.resolve.tables import Tables
from pipeline.resolve.targets import Spot
from pipeline.resolve.verdicts import Verdict
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow, WorkRow

#: study and arm → what lines call the arm
Keys = Mapping[tuple[str, str], str]

ADJUDICATE = {"adjudicated": "yes", "value": "VALUE"}


def second_looks(tables: Tables, applied: Applied) -> list[WorkRow]:
    """Reviewers who differ first, then stale values, by study. Each standing value of either kind is named."""
    order = sorted(applied.verdicts.items(), key=lambda item: _place(tables, item[0]))
    keys = {(a.study, a.arm): a.key or a.arm for a in tables.arms}
    differ = [_differ(tables, keys, spot, v, applied.machine[spot] or "") for spot, v in order if v.value is None]
    stale = [
        _stale(tables, keys, spot, v, applied.machine[spot] or "")
        for spot, v in order
        if v.value is not None and v.stale and spot.field != "notices"  # new ones are read as any
    ]
    return [*differ, *stale, *_missing(applied)]


def _place(tables: Tables, spot: Spot) -> tuple[str, str, str, str, str]:
    row = _row(tables, spot)
    arm = "" if isinstance(row, StudyRow) else row.arm
    outcome, timepoint = (row.outcome, row.timepoint) if isinstance(row, OutcomeRow) else ("", "")
    return row.study, arm, outcome, timepoint, spot.field


def _row(tables: Tables, spot: Spot) -> StudyRow | ArmRow | OutcomeRow:
    row: StudyRow | ArmRow | OutcomeRow = getattr(tables, spot.table)[spot.index]
    return row


def _differ(tables: Tables, keys: Keys, spot: Spot, v: Verdict, machine: str) -> WorkRow:
    said = "; ".join(f"{s.reviewer}: {s.value}" for s in v.standing)
    where = ", ".join(f"{s.path.name}:{s.line}" for s in v.standing)
    why = f"reviewers differ ({where}); the machine says {machine or 'nothing'}"
    return _work(tables, keys, spot, said, why, ADJUDICATE | {"was": machine})


def _stale(tables: Tables, keys: Keys, spot: Spot, v: Verdict, machine: str) -> WorkRow:
    last = v.standing[-1]
    why = f"stale ({last.path.name}:{last.line}): {v.stale}; the reviewer's value stands until somebody looks again"
    return _work(tables, keys, spot, v.value or "", why, {"value": v.value or "", "was": machine})


def _work(tables: Tables, keys: Keys, spot: Spot, value: str, why: str, cells: dict[str, str]) -> WorkRow:
    row = _row(tables, spot)
    study, arm, outcome, timepoint, field = _place(tables, spot)
    key = keys.get((study, arm), "")
    place = {"study": study, "arm": key, "outcome": outcome, "timepoint": timepoint, "field": field}
    return WorkRow(
        study=study,
        arm=arm,
        field=f"{outcome}.{field}" if outcome else field,
        value=value,
        why=why,
        evidence="",
        file=row.file,
        start=row.evidence_start,
        end=row.evidence_end,
        line=correction(place | {"seen": row.text_hash} | cells),
        outcome=outcome,
        timepoint=timepoint,
    )


def _missing(applied: Applied) -> Iterator[WorkRow]:
    for s, study, arm in applied.missing:
        yield WorkRow(
            study=study,
            arm=arm,
            field=f"{s.outcome}.{s.field}",
            value=s.value,
            why=f"stale ({_where(s)}): the machine no longer has the row; delete the line, or add the row in added.csv",
            evidence="",
            file="",
            start=None,
            end=None,
            line="",
            line_for="added.csv",
            outcome=s.outcome,
            timepoint=s.timepoint,
        )


def _where(s: Said) -> str:
    return f"{s.path.name}:{s.line}"
