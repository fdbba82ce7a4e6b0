"""`python -m pipeline.link CANDIDATES.jsonl… --overrides DIR --config DIR --out DIR`: the link stage."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.config import load
from pipeline.errors import UserError, told
from pipeline.files import printable, whole
from pipeline.leaving import leave
from pipeline.link.kept import Kept
from pipeline.link.linking import outlined
from pipeline.link.shelf import Filed
from pipeline.linked import LinkRow, SetAsideRow
from pipeline.tables import write_rows
from pipeline.workflow import not_read


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.link", description=__doc__)
    parser.add_argument("candidates", type=Path, nargs="*")
    parser.add_argument("--overrides", type=Path, default=Path("overrides"))
    parser.add_argument("--config", type=Path, default=Path("config"))
    parser.add_argument("--out", type=Path, default=Path("extracted"))
    parser.add_argument("--cores", type=int, default=1, help="processes that read records side by side")
    args = parser.parse_args()
    try:
        run(args.candidates, args.overrides, args.config, args.out, args.cores)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run(candidates: list[Path], overrides: Path, config: Path, out: Path, cores: int = 1) -> None:
    """Writes studies.jsonl, links.csv and set_aside.csv to `out`. Raises UserError."""
    kept = Kept.of_user()
    with Filed(candidates, kept, cores) as shelf:
        linked = outlined(shelf, overrides, load(config).config.link)
        for row in linked.links:
            if row.effect == "stale":
                print(f"{overrides / row.file}:{row.line}: {row.note}; the line waits for it", file=sys.stderr)
        with whole(out / "studies.jsonl") as part, part.open("wb") as file:
            file.writelines(outline.line(linked.grouping) for outline in linked.outlines)
    if kept is not None:
        kept.clear()
        for note in kept.notes():
            print(note, file=sys.stderr)
    write_rows(out / "links.csv", LinkRow, linked.links)
    write_rows(out / "set_aside.csv", SetAsideRow, sorted(_aside(shelf), key=lambda r: (r.file, r.record, r.reason)))


def _aside(shelf: Filed) -> Iterator[SetAsideRow]:
    for name, why, how in not_read():
        yield SetAsideRow(file=printable(name), record="", reason=why, remedy=how)
    for row in shelf.aside:
        yield SetAsideRow(file=row.set_aside, record=row.record or "", reason=row.reason, remedy=row.remedy)


if __name__ == "__main__":
    # what is kept of the records has no cycles: a search for garbage would walk over it again and again
    gc.disable()
    leave(told(main))
