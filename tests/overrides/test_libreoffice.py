"""Files that LibreOffice Calc saved (tests/overrides/libreoffice/make.sh): what litpool wrote comes through unharmed,
and what a spreadsheet damaged is refused."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.overrides.appending import append_rows
from pipeline.overrides.reading import read_lines
from tests.overrides.models import Decision

FOLDER = Path(__file__).parent / "libreoffice"
DAY = datetime.date(2026, 11, 21)
ROWS = [
    Decision(study="arnold-2010", value="14", reason="Müller’s table, page 3", date=DAY),
    Decision(study="may-2010", value="5/12", reason="two\nlines", date=datetime.date(2026, 4, 3)),
    Decision(study="12345678", value="71.4%", reason="=1+1", date=DAY),
    Decision(study="0012", value="25 of 35", reason="-see above", date=DAY),
    Decision(study="123456789012345678", value="3/35", reason='say "so"; then', date=DAY),
    Decision(study="smith-2011", value="Mar-35", reason="@home", date=DAY),
    Decision(study="1e5", value="0.25", reason="+1 more", date=DAY),
]

SAVED = [
    "careful.csv",
    "careful-en-us.csv",
    "careful-en-gb.csv",
    "careful-de.csv",
    "careful-fr.csv",
    "careful-en-gb.xlsx",
]


@pytest.mark.parametrize("name", SAVED)
def test_what_litpool_wrote_comes_through_unharmed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    found = read_lines(tmp_path / name.replace("xlsx", "csv"), Decision)
    assert [row for _, row in found] == ROWS


def test_litpool_writes_the_file_that_calc_was_given(tmp_path: Path) -> None:
    append_rows(tmp_path / "careful.csv", Decision, ROWS)
    assert (tmp_path / "careful.csv").read_bytes() == (FOLDER / "careful.csv").read_bytes()


@pytest.mark.parametrize("name", [n for n in SAVED if n.endswith("csv")])
def test_a_line_is_added_to_what_calc_saved(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    append_rows(tmp_path / name, Decision, ROWS[:2])
    assert (tmp_path / name).read_bytes().startswith((FOLDER / name).read_bytes())
    assert [row for _, row in read_lines(tmp_path / name, Decision)] == ROWS + ROWS[:2]


#: of each file, where and what: Calc took a name, a share or a number for a date or shortened it, and 4 March or 3 April
#: cannot be told
DAMAGED = {
    "careless-en-us.csv": ["3: study: \"05/01/2010\"", "3: value: \"05/12/2026\"", "6: study: \"1.23456789012346E+017\"", "6: date: \"04/03/2026\""],
    "careless-en-gb.csv": ["3: study: \"05/01/2010\"", "3: value: \"12/05/2026\"", "6: study: \"1.23456789012346E+017\"", "6: date: \"03/04/2026\""],
    "careless-de.csv": ["6: study: \"1.23456789012346E+017\"", "6: date: \"04/03/2026\""],
    "careless-fr.csv": ["3: value: \"12/05/2026\"", "6: study: \"1.23456789012346E+017\"", "6: date: \"03/04/2026\""],
    "careless-en-gb.xlsx": ["3: study: \"2010-05-01\"", "3: value: \"2026-12-05\"", "4: reason: \"=1+1\"", "5: study: \"1.23456789012346e+17\""],
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_what_calc_damaged_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    with pytest.raises(UserError) as error:
        read_lines(tmp_path / name.replace("xlsx", "csv"), Decision)
    told = [line.split(f"{name}:")[1] for line in str(error.value).splitlines()]
    assert [": ".join(line.split(": ")[:3]) for line in told] == DAMAGED[name]
