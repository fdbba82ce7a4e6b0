"""docs/formats.md says what the readers do."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.limits import Limits
from pipeline.parse import READERS, Reader, parse
from pipeline.parse.worker import guarded
from pipeline.parsed import SetAside, as_row

from .conftest import HERE

PAGE = (HERE.parents[1] / "docs" / "formats.md").read_text("utf-8")


def table(heading: str) -> list[list[str]]:
    """Rows of the table under a heading, without its head."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_every_reader_has_its_row() -> None:
    names = sorted(row[0] for row in table("Formats"))
    assert names == sorted(reader.name for reader in READERS), "docs/formats.md: a row per reader"


def test_every_row_says_what_is_kept_and_what_is_set_aside() -> None:
    for row in table("Formats"):
        assert len(row) == 4
        assert all(row), row
        assert ": " in row[3], f"{row[0]}: reason and what to do"


@pytest.mark.parametrize("reader", READERS, ids=lambda r: str(r.name))
def test_extensions_are_those_of_the_reader(reader: Reader) -> None:
    (row,) = [row for row in table("Formats") if row[0] == reader.name]
    assert {f"`{suffix}`" for suffix in reader.suffixes} <= set(row[1].split(", "))


def blank_pdf(path: Path) -> None:
    canvas = Canvas(str(path), invariant=True)
    canvas.showPage()
    canvas.save()


#: a file for each reason that a small file can give
FILES = {
    "empty.txt": b" \n",
    "image.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "old.txt": "Words and \x81 words that no code page has, not one of them at all".encode("latin-1"),
    "bad.pdf": b"%PDF-1.4 no more",
    "table.csv": b"study;dose;n\nA;1;2\nB;2;3\n",
    "bomb.xml": b'<!DOCTYPE r [<!ENTITY a "b">]><PubmedArticleSet><PubmedArticle>&a;</PubmedArticle></PubmedArticleSet>',
    "page.txt": b"Share\nAuthor(s): \nAda\n\nSign in / Sign up\n",
    "pubmed.txt": b"1. J Test. 2001;1:1.\n\nPMID: 91\n",
    "buttons.txt": b"Sign in\nDownload PDF\nShare this article\nNext article\n",
}


def rows_of(tmp_path: Path) -> list[SetAside]:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    blank_pdf(tmp_path / "blank.pdf")
    (tmp_path / "folder").mkdir()
    paths = [tmp_path / name for name in [*FILES, "blank.pdf", "folder", "missing.txt"]]
    found = [row for path in paths for row in parse(path, path.name)]
    assert all(isinstance(row, SetAside) for row in found)
    return [row for row in found if isinstance(row, SetAside)]


def ended(how: str) -> SetAside:
    """What is said of a file that ends its worker."""

    def read(path: Path):  # type: ignore[no-untyped-def]
        if how == "slow":
            signal.pause()
        if how == "crash":
            signal.raise_signal(signal.SIGKILL if path.name == "memory" else signal.SIGSEGV)
        yield bytearray(400_000_000)

    (line,) = guarded([Path(how)], read, Limits(seconds=1, memory_mb=200))
    row = as_row(line)
    assert isinstance(row, SetAside)
    return row


def pattern(cell: str) -> str:
    """`…` on the page stands for whatever is said there."""
    return ".*".join(re.escape(part) for part in cell.replace("`", "").split("…"))


def test_reasons_and_remedies_are_those_that_are_given(tmp_path: Path) -> None:
    given = [*rows_of(tmp_path), *(ended(how) for how in ("slow", "crash", "memory"))]
    said = table("Set aside whatever the format")
    for reason, remedy in said:
        assert any(
            re.fullmatch(pattern(reason), row.reason.replace("`", ""), re.S)
            and re.fullmatch(pattern(remedy), row.remedy.replace("`", ""), re.S)
            for row in given
        ), (reason, remedy, [(row.reason, row.remedy) for row in given])
    for row in given:
        assert any(re.fullmatch(pattern(reason), row.reason.replace("`", ""), re.S) for reason, _ in said), row
