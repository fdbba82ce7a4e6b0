"""overrides/: reviewers' lines, checked against the tables and applied to them, each with a line of audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.errors import UserError
from pipeline.overrides.reading import read_placed
from pipeline.parsed import Row
from pipeline.records import Correction, DecisionRow, Exclusion, OutcomeRow, StudyRow
from pipeline.resolve import Tables
from pipeline.resolve.lookup import Unknown
from pipeline.resolve.reports import NumberedReport
from pipeline.tables import Model, explain

STUDY_FIELDS = ("n_total", "design", "age", "line", "decision")
ARM_FIELDS = ("n", "drugs", "label", "role")
OUTCOME_FIELDS = ("events", "n", "status")


class _Problem(Exception):
    """What is wrong with one line."""


@dataclass(frozen=True)
class _Cell:
    """One cell of a table: its row's list and place, its column, and what stands in it as text."""

    rows: list[Any]
    index: int
    column: str
    text: str


def apply_overrides(tables: Tables, folder: Path) -> None:
    """Applies corrections.csv and exclusions.csv (missing files are empty). Raises UserError with every problem."""
    problems: list[str] = []
    corrections, exclusions = folder / "corrections.csv", folder / "exclusions.csv"
    for path, model, apply in (
        (corrections, Correction, _correct),
        (exclusions, Exclusion, _exclude),
    ):
        problems += _apply_file(tables, path, model, apply)  # type: ignore[arg-type]
    if problems:
        raise UserError("\n".join(problems))


def _apply_file(
    tables: Tables, path: Path, model: type[Model], apply: Callable[[Tables, Model], tuple[str, str, str, str]]
) -> list[str]:
    problems = []
    try:
        lines = read_placed(path, model)
    except UserError as error:
        return [str(error)]
    for found in lines:
        try:
            column, machine, value, effect = apply(tables, found.row)
        except _Problem as problem:
            problems.append(f"{found.place}: {problem}")
            continue
        tables.decisions.append(_audit(found.file, found.line, found.row, column, machine, value, effect))
    return problems


def _audit(path: Path, line: int, row: Any, column: str, machine: str, value: str, effect: Any) -> DecisionRow:
    return DecisionRow(
        file=path.name,
        line=line,
        study=row.study,
        arm=getattr(row, "arm", ""),
        field=column,
        machine=machine,
        was=getattr(row, "was", ""),
        value=value,
        effect=effect,
        reason=row.reason,
        reviewer=row.reviewer,
        date=row.date.isoformat(),
    )


# ---- exclusions --------------------------------------------------------------------------------------------------


def _exclude(tables: Tables, line: Exclusion) -> tuple[str, str, str, str]:
    i, _ = _study(tables, line.study)
    row = tables.studies[i]
    effect = "redundant" if row.decision == "exclude" else "applied"
    update = {"decision": "exclude", "reason": line.reason, "code": line.code, "authority": "corrected"}
    tables.studies[i] = row.model_copy(update=update)
    return "decision", row.decision, "exclude", effect


# ---- corrections -------------------------------------------------------------------------------------------------


def _correct(tables: Tables, line: Correction) -> tuple[str, str, str, str]:
    """The cell, what the machine says, the value, and the effect.

    `was` equal to the machine's value: applied. The machine says the value itself: redundant. The machine says
    something else than both: the reviewer's value stands, and the line is stale.
    """
    if line.outcome:
        line = line.model_copy(update={"field": f"{line.outcome}.{line.field}"})
    cell = _find(tables, line)
    effect = "redundant" if _same(cell.text, line.value) else "applied" if _same(cell.text, line.was) else "stale"
    cell.rows[cell.index] = _changed(cell, line)
    return line.field, cell.text, line.value, effect


def _same(a: str, b: str) -> bool:
    return a.strip().lower() == b.strip().lower()


def _changed(cell: _Cell, line: Correction) -> Row:
    """The row with the value in place, checked by its model."""
    row = cell.rows[cell.index]
    authority = "n_total_authority" if cell.column == "n_total" else "authority"
    values = row.model_dump() | {authority: "corrected"}
    if cell.column == "status":
        if line.value not in {"accepted", "review"}:
            raise _Problem(f'{line.field}: "{line.value}" is not accepted or review')
        values["authority"] = "corrected" if line.value == "accepted" else "waiting"
    elif cell.column in {"n", "n_total", "events"}:
        if not (line.value.isascii() and line.value.isdigit()):
            raise _Problem(f'{line.field}: "{line.value}" is not a whole number of 0 or more')
        values[cell.column] = int(line.value)
    elif cell.column == "drugs":
        values["drugs"] = " + ".join(
            sorted(d.strip().lower() for d in line.value.replace("|", "+").split("+") if d.strip())
        )
    else:
        values[cell.column] = line.value
    if isinstance(row, OutcomeRow):
        values = _recounted(values, line.field)
    try:
        changed: Row = type(row).model_validate(values)
    except ValidationError as error:
        raise _Problem(f"{line.field}: {explain(error.errors()[0])}") from None
    return changed


def _recounted(values: dict[str, Any], field: str) -> dict[str, Any]:
    events, n = values["events"], values["n"]
    if events is not None and n is not None:
        if n == 0 or events > n:
            raise _Problem(f"{field}: {events} of {n} patients is not possible; correct n on a line before this one")
        values["percent"] = round(100 * events / n, 1)
    return values


def _find(tables: Tables, line: Correction) -> _Cell:
    s, report = _study(tables, line.study)
    study = tables.studies[s]
    if not line.arm:
        _allowed(line.field, STUDY_FIELDS, f"study {study.study}; for an arm's value fill the column arm")
        return _Cell(tables.studies, s, line.field, _text(getattr(study, line.field)))
    a = _arm(tables, study, line.arm, report)
    if line.field in ARM_FIELDS:
        return _Cell(tables.arms, a, line.field, _text(getattr(tables.arms[a], line.field)))
    outcome, _, column = line.field.rpartition(".")
    of_arm = _rows(tables, study, tables.arms[a].arm, report)
    rows = [i for i in of_arm if outcome in ("", tables.outcomes[i].outcome)]
    have = sorted({tables.outcomes[i].outcome for i in of_arm})
    fields = [*ARM_FIELDS, *(f"{o}.{c}" for o in have for c in OUTCOME_FIELDS)]
    if column not in OUTCOME_FIELDS or not rows or (not outcome and len(have) > 1):
        _allowed(line.field, fields, f"arm {line.arm} of {study.study}")
    return _outcome_cell(tables, rows, column, line)


def _outcome_cell(tables: Tables, rows: list[int], column: str, line: Correction) -> _Cell:
    """The only row of the outcome; of several, the one whose machine value is `was`, of the best report with one."""

    def text(i: int) -> str:
        if column == "status":
            return "review" if tables.outcomes[i].authority == "waiting" else "accepted"
        return _text(getattr(tables.outcomes[i], column))

    fitting = [i for i in rows if _same(text(i), line.was)]
    best = _report(tables, (fitting or rows)[0])
    rows = [i for i in rows if _report(tables, i) == best]
    fitting = [i for i in fitting if i in rows]
    if len(rows) > 1 and len(fitting) != 1:
        listed = ", ".join(f"{tables.outcomes[i].events}/{tables.outcomes[i].n}" for i in rows)
        raise _Problem(f"{line.field} stands in several rows ({listed}); `was` must name the value of one of them")
    i = fitting[0] if len(rows) > 1 else rows[0]
    return _Cell(tables.outcomes, i, column, text(i))


def _report(tables: Tables, i: int) -> tuple[str, str]:
    return tables.outcomes[i].record_id, tables.outcomes[i].file


def _rows(tables: Tables, study: StudyRow, arm: str, report: NumberedReport | None) -> list[int]:
    """The arm's rows, of one report if the line names one; best report first."""
    rows = [i for i, r in enumerate(tables.outcomes) if r.study == study.study and r.arm == arm]
    return [i for i in rows if report is None or _report(tables, i) == report.place]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _allowed(name: str, allowed: tuple[str, ...] | list[str], where: str) -> None:
    if name not in allowed:
        raise _Problem(f'"{name}" is not a field of {where} (fields: {", ".join(allowed)})')


def _study(tables: Tables, name: str) -> tuple[int, NumberedReport | None]:
    """The study's row; and its report, where the line names one."""
    try:
        meant = tables.lookup.find(name)
    except Unknown as unknown:
        raise _Problem(str(unknown)) from None
    return next(i for i, row in enumerate(tables.studies) if row.study == meant.study), meant.report


def _arm(tables: Tables, study: StudyRow, name: str, report: NumberedReport | None) -> int:
    """By the report's own number where the line names a report, else by the study's."""
    wanted = name if report is None else report.arms.get(name)
    arms = [(i, a) for i, a in enumerate(tables.arms) if a.study == study.study]
    for i, arm in arms:
        if arm.arm == wanted:
            return i
    have = ", ".join(report.arms if report is not None else (a.arm for _, a in arms)) or "no arms"
    whose = f"report {report.report.record_id} of {study.study}" if report is not None else f"study {study.study}"
    raise _Problem(f'arm "{name}" is not in {whose} (it has {have})')
