"""`python -m pipeline.report --extracted extracted --config config --corpus-parsed extracted/parsed --out reports`.

`--corpus corpus` is where searches.csv may lie.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import UserError, told
from pipeline.files import write_text
from pipeline.report.downloads import downloads, write_downloads
from pipeline.report.inputs import load
from pipeline.report.page import render, render_studies
from pipeline.report.study_pages.writing import write_pages


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--extracted", type=Path, default=Path("extracted"), help="folder of the resolved tables")
    parser.add_argument("--config", type=Path, default=Path("config"), help="folder of the review's configuration")
    parser.add_argument(
        "--corpus-parsed", type=Path, default=Path("extracted/parsed"), help="folder of the parsed sources (*.jsonl)"
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"), help="folder with searches.csv, if there is one")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="folder that gets index.html and studies/")


def run(extracted: Path, config: Path, corpus_parsed: Path, corpus: Path, out: Path) -> Path:
    """Write `out`/index.html, whose path is returned, a page per study in `out`/studies/, and the data in `out`/data/.

    Raises UserError if an input is missing or not what litpool wrote.
    """
    inputs = load(extracted, config, corpus_parsed, corpus)
    page = render(inputs)
    path = out / "index.html"
    write_text(path, page)
    write_pages(out / "studies", render_studies(inputs))
    write_downloads(out / "data", downloads(inputs))
    return path


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.report", description="Render reports/index.html and reports/studies/."
    )
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    try:
        path = run(arguments.extracted, arguments.config, arguments.corpus_parsed, arguments.corpus, arguments.out)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"report: wrote {path}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(told(main))
