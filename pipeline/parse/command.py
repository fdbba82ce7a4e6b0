"""`litpool parse FILE… --json`: read files and show the records in them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.files import find
from pipeline.limits import Limits, limits_of
from pipeline.parse.worker import read_files
from pipeline.parsed import ParsedRecord, SetAside, as_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what `litpool parse` takes."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files to read, or folders of them")
    parser.add_argument("--json", action="store_true", help="print one JSON object per record")
    for name, field in Limits.model_fields.items():
        text = f"{field.description} (default {field.default})"
        parser.add_argument(_option(name), dest=name, default=field.default, metavar="N", help=text)


def run(args: argparse.Namespace) -> int:
    """Print the records; 1 if an input was set aside (named on stderr), else 0."""
    set_aside = False
    names = list(Limits.model_fields)
    limits = limits_of({name: getattr(args, name) for name in names}, {name: _option(name) for name in names})
    for row in read_files(find(args.files), limits):
        if isinstance(row, SetAside):
            set_aside = True
            print(row.message, file=sys.stderr)
        else:
            print(as_line(row) if args.json else summary(row), end="")
    return 1 if set_aside else 0


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def summary(record: ParsedRecord) -> str:
    """One line for people."""
    title = record.citation.title or f"{record.text[:70]}…"
    return (
        f"{record.record_id}: {title} ({len(record.text)} characters, {len(record.sections)} sections, "
        f"{len(record.tables)} tables, {len(record.repairs)} repairs)\n"
    )
