"""`python -m pipeline.link CANDIDATES.jsonl… --out studies.jsonl --set-aside set_aside.csv`: the link stage."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.candidates import Candidate, read_candidates
from pipeline.files import printable
from pipeline.link import link
from pipeline.parsed import as_line
from pipeline.records import SetAsideRow
from pipeline.tables import write_rows
from pipeline.workflow import not_read


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.link", description=__doc__)
    parser.add_argument("candidates", type=Path, nargs="*")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--set-aside", type=Path, required=True)
    args = parser.parse_args()
    records: list[Candidate] = []
    aside = [SetAsideRow(file=printable(n), record="", reason=why, remedy=how) for n, why, how in not_read()]
    for path in args.candidates:
        for row in read_candidates(path):
            if isinstance(row, Candidate):
                records.append(row)
            else:
                aside.append(
                    SetAsideRow(file=row.set_aside, record=row.record or "", reason=row.reason, remedy=row.remedy)
                )
    args.out.write_text("".join(as_line(study) for study in link(records)), encoding="utf-8")
    write_rows(args.set_aside, SetAsideRow, sorted(aside, key=lambda r: (r.file, r.record, r.reason)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
