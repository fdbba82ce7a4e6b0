"""`litpool parse FILE… --json`: read files and show the records in them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord, SetAside, as_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what `litpool parse` takes."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="files to read, or folders of them")
    parser.add_argument("--json", action="store_true", help="print one JSON object per record")


def run(args: argparse.Namespace) -> int:
    """Print the records; 1 if an input was set aside (named on stderr), else 0."""
    set_aside = False
    for row in parse_all(args.files):
        if isinstance(row, SetAside):
            set_aside = True
            print(f"{row.set_aside}: set aside: {row.reason}; {row.remedy}", file=sys.stderr)
        else:
            print(as_line(row) if args.json else summary(row), end="")
    return 1 if set_aside else 0


def parse_all(names: Sequence[str]) -> Iterator[ParsedRecord | SetAside]:
    """Records of files and of all files in folders (sorted, hidden ones left out), named as given."""
    for name in names:
        path = Path(name)
        for file in _files(path) if path.is_dir() else [path]:
            yield from parse(file, str(file))


def _files(folder: Path) -> list[Path]:
    found = (p for p in folder.rglob("*") if p.is_file())
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def summary(record: ParsedRecord) -> str:
    """One line for people."""
    title = record.citation.title or f"{record.text[:70]}…"
    return (
        f"{record.record_id}: {title} ({len(record.text)} characters, {len(record.sections)} sections, "
        f"{len(record.tables)} tables, {len(record.repairs)} repairs)\n"
    )
