"""`python -m pipeline.pool STUDIES.csv ARMS.csv OUTCOMES.csv OUT.json --r OUT.R --config config`: the pool stage."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from pipeline.config import load
from pipeline.errors import UserError, told
from pipeline.files import write_text
from pipeline.pool import pool_outcomes
from pipeline.pool.analyses import analyse
from pipeline.pool.in_play import linked_in_play, shared_cohorts, studies_in_play
from pipeline.pool.metafor import r_script
from pipeline.pool.other_rows import Tables, tables
from pipeline.pool.writing import as_json
from pipeline.resolved import ArmRow, ComparisonRow, OutcomeRow
from pipeline.tables import read_rows


def main(argv: list[str] | None = None) -> int:
    args = _arguments().parse_args(argv)
    try:
        settings = load(args.config)
        arms = [row for _, row in read_rows(args.arms, ArmRow)]
        outcomes = [row for _, row in read_rows(args.outcomes, OutcomeRow)]
        studies = studies_in_play(args.studies, [*arms, *outcomes])
        pooled = pool_outcomes(outcomes, arms, studies, settings)
        given = Tables(studies, arms, outcomes)
        if args.linked is not None:
            linked, links = args.linked
            given = tables(studies, arms, outcomes, linked_in_play(linked, studies), shared_cohorts(links), settings)
        if args.comparisons is not None:
            given = replace(given, comparisons=[row for _, row in read_rows(args.comparisons, ComparisonRow)])
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    write_text(args.out, as_json([p.model_dump() for p in pooled], indent=1))
    if args.analyses is None and args.r is None:
        return 0
    analysed = analyse(pooled, given, settings)
    if args.analyses is not None:
        write_text(args.analyses, as_json([a.model_dump() for a in analysed], indent=1))
    if args.r is not None:
        write_text(args.r, r_script(pooled, analysed, settings.config.analysis))
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline.pool", description=__doc__)
    for name in ("studies", "arms", "outcomes", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--r", type=Path, metavar="OUT.R", help="also write the metafor script that gives the same")
    parser.add_argument(
        "--analyses",
        type=Path,
        metavar="OUT.json",
        help="also write how sure the results are: sensitivity and the like",
    )
    parser.add_argument(
        "--linked",
        type=Path,
        nargs=2,
        metavar=("STUDIES.jsonl", "LINKS.csv"),
        help="what link wrote, for analyses without overrides and by kind of text",
    )
    parser.add_argument(
        "--comparisons", type=Path, metavar="COMPARISONS.csv", help="effects that reports state, beside those computed"
    )
    parser.add_argument("--config", type=Path, default=Path("config"))
    return parser


if __name__ == "__main__":
    sys.exit(told(main))
