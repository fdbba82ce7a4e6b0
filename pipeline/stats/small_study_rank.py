"""Rank correlation of effects and variances (Begg & Mazumdar 1994, Biometrics 50:1088), as metafor's ranktest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import printing
from pipeline.stats.effects import Floats
from pipeline.stats.rank_correlation import kendall
from pipeline.stats.small_study import SmallStudy, check_number
from pipeline.stats.two_step import checked_effects
from pipeline.stats.weighting import SAME

#: studies up to which p is exact; the normal approximation is then right to three digits, and the cost linear
EXACT_UP_TO = 200


@dataclass(frozen=True, kw_only=True)
class RankTest(SmallStudy):
    """Kendall's tau_b of the standardised effects and their variances, with its two-sided p. `exact` p without ties
    (up to EXACT_UP_TO studies), else by the normal distribution. Both None where all variances, or all effects, are
    the same."""

    name: str = "Begg & Mazumdar's rank correlation"
    kendall_tau: float | None
    p: float | None
    exact: bool

    def __str__(self) -> str:
        how = "exact" if self.exact else "normal approximation"
        tau = printing.number(self.kendall_tau, 0)
        line = f"Kendall's tau = {tau}, p {printing.p_value(self.p)} ({how})"
        return "\n".join([f"{self.name} (k = {self.k})", "", line, *self._notes()])


def ranktest(yi: ArrayLike, vi: ArrayLike, force: bool = False) -> RankTest:
    """Kendall's tau of (yi - mu)/sqrt(vi - 1/Σ(1/vi)) and vi, shapes (k,), mu the mean of equal effects.

    Ties are those of floating-point values: of studies with the same counts, not of figures that print alike. Raises
    ValueError with fewer than MINIMUM studies unless `force`, and with one study.
    """
    y, v = checked_effects(yi, vi)
    few = check_number(len(y), "The rank correlation test", force, least=2)
    z = standardised(y, v)
    same_effects = np.ptp(z) == 0 or np.ptp(y) <= SAME * float(np.abs(y).max())
    if np.ptp(v) == 0 or same_effects:
        same = "effects" if same_effects else "variances"
        why = f"the {same} of all studies are the same: there is nothing to rank"
        return RankTest(k=len(y), kendall_tau=None, p=None, exact=False, warnings=(*few, why))
    exact = len(y) <= EXACT_UP_TO and len(np.unique(z)) == len(y) and len(np.unique(v)) == len(y)
    tau, p = kendall(z, v, exact)
    why = "ties" if len(y) <= EXACT_UP_TO else f"more than {EXACT_UP_TO} studies"
    ties = () if exact else (f"{why}: p is by the normal approximation",)
    return RankTest(k=len(y), kendall_tau=tau, p=p, exact=exact, warnings=(*few, *ties))


def standardised(y: Floats, v: Floats) -> Floats:
    """Residuals from the mean of equal effects over their own standard error."""
    w = 1 / v
    rest = v - 1 / w.sum()  # 0 where one study has all the weight
    residuals = y - np.sum(w * y) / w.sum()
    return np.asarray(residuals / np.sqrt(np.where(rest > 0, rest, v)))
