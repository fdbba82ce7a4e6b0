"""`litpool dedupe FILE… --json`: which records of some files are the same article."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import UserError

if TYPE_CHECKING:
    from pipeline.link.merged import Merged
    from pipeline.parse.cited import Cited


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="exports to compare, or folders of them")
    parser.add_argument("--json", action="store_true", help="one JSON object per record, one per line")
    parser.add_argument("--ris", type=Path, metavar="OUT.ris", help="write the articles, each once, with their sources")
    parser.add_argument(
        "--possible", type=Path, metavar="OUT.csv", help="write the pairs that a person must decide, as a table"
    )


def run(args: argparse.Namespace) -> int:
    """Print the records, or what they come to; 1 if an input was set aside (named on stderr), else 0."""
    from pipeline.link.merged import merge

    files = _found(args.files)
    _check_outputs([out for out in (args.ris, args.possible) if out is not None], files)
    records, code = _read(files)
    merged = merge(records)
    _write(merged, args)
    sys.stdout.writelines(_json_lines(merged) if args.json else _summary(merged, args))
    return code


def _found(paths: Sequence[Path]) -> list[Path]:
    """The files, in the order of their names. Raises UserError for what is not there."""
    from pipeline.files import find, printable

    missing = [path for path in paths if not path.exists()]
    if missing:
        raise UserError("\n".join(f"{printable(str(path))}: no such file or folder" for path in missing))
    files = sorted(find(paths))
    if not files:
        raise UserError(f"{', '.join(printable(str(path)) for path in paths)}: no file in it")
    return files


def _check_outputs(outputs: Sequence[Path], files: Sequence[Path]) -> None:
    """Raises UserError for an output that cannot be written, before the work is done, or that is an input."""
    inputs = {file.resolve() for file in files}
    for out in outputs:
        if out.resolve() in inputs:
            raise UserError(f"{out}: is one of the files to compare; give another name to write to")
        if out.is_dir() or not out.resolve().parent.is_dir():
            raise UserError(f"{out}: cannot be written, its folder is not there or it is a folder itself")


def _read(files: Sequence[Path]) -> tuple[list[Cited], int]:
    """Records, and the exit code: 1 if something was set aside."""
    from pipeline.limits import Limits
    from pipeline.parse.cited import read_cited
    from pipeline.parsed import SetAside

    records: list[Cited] = []
    code = 0
    for row in read_cited(files, Limits()):
        if isinstance(row, SetAside):
            print(row.message, file=sys.stderr)
            code = 1
        else:
            records.append(row)
    return records, code


def _write(merged: Merged, args: argparse.Namespace) -> None:
    """The files that were asked for, each whole or not at all."""
    if args.ris is not None:
        from pipeline.files import new_text
        from pipeline.link.ris import written

        with new_text(args.ris) as out:
            out.writelines(written(merged))
    if args.possible is not None:
        from pipeline.link.possible import PossibleRow, rows
        from pipeline.tables import write_rows

        write_rows(args.possible, PossibleRow, rows(merged))


def _json_lines(merged: Merged) -> Iterator[str]:
    for i, record in enumerate(merged.records):
        line = {
            "record_id": record.record_id,
            "file": record.file,
            "index": record.index,
            "cluster": merged.names[i],
            "kept": merged.kept[i] == i,
            "status": "possible" if i in merged.unsure else "sure",
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _summary(merged: Merged, args: argparse.Namespace) -> Iterator[str]:
    from pipeline.link.told import summary

    yield from (f"{line}\n" for line in summary(merged, table_is_written=args.possible is not None))
    told = [(args.ris, "the articles, each once"), (args.possible, "the pairs to look at")]
    lines = [f"{path}: {what}\n" for path, what in told if path is not None]
    yield from ["\n", "Written:\n", *lines] if lines else []
