"""`litpool pool TABLE.csv`: pool the proportions of a table with columns study, events, n and any moderators."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.errors import UserError
from pipeline.pool.options import GroupTests, add_shared_arguments, answer_json, answer_text, check_level
from pipeline.pool.reading import Rows, check_column, check_filled, grouped, moderators, names_of, numbers, read_table
from pipeline.stats import Fit, between, between_common, clopper_pearson, pool_proportions, wilson
from pipeline.stats.effects import MEASURES
from pipeline.stats.pool import MODELS
from pipeline.stats.tau2 import ESTIMATORS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", type=Path, metavar="TABLE.csv", help="columns study, events, n and any moderators")
    parser.add_argument("--measure", choices=list(MEASURES), default="PLO", help="effect measure (default PLO)")
    parser.add_argument("--method", choices=list(ESTIMATORS), default="REML", help="estimator of tau² (default REML)")
    parser.add_argument(
        "--model", choices=MODELS, default="iv", help="inverse variance (default), GLMM or beta-binomial"
    )
    parser.add_argument("--mods", metavar="FORMULA", help='moderators, for instance "year + C(design)"')
    parser.add_argument("--cluster", metavar="COLUMN", help="study of each row, where studies have several arms")
    add_shared_arguments(parser)


def run(args: argparse.Namespace) -> int:
    check_level(args.level)
    rows = read_table(args.table)
    if args.mods is not None and args.by is not None:
        raise UserError(
            f'--by and --mods cannot go together: "{args.mods} + C({args.by})" has the column as a moderator'
        )
    if args.cluster is not None:
        check_column(args.table, rows, args.cluster, "--cluster")
        check_filled(args.table, rows, args.cluster, "--cluster")
    groups: dict[str, Rows] = {}
    if args.by is not None:
        check_column(args.table, rows, args.by, "--by")
        groups = grouped(rows, args.by)
    overall = _fit(rows, args)
    fits = {name: _fit(members, args) for name, members in groups.items()}
    tests = _tests(rows, fits, args) if fits else {}
    if args.json:
        print(answer_json(overall, _studies(rows, args.level / 100), fits, tests, args.by), end="")
    else:
        print(answer_text(overall, fits, tests, args.by), end="")
    return 0


def _tests(rows: Rows, fits: dict[str, Fit], args: argparse.Namespace) -> GroupTests:
    """Between the groups: with one tau² for all (None where it cannot be estimated, for a GLMM, or with clusters), and
    with its own for each."""
    events, n = _counts(rows)
    names = names_of(rows, args.by)
    two_step = args.model == "iv" and args.cluster is None
    common = between_common(events, n, names, args.measure, args.method) if two_step else None
    return {"subgroup_test": common, "subgroup_test_separate_tau2": between(list(fits.values()))}


def _studies(rows: Rows, level: float) -> list[dict[str, object]]:
    """Each study's proportion with its exact and its Wilson interval."""
    events, n = _counts(rows)
    exact, score = (zip(*f(events, n, level), strict=True) for f in (clopper_pearson, wilson))
    return [
        {"study": r["study"], "events": e, "n": m, "proportion": e / m, "exact_ci": x, "wilson_ci": w}
        for r, e, m, x, w in zip(rows, events, n, _pairs(exact), _pairs(score), strict=True)
    ]


def _pairs(bounds: zip[tuple[float, float]]) -> list[list[float]]:
    return [[float(low), float(high)] for low, high in bounds]


def _fit(rows: Rows, args: argparse.Namespace) -> Fit:
    events, n = _counts(rows)
    options = {"measure": args.measure, "method": args.method, "model": args.model, "test": args.test}
    data = None if args.mods is None else moderators(args.table, rows, args.mods)
    cluster = None if args.cluster is None else [row[args.cluster] for row in rows]
    chosen = {"mods": args.mods, "data": data, "cluster": cluster}
    try:
        return pool_proportions(events, n, level=args.level / 100, **options, **chosen)
    except ValueError as error:
        raise UserError(f"{args.table}: {error}") from None


def _counts(rows: Rows) -> tuple[list[int], list[int]]:
    return numbers(rows, "events"), numbers(rows, "n")
