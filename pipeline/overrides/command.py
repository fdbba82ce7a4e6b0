"""`litpool template [OUT.xlsx]`: a workbook to fill in decisions; `--read FILE.xlsx` takes its lines over into
overrides/*.csv, which git can compare and join."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.errors import UserError
from pipeline.overrides import FILES
from pipeline.overrides.appending import append_rows
from pipeline.overrides.reading import check_sheets, read_lines, read_sheet
from pipeline.overrides.template import write_template
from pipeline.parsed import Row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "out", type=Path, nargs="?", default=Path("decisions.xlsx"), metavar="OUT.xlsx", help="default: decisions.xlsx"
    )
    parser.add_argument("--read", type=Path, metavar="FILE.xlsx", help="add the lines of a filled workbook instead")
    parser.add_argument("--overrides", type=Path, default=Path("overrides"), metavar="DIR", help="default: overrides")


def run(args: argparse.Namespace) -> int:
    if args.read is None:
        write_template(args.out, FILES)
        print(f"{args.out} is ready: fill it in, then `litpool template --read {args.out}`", file=sys.stderr)
        return 0
    for name, count in take_over(args.read, args.overrides).items():
        print(f"{args.overrides / name}: {count} {'line' if count == 1 else 'lines'} added", file=sys.stderr)
    return 0


def take_over(workbook: Path, folder: Path) -> dict[str, int]:
    """Adds the lines of a workbook that `folder` has not; how many by file. Raises UserError with every problem of all
    sheets, and then nothing is added."""
    check_sheets(workbook)
    new: dict[str, list[Row]] = {}
    problems: list[str] = []
    for name, model in FILES.items():
        try:
            new[name] = _missing(workbook, folder / name, model)
        except UserError as error:
            problems.append(str(error))
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))
    for name, rows in new.items():
        append_rows(folder / name, FILES[name], rows)
    return {name: len(rows) for name, rows in new.items()}


def _missing(workbook: Path, path: Path, model: type[Row]) -> list[Row]:
    """The rows of a sheet that the file has not. A workbook that lies in the folder is in the file's lines already."""
    there = {row.model_dump_json() for _, row in read_lines(path, model, beside=False)}
    rows = [row for _, row in read_sheet(workbook, path.stem, model)]
    return [row for row in rows if row.model_dump_json() not in there]
