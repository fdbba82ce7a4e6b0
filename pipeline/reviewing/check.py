"""`litpool check [FOLDER]`: is everything that people wrote in config/ and overrides/ right?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.errors import UserError
from pipeline.reviewing.folder import ReviewFolder

EPILOG = """\
Exit 0: nothing to fix (warnings may be told), 2: problems, each on a line of its own: file:line: column: what, and the
way out. After `snakemake all`, names of studies, arms and outcomes are checked, too, and lines that became stale are
told. Nothing is written: fit for a pre-commit hook and for continuous integration (docs/reviewing.md).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("."), metavar="FOLDER", help="the review's folder; default: here"
    )


def run(args: argparse.Namespace) -> int:
    """Print warnings and a line on what was checked. Raises UserError with every problem."""
    from pipeline.reviewing.checking import check

    if not args.folder.is_dir():
        raise UserError(f"{args.folder}: no such folder; give the one that holds config/ and overrides/")
    checked = check(ReviewFolder(args.folder))
    for warning in checked.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    if checked.problems:
        count = len(checked.problems)
        raise UserError("\n".join([*checked.problems, f"{count} {'problem' if count == 1 else 'problems'} to fix"]))
    print(_summary(checked.lines, checked.files, checked.compared, len(checked.warnings)))
    return 0


def _summary(lines: int, files: int, compared: bool, warnings: int) -> str:
    said = f"config/ and {_counted(lines, 'line')} in {_counted(files, 'file')} of overrides/ are right"
    doubts = f", {_counted(warnings, 'warning')}" if warnings else ""
    rest = "" if compared else "; names of studies and arms are checked after `snakemake all`"
    return said + doubts + rest


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
