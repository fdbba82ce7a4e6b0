"""Formulas of moderators and the design matrices they mean."""

from __future__ import annotations

import time
from contextlib import suppress

import numpy as np
import pytest

from pipeline.stats.design import Design, design, independent
from pipeline.stats.formula import parse

TABLE = {
    "year": [2001, 2003, 2010, 2012, 2015, 2020],
    "dose in mg": [1.5, 2, 2, 4, 8, 8],
    "arm": ["b", "a", "a", "c", "b", "c"],
    "site": ["x", "x", "y", "y", "x", "y"],
    "phase": [10, 2, 2, 3, 10, 3],
}


def of(formula: str, **more: object) -> Design:
    return design(formula, TABLE | more, np.ones(6, bool))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("year", ["1", "year"]),
        ("~ year + C(design)", ["1", "year", "C(design)"]),
        ("a * b", ["1", "a", "b", "a:b"]),
        ("b:a + a + a:b", ["1", "a", "b:a"]),
        ("a * b * c", ["1", "a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
        ("a * b - a", ["1", "b", "a:b"]),
        ("0 + a", ["a"]),
        ("a - 1", ["a"]),
        ("-1 + a", ["a"]),
        ("a + 0 + 1", ["1", "a"]),
        ("1", ["1"]),
        ("C('study design'):\"dose in mg\" + `x-y`", ["1", "`x-y`", "C(`study design`):`dose in mg`"]),
        ("C + C(C)", ["1", "C", "C(C)"]),
        ("größe + n.total", ["1", "größe", "n.total"]),
        ("a:a + a", ["1", "a"]),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    formula = parse(text)
    assert [*["1"] * formula.intercept, *map(str, formula.terms)] == terms


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it ends where a column is wanted"),
        ("year +", "it ends where a column is wanted"),
        ("year + + arm", '"+" where a column is wanted'),
        ("year arm", '"arm" where + or the end is wanted'),
        ("log(year)", "log(…) is not known; compute such a column before"),
        ("C(year", "C(…) takes one column"),
        ("C(a, b)", '"," cannot be read'),
        ("C(a + b)", "C(…) takes one column"),
        ("C()", "C(…) takes one column"),
        ("year^2", '"^" cannot be read'),
        ("2 + year", 'the number "2" is not a term'),
        ("year:1", "0 and 1 cannot be multiplied"),
        ("0 * year", "0 and 1 cannot be multiplied"),
        ("year - 0", "- 0 says nothing"),
        ("year - arm", '"- arm": there is no such term'),
        ("(a + b):c", '"(" where a column is wanted'),
        ('"dose', '""" cannot be read'),
        ("a*b*c*d*e*f*g", "* crosses 7 terms; at most 6"),
        ("__import__('os')", "__import__(…) is not known"),
    ],
)
def test_what_is_no_formula(text: str, words: str) -> None:
    with pytest.raises(ValueError, match="allowed are columns") as error:
        parse(text)
    assert words in str(error.value)
    assert f'mods = "{text}"' in str(error.value)


@pytest.mark.parametrize(
    "hostile", ["(" * 100_000, "a:" * 20_000 + "a", "a+" * 20_000 + "a", '"' + "a" * 100_000, " " * 100_000]
)
def test_reading_takes_linear_time(hostile: str) -> None:
    start = time.process_time()
    with suppress(ValueError):
        parse(hostile)
    assert time.process_time() - start < 2


# ---- matrices: expected values worked out by hand from R's rules ----------------------------------------------------


def test_the_first_level_is_the_reference() -> None:
    made = of("year + arm")
    assert made.names == ("intrcpt", "year", "armb", "armc")
    assert made.terms == ("intrcpt", "year", "arm", "arm")
    assert made.X.tolist() == [[1, y, a == "b", a == "c"] for y, a in zip(TABLE["year"], TABLE["arm"], strict=True)]


def test_numbers_as_levels_sort_as_numbers() -> None:
    assert of("C(phase)").names == ("intrcpt", "phase3", "phase10")
    assert of("C(phase)", phase=["10", "2", "2", "3", "10", "3"]).names == ("intrcpt", "phase3", "phase10")
    assert of("arm", arm=["b", "A", "c", "B", "a", "c"]).levels["arm"] == ("A", "a", "B", "b", "c")


def test_without_an_intercept_the_first_factor_has_all_levels() -> None:
    assert of("0 + arm + site").names == ("arma", "armb", "armc", "sitey")
    assert of("year + arm - 1").names == ("year", "arma", "armb", "armc")


def test_interactions() -> None:
    made = of("year * arm")
    assert made.names == ("intrcpt", "year", "armb", "armc", "year:armb", "year:armc")
    assert made.X[:, 4].tolist() == [2001, 0, 0, 0, 2015, 0]
    assert of("arm:year").names == ("intrcpt", "arma:year", "armb:year", "armc:year")
    assert of("year + arm:year").names == ("intrcpt", "year", "armb:year", "armc:year")
    assert of("0 + site:phase").names == ("sitex:phase", "sitey:phase")
    crossed = design("site * arm", {"site": list("xxyyxyxyx"), "arm": list("bbabacacc")}, np.ones(9, bool))
    assert crossed.names == ("intrcpt", "sitey", "armb", "armc", "sitey:armb", "sitey:armc")


def test_redundant_columns_are_dropped_and_named() -> None:
    made = of("year + later", later=[y + 1 for y in TABLE["year"]])
    assert made.names == ("intrcpt", "year")
    assert made.warnings == ("dropped as redundant beside the other moderators: later",)
    assert "armc:siteb" not in of("arm * site").names
    assert independent(np.array([[1.0, 2, 0], [1, 2, 0], [1, 2, 3]])).tolist() == [True, False, True]


def test_studies_without_a_value_are_left_out_and_named() -> None:
    made = of("arm + `dose in mg`", arm=["b", None, "a", "c", "", "c"], **{"dose in mg": [1, 2, 3, 4, 5, float("nan")]})
    assert made.kept.tolist() == [True, False, True, True, False, False]
    assert made.warnings[0] == "left out: studies 2, 5, 6: no value of arm, `dose in mg`"


@pytest.mark.parametrize(
    ("formula", "more", "words"),
    [
        ("yaer", {}, 'no column "yaer" (columns: year, dose in mg, arm, site, phase)'),
        ("year", {"year": [1, 2]}, "year has 2 values for 6 studies"),
        ("year", {"year": [1, 2, "x", 3, 4, 5]}, 'column "year" mixes numbers and text ("x")'),
        ("C(arm)", {"arm": ["a"] * 6}, 'C(arm): C(arm) has only one level, "a"'),
        ("year", {"year": [None] * 6}, "every study lacks"),
        ("year", {"year": [1, 2, 3, 4, 5, float("inf")]}, "infinite"),
        ("0 + year", {"year": [0] * 6}, "every column is 0"),
        ("0", {}, "there is no term"),
    ],
)
def test_what_cannot_be_a_design(formula: str, more: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match="mods") as error:
        of(formula, **more)
    assert words in str(error.value)


def test_rows_of_new_studies() -> None:
    made = of("year * arm")
    assert made.rows({"year": [2000, 2001], "arm": "b"}).tolist() == [
        [1, 2000, 1, 0, 2000, 0],
        [1, 2001, 1, 0, 2001, 0],
    ]
    assert made.rows([[1, 2, 3, 4, 5, 6]]).tolist() == [[1, 2, 3, 4, 5, 6]]
    for new, words in (
        ({"year": 2000}, 'no column "arm"'),
        ({"year": 2000, "arm": "z"}, '"z" is not one of its levels (a, b, c)'),
        ({"year": None, "arm": "a"}, "missing"),
        ({"year": "x", "arm": "a"}, '"x" is not a number'),
        ({"year": [1, 2, 3], "arm": ["a", "b"]}, "values"),
        ([[1, 2]], "6 columns each"),
    ):
        with pytest.raises(ValueError, match=r"year|arm|rows") as error:
            made.rows(new)
        assert words in str(error.value)


def test_patsy_agrees_where_it_is_there() -> None:
    patsy = pytest.importorskip("patsy")
    for formula in ("year + arm", "0 + arm + site", "arm * year", "arm:year", "year + arm:year", "C(phase) + site"):
        theirs = np.asarray(patsy.dmatrix(formula, TABLE))
        ours = of(formula).X
        assert ours.shape == theirs.shape
        assert np.allclose(np.sort(ours, axis=1), np.sort(theirs, axis=1))  # the order of columns differs
