"""`python -m pipeline.link CANDIDATES.jsonl… --overrides DIR --config DIR --out DIR`: the link stage."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from pipeline.candidates import Candidate, read_candidates
from pipeline.config import load
from pipeline.errors import UserError, told
from pipeline.files import new_text, printable
from pipeline.link.linking import link
from pipeline.linked import LinkRow, SetAsideRow
from pipeline.parsed import as_line
from pipeline.tables import write_rows
from pipeline.workflow import not_read


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.link", description=__doc__)
    parser.add_argument("candidates", type=Path, nargs="*")
    parser.add_argument("--overrides", type=Path, default=Path("overrides"))
    parser.add_argument("--config", type=Path, default=Path("config"))
    parser.add_argument("--out", type=Path, default=Path("extracted"))
    args = parser.parse_args()
    try:
        run(args.candidates, args.overrides, args.config, args.out)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run(candidates: list[Path], overrides: Path, config: Path, out: Path) -> None:
    """Writes studies.jsonl, links.csv and set_aside.csv to `out`. Raises UserError."""
    records, aside = _read(candidates)
    linked = link(records, overrides, load(config).config.link)
    for row in linked.links:
        if row.effect == "stale":
            print(f"{overrides / row.file}:{row.line}: {row.note}; the line waits for it", file=sys.stderr)
    with new_text(out / "studies.jsonl") as file:
        file.writelines(as_line(study) for study in linked.studies)
    write_rows(out / "links.csv", LinkRow, linked.links)
    write_rows(out / "set_aside.csv", SetAsideRow, sorted(aside, key=lambda r: (r.file, r.record, r.reason)))


def _read(candidates: list[Path]) -> tuple[list[Candidate], list[SetAsideRow]]:
    records: list[Candidate] = []
    aside = [SetAsideRow(file=printable(n), record="", reason=why, remedy=how) for n, why, how in not_read()]
    for path in candidates:
        for row in read_candidates(path):
            if isinstance(row, Candidate):
                records.append(row)
            else:
                aside.append(
                    SetAsideRow(file=row.set_aside, record=row.record or "", reason=row.reason, remedy=row.remedy)
                )
    return records, aside


if __name__ == "__main__":
    # what is read stays till the end and has no cycles: a search for garbage would walk over it again and again
    gc.disable()
    sys.exit(told(main))
