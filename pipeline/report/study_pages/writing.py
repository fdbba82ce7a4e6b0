"""Pages to a folder, and pages of studies that are no more out of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.files import write_text

#: stands near the top of every page of litpool's
GENERATOR = '<meta name="generator" content="litpool">'


def write_pages(folder: Path, pages: Iterable[tuple[str, str]]) -> int:
    """How many were written. A page that litpool wrote for another study before goes; other files stay."""
    folder.mkdir(parents=True, exist_ok=True)
    written = set()
    for name, page in pages:
        write_text(folder / name, page)
        written.add(name)
    for path in folder.glob("*.html"):
        if path.name not in written and _is_ours(path):
            path.unlink()
    return len(written)


def _is_ours(path: Path) -> bool:
    with path.open("rb") as page:
        return GENERATOR.encode() in page.read(2000)
