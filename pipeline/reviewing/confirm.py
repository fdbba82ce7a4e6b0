"""`litpool confirm STUDY`: a reviewer looked, and agrees with what is there."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from pipeline.appraisal.standing import person
from pipeline.errors import UserError
from pipeline.records import ArmRow, Confirmation, OutcomeRow, StudyRow
from pipeline.resolve.cells import same_value
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.now import (
    Named,
    Now,
    arm_name,
    find_arm,
    find_outcome,
    find_row,
    find_study,
    outcome_rows,
    study_row,
)
from pipeline.reviewing.options import Signature, add_signature, signature
from pipeline.reviewing.outlook import counts
from pipeline.reviewing.said import Cell, Said, listed, standing
from pipeline.reviewing.writing import write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", metavar="STUDY", help="as arnold-2010; all of it, unless --arm or --outcome is given")
    parser.add_argument("--arm", metavar="ARM", help="only this arm: key, number (A1), drugs or label")
    parser.add_argument("--outcome", metavar="NAME", help="only this outcome, as relapse")
    parser.add_argument("--timepoint", metavar="TIME", help="only this time point of the outcome")
    parser.add_argument("--note", default="", metavar="WORDS", help="anything worth keeping, as the page you looked at")
    add_signature(parser)


def run(args: argparse.Namespace) -> int:
    """Adds a line to confirmations.csv for each value. Raises UserError."""
    signed = signature(args)
    now = Now.of(ReviewFolder(args.folder))
    named = find_study(now.shown, args.study)
    if args.timepoint is not None and args.outcome is None:
        raise UserError("a time point is one of an outcome: give --outcome, too")
    rows = list(_of_outcomes(now, named, args, signed))
    if args.arm is None and args.outcome is None:
        rows = [*_of_size(study_row(now.shown, named.study), args.note, signed), *rows]
    new = [row for row in rows if not _is_said(now, named, row, signed.reviewer)]
    if not rows:
        raise UserError(f"{named.study}: nothing to confirm there; `litpool add` adds what the machine missed")
    if not new:
        raise UserError(f"{named.study}: you have said so already; to say otherwise, `litpool correct`")
    write(now, "confirmations.csv", new, args)
    return 0


# ---- what is there --------------------------------------------------------------------------------------------------


def _of_outcomes(now: Now, named: Named, args: argparse.Namespace, signed: Signature) -> Iterator[Confirmation]:
    """Rows with both numbers, the best report's of each outcome and time point."""
    arms = [arm for arm in now.shown.arms if arm.study == named.study]
    for arm in [find_arm(now.shown, named, args.arm)] if args.arm is not None else arms:
        rows = outcome_rows(now.shown, named, arm)
        chosen = _chosen(now, named, arm, rows, args)
        for row in chosen:
            if row.events is not None and row.n is not None:
                several = len({r.timepoint for r in rows if r.outcome == row.outcome}) > 1
                yield Confirmation(
                    study=named.study,
                    arm=arm_name(arm),
                    outcome=row.outcome,
                    value=counts(row),
                    timepoint=row.timepoint if several else "",
                    note=args.note,
                    seen=row.text_hash,
                    reviewer=signed.reviewer,
                    date=signed.date,
                )


def _chosen(now: Now, named: Named, arm: ArmRow, rows: list[OutcomeRow], args: argparse.Namespace) -> list[OutcomeRow]:
    """All, or those that the options name. Raises UserError for an outcome that a named arm has not."""
    if args.outcome is not None:
        outcome = find_outcome(args.outcome, now.settings, now.shown.outcomes)
        rows = [row for row in rows if row.outcome == outcome]
        if args.arm is not None or (rows and args.timepoint is not None):
            what = f"{arm_name(arm)} of {named.study}"
            return [find_row(outcome_rows(now.shown, named, arm), outcome, args.timepoint, what)]
    first: dict[tuple[str, str], OutcomeRow] = {}
    for row in rows:
        first.setdefault((row.outcome, row.timepoint), row)
    return list(first.values())


def _of_size(row: StudyRow, note: str, signed: Signature) -> Iterator[Confirmation]:
    if row.n_total is not None:
        yield Confirmation(
            study=row.study,
            field="n_total",
            value=str(row.n_total),
            note=note,
            seen=row.text_hash,
            reviewer=signed.reviewer,
            date=signed.date,
        )


# ---- what was said --------------------------------------------------------------------------------------------------


def _is_said(now: Now, named: Named, row: Confirmation, reviewer: str) -> bool:
    """Has the reviewer said so? Raises UserError where another one says otherwise."""
    said = _standing(now, named, row)
    against = [s for s, value in said if not same_value(s.cell.field, s.value, value)]
    if against:
        name = ", ".join(part for part in (row.study, row.arm, row.outcome, row.timepoint) if part)
        raise UserError(f"{name}: {listed(against)}; `litpool correct … --overrule` decides")
    mine = [s for s, _ in said if person(s.reviewer) == person(reviewer)]
    return len({s.cell.field for s in mine}) == (1 if row.field else 2)


def _standing(now: Now, named: Named, row: Confirmation) -> list[tuple[Said, str]]:
    """What stands of each number of the row, with what the row says of it."""
    events, _, n = row.value.partition(" of ")
    values = {row.field: row.value} if row.field else {"events": events, "n": n}
    arm = find_arm(now.shown, named, row.arm).arm if row.arm else ""
    cells = {field: Cell(named.study, arm, row.outcome, row.timepoint, field) for field in values}
    overrides = now.folder.overrides
    return [(s, values[field]) for field, cell in cells.items() for s in standing(now.shown, overrides, cell)]
