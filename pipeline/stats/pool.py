"""One pooled proportion: two-step inverse-variance models and the one-step binomial-normal model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri, stdtrit

from pipeline.stats import glmm
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.tau2 import ESTIMATORS, q_statistic

Floats = NDArray[np.float64]

TESTS = ("z", "t", "knha", "adhoc")
MODELS = ("iv", "glmm")


@dataclass(frozen=True)
class Fit:
    """A pooled proportion. mu, se, ci, pi, tau2 on the analysis scale; `proportion…` on [0, 1]; I2 in percent.

    `model` is what was fitted, `model_asked` what was asked; `warnings` says why they differ and what else to know.
    `pi` is mu ± c·sqrt(se² + tau²), c the normal quantile for test z, that of t on k − 1 for the others (as metafor).
    `proportion_averaged` (GLMM) is the population's, `proportion` the median study's.
    """

    measure: str
    method: str
    model: str
    model_asked: str
    test: str
    level: float
    k: int
    mu: float
    se: float
    ci: tuple[float, float]
    pi: tuple[float, float]
    tau2: float
    se_tau2: float | None
    I2: float
    H2: float
    Q: float
    Q_p: float
    proportion: float
    proportion_ci: tuple[float, float]
    proportion_pi: tuple[float, float]
    proportion_averaged: float | None
    yi: tuple[float, ...]
    vi: tuple[float, ...]
    weights: tuple[float, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """All fields by name; sequences as lists; what is not finite as None."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    def __str__(self) -> str:
        p, (lo, hi), (plo, phi) = self.proportion, self.proportion_ci, self.proportion_pi
        lines = [
            f"k = {self.k}, {self.measure}, {self.model}, tau² by {self.method}, test {self.test}",
            f"proportion  {p:.4f}  [{lo:.4f}, {hi:.4f}]  prediction [{plo:.4f}, {phi:.4f}]",
            f"mu {self.mu:.4f} (se {self.se:.4f})  tau² {self.tau2:.4f}  I² {self.I2:.1f} %  "
            f"Q {self.Q:.2f} (p {self.Q_p:.4f})",
        ]
        return "\n".join([*lines, *(f"note: {w}" for w in self.warnings)])


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value


def pool_proportions(
    events: ArrayLike,
    n: ArrayLike,
    measure: str = "PLO",
    method: str = "REML",
    model: str = "iv",
    test: str = "z",
    level: float = 0.95,
) -> Fit:
    """Pool k proportions. events and n: whole numbers of shape (k,), 0 ≤ events ≤ n, n ≥ 1; `level` on (0, 1).

    `measure` of MEASURES, `method` of ESTIMATORS, `model` iv (inverse variance) or glmm (PLO, maximum likelihood),
    `test` of TESTS (knha: Knapp & Hartung 2003; adhoc: the same, never narrower than Wald). Raises ValueError that
    names the value and what is allowed.
    """
    x, size = _checked(events, n)
    _one_of("measure", measure, list(MEASURES))
    _one_of("method", method, list(ESTIMATORS))
    _one_of("model", model, MODELS)
    _one_of("test", test, TESTS)
    if not 0 < level < 1:
        raise ValueError(f"level = {level}: must lie between 0 and 1 (0.95 for 95 %)")
    if model == "glmm":
        _one_of("measure of the glmm", measure, ["PLO"])
        return _one_step(x, size, method, test, level)
    return _two_step(x, size, measure, method, test, level, "iv", ())


def _checked(events: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    x, size = np.atleast_1d(np.asarray(events, float)), np.atleast_1d(np.asarray(n, float))
    if x.shape != size.shape or x.ndim != 1 or not len(x):
        raise ValueError(f"events and n must be two sequences of the same length, got {x.shape} and {size.shape}")
    for i, (e, total) in enumerate(zip(x, size, strict=True)):
        if not (e == np.floor(e) and total == np.floor(total) and 0 <= e <= total and total >= 1):
            raise ValueError(f"study {i + 1}: events = {e:g}, n = {total:g}: whole numbers with 0 ≤ events ≤ n, n ≥ 1")
    return x, size


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f'{name} = "{value}": not one of {", ".join(allowed)}')


def _two_step(
    x: Floats, n: Floats, measure: str, method: str, test: str, level: float, asked: str, notes: tuple[str, ...]
) -> Fit:
    yi, vi = escalc(measure, x, n)
    k = len(yi)
    warnings = list(notes)
    if np.any(vi <= 0):
        raise ValueError(f"measure {measure}: a study has no sampling variance; choose another measure")
    tau2, se_tau2 = ESTIMATORS[method](yi, vi) if k > 1 else (0.0, None)
    if k == 1:
        warnings.append("one study: nothing is pooled, and heterogeneity is not defined")
        test = "z"
    if measure == "PFT":
        warnings.append("Freeman-Tukey's back-transformation can mislead when sizes differ (Schwarzer 2019)")
    w = 1 / (vi + tau2)
    mu = float(np.sum(w * yi) / np.sum(w))
    se = _standard_error(yi, w, mu, test)
    q = q_statistic(yi, vi)
    i2, h2 = _heterogeneity(vi, tau2)
    quantile = _quantile(test, k, level)
    ci = (mu - quantile * se, mu + quantile * se)
    spread = quantile * float(np.sqrt(se**2 + tau2))
    pi = (mu - spread, mu + spread)
    p, p_ci, p_pi = (_back(measure, values, n) for values in ((mu,), ci, pi))
    if any(b != c for b, c in zip(p_ci, np.clip(p_ci, 0, 1), strict=True)):
        warnings.append("the interval leaves [0, 1], as it can for this measure")
    return Fit(
        measure, method, "iv", asked, test, level, k, mu, se, ci, pi, tau2, se_tau2, i2, h2, q,
        float(chdtrc(k - 1, q)) if k > 1 else 1.0, p[0], (p_ci[0], p_ci[1]), (p_pi[0], p_pi[1]), None,
        tuple(map(float, yi)), tuple(map(float, vi)), tuple(map(float, 100 * w / np.sum(w))), tuple(warnings),
    )  # fmt: skip


def _standard_error(yi: Floats, w: Floats, mu: float, test: str) -> float:
    """Wald, or with Knapp & Hartung's factor (2003, Stat Med 22:2693, eq. 6)."""
    wald = float(1 / np.sqrt(np.sum(w)))
    if test in {"z", "t"}:
        return wald
    factor = float(np.sum(w * (yi - mu) ** 2) / (len(yi) - 1))
    return wald * float(np.sqrt(max(1.0, factor) if test == "adhoc" else factor))


def _quantile(test: str, k: int, level: float) -> float:
    return float(ndtri((1 + level) / 2)) if test == "z" else float(stdtrit(k - 1, (1 + level) / 2))


def _heterogeneity(vi: Floats, tau2: float) -> tuple[float, float]:
    """I² in percent and H², from tau² and the typical sampling variance (Higgins & Thompson 2002, eq. 9)."""
    k, w = len(vi), 1 / vi
    if k == 1:
        return 0.0, 1.0
    typical = (k - 1) / float(np.sum(w) - np.sum(w**2) / np.sum(w))
    return 100 * tau2 / (tau2 + typical), tau2 / typical + 1


def _back(measure: str, values: tuple[float, ...], n: Floats) -> tuple[float, ...]:
    harmonic = float(1 / np.mean(1 / n))
    return tuple(float(v) for v in MEASURES[measure].back(np.array(values), harmonic))


def _one_step(x: Floats, n: Floats, method: str, test: str, level: float) -> Fit:
    """The GLMM; where it has no fit, the two-step model, and a warning that says so."""
    k = len(x)
    wald = "z" if test == "z" else "t"
    try:
        if k < 2:
            raise glmm.NoFit("one study")
        fit = glmm.fit_glmm(x, n)
    except glmm.NoFit as why:
        return _two_step(x, n, "PLO", method, test, level, "glmm", (f"no GLMM, inverse variance instead: {why}",))
    two = _two_step(x, n, "PLO", "ML", "z", level, "glmm", ())
    quantile = _quantile(wald, k, level)
    ci = (fit.mu - quantile * fit.se, fit.mu + quantile * fit.se)
    spread = quantile * float(np.sqrt(fit.se**2 + fit.tau2))
    pi = (fit.mu - spread, fit.mu + spread)
    p, p_ci, p_pi = (_back("PLO", values, n) for values in ((fit.mu,), ci, pi))
    i2, h2 = _heterogeneity(np.array(two.vi), fit.tau2)
    return Fit(
        "PLO", "ML", "glmm", "glmm", wald, level, k, fit.mu, fit.se, ci, pi, fit.tau2, None, i2, h2, two.Q, two.Q_p,
        p[0], (p_ci[0], p_ci[1]), (p_pi[0], p_pi[1]), glmm.averaged(fit.mu, fit.tau2), two.yi, two.vi,
        tuple(float(v) for v in 100 * n / n.sum()), (),
    )  # fmt: skip
