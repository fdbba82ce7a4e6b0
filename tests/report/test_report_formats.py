"""Numbers as printed; expected values written by hand."""

from __future__ import annotations

from typing import get_args

import pytest

from pipeline.config import Analysis, OutcomeDefinition
from pipeline.report import formats, words
from pipeline.report.fits import fit_of
from pipeline.report.links import doi_link, pubmed_link
from pipeline.report.page import FOLDER
from pipeline.report.sections import SECTIONS
from pipeline.resolved import Authority


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.7234, "72.3 %"), (0.0, "0.0 %"), (1.0, "100.0 %"), (-0.0001, "0.0 %"), (None, "—")],
)
def test_percent(share: float | None, text: str) -> None:
    assert formats.percent(share) == text


def test_interval() -> None:
    assert formats.interval((0.562, 0.8401)) == "56.2–84.0 %"
    assert formats.interval((-0.05, 0.3)) == "-5.0 to 30.0 %"
    assert formats.interval(None) == "—"


def test_estimate() -> None:
    assert formats.estimate(0.5, (0.25, 0.75)) == "50.0 (25.0–75.0)"
    assert formats.estimate(0.5, None) == "50.0"


@pytest.mark.parametrize(
    ("events", "n", "text"), [(25, 35, "25/35"), (0, 35, "0/35"), (None, 35, "—/35"), (None, None, "—")]
)
def test_fraction(events: int | None, n: int | None, text: str) -> None:
    assert formats.fraction(events, n) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.17512, "0.175"), (1.0349, "1.03"), (12.345, "12.3"), (0.0123, "0.0123"), (1e-7, "<0.0005")],
)
def test_tau2(value: float, text: str) -> None:
    assert formats.tau2(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0421, "0.04"), (0.00421, "0.004"), (0.0001, "<0.001"), (1.0, "1.00")])
def test_p(value: float, text: str) -> None:
    assert formats.p_value(value) == text


def test_i2_is_in_percent() -> None:
    assert formats.i2(45.2) == "45 %"


def test_doi_and_pmid_become_links_only_in_their_form() -> None:
    assert doi_link("10.1000/xyz(1)") == "https://doi.org/10.1000/xyz(1)"
    assert doi_link('10.1000/a"b') == "https://doi.org/10.1000/a%22b"
    assert doi_link("javascript:alert(1)") is None
    assert doi_link("10.1000/with space") is None
    assert pubmed_link("123") == "https://pubmed.ncbi.nlm.nih.gov/123/"
    assert pubmed_link("12a") is None


def test_fit_takes_nothing_that_is_not_a_finite_number() -> None:
    fit = fit_of({"k": 3, "proportion": float("nan"), "proportion_ci": ["Inf", 1.0], "tau2": None, "Q": 0})
    assert fit is not None
    assert (fit.k, fit.proportion, fit.ci, fit.tau2, fit.q) == (3, None, None, None, 0.0)


@pytest.mark.parametrize(
    ("registry", "allowed"),
    [
        (words.MEASURES, Analysis.model_fields["measure"].annotation),
        (words.METHODS, Analysis.model_fields["method"].annotation),
        (words.TESTS, Analysis.model_fields["test"].annotation),
        (words.PREDICTION, Analysis.model_fields["test"].annotation),
        (words.DENOMINATORS, OutcomeDefinition.model_fields["denominator"].annotation),
        (words.AUTHORITIES, Authority),
    ],
)
def test_every_option_has_its_words(registry: dict[str, str], allowed: object) -> None:
    assert set(registry) == set(get_args(allowed))


def test_every_section_has_a_template_and_every_template_a_section() -> None:
    files = {path.name for path in (FOLDER / "sections").glob("*.j2")}
    assert files == {f"{section.ident}.html.j2" for section in SECTIONS}
