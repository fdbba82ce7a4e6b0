"""A row with what reviewers say of its cells, and who stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.records import Exclusion, Inclusion
from pipeline.resolve.rows import typed
from pipeline.resolve.said import Said, Unclear
from pipeline.resolve.verdicts import Verdict
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow

#: field → verdict, of one row
Cells = dict[str, Verdict]


def changed_study(row: StudyRow, cells: Mapping[str, Verdict]) -> StudyRow:
    """A decision on which reviewers disagree is none: the study waits."""
    values: dict[str, Any] = {}
    for field, given in cells.items():
        if field == "decision":
            values |= _decided(given)
        elif field == "n_total":
            values["n_total_authority"] = given.authority if given.value is not None else "waiting"
        if field == "notices" and given.authority == "confirmed":
            continue  # that these were read says nothing of others that have come since
        if field != "decision" and given.value is not None:
            values[field] = typed(field, given.value)
    of_study = [given for field, given in cells.items() if field not in ("n_total", "decision", "notices")]
    if "decision" not in cells and row.authority == "accepted" and any(g.value is not None for g in of_study):
        values["authority"] = "corrected" if any(g.authority == "corrected" for g in of_study) else "confirmed"
    return row.model_copy(update=values)


def _decided(given: Verdict) -> dict[str, Any]:
    if given.value is None:
        told = "; ".join(f"{s.reviewer}: {s.value} ({s.reason})" for s in given.standing)
        return {"decision": "review", "reason": f"reviewers disagree: {told}", "authority": "waiting"}
    decision = typed("decision", given.value)
    last = given.standing[-1]
    code = last.of.code if isinstance(last.of, (Exclusion, Inclusion)) else ""
    authority = "waiting" if decision == "review" else given.authority
    reason = {"reason": last.reason} if last.reason else {}
    return {"decision": decision, "code": code, "authority": authority, **reason}


def changed_arm(row: ArmRow, cells: Mapping[str, Verdict]) -> ArmRow:
    """An arm waits while reviewers disagree on one of its values."""
    values = {field: typed(field, given.value) for field, given in cells.items() if given.value is not None}
    return row.model_copy(update=values | {"authority": _authority(cells)})


def _authority(cells: Mapping[str, Verdict]) -> str:
    if any(given.value is None for given in cells.values()):
        return "waiting"
    kinds = {given.authority for given in cells.values()}
    return next(kind for kind in ("added", "corrected", "confirmed") if kind in kinds)


def changed_outcome(row: OutcomeRow, cells: Mapping[str, Verdict], by_machine: bool) -> OutcomeRow:
    """`by_machine`: the machine has the row, too. Raises Unclear for counts that cannot be."""
    values: dict[str, Any] = {
        field: typed(field, given.value)
        for field, given in cells.items()
        if field != "status" and given.value is not None
    }
    status = cells.get("status")
    values["authority"] = _authority(cells)
    if status is not None and status.value is not None and typed("status", status.value) == "review":
        values["authority"] = "waiting"
    elif status is not None and len(cells) == 1 and values["authority"] == "corrected":
        values["authority"] = "confirmed"  # the numbers are the machine's
    standing = sorted({s for given in cells.values() for s in given.standing}, key=lambda s: (s.date, s.order))
    values |= _who(standing)
    if by_machine:
        values |= {"machine": share(row.events, row.n), "machine_accepted": row.authority == "accepted"}
    return _counted(row, row.model_dump() | values, cells)


def share(events: int | None, n: int | None) -> str:
    """As 14 of 35, which no spreadsheet takes for a date."""
    return "" if events is None and n is None else f"{_known(events)} of {_known(n)}"


def _known(number: int | None) -> str:
    return "?" if number is None else str(number)


def _who(standing: list[Said]) -> dict[str, str]:
    return {
        "reviewers": "; ".join(dict.fromkeys(s.reviewer for s in standing)),
        "decided": standing[-1].date.isoformat(),
        "reason": "; ".join(dict.fromkeys(s.reason for s in standing if s.reason)),
    }


def _counted(row: OutcomeRow, values: dict[str, Any], cells: Mapping[str, Verdict]) -> OutcomeRow:
    """With its percentage. A reviewer's number that does not go with one that the machine changed since stands alone,
    and the row waits."""
    events, n = values["events"], values["n"]
    if events is None or n is None:
        return OutcomeRow.model_validate(values)
    if n == 0 or events > n:
        theirs = {field for field in ("events", "n") if field in cells and cells[field].value is not None}
        if len(theirs) != 1 or not all(cells[field].stale for field in theirs):
            raise Unclear(f"{events} of {n} patients is not possible; correct n, too")
        doubt = f"doubt: {events} of {n} patients is not possible: the machine's number has changed"
        dropped = "n" if "events" in theirs else "events"
        checks = "; ".join(filter(None, [values["checks"], doubt]))
        values |= {dropped: None, "percent": None, "authority": "waiting", "checks": checks}
    elif row.percent is None or (events, n) != (row.events, row.n):
        values["percent"] = round(100 * events / n, 1)
    return OutcomeRow.model_validate(values)
