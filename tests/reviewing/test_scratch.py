"""The copy of overrides/ that things are tried on."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from pipeline.errors import UserError
from pipeline.reviewing.scratch import blank, scratch
from pipeline.tables.dialect import decode, records

CELLS = st.lists(st.sampled_from(["a", "b c", "two\nlines", 'a "word"', "x;y", "é"]), min_size=2, max_size=3)


def overrides(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "overrides").mkdir(exist_ok=True)
    (folder / "overrides/exclusions.csv").write_text(text, encoding=encoding, newline="")
    return folder / "overrides"


@given(rows=st.lists(CELLS, min_size=1, max_size=8), bad=st.sets(st.integers(0, 7)), encoding=st.sampled_from(["utf-8-sig", "utf-16", "cp1252"]), data=st.data())  # fmt: skip
def test_bad_lines_are_emptied_and_the_others_keep_their_numbers(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], bad: set[int], encoding: str, data: st.DataObject
) -> None:
    out = io.StringIO()
    delimiter = data.draw(st.sampled_from(",;\t"))
    csv.writer(out, delimiter=delimiter, lineterminator=data.draw(st.sampled_from(["\n", "\r\n"]))).writerows(
        [["study", "reason", "reviewer"], *rows]
    )
    folder = overrides(tmp_path_factory.mktemp("review"), out.getvalue(), encoding)
    file = folder / "exclusions.csv"
    _, *before = records(file, decode(file))
    problems = [f"{file}:{before[i][0]}: wrong" for i in bad if i < len(before)]
    with scratch(folder) as copy:
        blank(copy, folder, problems)
        after = records(copy / "exclusions.csv", decode(copy / "exclusions.csv"))[1:]
    assert after == [row for i, row in enumerate(before) if i not in bad]


@pytest.mark.parametrize("place", ["", ":1"])
def test_a_file_that_cannot_be_read_is_left_out(tmp_path: Path, place: str) -> None:
    folder = overrides(tmp_path, "colour\n")
    with scratch(folder) as copy:
        blank(copy, folder, [f"{folder}/exclusions.csv{place}: unknown column"])
        assert list(copy.iterdir()) == []
    assert (folder / "exclusions.csv").exists()


def test_errors_name_the_real_file_and_locks_are_no_tables(tmp_path: Path) -> None:
    folder = overrides(tmp_path, "study\n")
    (folder / "~$exclusions.xlsx").write_bytes(b"")
    with scratch(folder) as copy:
        assert [p.name for p in copy.iterdir()] == ["exclusions.csv"]
    with pytest.raises(UserError) as error:
        refused(folder)
    assert str(error.value) == f"{folder}/exclusions.csv:1: wrong"


def refused(folder: Path) -> None:
    with scratch(folder) as copy:
        raise UserError(f"{copy}/exclusions.csv:1: wrong")


def test_without_a_folder_there_is_nothing(tmp_path: Path) -> None:
    with scratch(tmp_path / "overrides") as copy:
        assert list(copy.iterdir()) == []
