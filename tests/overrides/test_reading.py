"""Files as spreadsheets, editors and git leave them."""

from __future__ import annotations

import contextlib
import csv
import datetime
import time
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.errors import UserError
from pipeline.overrides.reading import read_lines, read_placed, unknown_files
from pipeline.tables.dialect import dialect_of
from pipeline.workflow import overrides
from tests.overrides.models import Decision

N = 100_000
HEADER = "study,value,reason,date\n"
ONE = HEADER + 'arnold-2010,14,"Müller’s table, page 3",2026-11-21\n'
ROW = Decision(study="arnold-2010", value="14", reason="Müller’s table, page 3", date=datetime.date(2026, 11, 21))


def read(tmp_path: Path, data: bytes | str) -> list[tuple[int, Decision]]:
    path = tmp_path / "decisions.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_lines(path, Decision)


def refused(tmp_path: Path, data: bytes | str) -> str:
    with pytest.raises(UserError) as error:
        read(tmp_path, data)
    return str(error.value).replace(str(tmp_path) + "/", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_dialects(tmp_path: Path, encoding: str, mark: str, newline: str) -> None:
    rows = list(csv.reader(ONE.splitlines()))
    text = "".join(mark.join(f'"{c}"' if mark in c else c for c in row) + newline for row in rows)
    data = text.encode(encoding)
    assert read(tmp_path, data) == [(2, ROW)]
    dialect = dialect_of(data)
    assert (dialect.delimiter, dialect.newline) == (mark, newline)
    assert dialect.encoding == {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    assert dialect.bom == (encoding in ("utf-8-sig", "utf-16"))


OTHERWISE = {
    "sep= names the delimiter": "sep=;\nstudy;value;reason;date\narnold-2010;14;Müller’s table, page 3;2026-11-21\n",
    "reordered columns": 'date,reason,study,value\n2026-11-21,"Müller’s table, page 3",arnold-2010,14\n',
    "case and blanks of the header": ONE.replace("study,value", " Study\u00a0,VALUE "),
    "trailing empty columns": ONE.replace("\n", ",,,\n"),
    "trailing empty rows": ONE + ",,,\n,,,\n\n",
    "blank lines first": ",,,\n" + ONE,
    "everything quoted": '"study","value","reason","date"\n"arnold-2010","14","Müller’s table, page 3","2026-11-21"\n',
    "each line in one cell": 'study,value,reason,date\n"arnold-2010,14,""Müller’s table, page 3"",2026-11-21"\n',
    "the header in one cell, too": '"study,value,reason,date"\n"arnold-2010,14,""Müller’s table, page 3"",2026-11-21"\n',
    "no newline at the end": ONE.rstrip("\n"),
}


@pytest.mark.parametrize("text", OTHERWISE.values(), ids=OTHERWISE)
def test_read_as_if_it_were_plain(tmp_path: Path, text: str) -> None:
    assert [row for _, row in read(tmp_path, text)] == [ROW]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = HEADER + '\na,1,"two\r\nlines",2026-11-01\n,,,\nb,2,one,2026-11-02\n'
    assert [(line, row.reason) for line, row in read(tmp_path, text)] == [(3, "two\nlines"), (6, "one")]


def test_a_line_in_one_cell_with_fewer_values_is_not_cut(tmp_path: Path) -> None:
    assert "date is empty" in refused(tmp_path, HEADER + '"a,b"\n')


def test_all_problems_of_a_file_at_once(tmp_path: Path) -> None:
    text = HEADER + "a,Mar-35,r,03/04/2026\nb,1,#NAME?,2026-11-21\n,1,r,\n"
    assert [line.split(': "')[0] for line in refused(tmp_path, text).splitlines()] == [
        "decisions.csv:2: value",
        "decisions.csv:2: date",
        "decisions.csv:3: reason",
        "decisions.csv:4: study is empty, and must not be",
        "decisions.csv:4: date is empty, and must not be",
    ]


def test_a_problem_is_one_line_whatever_the_cell_holds(tmp_path: Path) -> None:
    told = refused(tmp_path, HEADER + 'a,1,r,"no\ndate\x1b[31m' + "x" * 500 + '"\n')
    assert told.startswith('decisions.csv:2: date: "no\\ndate\\x1b[31mxxx')
    assert "\n" not in told
    assert len(told) < 200


CONFLICT = HEADER + "<<<<<<< HEAD\na,1,r,2026-11-21\n=======\na,2,r,2026-11-21\n>>>>>>> other\n"
REFUSED = {
    "a conflict": (CONFLICT, "decisions.csv:2: two people changed the same lines, and git could not join them (<<<<<<< in line 2, ======= in line 4, >>>>>>> in line 6)"),
    "a conflict that a spreadsheet saved": (CONFLICT.replace("HEAD", "HEAD,,,").replace("=======", "=======,,,"), "======= in line 4"),
    "nothing": ("", "decisions.csv: is empty; its first line must be study,value,reason,date"),
    "blank lines": ("\n\n  \n,,,\n", "decisions.csv: is empty"),
    "an unknown column": ("study,value,reason,date,colour\n", 'decisions.csv:1: unknown column "colour" (columns: study, value, reason, date)'),
    "a missing column": ("study,value,reason\n", 'missing column "date"'),
    "a column twice": ("study,value,reason,date,value\n", 'column "value" is there twice'),
    "an unquoted comma": (HEADER + "a,1,one, two,2026-11-21\n", "unquoted comma?"),
    "words without a header": ("study,value,reason,date,\na,1,r,2026-11-21,note\n", '"note" stands in a column without a name'),
    "an open quote": (HEADER + 'a,1,"r,2026-11-21\nb,1,r,2026-11-21\n', "decisions.csv:2: opens a quotation mark"),
    "words behind a quote": (HEADER + 'a,1,"r" s,2026-11-21\n', "decisions.csv:2: has words behind a closing"),
    "two encodings": (ONE.encode() + "b,1,Grün,2026-11-21\n".encode("cp1252"), "mixes UTF-8 with Windows-1252 (line 3)"),
    "no text": (b"\x81\x8d\x8f\n", "neither UTF-8 nor Windows-1252"),
    "half a character": ("study,ä".encode("utf-16")[:-1], "damaged UTF-16-LE"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path: Path, data: bytes | str, message: str) -> None:
    assert message in refused(tmp_path, data)


def test_marks_of_a_conflict_within_words_are_words(tmp_path: Path) -> None:
    text = HEADER + "a,1,see <<<<<<< there,2026-11-21\n"
    assert read(tmp_path, text)[0][1].reason == "see <<<<<<< there"


# ---- workbooks ---------------------------------------------------------------------------------------------------


def workbook(
    path: Path, rows: list[list[object]], title: str = "Sheet1", formats: dict[str, str] | None = None
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cell, shown in (formats or {}).items():
        sheet[cell].number_format = shown
    book.save(path)


TOP: list[object] = ["Study", "value", "reason", "date"]
DAY = datetime.datetime(2026, 11, 21)


def test_a_workbook_instead_of_the_csv(tmp_path: Path) -> None:
    rows = [
        TOP,
        ["arnold-2010", 14.0, "Müller’s table, page 3", DAY],
        [],
        ["b", 0.714, None, DAY],
        ["c", "5/12", "", "21.11.2026"],
    ]
    workbook(tmp_path / "decisions.xlsx", rows, formats={"B4": "0.0%"})
    found = read_lines(tmp_path / "decisions.csv", Decision)
    assert found[0] == (2, ROW)
    assert [(line, row.value, row.date.day) for line, row in found[1:]] == [(4, "71.4%", 21), (5, "5/12", 21)]


def test_what_a_workbook_damaged_is_refused(tmp_path: Path) -> None:
    rows = [TOP, ["a", datetime.datetime(2035, 3, 1), "", DAY], ["b", "=1+1", "", DAY], ["c", "#REF!", "", DAY]]
    workbook(tmp_path / "decisions.xlsx", rows)
    with pytest.raises(UserError) as error:
        read_lines(tmp_path / "decisions.csv", Decision)
    told = str(error.value).replace(str(tmp_path) + "/", "").splitlines()
    assert told[0].startswith('decisions.xlsx:2: value: "2035-03-01": a spreadsheet made a date of what was typed')
    assert told[1].startswith('decisions.xlsx:3: value: "=1+1": is a formula')
    assert told[2].startswith('decisions.xlsx:4: value: "#REF!"')


def test_csv_and_workbook_are_both_read_and_a_line_of_both_counts_once(tmp_path: Path) -> None:
    (tmp_path / "decisions.csv").write_text(ONE, encoding="utf-8")
    workbook(tmp_path / "decisions.xlsx", [TOP, ["arnold-2010", 14, ROW.reason, DAY], ["b", 1, "", DAY]])
    workbook(tmp_path / "from-anna.xlsx", [TOP, ["c", 1, "", DAY]], title="Decisions")
    (tmp_path / "~$decisions.xlsx").write_bytes(b"\5Anna")
    found = read_placed(tmp_path / "decisions.csv", Decision)
    assert [(f.file.name, f.line, f.row.study) for f in found] == [
        ("decisions.csv", 2, "arnold-2010"),
        ("decisions.xlsx", 3, "b"),
        ("from-anna.xlsx", 2, "c"),
    ]


def test_equal_lines_of_one_file_are_two_lines(tmp_path: Path) -> None:
    assert len(read(tmp_path, ONE + ONE.splitlines()[1])) == 2


def test_no_file_has_no_lines(tmp_path: Path) -> None:
    assert read_lines(tmp_path / "decisions.csv", Decision) == []
    assert read_lines(tmp_path / "nowhere" / "decisions.csv", Decision) == []


def test_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "decisions.xlsx").write_text("no zip")
    with pytest.raises(UserError, match=r"decisions\.xlsx: is no workbook that can be read"):
        read_lines(tmp_path / "decisions.csv", Decision)


def test_files_that_nobody_reads_are_named(tmp_path: Path) -> None:
    for name in (
        "decisions.csv",
        "decsions.csv",
        "decisions.ods",
        "README.md",
        "~$decisions.xlsx",
        ".gitkeep",
        "notes.md",
    ):
        (tmp_path / name).write_text("")
    workbook(tmp_path / "decisions.xlsx", [TOP])
    workbook(tmp_path / "mine.xlsx", [TOP], title="decisions")
    workbook(tmp_path / "other.xlsx", [TOP])
    told = [line.replace(str(tmp_path) + "/", "") for line in unknown_files(tmp_path, {"decisions.csv": Decision})]
    assert [line.split(" (")[0] for line in told] == [
        "decisions.ods: is not read; did you mean decisions.csv?",
        "decsions.csv: is not read; did you mean decisions.csv?",
        "other.xlsx: is not read: no sheet has the name of a file of overrides/",
    ]


HOSTILE = [
    '"' * N,
    '"",' * N,
    "a,;" * N,
    '"a""b' * N,
    "<" * N,
    "1" * N,
    "1,234" * N,
    "5/12" * N,
    "'" * N,
    "#" * N,
    "Mar-" * N,
    " \u200b" * N,
    "1 234" * N,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[t[:5] for t in HOSTILE])
def test_long_texts_take_no_longer_than_their_length(tmp_path: Path, text: str) -> None:
    path = tmp_path / "decisions.csv"
    start = time.process_time()
    for data in (
        text,
        HEADER + text,
        HEADER + f"{text[:120_000]},{text[:120_000]},{text[:120_000]},{text[:120_000]}\n",
    ):
        path.write_text(data, encoding="utf-8")
        with contextlib.suppress(UserError):
            read_lines(path, Decision)
    assert time.process_time() - start < 3


def test_a_stage_runs_again_when_a_workbook_changes(tmp_path: Path) -> None:
    for name in ("decisions.csv", "other.csv", "decisions.xlsx", "mine.XLSX", "~$decisions.xlsx"):
        (tmp_path / name).write_text("")
    names = [Path(p).name for p in overrides("decisions", folder=tmp_path)]
    assert names == ["decisions.csv", "decisions.xlsx", "mine.XLSX"]


def test_five_thousand_lines_take_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    lines = (f"arnold-{i},{i}/9999,Müller’s table {i},2026-11-21\n" for i in range(5000))
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    took = []
    for _ in range(3):  # the machine may be busy with other things
        start = time.process_time()
        assert len(read_lines(path, Decision)) == 5000
        took.append(time.process_time() - start)
    assert min(took) < 0.3
