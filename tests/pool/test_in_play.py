"""Of what the stages before wrote, pool and audit read what can matter; the rest is passed over unread."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.pool.in_play import studies_in_play
from pipeline.resolved import StudyRow
from pipeline.tables import write_rows
from pipeline.tables.large import read_where
from tests.pool.pool_rows import arm_row, outcome_row, study_row

#: as few as there are of them in a large search, but each of its kind
STUDIES = {"in-2010": "include", "out-2011": "exclude", "overruled-2012": "exclude", "waits-2013": "review"}


def study(name: str, decision: str) -> StudyRow:
    return study_row(name, 2010).model_copy(update={"decision": decision, "title": 'A "quoted",\nlong tïtle'})


def written(folder: Path) -> Path:
    path = folder / "studies.csv"
    write_rows(path, StudyRow, [study(*given) for given in STUDIES.items()])
    return path


def test_studies_that_are_excluded_and_have_no_row_are_left_out(tmp_path: Path) -> None:
    rows = [arm_row("in-2010", "A1", "", 20), outcome_row("overruled-2012", "A1", 5, 20)]
    found = studies_in_play(written(tmp_path), rows)
    assert found == [study(name, STUDIES[name]) for name in ("in-2010", "overruled-2012", "waits-2013")]


def test_what_is_left_out_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("out-2011,Out-2011,exclude,,accepted", "out-2011,Out-2011,exclude,,no such word"), "utf-8"
    )
    assert len(studies_in_play(path, [])) == 2
    with pytest.raises(UserError, match="no such word"):
        read_where(path, StudyRow, ("study", "decision"), lambda _: True)


@pytest.mark.parametrize("name", ["1-2010", "5e3", "=x"])
def test_names_that_are_written_with_an_apostrophe_are_known(tmp_path: Path, name: str) -> None:
    write_rows(tmp_path / "s.csv", StudyRow, [study(name, "exclude")])
    assert [s.study for s in studies_in_play(tmp_path / "s.csv", [arm_row(name, "A1", "", 20)])] == [name]


def test_a_table_that_another_program_saved_is_read_as_any(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_text("utf-8").encode("cp1252"))
    assert [s.title for s in studies_in_play(path, [])] == ['A "quoted",\nlong tïtle'] * len(STUDIES)
    path.write_text("study;decision\na;include\n", encoding="utf-8")
    with pytest.raises(UserError, match="missing column"):
        studies_in_play(path, [])
    with pytest.raises(UserError, match=r"none\.csv: No such file"):
        studies_in_play(tmp_path / "none.csv", [])
