"""`python -m pipeline.link CANDIDATES.jsonl… --overrides DIR --config DIR --out DIR`: the link stage."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.config import load
from pipeline.errors import UserError, told
from pipeline.files import new_text, printable
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
    args = parser.parse_args()
    try:
        run(args.candidates, args.overrides, args.config, args.out)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run(candidates: list[Path], overrides: Path, config: Path, out: Path) -> None:
    """Writes studies.jsonl, links.csv and set_aside.csv to `out`. Raises UserError."""
    with Filed(candidates) as shelf:
        linked = outlined(shelf, overrides, load(config).config.link)
        for row in linked.links:
            if row.effect == "stale":
                print(f"{overrides / row.file}:{row.line}: {row.note}; the line waits for it", file=sys.stderr)
        with new_text(out / "studies.jsonl") as file:
            file.writelines(outline.line(linked.reports) for outline in linked.outlines)
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
    sys.exit(told(main))
