"""`litpool pool TABLE.csv`: pool the proportions of a table with columns study, events, n and any moderators."""

from __future__ import annotations

import argparse
import csv
import io
import re
from pathlib import Path

from pipeline.errors import UserError
from pipeline.pool.writing import as_json
from pipeline.stats import Fit, between, between_common, clopper_pearson, pool_proportions, wilson
from pipeline.stats.effects import MEASURES
from pipeline.stats.inference import TESTS
from pipeline.stats.pool import MODELS
from pipeline.stats.tau2 import ESTIMATORS
from pipeline.tables import decode, delimiter

REQUIRED = ("study", "events", "n")
#: the group of rows whose --by cell is empty
NOT_GIVEN = "(not given)"
WHOLE = re.compile(r"\d+(\.0+)?", re.ASCII)

Rows = list[dict[str, str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", type=Path, metavar="TABLE.csv", help="columns study, events, n and any moderators")
    parser.add_argument("--measure", choices=list(MEASURES), default="PLO", help="effect measure (default PLO)")
    parser.add_argument("--method", choices=list(ESTIMATORS), default="REML", help="estimator of tau² (default REML)")
    parser.add_argument("--model", choices=MODELS, default="iv", help="inverse variance or GLMM (default iv)")
    parser.add_argument("--test", choices=list(TESTS), default="z", help="test and interval (default z)")
    parser.add_argument("--by", metavar="COLUMN", help="pool each value of a column apart, too, and test between them")
    parser.add_argument("--level", type=float, default=95, help="confidence level in percent (default 95)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    if not 50 < args.level < 100:
        raise UserError(f"--level {args.level:g}: must be a percentage between 50 and 100, for instance 95")
    rows = read_table(args.table)
    if args.by is not None and args.by not in rows[0]:
        raise UserError(f'{args.table}:1: no column "{args.by}" for --by (columns: {", ".join(rows[0])})')
    overall = _fit(rows, args)
    groups = _grouped(rows, args.by) if args.by is not None else {}
    fits = {name: _fit(members, args) for name, members in groups.items()}
    tests = _tests(rows, fits, args) if fits else {}
    if args.json:
        extra = {"by": args.by, "subgroups": {g: f.to_dict() for g, f in fits.items()}, **tests} if fits else {}
        print(as_json(overall.to_dict() | {"studies": _studies(rows, args.level / 100)} | extra), end="")
    else:
        print("\n".join(_text(overall, fits, tests, args.by)))
    return 0


def _grouped(rows: Rows, column: str) -> dict[str, Rows]:
    return {name: [r for r in rows if _group(r, column) == name] for name in sorted({_group(r, column) for r in rows})}


def _group(row: dict[str, str], column: str) -> str:
    return row[column] or NOT_GIVEN


def _tests(rows: Rows, fits: dict[str, Fit], args: argparse.Namespace) -> dict[str, dict[str, float] | None]:
    """Between the groups: with one tau² for all (None where it cannot be estimated, or for a GLMM), and with its own
    for each."""
    events, n = _counts(rows)
    names = [_group(r, args.by) for r in rows]
    common = between_common(events, n, names, args.measure, args.method) if args.model == "iv" else None
    return {"subgroup_test": common, "subgroup_test_separate_tau2": between(list(fits.values()))}


def _text(overall: Fit, fits: dict[str, Fit], tests: dict[str, dict[str, float] | None], by: str) -> list[str]:
    lines = [str(overall)]
    for name, fit in fits.items():
        lines += ["", f"{by} = {name}", str(fit)]
    titles = {"subgroup_test": "one tau² for all", "subgroup_test_separate_tau2": "tau² of each group"}
    for name, test in tests.items():
        if test is not None:
            q, df, p = test["Q_between"], test["df"], test["p"]
            lines += ["", f"Between groups, {titles[name]}: Q({df:.0f}) = {q:.4f}, p {p:.4f}"]
    return lines


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
    try:
        return pool_proportions(events, n, level=args.level / 100, **options)
    except ValueError as error:
        raise UserError(f"{args.table}: {error}") from None


def _counts(rows: Rows) -> tuple[list[int], list[int]]:
    return [int(float(r["events"])) for r in rows], [int(float(r["n"])) for r in rows]


# ---- the table ------------------------------------------------------------------------------------------------------


def read_table(path: Path) -> Rows:
    """Rows of the table as text by column. Raises UserError that lists every bad cell with file, line and column."""
    text = decode(path)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter(text), restkey="", restval="")
    reader.fieldnames = _header(path, list(reader.fieldnames or []))
    rows, problems = [], []
    for row in reader:
        extra = [c for c in row.pop("", None) or [] if c.strip()]
        cells = {k: v.strip() for k, v in row.items()}
        if not any(cells.values()):
            continue
        found = [f"has more cells ({extra[0]!r}) than the header; unquoted comma?"] if extra else _problems(cells)
        problems += [f"{path}:{reader.line_num}: {p}" for p in found]
        rows.append(cells)
    if not rows:
        problems.append(f"{path}: has no rows below its header")
    if problems:
        raise UserError("\n".join(problems))
    return rows


def _header(path: Path, header: list[str]) -> list[str]:
    """Names of the columns; study, events and n in any case. Columns after the last name are dropped."""
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    names = [name.lower() if name.lower() in REQUIRED else name for name in names]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        have = f" (it has {', '.join(names)})" if names else "; the file is empty"
        raise UserError(f"{path}:1: no column {', '.join(missing)}{have}")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError(f"{path}:1: column {', '.join(map(repr, twice))} is there more than once or has no name")
    return names


def _problems(cells: dict[str, str]) -> list[str]:
    bad = [
        f'column "{name}": "{cells[name]}" is not a whole number of 0 or more'
        for name in ("events", "n")
        if not WHOLE.fullmatch(cells[name])
    ]
    if bad:
        return bad
    events, n = float(cells["events"]), float(cells["n"])
    if n == 0:
        return ['column "n": "0": a study needs at least one patient']
    return [f'column "events": "{events:.0f}" is more than n = {n:.0f}'] if events > n else []
