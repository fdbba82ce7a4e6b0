"""Pages to a folder, and pages of studies that are no more out of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.files import write_text
from pipeline.report.study_pages.kept import KeptPages
from pipeline.report.study_pages.names import page_name
from pipeline.report.study_pages.pages import StudyPages

#: stands near the top of every page of litpool's
GENERATOR = '<meta name="generator" content="litpool">'


def write_all(folder: Path, pages: StudyPages) -> None:
    """The page of each study, and none that litpool wrote for another before."""
    write_pages(folder, pages, pages.studies)
    clear(folder, pages.studies)


def write_pages(folder: Path, pages: StudyPages, studies: Iterable[str], kept: KeptPages | None = None) -> None:
    """Those that are kept are not rendered; the others are kept from now on."""
    for study in studies:
        material, target = pages.material(study), folder / page_name(study)
        if kept is None or not kept.place(material.key, target):
            page = pages.page(material)
            write_text(target, page)
            if kept is not None:
                kept.keep(material.key, page.encode("utf-8"), target)


def clear(folder: Path, studies: Iterable[str]) -> None:
    """Takes away pages that litpool wrote for studies that have none any more; other files stay."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {page_name(study) for study in studies}
    for path in folder.glob("*.html"):
        if path.name not in names and _is_ours(path):
            path.unlink()


def _is_ours(path: Path) -> bool:
    with path.open("rb") as page:
        return GENERATOR.encode() in page.read(2000)
