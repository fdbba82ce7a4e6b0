"""`python -m pipeline.audit STUDIES.csv ARMS.csv OUTCOMES.csv WAITING.csv --config DIR --out DIR`: the audit stage."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from pipeline.audit.first import ordered, to_decide, undecided
from pipeline.audit.numbers import audit
from pipeline.config import load
from pipeline.errors import UserError, told
from pipeline.pool.in_play import studies_in_play
from pipeline.resolved import ArmRow, AuditRow, OutcomeRow, ToDecideRow, WorkRow
from pipeline.tables import read_rows, write_rows


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.audit", description=__doc__)
    for name in ("studies", "arms", "outcomes", "waiting"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--config", type=Path, default=Path("config"))
    parser.add_argument("--out", type=Path, default=Path("extracted"))
    args = parser.parse_args(argv)
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


if __name__ == "__main__":
    gc.disable()  # what is read stays until the end; to look for garbage in it takes a fifth of the time
    sys.exit(told(main))
