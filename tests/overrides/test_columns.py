"""Tables of many rows: what is told in one look is what each cell by itself would be."""

import csv
import io
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.parsed import Row
from pipeline.tables import read_rows, write_rows
from pipeline.tables.cells import Column, Damaged, columns_of, read_cell, write_cell
from pipeline.tables.columns import NO_VALUE, is_plain, line_writer, read_column
from tests.overrides.models import Every

#: what spreadsheets make of cells, and words that look like it and are none
CELLS = [
    *(
        "",
        "a word",
        "Error bars",
        "Err:502",
        "err:502",
        "eRR:1",
        "E",
        "e",
        "er",
        "enrolled",
        "0",
        "007",
        "12",
        "1234567890",
    ),
    *(
        "=1+1",
        "'=1+1",
        "+1",
        "-",
        "@x",
        "#N/A",
        "#REF!",
        " led by a blank",
        "ends in one ",
        "no-break\u00a0",
        "\u200bunseen",
    ),
    *(
        "café",
        "12 patients…",
        "”quoted”",
        "'apostrophe",
        "Mar-35",
        "25 of 35",
        "71.4%",
        "1.5",
        "1,5",
        "true",
        "no",
        "x|y",
        "a\nb",
    ),
]
COLUMNS = columns_of(Every)


def alone(cell: str, column: Column, comma: bool) -> object:
    try:
        value = read_cell(cell, column, comma)
    except Damaged:
        return NO_VALUE
    return None if value == "" else value


@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_read_as_its_cells_are(name: str, comma: bool) -> None:
    column = COLUMNS[name]
    assert list(read_column(CELLS, column, comma, None)) == [alone(cell, column, comma) for cell in CELLS]


def test_rows_are_written_as_their_cells_are() -> None:
    for cell in [*CELLS, 'said "so"', "one, two", "a\rb"]:
        row = Every(study="s", reason=cell, value=cell, drugs=[cell], mean=0.5, events=3, adjudicated=True)
        out = io.StringIO()
        cells = [write_cell(getattr(row, name), column) for name, column in COLUMNS.items()]
        csv.writer(out, lineterminator="\n").writerow(cells)
        assert line_writer(Every)(vars(row)) == out.getvalue()


def test_a_row_of_one_empty_cell_is_a_row(tmp_path: Path) -> None:
    class One(Row):
        reason: str

    write_rows(tmp_path / "one.csv", One, [One(reason=""), One(reason="a, b")])
    assert (tmp_path / "one.csv").read_text("utf-8") == 'reason\n""\n"a, b"\n'


def test_only_words_that_nothing_is_done_to_are_plain() -> None:
    assert is_plain("enrolled patients (n = 35)")
    assert not any(map(is_plain, ("", "=1", "'a", "Err:502", " a", "a ", "a\u00a0", "#N/A", "café")))


def test_rows_of_other_lengths_stand_among_the_even_ones(tmp_path: Path) -> None:
    path = tmp_path / "every.csv"
    path.write_text("study,events,reason\na,1,x\nb\nc,3,z,\nd,4,w\n", encoding="utf-8")
    assert [(line, r.study, r.events, r.reason) for line, r in read_rows(path, Every)] == [
        (2, "a", 1, "x"),
        (3, "b", None, ""),
        (4, "c", 3, "z"),
        (5, "d", 4, "w"),
    ]


def test_problems_are_told_by_line_and_column_whatever_stands_around_them(tmp_path: Path) -> None:
    path = tmp_path / "every.csv"
    path.write_text("study,events,answer\na,1,yes\nb,one,yes\n,3,yes\nd,4,perhaps\ne,5,no\n", encoding="utf-8")
    with pytest.raises(UserError) as refused:
        read_rows(path, Every)
    assert [line.removeprefix(f"{path}:") for line in str(refused.value).splitlines()] == [
        '3: events: "one": is not a number',
        "4: study is empty, and must not be",
        '5: answer: "perhaps": is not one of yes, no, unclear, not applicable',
    ]


def test_a_table_that_is_written_equals_what_was_read(tmp_path: Path) -> None:
    rows = [Every(study=f"s{i}", reason=cell.strip() and f"so {cell}".strip()) for i, cell in enumerate(CELLS)]
    write_rows(tmp_path / "one.csv", Every, rows)
    write_rows(tmp_path / "two.csv", Every, [row for _, row in read_rows(tmp_path / "one.csv", Every)])
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
