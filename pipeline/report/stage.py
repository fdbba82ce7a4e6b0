"""The stage: from the folders of a review to the page, the pages of its studies, and the data beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.cores import in_order
from pipeline.files import write_text
from pipeline.report.downloads import downloads, write_downloads
from pipeline.report.inputs import load
from pipeline.report.page import of_studies, render
from pipeline.report.study_pages.writing import clear, write_pages

#: studies whose pages are written in one go
_AT_ONCE = 50


def run(extracted: Path, config: Path, corpus_parsed: Path, corpus: Path, out: Path, cores: int = 1) -> Path:
    """Write `out`/index.html, whose path is returned, a page per study in `out`/studies/, and the data in `out`/data/.

    Raises UserError if an input is missing or not what litpool wrote.
    """
    inputs = load(extracted, config, corpus_parsed, corpus, cores)
    pages = of_studies(inputs)
    studies, index = pages.studies, out / "index.html"

    def write(part: Sequence[str] | None) -> None:
        if part is not None:
            write_pages(out / "studies", pages, part)
            return
        write_text(index, render(inputs))
        write_downloads(out / "data", downloads(inputs))

    for _ in in_order(write, [None, *_parts(studies)], cores):
        pass
    clear(out / "studies", studies)
    return index


def _parts(studies: Sequence[str]) -> Iterator[Sequence[str]]:
    return (studies[at : at + _AT_ONCE] for at in range(0, len(studies), _AT_ONCE))
