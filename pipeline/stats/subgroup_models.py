"""Subgroups of a meta-analysis of proportions: each pooled, and the test between them, as one result.

With tau² of its own for each group, or with one for all, which is the model with a mean for each group (see
`subgroups` on what that does to the test).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import glmm, printing
from pipeline.stats.design import Design, design
from pipeline.stats.effects import MEASURES, Floats, escalc
from pipeline.stats.heterogeneity import chi2_tail
from pipeline.stats.inference import TESTS, Inference, one_of
from pipeline.stats.moderated import glmm_regression
from pipeline.stats.moderators import is_missing, label, levels, listed
from pipeline.stats.pool import MODELS, NO_EFFECT, Correction, cautions, checked, led_back, pool_proportions
from pipeline.stats.regression import predictions_at, regress, wald_statistic
from pipeline.stats.regression_result import Regression
from pipeline.stats.result import Fit, Pooled, Result
from pipeline.stats.subgroup_tests import between
from pipeline.stats.tau2 import ESTIMATORS
from pipeline.stats.two_step import check_level, floats
from pipeline.stats.weighting import one_group
from pipeline.stats.zero_cells import Flags, left_out, usable

#: whose tau²: each group's own, or one of all groups
TAU2 = ("separate", "common")
#: the design's column of groups
COLUMN = "group"
#: fields of a group's result that are those of the whole model
OF_THE_MODEL = ("method", "test", "level", "df", "tau2", "se_tau2", "tau2_ci", "I2", "I2_ci", "H2", "H2_ci")

Options = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Subgroups(Result):
    """`fits`: the pooled proportion of each group by name, in the order of the names.

    With `tau2_of` common, tau2, its interval, I2 and H2 in the fits are those of the whole model, and `tau2`, `QE`
    (what the groups leave, the sum of their Q) and `R2` (percent of tau² explained) are told here; separate has none.
    `Q_between` on `Q_df` tests that all groups have the same effect, by Wald's standard errors; None with one group.
    """

    measure: str
    method: str
    model: str
    test: str
    level: float
    tau2_of: str
    fits: dict[str, Fit]
    Q_between: float | None
    Q_df: int
    p: float | None
    tau2: float | None
    R2: float | None
    QE: float | None
    QE_df: int | None
    QE_p: float | None
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        percent = f"{100 * self.level:g} %"
        head = ("", "k", "proportion", f"{percent} CI", f"{percent} PI", "tau²", "I²", "Q", "p")
        rows = [_row(name, fit) for name, fit in self.fits.items()]
        kind = "one tau² for all" if self.tau2_of == "common" else "tau² of each group"
        title = f"Subgroups ({kind}; measure {self.measure}; tau² by {self.method}; test {self.test})"
        return "\n".join([title, "", *printing.table(head, rows), "", *self._test(), *printing.notes(self.warnings)])

    def _test(self) -> list[str]:
        if self.Q_between is None:
            return ["Between groups: not tested"]
        lines = [f"Between groups: Q({self.Q_df}) = {self.Q_between:.4f}, p {printing.p_value(self.p)}"]
        if self.QE is not None:
            lines.append(f"Within groups: QE({self.QE_df}) = {self.QE:.4f}, p {printing.p_value(self.QE_p)}")
        if self.R2 is not None:
            lines.append(f"R² {self.R2:.2f} % of tau² explained")
        return lines


def _row(name: str, fit: Fit) -> tuple[str, ...]:
    ends = (printing.after(i).strip() for i in (fit.proportion_ci, fit.proportion_pi))
    spread = (f"{fit.tau2:.4f}", f"{fit.I2:.1f} %", f"{fit.Q:.4f}", printing.p_value(fit.Q_p))
    return (name, str(fit.k), f"{fit.proportion:.4f}", *ends, *spread)


def subgroups(
    events: ArrayLike,
    n: ArrayLike,
    groups: Sequence[object],
    measure: str = "PLO",
    method: str = "REML",
    model: str = "iv",
    test: str = "z",
    level: float = 0.95,
    tau2: str = "separate",
    add: float | None = None,
    to: str = "only0",
) -> Subgroups:
    """Pool each group of studies, and test between them. `groups` (k,) names each study's; None and "" are left out.

    `tau2` of TAU2; all else as in `pool_proportions`. Raises ValueError that names the value and what is allowed, and
    with one tau² for all where there are no more studies than groups.
    """
    x, size = checked(events, n)
    one_of("tau2", tau2, TAU2)
    one_of("measure", measure, list(MEASURES))
    one_of("method", method, list(ESTIMATORS))
    one_of("model", model, MODELS)
    if tau2 == "common":
        one_of("model with one tau² for all", model, ["iv", "glmm"])
    one_of("test", test, list(TESTS))
    check_level(level)
    if len(groups) != len(x):
        raise ValueError(f"groups must name a group for each of the {len(x)} studies, got {len(groups)}")
    names = ["" if is_missing(g) else label(g) for g in groups]
    kept = np.array([name != "" for name in names])
    if not kept.any():
        raise ValueError("groups: no study has one")
    lost = left_out(kept, "no group")
    x, size, names = x[kept], size[kept], [name for name in names if name]
    options: Options = {"measure": measure, "method": method, "model": model, "test": test, "level": level}
    if tau2 == "separate":
        return _separate(x, size, names, options, (add, to), lost)
    return _common(x, size, names, options, (add, to), lost)


def _separate(
    x: Floats, n: Floats, names: list[str], options: Options, correction: Correction, lost: tuple[str, ...]
) -> Subgroups:
    add, to = correction
    of_group = np.array(names)
    fits = {
        name: pool_proportions(x[of_group == name], n[of_group == name], add=add, to=to, **options)
        for name in levels(names)
    }
    alone = [name for name, fit in fits.items() if fit.k == 1]
    if alone and len(fits) > 1:
        lost = (*lost, f"one study in {listed(alone)}: it counts as if its group had no spread between studies")
    test = between(list(fits.values()))
    return Subgroups(
        **options,
        tau2_of="separate",
        fits=fits,
        Q_between=None if test is None else test["Q_between"],
        Q_df=len(fits) - 1,
        p=None if test is None else test["p"],
        tau2=None,
        R2=None,
        QE=None,
        QE_df=None,
        QE_p=None,
        warnings=lost,
    )


def _common(
    x: Floats, n: Floats, names: list[str], options: Options, correction: Correction, lost: tuple[str, ...]
) -> Subgroups:
    fitted, wald, lost = _one_model(x, n, names, options, correction, lost)
    on = fitted.design
    x, n = x[on.kept], n[on.kept]
    fits = {name: _of_group(fitted, j, x, n, options, correction) for j, name in enumerate(on.levels[COLUMN])}
    q, df = _difference(wald), len(fits) - 1
    return Subgroups(
        **options,
        tau2_of="common",
        fits=fits,
        Q_between=q if df else None,
        Q_df=df,
        p=chi2_tail(q, df) if df else None,
        tau2=fitted.tau2,
        R2=fitted.R2,
        QE=fitted.QE,
        QE_df=fitted.QE_df,
        QE_p=fitted.QE_p,
        warnings=lost,
    )


def _one_model(
    x: Floats, n: Floats, names: list[str], options: Options, correction: Correction, lost: tuple[str, ...]
) -> tuple[Regression, Regression, tuple[str, ...]]:
    """A mean for each group: with the test that is asked, and with Wald's standard errors; and warnings."""
    measure, method, test, level = (options[name] for name in ("measure", "method", "test", "level"))
    if options["model"] == "glmm":
        try:
            one_of("measure of the glmm", measure, ["PLO"])
            fitted = glmm_regression(x, n, _means(names, np.ones(len(x), bool)), test, level)
        except glmm.NoFit as why:
            lost = (*lost, f"no GLMM, inverse variance instead: {why}")
        else:
            return fitted, fitted, (*lost, *fitted.warnings)
    yi, vi = escalc(measure, x, n, *correction)
    can = usable(yi, vi)
    on = _means(names, can)
    lost = (
        *lost,
        *left_out(can, NO_EFFECT),
    )
    fitted, wald = (regress(yi, vi, on, method, kind, level) for kind in (test, "z"))
    return fitted, wald, (*lost, *cautions(x[on.kept], n[on.kept], measure, correction))


def _means(names: list[str], among: Flags) -> Design:
    return design(f"0 + {COLUMN}", {COLUMN: names}, among)


def _difference(wald: Regression) -> float:
    """Wald's chi² that all means are equal."""
    if len(wald.beta) < 2:
        return 0.0
    b, vcov = np.array(wald.beta), np.array(wald.vcov)
    return float(wald_statistic(b[1:] - b[0], vcov[1:, 1:] - vcov[1:, :1] - vcov[:1, 1:] + vcov[0, 0]))


def _of_group(fitted: Regression, j: int, x: Floats, n: Floats, options: Options, correction: Correction) -> Fit:
    """Group j of the model as a result of its own."""
    mine = fitted.design.X[:, j] == 1
    at, one_step = predictions_at(fitted, np.eye(len(fitted.terms))[j][None]), fitted.model == "glmm"
    sample = one_group(np.array(fitted.yi)[mine], np.array(fitted.vi)[mine])
    inference, stat, weights = Inference(fitted.df, fitted.level), fitted.stat[j], 1 / (sample.v + fitted.tau2)
    q = glmm.likelihood_ratio(x[mine], n[mine]) if one_step else float(sample.q_at_zero[0])
    pooled = Pooled(
        **{name: getattr(fitted, name) for name in OF_THE_MODEL},
        k=sample.k,
        mu=at.pred[0],
        se=at.se[0],
        stat=stat,
        p=fitted.p[j],
        ci=at.ci[0],
        pi=at.pi[0],
        pi_method=inference.name,
        Q=q,
        Q_df=sample.df,
        Q_p=chi2_tail(q, sample.df) if sample.df else 1.0,
        yi=floats(sample.y),
        vi=floats(sample.v),
        weights=None if one_step else floats(100 * weights / weights.sum()),
        warnings=tuple(cautions(x[mine], n[mine], str(options["measure"]), correction)),
    )
    averages = [glmm.averaged(value, fitted.tau2) for value in (at.pred[0], *at.ci[0])] if one_step else None
    asked, measure = str(options["model"]), str(options["measure"])
    return led_back(pooled, measure, n[mine], model=fitted.model, model_asked=asked, averages=averages)
