"""`python -m pipeline.extract RECORDS.jsonl OUT.jsonl --config config`: the extract stage for one source."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from pipeline.errors import UserError, told
from pipeline.extract.kept import Kept, notes
from pipeline.extract.stage import Lines, extracted
from pipeline.files import whole

#: by which numeric libraries are told how many threads they may start: cores are shared out by job, not by library
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.extract", description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--config", type=Path, default=Path("config"))
    parser.add_argument("--cores", type=int, default=1, help="processes that extract side by side")
    args = parser.parse_args()
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    kept = Kept.of(args.config)
    try:
        damaged, trouble = write(args.records, args.out, Lines(args.config, kept), args.cores)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    if kept is not None:
        for note in notes(kept.folder, damaged, trouble):
            print(note, file=sys.stderr)
    return 0


def write(records: Path, out: Path, extract: Lines, cores: int) -> tuple[int, str | None]:
    """Returns how many kept results were damaged, and why none could be kept."""
    damaged, trouble = 0, None
    with whole(out) as part, records.open("rb") as lines, part.open("wb") as candidates:
        for done in extracted(extract, lines, cores):
            candidates.writelines(done.lines)
            damaged += done.damaged
            trouble = trouble or done.trouble
    return damaged, trouble


if __name__ == "__main__":
    sys.exit(told(main))
