"""`python -m pipeline.report --extracted extracted --config config --corpus-parsed extracted/parsed --out reports`.

`--corpus corpus` is where searches.csv may lie.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import UserError, told
from pipeline.leaving import leave


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--extracted", type=Path, default=Path("extracted"), help="folder of the resolved tables")
    parser.add_argument("--config", type=Path, default=Path("config"), help="folder of the review's configuration")
    parser.add_argument(
        "--corpus-parsed", type=Path, default=Path("extracted/parsed"), help="folder of the parsed sources (*.jsonl)"
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"), help="folder with searches.csv, if there is one")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="folder that gets index.html and studies/")
    parser.add_argument("--cores", type=int, default=1, help="processes that write pages side by side")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.report", description="Render reports/index.html and reports/studies/."
    )
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    from pipeline.report.stage import run  # a second of models and templates, which --help need not wait for
    from pipeline.report.study_pages.kept import KeptPages

    kept = KeptPages.of_review()
    try:
        path = run(
            arguments.extracted,
            arguments.config,
            arguments.corpus_parsed,
            arguments.corpus,
            arguments.out,
            arguments.cores,
            kept,
        )
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    for note in () if kept is None else kept.notes():
        print(note, file=sys.stderr)
    print(f"report: wrote {path}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    gc.disable()  # what is read stays until the end; to look for garbage in it takes a tenth of the time
    leave(told(main))
