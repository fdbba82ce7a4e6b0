"""Many meta-analyses at once against each of them alone."""

from __future__ import annotations

import time

import numpy as np
import pytest

from pipeline.stats.effects import escalc
from pipeline.stats.inference import TESTS
from pipeline.stats.many import pool_many
from pipeline.stats.tau2 import ESTIMATORS
from pipeline.stats.two_step import pool_effects
from tests.stats.test_reference import ITERATED, TABLES

MEASURES = ("PR", "PLO", "PLN", "PAS", "PFT")


def together(measure: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All tables as rows of one array, with nonsense where a study is absent."""
    widest = max(len(t["n"]) for t in TABLES.values())
    y, v = np.full((2, len(TABLES), widest), np.nan)
    for i, table in enumerate(TABLES.values()):
        y[i, : len(table["n"])], v[i, : len(table["n"])] = escalc(
            measure, *(np.array(table[c], float) for c in ("events", "n"))
        )
    return y, v, np.isfinite(y)


@pytest.mark.parametrize("method", ESTIMATORS)
@pytest.mark.parametrize("measure", MEASURES)
def test_rows_are_what_each_is_alone(measure: str, method: str) -> None:
    y, v, present = together(measure)
    test = list(TESTS)[len(measure + method) % len(TESTS)]
    many = pool_many(y, v, method, test, 0.9, present)
    tolerance = 1e-8 if method in ITERATED else 1e-10
    for i, row in enumerate(present):
        alone = pool_effects(y[i, row], v[i, row], method, test, 0.9)
        assert many.k[i] == alone.k
        for field in ("mu", "se", "stat", "df", "p", "ci", "pi", "tau2", "se_tau2", "I2", "H2", "Q", "Q_p"):
            expected = np.array(getattr(alone, field), float)
            assert np.allclose(getattr(many, field)[i], expected, rtol=tolerance, atol=1e-12, equal_nan=True), (
                i,
                field,
            )


def test_effects_of_one_row_serve_many_subsets() -> None:
    y, v = np.array([0.1, 0.5, 0.9]), np.array([0.1, 0.2, 0.1])
    many = pool_many(y, v, "DL", present=[[1, 1, 1], [1, 0, 1], [0, 0, 1]])
    assert many.k.tolist() == [3, 2, 1]
    assert many.mu[1] == pytest.approx(pool_effects(y[[0, 2]], v[[0, 2]], "DL").mu)
    assert many.mu[2] == 0.9
    assert many.to_dict()["se_tau2"][2] is None  # type: ignore[index]
    assert "3 inverse-variance models" in str(many)


@pytest.mark.parametrize(
    ("yi", "vi", "present", "words"),
    [
        ([1.0, 2.0], [1.0, 1.0], None, "meta-analyses × studies"),
        ([[1.0, 2.0]], [1.0, 1.0, 1.0], None, "meta-analyses × studies"),
        ([[1.0, 2.0]], [[1.0, 0.0]], None, "meta-analysis 1, study 2: yi = 2, vi = 0"),
        ([[1.0, np.nan]], [[1.0, 1.0]], None, "study 2: yi = nan"),
        ([[1.0, 2.0]], [[1.0, 1.0]], [[True, True], [False, False]], "meta-analysis 2: no study"),
    ],
)
def test_bad_input_is_named(yi: list, vi: list, present: list | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pool_many(yi, vi, present=present)


def test_ten_thousand_of_twenty_studies_take_less_than_a_second() -> None:
    rng = np.random.default_rng(1)
    v = rng.uniform(0.02, 0.5, (10_000, 20))
    y = rng.normal(0, np.sqrt(v + 0.1))
    begin = time.process_time()
    pool_many(y, v, "DL")
    assert time.process_time() - begin < 1
