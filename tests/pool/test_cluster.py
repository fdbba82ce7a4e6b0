"""`litpool pool --cluster`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.stats import pool_proportions

ROWS = "study,events,n,trial,drug\nA1,5,10,A,x\nA2,7,20,A,y\nB,0,12,B,x\nC,9,30,C,y\nD1,12,14,D,x\nD2,3,9,D,y\n"


def table(tmp_path: Path, text: str = ROWS) -> str:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_arms_of_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", table(tmp_path), "--json", "--cluster", "trial"]) == 0
    out = json.loads(capsys.readouterr().out)
    fit = pool_proportions([5, 7, 0, 9, 12, 3], [10, 20, 12, 30, 14, 9], cluster=list("AABCDD"))
    assert (out["model"], out["clusters"], out["k"]) == ("multilevel", 4, 6)
    assert [out["mu"], out["se"], out["df"]] == pytest.approx([fit.mu, fit.se, fit.df], rel=1e-9)
    assert main(["pool", table(tmp_path), "--cluster", "trial", "--by", "drug"]) == 0
    shown = capsys.readouterr().out
    assert "Three-level model (k = 6 arms in 4 studies" in shown
    assert "Between groups, tau² of each group" in shown
    assert "one tau² for all" not in shown


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (ROWS, ["--cluster", "centre"], 't.csv:1: no column "centre" for --cluster'),
        (
            ROWS.replace("B,x", ",x"),
            ["--cluster", "trial"],
            'study "B", column "trial": is empty, but --cluster needs it',
        ),
        (ROWS, ["--cluster", "trial", "--method", "DL"], 'method of the three-level model = "DL"'),
        (ROWS, ["--cluster", "trial", "--model", "glmm"], 'model with cluster = "glmm"'),
        (ROWS, ["--cluster", "trial", "--mods", "drug"], "mods with cluster: not available here"),
    ],
)
def test_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, options: list[str], message: str
) -> None:
    assert main(["pool", table(tmp_path, text), *options]) == 2
    assert message in capsys.readouterr().err
