"""The stage: from the folders of a review to the page, the pages of its studies, and the data beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from pipeline.cores import in_order, meanwhile
from pipeline.files import write_text
from pipeline.report.downloads import Told, downloads, told, write_downloads
from pipeline.report.inputs import Inputs, load
from pipeline.report.page import of_studies, render
from pipeline.report.study_pages.kept import KeptPages, Use
from pipeline.report.study_pages.writing import clear, write_pages

#: studies whose pages are written in one go
_AT_ONCE = 50


def run(
    extracted: Path,
    config: Path,
    corpus_parsed: Path,
    corpus: Path,
    out: Path,
    cores: int = 1,
    kept: KeptPages | None = None,
) -> Path:
    """Write `out`/index.html, whose path is returned, a page per study in `out`/studies/, and the data in `out`/data/.

    Raises UserError if an input is missing or not what litpool wrote.
    """
    inputs = load(extracted, config, corpus_parsed, corpus, cores)
    pages = of_studies(inputs)
    index, studies = out / "index.html", out / "studies"

    def write(part: Sequence[str]) -> Use:
        write_pages(studies, pages, part, kept)
        return Use() if kept is None else kept.used()

    data_told = cache(meanwhile(partial(_write_data, inputs, out / "data"), cores))
    write_text(index, render(inputs, data_told))
    data_told()
    uses = list(in_order(write, _parts(pages.studies), cores))
    clear(studies, pages.studies)
    if kept is not None:
        kept.tidy(uses)
    return index


def _write_data(inputs: Inputs, folder: Path) -> Told:
    files = downloads(inputs)
    write_downloads(folder, files)
    return told(files)


def _parts(studies: Sequence[str]) -> Iterator[Sequence[str]]:
    return (studies[at : at + _AT_ONCE] for at in range(0, len(studies), _AT_ONCE))
