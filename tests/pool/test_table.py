"""`litpool pool TABLE.csv`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import main


def table(tmp_path: Path, text: str) -> str:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    return str(path)


GOOD = "study,events,n,drug\nA,5,10,x\nB,7,20,x\nC,0,12,y\nD,9,30,y\n"


def test_json_has_the_contracts_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", table(tmp_path, GOOD), "--json", "--test", "knha", "--by", "drug"]) == 0
    out = json.loads(capsys.readouterr().out)
    names = "mu se ci pi tau2 se_tau2 I2 H2 Q Q_p proportion proportion_ci proportion_pi yi vi weights k warnings"
    assert set(names.split()) <= set(out)
    assert set(out["subgroups"]) == {"x", "y"}


@pytest.mark.parametrize(
    "text",
    ["\ufeff" + GOOD, GOOD.replace(",", ";"), GOOD.replace("\n", "\r\n"), GOOD.replace(",", "\t"), GOOD + "\n,,,\n"],
)
def test_dialects(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(["pool", table(tmp_path, text), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["k"] == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("study,events\nA,1\n", ":1: no column n (it has study, events)"),
        ("", "the file is empty"),
        ("study,events,n\n", "has no rows"),
        ("study,events,n\nA,x,5\n", ':2: column "events": "x" is not a whole number'),
        ("study,events,n\nA,-1,5\n", '"-1" is not a whole number'),
        ("study,events,n\nA,6,5\n", ':2: column "events": "6" is more than n = 5'),
        ("study,events,n\nA,0,0\n", "at least one patient"),
    ],
)
def test_bad_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    assert main(["pool", table(tmp_path, text)]) == 2
    assert message in capsys.readouterr().err


def test_an_option_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["pool", table(tmp_path, GOOD), "--model", "beta-binomial"])
    assert stop.value.code == 2
