"""`python -m pipeline.extract RECORDS.jsonl OUT.jsonl --config config`: the extract stage for one source."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.candidates import Candidate, write_candidates
from pipeline.config import load
from pipeline.errors import UserError, told
from pipeline.extract import Extractor
from pipeline.parsed import SetAside, read_parsed


def candidates(records: Path, config: Path) -> Iterator[Candidate | SetAside]:
    """The candidate of each record; what parse set aside passes through."""
    extract = Extractor(load(config))
    for row in read_parsed(records):
        yield row if isinstance(row, SetAside) else extract(row)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.extract", description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--config", type=Path, default=Path("config"))
    args = parser.parse_args()
    try:
        write_candidates(args.out, candidates(args.records, args.config))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(told(main))
