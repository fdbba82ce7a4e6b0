"""The R script: its text, and where R with metafor is there, what R makes of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.pool.analyses import analyse
from pipeline.pool.metafor import FUNCTIONS, r_script
from pipeline.pool.other_rows import Tables
from pipeline.pool.outcomes import pool_outcomes
from pipeline.stats.r_script import text
from tests.pool.pool_rows import Spec, settings, tables

SPECS: list[Spec] = [
    ('o\'neil "x"', "A1", "a\\b", 2011, 8, 20),
    ("b", "A1", "c", 2012, 0, 40),
    ("d", "A1", "c", 1, 3, 9),
]
#: counts of our own, with an arm of no event and one of events only
COUNTS = [
    (25, 35), (8, 19), (90, 112), (44, 80), (3, 12), (30, 41), (12, 25), (7, 9), (60, 101), (18, 33), (5, 21), (0, 8), (6, 6),
]  # fmt: skip
MANY: list[Spec] = [(f"s{i}", "A1", "xy"[i % 2], 2000 + i, *counts) for i, counts in enumerate(COUNTS)]


def script(specs: list[Spec] = SPECS, **analysis: object) -> str:
    chosen = settings(**analysis)
    outcomes, arms, studies = tables(specs)
    pooled = pool_outcomes(outcomes, arms, studies, chosen)
    analysed = analyse(pooled, Tables(studies, arms, outcomes), chosen)
    return r_script(pooled, analysed, chosen.config.analysis)


def data(said: str) -> str:
    return said[said.index("\nreport(\n") :]


def test_the_data_are_complete() -> None:
    said = data(script())
    assert "    events = c(8, 3, 0),\n    n = c(20, 9, 40)\n" in said
    assert "    year = c(2011, 1, 2012),\n" in said
    names = re.findall(r'"(?:[^"\\]|\\.)*"', said)[1:]
    assert names[:6] == [r'"O\'Neil \"X\""'.replace(r"\'", "'"), '"D"', '"B"', r'"a\\b"', '"c"', '"c"']


def test_the_options_are_those_of_the_config() -> None:
    said = script(method="PM", measure="PAS", test="adhoc", level=90)
    assert 'chosen <- list(\n  measure = "PAS",\n  method = "PM",\n  test = "adhoc",\n  level = 90\n)\n' in said


def test_litpools_numbers_stand_beside_the_data() -> None:
    chosen = settings()
    pooled = pool_outcomes(*tables(MANY), chosen)
    fit = pooled[0].overall.fits["iv"]  # type: ignore[union-attr]
    said = data(script(MANY))
    assert f"main = {fit['proportion']:.12g}" in said
    for name, k in (("without", len(MANY)), ("growing", len(MANY))):
        found = re.search(rf"{name} = c\(([^)]*)\)", said)
        assert found is not None
        assert len(found[1].split(", ")) == k


def test_what_the_functions_take_is_given() -> None:
    """Fields of `litpool` and of `chosen` that the functions name, each written by the script."""
    used = set(re.findall(r"(?:litpool|chosen)\$(\w+)", FUNCTIONS.read_text("utf-8")))
    said = script(MANY)
    assert used
    for name in used:
        assert re.search(rf"^ +{name} = ", said, re.M), name


@pytest.mark.parametrize("measure", ["PR", "PLO", "PLN", "PAS", "PFT"])
def test_brackets_close(measure: str) -> None:
    said = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', re.sub(r"(?m)^ *#.*", "", script(measure=measure)))
    assert [said.count(c) for c in "({["] == [said.count(c) for c in ")}]"]


def test_an_outcome_without_arms_is_left_out() -> None:
    chosen = settings()
    said = r_script(pool_outcomes([], [], [], chosen), [], chosen.config.analysis)
    assert "library(metafor)" in said
    assert "\nreport(\n" not in said


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("τ²", r'"\u03c4\u00b2"'),
        ("a\nb\x00c", '"a b c"'),
        ("😀", r'"\U0001f600"'),
        ('"); system("x', r'"\"); system(\"x"'),
    ],
)
def test_any_text_is_one_string_of_r(value: str, literal: str) -> None:
    assert text(value) == literal


def has_metafor() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "library(metafor); library(lme4)"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_metafor(), reason="no Rscript with metafor and lme4")
@pytest.mark.parametrize(
    "analysis",
    [{}, {"measure": "PAS", "level": 90}, {"measure": "PFT", "method": "PM", "test": "adhoc"}, {"method": "DL", "test": "z"}],
    ids=str,
)  # fmt: skip
def test_r_gets_the_same(tmp_path: Path, analysis: dict[str, object]) -> None:
    path = tmp_path / "metafor.R"
    path.write_text(script(MANY, **analysis), encoding="utf-8")
    done = subprocess.run(["Rscript", str(path)], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = re.search(r"Largest difference from litpool's proportions: (\S+)", done.stdout)
    assert found is not None
    assert float(found[1]) < 1e-8
