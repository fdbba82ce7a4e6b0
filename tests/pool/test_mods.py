"""`litpool pool --mods`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.stats import pool_proportions

TABLE = "study,events,n,year,design,dose in mg\n" + "".join(
    f"S{i},{e},{n},{2000 + 2 * i},{d},{m}\n"
    for i, (e, n, d, m) in enumerate(
        [
            (5, 10, "rct", 1),
            (7, 20, "cohort", 2.5),
            (3, 12, "rct", ""),
            (9, 30, "cohort", 4),
            (15, 20, "rct", "NA"),
            (8, 21, "cohort", 9),
        ]
    )
)


def table(tmp_path: Path, text: str = TABLE) -> str:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", table(tmp_path), "--json", "--mods", "year + C(design)", "--test", "knha"]) == 0
    out = json.loads(capsys.readouterr().out)
    fit = pool_proportions(
        [5, 7, 3, 9, 15, 8], [10, 20, 12, 30, 20, 21], mods="year + design", test="knha",
        data={"year": range(2000, 2012, 2), "design": ["rct", "cohort"] * 3},
    )  # fmt: skip
    assert out["regression"]["terms"] == ["intrcpt", "year", "designrct"]
    assert out["regression"]["tests"][1]["term"] == "C(design)"
    assert (out["mu"], out["proportion"], out["k"]) == pytest.approx((fit.mu, fit.proportion, 6))


def test_text_and_missing_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", table(tmp_path), "--mods", "`dose in mg`", "--model", "glmm"]) == 0
    shown = capsys.readouterr().out
    for words in ("k = 4", "dose in mg", "studies 3, 5: no value of `dose in mg`", "GLMM", "At the mean"):
        assert words in shown


def test_numbers_are_a_factor_if_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, TABLE.replace(",rct,", ",2,").replace(",cohort,", ",10,"))
    assert main(["pool", path, "--json", "--mods", "C(design)"]) == 0
    assert json.loads(capsys.readouterr().out)["regression"]["terms"] == ["intrcpt", "design10"]
    assert main(["pool", path, "--json", "--mods", "design"]) == 0
    assert json.loads(capsys.readouterr().out)["regression"]["terms"] == ["intrcpt", "design"]


@pytest.mark.parametrize(
    ("text", "mods", "words"),
    [
        (TABLE, "yaer", 't.csv:1: no column "yaer" for --mods (columns: study, events, n, year, design, dose in mg)'),
        (TABLE, "year +", '--mods = "year +": it ends where a column is wanted; allowed are columns'),
        (TABLE, "year^2", '"^" cannot be read'),
        (TABLE, "C(study)", "6 coefficients and tau² cannot be estimated from 6 studies: at least 7"),
        (TABLE.replace("2004", "2004a"), "year", 'study "S2", column "year": "2004a" is not a number'),
        (TABLE.replace(",2.5", ',"2,5"'), "`dose in mg`", 'study "S1", column "dose in mg": "2,5" is not a number'),
        (TABLE.replace("cohort", "rct"), "design", 'design has only one level, "rct"'),
    ],
)
def test_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, mods: str, words: str) -> None:
    assert main(["pool", table(tmp_path, text), "--mods", mods]) == 2
    assert words in capsys.readouterr().err


def test_groups_and_moderators_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", table(tmp_path), "--mods", "year", "--by", "design"]) == 2
    assert '"year + C(design)"' in capsys.readouterr().err
