"""PDFs for the tests, typeset with reportlab: a two-column article, and files that cannot be read."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

LEFT = [
    "Thrombocytopenia that does not re-",
    "spond to treatment is a rare disease of",
    "adults, and no standard exists for it.",
    "We asked whether dapsone helps in the",
    "long-term care of such patients, who",
    "had been treated with many drugs.",
    "Dapsone was given to the first group",
    "(50 mg daily for 12 weeks), and the",
    "other group received no drug at all.",
    "Response meant a platelet count above",
    "the limit at two visits in a row, and",
    "it was judged by masked assessors who",
]
RIGHT = [
    "did not know the groups of patients.",
    "Of 40 adults who received dapsone, 22",
    "(55%) responded, and of 38 adults who",
    "did not, 4 (11%) responded as well.",
    "Two patients of the first group were",
    "treated again after their relapse.",
    "Long-term follow-up was available for",
    "all of them, and nobody died in either",
    "group during the time of follow-up.",
    "The drug was tolerated, as far as the",
    "responders could say, by all of them.",
    "A larger trial is needed to tell more.",
]
TABLE = [
    ["Outcome", "Dapsone", "No drug"],
    ["Response", "22 (55.0)", "4 (10.5)"],
    ["Relapse", "7 (31.8)", "1 (25.0)"],
    ["Death", "0 (0.0)", "0 (0.0)"],
]


def two_columns(path: Path) -> Path:
    """Two pages: title and two columns; then a table between columns of text. Running head, page numbers."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for page in (1, 2):
        canvas.setFont("Times-Roman", 8)
        canvas.drawString(60, 810, "Journal of Tests 2015; 4: 10-15")
        canvas.drawCentredString(297, 30, str(page))
        top = 740
        if page == 1:
            canvas.setFont("Times-Bold", 16)
            canvas.drawString(60, 760, "Dapsone for adults with an invented disease: a trial")
            top = 700
        else:
            _table(canvas, 600)
        for x, lines in ((60, LEFT), (310, RIGHT)):
            if page == 2:
                lines = [line.replace("dapsone", "danazol") for line in lines]
                _column(canvas, x, 480, lines)
            else:
                _column(canvas, x, top, ["Methods", *lines] if x == 60 else lines)
        canvas.showPage()
    canvas.save()
    return path


def _column(canvas: Canvas, x: float, y: float, lines: list[str]) -> None:
    for line in lines:
        canvas.setFont("Times-Bold" if line == "Methods" else "Times-Roman", 12 if line == "Methods" else 10)
        canvas.drawString(x, y, line)
        y -= 18 if line == "Methods" else 12


def _table(canvas: Canvas, y: float) -> None:
    canvas.setFont("Times-Roman", 9)
    canvas.drawString(60, y + 24, "Table 1. Outcomes by group, n (%)")
    for at in (y + 14, y - 4, y - 60):
        canvas.line(60, at, 535, at)
    for i, row in enumerate(TABLE):
        for x, cell in zip((60, 250, 420), row, strict=True):
            canvas.drawString(x, y - 16 * i, cell)


def picture_only(path: Path) -> Path:
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.rect(100, 100, 300, 300, fill=1)
    canvas.showPage()
    canvas.save()
    return path


def encrypted(path: Path) -> Path:
    canvas = Canvas(str(path), pagesize=A4, encrypt="secret")
    canvas.drawString(100, 700, "Nobody may read that 22 of 40 responded.")
    canvas.showPage()
    canvas.save()
    return path


def locked_for_printing_only(path: Path) -> Path:
    """Encrypted with an owner's password, so that anybody may read it."""
    canvas = Canvas(str(path), pagesize=A4, encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0))
    canvas.drawString(100, 700, "Anybody may read that 22 of 40 adults responded.")
    canvas.showPage()
    canvas.save()
    return path


def pages(path: Path, texts: list[str | None], size: tuple[float, float] = A4) -> Path:
    """A page for each text; None is a page with a picture only."""
    canvas = Canvas(str(path), pagesize=size, invariant=True)
    for text in texts:
        if text is None:
            canvas.rect(100, 100, 300, 300, fill=1)
        else:
            for i, line in enumerate(text.split("\n")):
                canvas.drawString(60, 700 - 14 * i, line)
        canvas.showPage()
    canvas.save()
    return path


def table_on_its_side(path: Path) -> Path:
    """A page whose table is printed upwards, with prose enough around its cells to be no stamp."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.drawString(60, 810, "The table on this page is printed on its side, as wide tables are.")
    canvas.rotate(90)
    canvas.translate(0, -842 + 240)
    _table(canvas, 400)
    for i, line in enumerate(LEFT[:6]):
        canvas.drawString(60, 300 - 12 * i, line)
    canvas.showPage()
    canvas.save()
    return path


def table_over_two_pages(path: Path) -> Path:
    """Rows 1 to 12 end the first page without a rule; rows 13 to 20 start the next one."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setFont("Times-Roman", 9)
    canvas.drawString(60, 300, "Table 1. Twenty rows of numbers")
    canvas.line(60, 290, 535, 290)
    _row(canvas, 276, ["Row", "First", "Second"])
    canvas.line(60, 270, 535, 270)
    for i in range(1, 13):
        _row(canvas, 272 - 14 * i, [f"Row {i}", f"{i}.1", f"{i}.2"])
    canvas.showPage()
    canvas.setFont("Times-Roman", 9)
    for i in range(13, 21):
        _row(canvas, 780 - 14 * (i - 13), [f"Row {i}", f"{i}.1", f"{i}.2"])
    canvas.line(60, 676, 535, 676)
    for i, line in enumerate(LEFT):
        canvas.drawString(60, 600 - 12 * i, line)
    canvas.showPage()
    canvas.save()
    return path


def _row(canvas: Canvas, y: float, cells: list[str]) -> None:
    for x, cell in zip((60, 250, 420), cells, strict=True):
        canvas.drawString(x, y, cell)
