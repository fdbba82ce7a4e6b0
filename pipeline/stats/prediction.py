"""Prediction intervals: where the effect of a new study lies. One line in PREDICTIONS each.

For pritz1997 (PLO, REML) they are [-0.136, 2.413] (z), [-0.266, 2.544] (t) and [-0.278, 2.556] (hts), so say which.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.inference import Inference, Interval
from pipeline.stats.quadratic_form import q_cdf
from pipeline.stats.weighting import OneMean

#: draws of the bootstrap, as its authors take
DRAWS = 25_000
#: values of tau² between which its distribution is interpolated, and studies × draws at a time
GRID, BLOCK = 100, 200_000


@dataclass(frozen=True)
class Quantile:
    """mu ± c·sqrt(se² + tau²), se by Wald: c of t on k - `lost` degrees of freedom, or normal (None)."""

    lost: int | None


PREDICTIONS: dict[str, Quantile | None] = {
    "metafor": None,  # quantile and standard error of the test
    "z": Quantile(None),
    "t": Quantile(1),  # R's meta since 8.0
    "hts": Quantile(2),  # Higgins, Thompson & Spiegelhalter 2009, JRSS A 172:137; Riley, Higgins & Deeks 2011
    "bootstrap": None,  # Nagashima, Noma & Furukawa 2019
}


@dataclass(frozen=True)
class Prediction:
    """The interval, which method it is, and what a reader must know of it."""

    interval: Interval
    name: str
    warnings: tuple[str, ...] = ()


def predicted(pi: str, mu: float, se: float, wald: float, tau2: float, k: int, test: Inference) -> Prediction:
    """By a method of PREDICTIONS but the bootstrap; `se` is that of the test, `wald` Wald's.

    Without degrees of freedom the interval is infinite, and a warning says so.
    """
    rule = PREDICTIONS[pi]
    if rule is None:
        return Prediction(test.around(mu, float(np.hypot(se, np.sqrt(tau2)))), test.name)
    df = None if rule.lost is None else k - rule.lost
    if df is not None and df < 1:
        note = f'a prediction interval "{pi}" needs more than {rule.lost} studies: infinite'
        return Prediction((-np.inf, np.inf), f"t on k - {rule.lost} df", (note,))
    inference = Inference(df, test.level)
    return Prediction(inference.around(mu, float(np.hypot(wald, np.sqrt(tau2)))), inference.name)


def bootstrapped(sample: OneMean, level: float, seed: int) -> Prediction:
    """Parametric bootstrap (Nagashima, Noma & Furukawa 2019, Stat Methods Med Res 28:1689; R's pimeta).

    Each draw has a tau² from the confidence distribution of DerSimonian and Laird's Q, and then
    mu(tau²) + z tau - t(k-1) se(tau²), with Hartung & Knapp's se. `method` and `test` have no part in it.
    """
    name = "parametric bootstrap"
    if sample.df < 1:
        note = 'a prediction interval "bootstrap" needs more than 1 study: infinite'
        return Prediction((-np.inf, np.inf), name, (note,))
    rng = np.random.default_rng(seed)
    tau2 = draw_tau2(sample, rng.uniform(size=DRAWS))
    mu, se = _at(sample, tau2)
    draws = mu + rng.standard_normal(DRAWS) * np.sqrt(tau2) - rng.standard_t(sample.df, DRAWS) * se
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    same = ("the effects are identical, so that the bootstrap's prediction interval has no width",)
    return Prediction((float(low), float(high)), name, same if high == low else ())


def draw_tau2(sample: OneMean, u: Floats) -> Floats:
    """tau² with H(tau²) = `u`, H(tau²) = P(Q ≥ its value in the sample; tau²), and 0 where H(0) is above u."""
    from scipy.interpolate import PchipInterpolator

    from pipeline.stats.special import ndtri

    a, q = 1 / sample.v, float(sample.generalised_q(0.0)[0])
    grid = np.append(0.0, np.geomspace(1e-6 * sample.v.min(), _top(q, a, sample.v), GRID))
    known = 1 - q_cdf(q, a, sample.v + grid[:, None])
    inside = known[1:] - known[:-1] > 1e-13  # flat ends have no inverse
    chosen = np.flatnonzero(inside) + 1
    if len(chosen) < 2:
        return np.zeros_like(u)
    inverse = PchipInterpolator(ndtri(known[chosen]), np.log(grid[chosen]))
    tau2 = np.exp(inverse(np.clip(ndtri(u), *ndtri(known[chosen][[0, -1]]))))
    return np.where(u <= known[0], 0.0, tau2)


def _top(q: float, a: Floats, v: Floats) -> float:
    """A tau² so large that next to no draw lies above."""
    top = float(v.max())
    while q_cdf(q, a, v[None] + top)[0] > 1e-6:
        top *= 8
    return top


def _at(sample: OneMean, tau2: Floats) -> tuple[Floats, Floats]:
    """mu and Hartung & Knapp's standard error at each tau² (G,), in blocks."""
    parts = np.array_split(tau2, max(1, len(tau2) * sample.k // BLOCK))
    at = [sample.mean(part) for part in parts]
    mean, total, q = (np.concatenate(each) for each in zip(*at, strict=True))
    return mean, np.sqrt(q / sample.df / total)
