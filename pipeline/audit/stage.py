"""The audit stage: tables that resolve wrote → audit.csv, worklist.csv and to_decide.csv."""

from __future__ import annotations

import argparse
import sys

from pipeline.audit.first import ordered, to_decide, undecided
from pipeline.audit.numbers import audit
from pipeline.config import load
from pipeline.errors import UserError
from pipeline.pool.in_play import studies_in_play
from pipeline.resolved import ArmRow, AuditRow, OutcomeRow, ToDecideRow, WorkRow
from pipeline.tables import read_rows, write_rows


def run(args: argparse.Namespace) -> int:
    """The stage with its arguments as `python -m pipeline.audit` has them; the exit code."""
    try:
        settings = load(args.config)
        arms = [row for _, row in read_rows(args.arms, ArmRow)]
        outcomes = [row for _, row in read_rows(args.outcomes, OutcomeRow)]
        studies = studies_in_play(args.studies, [*arms, *outcomes])
        work = [row for _, row in read_rows(args.waiting, WorkRow)]
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    write_rows(args.out / "audit.csv", AuditRow, audit(outcomes, settings))
    waiting = undecided(studies, arms, outcomes, settings)
    write_rows(args.out / "worklist.csv", WorkRow, ordered(work, waiting, settings))
    told = to_decide(waiting, settings)
    write_rows(args.out / "to_decide.csv", ToDecideRow, told)
    for row in told:
        if row.waiting:
            print(f"{row.outcome}: {row.needed} of {row.waiting} waiting rows to decide first", file=sys.stderr)
    return 0
