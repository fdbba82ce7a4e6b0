"""`litpool pool TABLE.csv`: pool the proportions of a table with columns study, events, n and any moderators."""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path

from pipeline.errors import UserError
from pipeline.stats import Fit, between, pool_proportions
from pipeline.stats.effects import MEASURES
from pipeline.stats.pool import MODELS, TESTS
from pipeline.stats.tau2 import ESTIMATORS
from pipeline.tables import decode, delimiter

REQUIRED = ("study", "events", "n")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", type=Path, metavar="TABLE.csv", help="columns study, events, n and any moderators")
    parser.add_argument("--measure", choices=list(MEASURES), default="PLO", help="effect measure (default PLO)")
    parser.add_argument("--method", choices=list(ESTIMATORS), default="REML", help="estimator of tau² (default REML)")
    parser.add_argument("--model", choices=MODELS, default="iv", help="inverse variance or GLMM (default iv)")
    parser.add_argument("--test", choices=TESTS, default="z", help="test and interval (default z)")
    parser.add_argument("--by", metavar="COLUMN", help="pool each value of a column apart, too, and test between them")
    parser.add_argument("--level", type=float, default=95, help="confidence level in percent (default 95)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    rows = read_table(args.table)
    if args.by is not None and args.by not in rows[0]:
        raise UserError(f'{args.table}:1: no column "{args.by}" for --by (columns: {", ".join(rows[0])})')
    overall = _fit(rows, args)
    groups = sorted({row[args.by] for row in rows}) if args.by is not None else []
    fits = {g: _fit([row for row in rows if row[args.by] == g], args) for g in groups}
    test = between(list(fits.values())) if fits else None
    if args.json:
        out = overall.to_dict()
        if args.by is not None:
            out |= {"by": args.by, "subgroups": {g: f.to_dict() for g, f in fits.items()}, "subgroup_test": test}
        print(json.dumps(out, ensure_ascii=False, allow_nan=False))
    else:
        print(overall)
        for group, fit in fits.items():
            print(f"\n{args.by} = {group}\n{fit}")
        if test:
            print(f"\nbetween groups: Q {test['Q_between']:.2f}, df {test['df']:.0f}, p {test['p']:.4f}")
    return 0


def _fit(rows: list[dict[str, str]], args: argparse.Namespace) -> Fit:
    events, n = [int(r["events"]) for r in rows], [int(r["n"]) for r in rows]
    try:
        return pool_proportions(
            events,
            n,
            measure=args.measure,
            method=args.method,
            model=args.model,
            test=args.test,
            level=args.level / 100,
        )
    except ValueError as error:
        raise UserError(f"{args.table}: {error}") from None


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of the table as text by column. Raises UserError that lists every bad cell with file, line and column."""
    text = decode(path)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter(text))
    names = [(name or "").strip() for name in reader.fieldnames or []]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        have = f" (it has {', '.join(names)})" if names else "; the file is empty"
        raise UserError(f"{path}:1: no column {', '.join(missing)}{have}")
    reader.fieldnames = names
    rows, problems = [], []
    for row in reader:
        cells = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)}
        if any(cells.values()):
            problems += [f"{path}:{reader.line_num}: {p}" for p in _problems(cells)]
            rows.append(cells)
    if not rows:
        problems.append(f"{path}: has no rows below its header")
    if problems:
        raise UserError("\n".join(problems))
    return rows


def _problems(cells: dict[str, str]) -> list[str]:
    bad = [
        f'column "{name}": "{cells[name]}" is not a whole number of 0 or more'
        for name in ("events", "n")
        if not (cells[name].isascii() and cells[name].isdigit())
    ]
    if bad:
        return bad
    events, n = int(cells["events"]), int(cells["n"])
    if n == 0:
        return ['column "n": "0": a study needs at least one patient']
    return [f'column "events": "{events}" is more than n = {n}'] if events > n else []
