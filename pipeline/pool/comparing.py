"""`litpool compare TABLE.csv`: pool comparisons of two groups (columns study, events1, n1, events2, n2, moderators)."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.errors import UserError
from pipeline.pool.options import GroupTests, add_shared_arguments, answer_json, answer_text, check_level
from pipeline.pool.reading import Rows, check_column, grouped, names_of, numbers, read_table
from pipeline.stats import Comparison, between, between_effects, compare_proportions
from pipeline.stats.compare import METHODS, MODELS_TWO
from pipeline.stats.effects_two import MEASURES_TWO, checked_tables, escalc_two
from pipeline.stats.inference import Inference
from pipeline.stats.tau2 import ESTIMATORS

GROUPS = (("events1", "n1"), ("events2", "n2"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "table", type=Path, metavar="TABLE.csv", help="columns study, events1, n1, events2, n2 and any moderators"
    )
    parser.add_argument(
        "--measure", choices=list(MEASURES_TWO), default="OR", help="effect of group 1 against group 2 (default OR)"
    )
    parser.add_argument(
        "--method", choices=METHODS, default="REML", help="estimator of tau², Mantel-Haenszel or Peto (default REML)"
    )
    parser.add_argument("--model", choices=MODELS_TWO, default="iv", help="inverse variance or GLMM (default iv)")
    add_shared_arguments(parser)


def run(args: argparse.Namespace) -> int:
    check_level(args.level)
    rows = read_table(args.table, GROUPS)
    groups: dict[str, Rows] = {}
    if args.by is not None:
        check_column(args.table, rows, args.by, "--by")
        groups = grouped(rows, args.by)
    overall = _fit(rows, args)
    fits = {name: _fit(members, args) for name, members in groups.items()}
    tests = _tests(rows, fits, args) if fits else {}
    if args.json:
        print(answer_json(overall, _studies(rows, args), fits, tests, args.by), end="")
    else:
        print(answer_text(overall, fits, tests, args.by), end="")
    return 0


def _tests(rows: Rows, fits: dict[str, Comparison], args: argparse.Namespace) -> GroupTests:
    """Between the groups: with one tau² for all (None for a GLMM, Mantel-Haenszel and Peto), and with its own for
    each."""
    common = None
    if args.model == "iv" and args.method in ESTIMATORS:
        effects = escalc_two(args.measure, checked_tables(*_counts(rows)))
        common = between_effects(*effects, names_of(rows, args.by), args.method)
    return {"subgroup_test": common, "subgroup_test_separate_tau2": between(list(fits.values()))}


def _studies(rows: Rows, args: argparse.Namespace) -> list[dict[str, object]]:
    """Each study's counts, and its effect with Wald's interval on the natural scale."""
    columns = _counts(rows)
    effects = escalc_two(args.measure, checked_tables(*columns))
    back, normal = MEASURES_TWO[args.measure].back, Inference(None, args.level / 100)
    return [
        {"study": r["study"]}
        | dict(zip(("events1", "n1", "events2", "n2"), counts, strict=True))
        | {"effect": float(back(y)), "effect_ci": back(normal.around(y, v**0.5)).tolist()}
        for r, counts, y, v in zip(rows, zip(*columns, strict=True), *effects, strict=True)
    ]


def _fit(rows: Rows, args: argparse.Namespace) -> Comparison:
    e1, n1, e2, n2 = _counts(rows)
    options = {"measure": args.measure, "method": args.method, "model": args.model, "test": args.test}
    try:
        return compare_proportions(e1, n1, e2, n2, level=args.level / 100, **options)
    except ValueError as error:
        raise UserError(f"{args.table}: {error}") from None


def _counts(rows: Rows) -> list[list[int]]:
    return [numbers(rows, column) for group in GROUPS for column in group]
