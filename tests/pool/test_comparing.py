"""`litpool compare TABLE.csv`."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from pipeline.cli import main

HEAD = "study,events1,n1,events2,n2,drug\n"
GOOD = HEAD + "A,5,10,3,11,x\nB,7,20,5,18,x\nC,0,12,4,13,y\nD,9,30,8,29,y\n"


def table(tmp_path: Path, text: str) -> str:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    return str(path)


def test_json_has_the_contracts_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", table(tmp_path, GOOD), "--json", "--test", "knha", "--by", "drug"]) == 0
    out = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    names = "mu se ci pi tau2 se_tau2 I2 H2 Q Q_p effect effect_ci effect_pi measure model yi vi weights k warnings"
    assert set(names.split()) <= set(out)
    assert set(out["subgroups"]) == {"x", "y"}
    assert out["subgroup_test"]["df"] == 1
    first = out["studies"][0]
    assert [first[c] for c in ("study", "events1", "n1", "events2", "n2")] == ["A", 5, 10, 3, 11]
    ratio, half = (5 / 5) / (3 / 8), 1.959963984540054 * math.sqrt(1 / 5 + 1 / 5 + 1 / 3 + 1 / 8)
    assert first["effect"] == pytest.approx(ratio)
    assert first["effect_ci"] == pytest.approx([ratio * math.exp(-half), ratio * math.exp(half)])


def test_between_groups_with_equal_effects_is_the_test_of_two_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", table(tmp_path, GOOD), "--json", "--method", "EE", "--measure", "RD", "--by", "drug"]) == 0
    out = json.loads(capsys.readouterr().out)
    x, y = (out["subgroups"][g] for g in "xy")
    expected = (x["mu"] - y["mu"]) ** 2 / (x["se"] ** 2 + y["se"] ** 2)
    assert out["subgroup_test"]["Q_between"] == pytest.approx(expected)
    assert out["subgroup_test_separate_tau2"]["Q_between"] == pytest.approx(expected)


@pytest.mark.parametrize("method", ["MH", "Peto"])
def test_methods_of_one_effect_have_no_test_with_one_tau2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    assert main(["compare", table(tmp_path, GOOD), "--json", "--method", method, "--by", "drug"]) == 0
    out = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert (out["model"], out["subgroup_test"]) == (method, None)
    x, y = (out["subgroups"][g] for g in "xy")
    expected = (x["mu"] - y["mu"]) ** 2 / (x["se"] ** 2 + y["se"] ** 2)
    assert out["subgroup_test_separate_tau2"]["Q_between"] == pytest.approx(expected)


def test_the_table_for_people_has_the_main_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", table(tmp_path, GOOD), "--measure", "RR", "--by", "drug"]) == 0
    shown = capsys.readouterr().out
    for words in ("k = 4", "risk ratio", "tau²", "Q(3)", "95 % CI", "95 % PI", "drug = x", "one tau² for all"):
        assert words in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("study,events1,n1\nA,1,2\n", ":1: no column events2, n2 (it has study, events1, n1)"),
        ("study,events,n\nA,1,2\n", ":1: no column events1, n1, events2, n2"),
        ("", "the file is empty"),
        (HEAD, "has no rows"),
        (HEAD + "A,1,5,x,9,\n", ':2: column "events2": "x" is not a whole number'),
        (HEAD + "A,1,5,2,9,\nB,6,5,1,9,\n", ':3: column "events1": "6" is more than n1 = 5'),
        (HEAD + "A,1,5,0,0,\n", ':2: column "n2": "0": a study needs at least one patient in each group'),
        (HEAD + f"A,1,{'9' * 400},0,2,\n", "is not a whole number"),
    ],
)
def test_bad_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    assert main(["compare", table(tmp_path, text)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--by", "dose"], 'no column "dose" for --by (columns: study, events1, n1, events2, n2, drug)'),
        (["--level", "0.95"], "--level 0.95: must be a percentage"),
        (["--method", "Peto", "--measure", "RR"], 'measure with method Peto = "RR": not one of OR'),
    ],
)
def test_options_that_do_not_fit_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["compare", table(tmp_path, GOOD), *options]) == 2
    assert message in capsys.readouterr().err


SHARED = Path(__file__).parents[3] / "shared/reference"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared, which is not here")
def test_the_reference_table(capsys: pytest.CaptureFixture[str]) -> None:
    answers = json.loads((SHARED / "proportions_dev.json").read_text("utf-8"))["two_arm"]["nissen2007"]
    path = str(SHARED / "tables/nissen2007_infarction.csv")
    for options, answer in (
        (["--measure", "RD"], answers["RD"]["rma"]["REML"]),
        (["--method", "PM"], answers["OR"]["rma"]["PM"]),
    ):
        assert main(["compare", path, "--json", *options]) == 0
        out = json.loads(capsys.readouterr().out)
        found = [out["mu"], out["se"], out["Q"], *out["ci"]]
        assert found == pytest.approx([*(answer[n] for n in ("mu", "se", "Q")), *answer["ci"]], rel=1e-6)
    for method, answer in (("MH", answers["OR"]["mh"]), ("Peto", answers["peto"])):
        assert main(["compare", path, "--json", "--method", method]) == 0
        out = json.loads(capsys.readouterr().out)
        assert [out["mu"], out["se"], out["Q"]] == pytest.approx([answer[n] for n in ("est", "se", "Q")], rel=1e-8)
