"""The stage: from the folders of a review to the page, the pages of its studies, and the data beside them."""

from __future__ import annotations

from pathlib import Path

from pipeline.files import write_text
from pipeline.report.downloads import downloads, write_downloads
from pipeline.report.inputs import load
from pipeline.report.page import render, render_studies
from pipeline.report.study_pages.writing import write_pages


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
