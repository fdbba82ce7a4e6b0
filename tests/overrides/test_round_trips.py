"""Any text in any cell of any dialect: what is written is read back, and what was there stays."""

from __future__ import annotations

import csv
import datetime
import tempfile
from pathlib import Path

from hypothesis import example, given, settings, strategies as st

from pipeline.errors import UserError
from pipeline.overrides.appending import append_rows
from pipeline.overrides.reading import read_lines
from pipeline.tables import read_rows, write_rows
from pipeline.tables.cells import columns_of, read_cell, write_cell
from pipeline.tables.dialect import Dialect, dialect_of, one_newline, records, text_of
from tests.overrides.models import Decision, Every

WHERE = Path("x.csv")
#: words that spreadsheets fall for, among any others
AWKWARD = ["=1+1", "'=1", "''", "'", "-", "+1", "@a", "5/12", "Mar-35", "may-2010", "25. Mrz", "0012", "1E5", "1.2E+07",
           "#NAME?", "####", "71.4%", "1,234", "25.0", "TRUE", "2026-11-21", "a|b", '"', '""', "a;b", "a\tb", "a\nb", "\ufeff",
           "\u200b=1", "\u00a0x", "sep=;", "'5/12", "’", "=======", "a <<<<<<<", "Err:508", "'#REF!", "' =1", "\u20281"]  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXT = (
    st.sampled_from(AWKWARD)
    | st.text(CHARACTERS, max_size=20)
    | st.text("'=-+@#/0123456789.,;\t\n\" %EMar", max_size=8)
)
DIALECTS = st.builds(
    Dialect,
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    st.booleans(),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
COLUMNS = columns_of(Every)


def meant(text: str) -> str:
    """The text without what stands unseen at its ends, with plain line breaks."""
    ends = {0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD}
    seen = [i for i, c in enumerate(text) if not (c.isspace() or ord(c) in ends)]
    return one_newline(text[seen[0] : seen[-1] + 1]) if seen else ""


@settings(deadline=None)
@given(TEXT, st.sampled_from(["study", "value", "reason"]), st.booleans())
def test_a_text_is_read_back_from_its_cell(text: str, column: str, comma: bool) -> None:
    cell = write_cell(one_newline(text), COLUMNS[column], comma)
    assert read_cell(cell, COLUMNS[column], comma) == meant(text)
    assert not cell.startswith(("=", "+", "-", "@"))


@settings(deadline=None)
@given(st.floats(-1e12, 1e12) | st.floats(0, 1) | st.integers(-1000, 10**9).map(lambda i: i / 1000), st.booleans())
def test_a_number_is_read_back_from_its_cell(number: float, comma: bool) -> None:
    for column in ("mean", "percent"):
        again = float(str(read_cell(write_cell(number, COLUMNS[column], comma), COLUMNS[column], comma)))
        assert again == float(f"{number:.10g}")


ROWS = st.builds(
    Every,
    study=TEXT.map(meant).filter(bool),
    value=TEXT.map(meant),
    events=st.none() | st.integers(0, 10**9),
    mean=st.none() | st.integers(0, 10**6).map(lambda i: i / 1000),
    percent=st.none() | st.integers(0, 1000).map(lambda i: i / 10),
    date=st.none() | st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 1, 1)),
    adjudicated=st.none() | st.booleans(),
    answer=st.sampled_from([None, "yes", "not applicable"]),
    drugs=st.lists(st.text("abc =-", min_size=1).map(meant).filter(bool), max_size=3),
    reason=TEXT.map(meant),
)


@settings(max_examples=80, deadline=None)
@given(
    DIALECTS,
    st.lists(ROWS, max_size=4),
    st.lists(ROWS, min_size=1, max_size=3),
    st.booleans(),
    st.permutations(list(COLUMNS)),
)
def test_rows_of_any_dialect_are_read_back_and_more_are_added(
    dialect: Dialect, rows: list[Every], more: list[Every], ended: bool, order: list[str]
) -> None:
    comma = dialect.delimiter == ";"
    cells = [[write_cell(getattr(row, name), COLUMNS[name], comma) for name in order] for row in rows]
    text = dialect.lines([order, *cells])
    before = dialect.encode(text if ended else text.removesuffix(dialect.newline), start=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "every.csv"
        path.write_bytes(before)
        assert [row for _, row in read_lines(path, Every)] == rows
        append_rows(path, Every, more)
        after = path.read_bytes()
        assert after.startswith(before)
        assert dialect_of(after) == dialect_of(before)
        assert [row for _, row in read_lines(path, Every)] == rows + more
        assert text_of(after).endswith("\n") == (ended or (not rows and text_of(before).endswith("\n")))


@settings(deadline=None)
@given(DIALECTS, st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=4))
@example(Dialect("utf-8", False, ",", "\r", csv.QUOTE_MINIMAL), [["a\nb", "", ""]])
def test_a_dialect_is_told_from_its_bytes(dialect: Dialect, rows: list[list[str]]) -> None:
    table = [["study", "value", "reason"], *(r for r in rows if any(map(str.strip, r)))]
    data = dialect.encode(dialect.lines(table), start=True)
    assert dialect_of(data) == dialect
    assert [cells for _, cells in records(WHERE, text_of(data))] == [[one_newline(c) for c in r] for r in table]


@settings(deadline=None)
@given(st.lists(ROWS, max_size=3))
def test_generated_tables_are_read_back(rows: list[Every]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "every.csv"
        write_rows(path, Every, rows)
        assert [row for _, row in read_rows(path, Every)] == rows


def problem_of(path: Path) -> str | None:
    try:
        read_lines(path, Decision)
    except UserError as refused:
        return str(refused)
    return None


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text("study,;\t\"'\n\r=<>", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(data)
        told = problem_of(path)
        assert told is None or told.startswith(str(path))
