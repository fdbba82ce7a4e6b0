"""`python -m pipeline.extract RECORDS.jsonl OUT.jsonl --config config`: the extract stage for one source."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.errors import UserError, told
from pipeline.extract.kept import Kept, notes
from pipeline.extract.stage import Lines
from pipeline.files import whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.extract", description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--config", type=Path, default=Path("config"))
    args = parser.parse_args()
    kept = Kept.of(args.config)
    try:
        write(args.records, args.out, Lines(args.config, kept))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    if kept is not None:
        for note in notes(kept.folder, kept.damaged, kept.trouble):
            print(note, file=sys.stderr)
    return 0


def write(records: Path, out: Path, extract: Lines) -> None:
    with whole(out) as part, records.open("rb") as lines, part.open("wb") as candidates:
        candidates.writelines(map(extract, lines))


if __name__ == "__main__":
    sys.exit(told(main))
