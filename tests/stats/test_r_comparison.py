"""A comparison of two groups as a script for metafor, read as text: R is not there to run it."""

from __future__ import annotations

import pytest

from pipeline.stats import Comparison, compare_proportions
from pipeline.stats.compare import MEASURES_OF
from pipeline.stats.effects_two import MEASURES_TWO
from pipeline.stats.glmm_two import KINDS
from pipeline.stats.r_script import comment
from tests.stats.r_text import arguments, balanced, column, comments, labels, statements

E1, N1, E2, N2 = [3, 0, 8, 0, 12], [10, 12, 20, 9, 40], [5, 2, 9, 0, 20], [11, 13, 22, 8, 41]
COUNTS = {"ai": "events1", "n1i": "n1", "ci": "events2", "n2i": "n2", "data": "d"}


def fitted(**options: object) -> Comparison:
    return compare_proportions(E1, N1, E2, N2, **options)  # type: ignore[arg-type]


def shared(said: str, function: str) -> dict[str, str]:
    """The arguments of a call without those that say where the data are, which must be right."""
    all_of_it = arguments(said, function)
    assert {name: all_of_it.pop(name) for name in COUNTS} == COUNTS
    assert all_of_it.pop("slab") == "study"
    return all_of_it


@pytest.mark.parametrize("measure", MEASURES_TWO)
def test_inverse_variance(measure: str) -> None:
    said = fitted(measure=measure, method="PM", test="adhoc", level=0.9, add=0.25, to="if0all", drop00=True).to_r()
    assert [column(said, name) for name in ("events1", "n1", "events2", "n2")] == [E1, N1, E2, N2]
    assert shared(said, "escalc") == {
        "measure": f'"{measure}"', "add": "0.25", "to": '"if0all"', "drop00": "TRUE"
    }  # fmt: skip
    model = arguments(said, "fit <- rma")
    assert (model["method"], model["test"], model["level"]) == ('"PM"', '"adhoc"', "90")
    assert column(said, "used") == [1, 1, 1, 0, 1]  # drop00
    assert ("transf = exp" in said) == (measure in ("OR", "RR"))
    assert balanced(said)


@pytest.mark.parametrize("measure", MEASURES_OF["MH"])
def test_mantel_haenszel_adds_to_the_effects_alone(measure: str) -> None:
    fit = fitted(measure=measure, method="MH", level=0.9)
    said = fit.to_r()
    correct = {"correct": "TRUE"} if measure == "OR" else {}
    assert shared(said, "rma.mh") == {"measure": f'"{measure}"', "level": "90"} | correct
    assert 'add = c(0.5, 0), to = c("only0", "none"), drop00 = c(TRUE, FALSE)' in said
    assert "used" not in said
    assert balanced(said)


def test_the_tests_of_mantel_haenszel_are_told() -> None:
    fit = fitted(method="MH")
    assert fit.cmh is not None
    assert fit.tarone is not None
    assert f"{fit.cmh:.8g}" in comments(fit.to_r())
    assert f"{fit.tarone:.8g}" in comments(fit.to_r())


def test_peto() -> None:
    said = fitted(method="Peto").to_r()
    assert shared(said, "rma.peto") == {"level": "95"}
    assert "print(predict(fit, transf = exp))" in said


@pytest.mark.parametrize("kind", KINDS)
def test_the_glmm_has_the_informative_studies(kind: str) -> None:
    said = fitted(model="glmm", kind=kind, test="t").to_r()
    points = "1" if kind == "UM.RS" else "7"
    assert shared(said, "rma.glmm") == {
        "measure": '"OR"', "model": f'"{kind}"', "test": '"t"', "level": "95", "nAGQ": points
    }  # fmt: skip
    assert column(said, "used") == [1, 1, 1, 0, 1]
    assert "escalc(" not in said


@pytest.mark.parametrize("method", ["REML", "MH", "Peto", "DL2"])
def test_comments_tell_the_numbers(method: str) -> None:
    fit = fitted(method=method)
    said = comments(fit.to_r())
    for value in (fit.mu, fit.se, *fit.ci, fit.Q, fit.effect, *fit.effect_ci, *fit.effect_pi):
        assert f"{value:.8g}" in said
    assert all(comment(f"litpool warns: {warning}") in said for warning in fit.warnings)


def test_a_fallback_is_written_as_what_it_is() -> None:
    fit = compare_proportions([0, 0], [9, 8], [3, 2], [9, 9], method="MH")
    assert fit.model == "iv"
    assert 'method = "EE"' in statements(fit.to_r())


def test_names_are_strings() -> None:
    mine = ['a "b"', "c\\", "τ", "d", '"); quit("']
    assert labels(fitted().to_r(mine)) == mine
    with pytest.raises(ValueError, match="1 names for 5 studies"):
        fitted().to_r(["a"])
