"""`python -m pipeline.parse SOURCE OUT.jsonl TEXT.txt`: parse one source for the workflow.

TEXT.txt gets the source text that spans of PDF and XML records point into, records one after the other with a blank
line between; for text formats, whose source text is the file itself, it stays empty. Exit 0 also when the file is set
aside: its line in OUT.jsonl says why, and the run goes on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from pipeline.parse import BETWEEN, parse, writes_text
from pipeline.parsed import ParsedRecord, SetAside, write_parsed


def main(argv: list[str] | None = None) -> int:
    """Parse one source into OUT.jsonl and TEXT.txt; 0, or 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.parse", description="Parse one source.")
    parser.add_argument("source", help="file to read, as corpus/x.nbib; the records name it so")
    parser.add_argument("out", type=Path, help="records, one JSON object per line")
    parser.add_argument("text", type=Path, help="source text of PDF and XML records; empty for text formats")
    args = parser.parse_args(argv)
    args.text.parent.mkdir(parents=True, exist_ok=True)
    rows = parse(Path(args.source), args.source)
    with args.text.open("w", encoding="utf-8", newline="\n") as text:
        write_parsed(args.out, _with_text(rows, text) if writes_text(Path(args.source)) else _reported(rows))
    return 0


def _reported(rows: Iterable[ParsedRecord | SetAside]) -> Iterator[ParsedRecord | SetAside]:
    for row in rows:
        if isinstance(row, SetAside):
            print(f"{row.set_aside}: set aside: {row.reason}", file=sys.stderr)
        yield row


def _with_text(rows: Iterable[ParsedRecord | SetAside], text: TextIO) -> Iterator[ParsedRecord | SetAside]:
    """Pass the rows on and write the text that their spans point into."""
    separator = ""
    for row in _reported(rows):
        if isinstance(row, ParsedRecord):
            text.write(separator + row.raw)
            separator = BETWEEN
        yield row


if __name__ == "__main__":
    raise SystemExit(main())
