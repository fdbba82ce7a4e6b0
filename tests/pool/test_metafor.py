"""The R script, read as text: R is not there to run it."""

from __future__ import annotations

import re

import pytest

from pipeline.pool import pool_outcomes
from pipeline.pool.metafor import r_script
from pipeline.stats.r_script import text
from tests.pool.pool_rows import Spec, settings, tables

SPECS: list[Spec] = [
    ('o\'neil "x"', "A1", "a\\b", 2011, 8, 20),
    ("b", "A1", "c", 2012, 0, 40),
    ("d", "A1", "c", 1, 3, 9),
]


def script(specs: list[Spec] = SPECS, **analysis: object) -> str:
    chosen = settings(**analysis)
    return r_script(pool_outcomes(*tables(specs), chosen), chosen.config.analysis)


def test_the_data_are_complete() -> None:
    said = script()
    data = said[said.index('report("Overall response"') :]
    assert "events = c(8, 3, 0)" in data
    assert "n = c(20, 9, 40)" in data
    assert re.findall(r'"(?:[^"\\]|\\.)*"', data)[1:] == [r'"O\'Neil \"X\""'.replace(r"\'", "'"), '"D"', '"B"',
                                                          r'"a\\b"', '"c"', '"c"']  # fmt: skip


def test_the_options_are_those_of_the_config() -> None:
    said = script(method="PM", measure="PAS", test="adhoc", level=90)
    for piece in (
        'rma(measure = "PAS", xi = events, ni = n, data = d, add = 1/2, to = "only0", method = "PM"',
        "level = 90, control = list(tol = 1e-12",
        'two_step(d, test = "adhoc")',
        "transf = transf.iarcsin",
        'rma.glmm(measure = "PLO", xi = events, ni = n, data = d, test = "t", level = 90, nAGQ = 7)',
        "conf.level = 0.9",
        'two_step(d, test = "z", mods = ~ factor(class))',
    ):
        assert piece in said


@pytest.mark.parametrize("measure", ["PR", "PLO", "PLN", "PAS", "PFT"])
def test_brackets_close_and_nothing_is_left_to_fill_in(measure: str) -> None:
    said = re.sub(r'"(?:[^"\\]|\\.)*"', '""', script(measure=measure))
    said = re.sub(r"#.*", "", said)
    assert [said.count(c) for c in "({["] == [said.count(c) for c in ")}]"]
    assert not re.search(r"\$(measure|method|test|wald|level|fraction|control|back|equal|label)", said)


def test_an_outcome_without_arms_is_left_out() -> None:
    chosen = settings()
    said = r_script(pool_outcomes([], [], [], chosen), chosen.config.analysis)
    assert "library(metafor)" in said
    assert "data.frame(" not in said


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
