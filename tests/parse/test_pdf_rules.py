"""Rules at the edges of a page: those of a table that starts there, and those of running heads."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from .conftest import one

ROWS = [["Outcome", "Dapsone", "Danazol"], ["Response", "22", "4"], ["Relapse", "7", "1"], ["Death", "0", "2"]]
PROSE = "Patients who had not responded to two earlier drugs were asked to take part in this trial."


def caption_then_table(path: Path, *, top: float, head: bool) -> Path:
    """A caption ends a page; the next one starts with its table, whose first rule is at height `top`."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for page in (1, 2):
        canvas.setFont("Times-Roman", 10)
        if head:
            canvas.drawString(60, 822, f"Nowhere Journal of Invented Medicine, page {page}")
            canvas.line(60, 818, 535, 818)
        lines = [PROSE] * 40 if page == 1 else [PROSE] * 10
        start = 770 if page == 1 else 600
        for i, line in enumerate(lines):
            canvas.drawString(60, start - 14 * i, line)
        if page == 1:
            canvas.drawString(60, 60, "Table 1. Outcomes by group")
        else:
            ruled(canvas, top)
        canvas.showPage()
    canvas.save()
    return path


def ruled(canvas: Canvas, top: float) -> None:
    """A rule above the rows, one below their header, one below the last."""
    for at in (top, top - 16, top - 64):
        canvas.line(60, at, 535, at)
    for i, row in enumerate(ROWS):
        for x, cell in zip((60, 250, 420), row, strict=True):
            canvas.drawString(x, top - 12 - 16 * i, cell)


@pytest.mark.parametrize(
    ("top", "head"), [(820.0, False), (800.0, False), (760.0, False), (790.0, True), (760.0, True)]
)
def test_a_table_at_the_top_of_the_page_after_its_caption(top: float, head: bool, tmp_path: Path) -> None:
    (table,) = one(caption_then_table(tmp_path / "a.pdf", top=top, head=head)).tables
    assert table.rows == ROWS
    assert table.header_rows == 1
    assert table.page == 2
    assert table.caption == "Table 1. Outcomes by group"
