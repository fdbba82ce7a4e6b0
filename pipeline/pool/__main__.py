"""`python -m pipeline.pool STUDIES.csv ARMS.csv OUTCOMES.csv OUT.json --r OUT.R --config config`: the pool stage."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pipeline.config import load
from pipeline.errors import UserError
from pipeline.pool import pool_outcomes
from pipeline.pool.metafor import r_script
from pipeline.records import ArmRow, OutcomeRow, StudyRow
from pipeline.tables import read_rows


def fixed(value: object) -> object:
    """Numbers with twelve significant digits, so that equal results are equal bytes on every machine."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {k: fixed(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [fixed(v) for v in value]
    return value


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.pool", description=__doc__)
    for name in ("studies", "arms", "outcomes", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--r", type=Path, required=True, help="the metafor script to write")
    parser.add_argument("--config", type=Path, default=Path("config"))
    args = parser.parse_args()
    try:
        settings = load(args.config)
        studies = [row for _, row in read_rows(args.studies, StudyRow)]
        arms = [row for _, row in read_rows(args.arms, ArmRow)]
        outcomes = [row for _, row in read_rows(args.outcomes, OutcomeRow)]
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    pooled = pool_outcomes(outcomes, arms, studies, settings)
    rows = [fixed(p.model_dump()) for p in pooled]
    args.out.write_text(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    args.r.parent.mkdir(parents=True, exist_ok=True)
    args.r.write_text(r_script(pooled, settings.config.analysis), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
