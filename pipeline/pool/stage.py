"""The pool stage: tables that resolve wrote → pooled.json, analyses.json and the script for R."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from pipeline.config import load
from pipeline.errors import UserError
from pipeline.files import write_text
from pipeline.pool.analyses import analyse
from pipeline.pool.in_play import studies_in_play
from pipeline.pool.metafor import r_script
from pipeline.pool.other_rows import Tables
from pipeline.pool.outcomes import pool_outcomes
from pipeline.pool.writing import as_json, fixed
from pipeline.resolved import ArmRow, ComparisonRow, FullTextRow, MachineRow, OutcomeRow
from pipeline.tables import read_rows

Result = TypeVar("Result", bound=BaseModel)


def run(args: argparse.Namespace) -> int:
    """The stage with its arguments as `python -m pipeline.pool` has them; the exit code."""
    try:
        settings = load(args.config)
        arms = [row for _, row in read_rows(args.arms, ArmRow)]
        outcomes = [row for _, row in read_rows(args.outcomes, OutcomeRow)]
        studies = studies_in_play(args.studies, [*arms, *outcomes])
        pooled = pool_outcomes(outcomes, arms, studies, settings)
        given = Tables(studies, arms, outcomes)
        if args.machine is not None:
            machine, full_texts = args.machine
            alone = [row for _, row in read_rows(machine, MachineRow)]
            places = frozenset((row.file, row.record_id) for _, row in read_rows(full_texts, FullTextRow))
            given = replace(given, machine=alone, full_texts=places)
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
        write_text(args.r, r_script(_as_written(pooled), _as_written(analysed), settings.config.analysis))
    return 0


def _as_written(results: Sequence[Result]) -> list[Result]:
    """As whoever reads the files has them: the report makes the same script of those."""
    return [type(result).model_validate(fixed(result.model_dump())) for result in results]
