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
        main(["pool", table(tmp_path, GOOD), "--model", "bayes"])
    assert stop.value.code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("study,n,n,events\nA,5,5,1\n", "column 'n' is there more than once"),
        ("study,events,n\nA,1,5,9\n", ":2: has more cells ('9') than the header"),
        ("study,events,n\nA,1.5,5\nB,7,x\n", ':2: column "events": "1.5"'),
        ("study,events,n\nA,1.5,5\nB,7,x\n", ':3: column "n": "x"'),
    ],
)
def test_every_problem_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert main(["pool", table(tmp_path, text)]) == 2
    assert message in capsys.readouterr().err


def test_the_level_is_a_percentage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", table(tmp_path, GOOD), "--level", "0.95"]) == 2
    assert "--level 0.95: must be a percentage" in capsys.readouterr().err


def test_headers_in_any_case_and_empty_groups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = GOOD.replace("study,events,n", "Study,Events,N").replace("12,y", "12,")
    assert main(["pool", table(tmp_path, text), "--json", "--by", "drug"]) == 0
    assert set(json.loads(capsys.readouterr().out)["subgroups"]) == {"(not given)", "x", "y"}


def test_the_table_for_people_has_the_main_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", table(tmp_path, GOOD), "--by", "drug"]) == 0
    shown = capsys.readouterr().out
    for words in ("k = 4", "tau²", "I²", "Q(3)", "95 % CI", "95 % PI", "drug = x", "Between groups, one tau² for all"):
        assert words in shown


SHARED = Path(__file__).parents[3] / "shared/reference"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared, which is not here")
@pytest.mark.parametrize(
    ("file", "dataset"),
    [
        ("crisafulli2020", "crisafulli2020"),
        ("roever2022", "roever2022"),
        ("karner2014_placebo_deaths", "karner_deaths"),
    ],
)
def test_the_reference_tables(file: str, dataset: str, capsys: pytest.CaptureFixture[str]) -> None:
    answers = json.loads((SHARED / "proportions_dev.json").read_text("utf-8"))["datasets"][dataset]
    path = str(SHARED / f"tables/{file}.csv")
    for measure in ("PLO", "PR"):
        assert main(["pool", path, "--json", "--measure", measure, "--method", "REML", "--test", "knha"]) == 0
        out, answer = json.loads(capsys.readouterr().out), answers["measures"][measure]["est"]["REML"]
        assert out["tau2"] == pytest.approx(answer["tau2"], rel=1e-6, abs=1e-11)  # R leaves 4e-15 for 0
        assert out["mu"] == pytest.approx(answer["mu"], rel=1e-6)
        assert out["ci"] == pytest.approx(answer["knha"]["ci"], rel=1e-6)
    assert main(["pool", path, "--json", "--model", "glmm"]) == 0
    out, check = json.loads(capsys.readouterr().out), answers["glmm"]["nAGQ7"]["check"]
    assert [out["mu"], out["tau2"]] == pytest.approx([check["mu"], check["tau2"]], rel=1e-5)
    assert out["se"] == pytest.approx(check["se"], rel=1e-3)
    exact = answers["study"]["clopper_pearson"]
    assert [s["exact_ci"] for s in out["studies"]] == [
        pytest.approx(pair, rel=1e-8, abs=1e-12) for pair in zip(exact["lo"], exact["hi"], strict=True)
    ]
