"""Estimators of tau², the variance between studies, for the model without moderators: one line in ESTIMATORS each.

Each takes yi, vi of shape (k,), k ≥ 2, and returns (tau², its standard error); formulas as in metafor's rma.uni
(Viechtbauer 2005, J Educ Behav Stat 30:261; Sidik & Jonkman 2005; Paule & Mandel 1982). EB equals PM.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def q_statistic(yi: Floats, vi: Floats, tau2: float = 0.0) -> float:
    """Generalised Q: Σ w (y − mu)² with w = 1/(v + tau²)."""
    w = 1 / (vi + tau2)
    mu = np.sum(w * yi) / np.sum(w)
    return float(np.sum(w * (yi - mu) ** 2))


def _traces(w: Floats) -> tuple[float, float]:
    """tr(P) and tr(PP) of P = W − W11'W/Σw."""
    s1, s2, s3 = (float(np.sum(w**i)) for i in (1, 2, 3))
    return s1 - s2 / s1, s2 - 2 * s3 / s1 + (s2 / s1) ** 2


def _none(yi: Floats, vi: Floats) -> tuple[float, float | None]:
    return 0.0, None


def _dersimonian_laird(yi: Floats, vi: Floats) -> tuple[float, float | None]:
    """DerSimonian & Laird 1986, eq. 8."""
    k, (tr, tr2) = len(yi), _traces(1 / vi)
    tau2 = max(0.0, (q_statistic(yi, vi) - (k - 1)) / tr)
    return tau2, float(np.sqrt(2 * (k - 1) + 4 * tau2 * tr + 2 * tau2**2 * tr2) / tr)


def _hedges(yi: Floats, vi: Floats) -> tuple[float, float | None]:
    """Hedges 1983."""
    k = len(yi)
    tau2 = max(0.0, float(np.var(yi, ddof=1) - np.mean(vi)))
    tr_pv = float(np.sum(vi)) * (1 - 1 / k)
    tr_pvpv = float(np.sum(vi**2)) * (1 - 2 / k) + float(np.sum(vi)) ** 2 / k**2
    return tau2, float(np.sqrt(2 * tr_pvpv + 4 * tau2 * tr_pv + 2 * tau2**2 * (k - 1)) / (k - 1))


def _hunter_schmidt(yi: Floats, vi: Floats) -> tuple[float, float | None]:
    k, w = len(yi), 1 / vi
    tr, tr2 = _traces(w)
    tau2 = max(0.0, (q_statistic(yi, vi) - k) / float(np.sum(w)))
    return tau2, float(np.sqrt(2 * (k - 1) + 4 * tau2 * tr + 2 * tau2**2 * tr2) / np.sum(w))


def _sidik_jonkman(yi: Floats, vi: Floats) -> tuple[float, float | None]:
    k = len(yi)
    start = float(np.var(yi, ddof=1)) * (k - 1) / k
    if start == 0:
        return 0.0, 0.0
    w = 1 / (vi + start)
    tau2 = start * q_statistic(yi, vi, start) / (k - 1)
    s1, s2 = float(np.sum(w)), float(np.sum(w**2))
    tr_pp = _traces(w)[1]
    p = np.diag(w) - np.outer(w, w) / s1 if k <= 2000 else None
    if p is not None:
        pv = p * vi
        tr_pvpv, tr_pvp = float(np.sum(pv * pv.T)), float(np.sum(pv * p))
    else:  # the same traces without a k × k matrix
        wv, w2v = float(np.sum(w**2 * vi)), float(np.sum((w * vi) ** 2))
        w3v, w3v2 = float(np.sum(w**3 * vi)), float(np.sum(w**3 * vi**2))
        tr_pvpv = w2v - 2 * w3v2 / s1 + (wv / s1) ** 2
        tr_pvp = wv - 2 * w3v / s1 + wv * s2 / s1**2
    se = start / (k - 1) * np.sqrt(2 * tr_pvpv + 4 * tau2 * tr_pvp + 2 * tau2**2 * tr_pp)
    return tau2, float(se)


def _paule_mandel(yi: Floats, vi: Floats) -> tuple[float, float | None]:
    """The tau² at which the generalised Q equals k − 1; Q falls in tau², so the root is unique."""
    from scipy.optimize import brentq

    k = len(yi)
    tau2 = 0.0
    if q_statistic(yi, vi) > k - 1:
        high = float(np.var(yi, ddof=1)) + 1e-12
        while q_statistic(yi, vi, high) > k - 1:
            high *= 2
        tau2 = float(brentq(lambda t: q_statistic(yi, vi, t) - (k - 1), 0.0, high, xtol=1e-300, rtol=1e-14))
    return tau2, float(np.sqrt(2 * k**2 / (k - 1)) / np.sum(1 / (vi + tau2)))


def _maximum_likelihood(yi: Floats, vi: Floats) -> tuple[float, float | None]:
    tau2 = _maximise(yi, vi, restricted=False)
    return tau2, float(np.sqrt(2 / np.sum(1 / (vi + tau2) ** 2)))


def _restricted(yi: Floats, vi: Floats) -> tuple[float, float | None]:
    tau2 = _maximise(yi, vi, restricted=True)
    return tau2, float(np.sqrt(2 / _traces(1 / (vi + tau2))[1]))


def _loglik(yi: Floats, vi: Floats, tau2: Floats, restricted: bool) -> Floats:
    """Log-likelihood but for a constant at each tau², shape (m,)."""
    w = 1 / (vi[None, :] + tau2[:, None])
    total = w.sum(axis=1)
    mu = (w * yi).sum(axis=1) / total
    ll = 0.5 * np.log(w).sum(axis=1) - 0.5 * (w * (yi - mu[:, None]) ** 2).sum(axis=1)
    return np.asarray(ll - 0.5 * np.log(total) if restricted else ll)


def _score(yi: Floats, vi: Floats, tau2: float, restricted: bool) -> float:
    """Derivative of the log-likelihood in tau²."""
    w = 1 / (vi + tau2)
    mu = np.sum(w * yi) / np.sum(w)
    trace = np.sum(w) - (np.sum(w**2) / np.sum(w) if restricted else 0.0)
    return float(0.5 * (np.sum((w * (yi - mu)) ** 2) - trace))


def _maximise(yi: Floats, vi: Floats, restricted: bool) -> float:
    """The global maximum over tau² ≥ 0: the likelihood may have two peaks, so it is searched on a grid first."""
    from scipy.optimize import brentq

    top = 10 * (float(np.ptp(yi)) ** 2 + float(np.max(vi)))
    grid = np.concatenate([[0.0], np.geomspace(1e-12, 1.0, 240) * top])
    ll = _loglik(yi, vi, grid, restricted)
    peaks = [i for i in range(1, len(grid) - 1) if ll[i] >= ll[i - 1] and ll[i] >= ll[i + 1]]
    found = [0.0] if _score(yi, vi, 0.0, restricted) <= 0 else []
    if ll[0] < ll[1] and not peaks:
        peaks = [int(np.argmax(ll[1:-1])) + 1]
    for i in peaks:
        a, b = float(grid[i - 1]), float(grid[i + 1])
        if _score(yi, vi, a, restricted) > 0 > _score(yi, vi, b, restricted):
            found.append(float(brentq(lambda t: _score(yi, vi, t, restricted), a, b, xtol=1e-300, rtol=1e-14)))
    if not found:
        return 0.0
    best = np.array(found)
    tau2 = float(best[np.argmax(_loglik(yi, vi, best, restricted))])
    return tau2 if tau2 > 1e-9 * float(np.mean(vi)) else 0.0


ESTIMATORS: dict[str, Callable[[Floats, Floats], tuple[float, float | None]]] = {
    "EE": _none,
    "DL": _dersimonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "SJ": _sidik_jonkman,
    "ML": _maximum_likelihood,
    "REML": _restricted,
    "EB": _paule_mandel,
    "PM": _paule_mandel,
}
