"""What a meta-regression is told by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import printing
from pipeline.stats.design import Design
from pipeline.stats.effects import MEASURES
from pipeline.stats.inference import Interval
from pipeline.stats.result import Fit, Result


@dataclass(frozen=True, kw_only=True)
class TermTest(Result):
    """That all coefficients of a term are 0: chi² on `df` (`df2` None), or F on `df` and `df2`; None where se is 0."""

    term: str
    names: tuple[str, ...]
    QM: float | None
    df: int
    df2: int | None
    p: float | None


@dataclass(frozen=True, kw_only=True)
class Regression(Result):
    """yi = X beta + u + e on the analysis scale; p coefficients in the order of `terms`, which names them.

    `stat` and `p` test each coefficient with `df` degrees of freedom (None: normal). `vcov` (p, p), with Knapp &
    Hartung's factor where the test has one. `QM` tests all coefficients but the intercept (all, without one): chi² on
    `QM_df` (`QM_df2` None), or F on `QM_df` and `QM_df2`. `QE` is what the moderators leave: Cochran's Q of the
    residuals. `R2` (percent) is the share of tau² that they explain, None where X has no intercept, and for EE; 0 where
    there is no tau² to explain. `tests`: one for each term of the formula. `tau2_ci`, `I2_ci`, `H2_ci` by Q-profile.
    With `model` glmm, QE is the likelihood ratio, `QE_wald` Wald's test of the same (metafor's QE.LRT and QE.Wld);
    there is no R2.
    """

    model: str
    method: str
    test: str
    level: float
    k: int
    terms: tuple[str, ...]
    beta: tuple[float, ...]
    se: tuple[float, ...]
    stat: tuple[float | None, ...]
    df: int | None
    p: tuple[float | None, ...]
    ci: tuple[Interval, ...]
    vcov: tuple[tuple[float, ...], ...]
    tau2: float
    se_tau2: float | None
    tau2_ci: Interval | None
    I2: float
    I2_ci: Interval | None
    H2: float
    H2_ci: Interval | None
    R2: float | None
    QM: float | None
    QM_df: int
    QM_df2: int | None
    QM_p: float | None
    QE: float
    QE_df: int
    QE_p: float
    QE_wald: float | None = None
    QE_wald_p: float | None = None
    tests: tuple[TermTest, ...]
    yi: tuple[float, ...]
    vi: tuple[float, ...]
    design: Design
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self._title(), "", *self.table(), *printing.notes(self.warnings)])

    def to_r(self, studies: Sequence[str] | None = None) -> str:
        """The same regression as a script for R's metafor: effects and design inline, litpool's numbers in comments.

        `studies` names the k studies that it rests on. litpool does not run the script. Raises ValueError for a GLMM,
        whose counts are not here: there `Moderated` has `to_r`.
        """
        from pipeline.stats.r_regression import of_regression  # it is made of this module

        return of_regression(self, studies)

    def _title(self) -> str:
        kind = "Meta-regression" if self.model == "iv" else "Binomial-normal model (GLMM) with moderators"
        return f"{kind} (k = {self.k}; tau² by {self.method}; test {self.test})"

    def table(self) -> list[str]:
        """Lines: what is left between studies, the tests, and the coefficients."""
        return [*self._spread(), "", *self._tests(), "", *self._coefficients()]

    def _spread(self) -> list[str]:
        tau2, i2 = printing.between_studies(self.tau2, self.se_tau2, self.tau2_ci, self.I2, self.I2_ci)
        explained = [] if self.R2 is None else [f"R²    {self.R2:.2f} % of tau² explained"]
        return [
            f"{tau2}, left beside the moderators",
            i2,
            f"H²    {self.H2:.2f}{printing.after(self.H2_ci, 2)}",
            *explained,
            f"QE({self.QE_df}) = {self.QE:.4f}, p {printing.p_value(self.QE_p)}",
            *([] if self.QE_wald is None else [f"by Wald = {self.QE_wald:.4f}, p {printing.p_value(self.QE_wald_p)}"]),
        ]

    def _tests(self) -> list[str]:
        lines = [_test_line("moderators", self.QM, self.QM_df, self.QM_df2, self.QM_p)]
        if len(self.tests) > 1:
            lines += [_test_line(t.term, t.QM, t.df, t.df2, t.p) for t in self.tests]
        return lines

    def _coefficients(self) -> list[str]:
        percent = f"{100 * self.level:g} % CI"
        head = ("", "estimate", "se", "z" if self.df is None else f"t({self.df})", "p", percent)
        rows = [
            (name, f"{b:.4f}", f"{se:.4f}", printing.number(stat, 0), printing.p_value(p), printing.after(ci).strip())
            for name, b, se, stat, p, ci in zip(self.terms, self.beta, self.se, self.stat, self.p, self.ci, strict=True)
        ]
        return printing.table(head, rows)


def _test_line(name: str, stat: float | None, df: int, df2: int | None, p: float | None) -> str:
    kind = f"QM({df})" if df2 is None else f"F({df}, {df2})"
    return f"Test of {name}: {kind} = {printing.number(stat, 0)}, p {printing.p_value(p)}"


@dataclass(frozen=True, kw_only=True)
class Moderated(Fit):
    """A pooled proportion on moderators. `regression` has all of it.

    mu, se, ci, pi and `proportion…` are its prediction at the mean of each column of the design (for a factor: at the
    shares of its levels among the studies), Q is its QE. There are no `weights`. `n_harmonic` of the studies leads
    Freeman-Tukey's effects back.
    """

    regression: Regression
    n_harmonic: float

    def __str__(self) -> str:
        fit = self.regression
        head = fit._title().replace("k =", f"measure {self.measure}; k =")
        mean = "At the mean of the moderators' columns:"
        lines = [head, "", *fit.table(), "", mean, *self._estimates(), *printing.notes(self.warnings)]
        return "\n".join(lines)

    def led_back(self, effects: ArrayLike) -> tuple[float, ...]:
        """Effects as proportions; what lies beyond [0, 1] is cut there."""
        raw = MEASURES[self.measure].back(np.asarray(effects, float), self.n_harmonic)
        return tuple(np.clip(raw, 0, 1).tolist())


@dataclass(frozen=True, kw_only=True)
class Predictions(Result):
    """m predictions: `pred` with se, ci and pi (pred ± c·sqrt(se² + tau²)) on the analysis scale, `proportion…` on
    [0, 1] where a proportion was fitted."""

    level: float
    pred: tuple[float, ...]
    se: tuple[float, ...]
    ci: tuple[Interval, ...]
    pi: tuple[Interval, ...]
    proportion: tuple[float, ...] | None = None
    proportion_ci: tuple[Interval, ...] | None = None
    proportion_pi: tuple[Interval, ...] | None = None

    def __str__(self) -> str:
        percent = f"{100 * self.level:g} %"
        cells = self.pred, self.ci, self.pi
        if self.proportion is not None and self.proportion_ci is not None and self.proportion_pi is not None:
            cells = self.proportion, self.proportion_ci, self.proportion_pi
        name = "predicted" if self.proportion is None else "proportion"
        rows = [
            (str(i + 1), f"{value:.4f}", printing.after(ci).strip(), printing.after(pi).strip())
            for i, (value, ci, pi) in enumerate(zip(*cells, strict=True))
        ]
        return "\n".join(printing.table(("", name, f"{percent} CI", f"{percent} PI"), rows))


@dataclass(frozen=True, kw_only=True)
class Residuals(Result):
    """`resid` = yi - `fitted`, its standard error `se`, and `z` = resid / se (metafor's rstandard).

    se and z are None for a study that the fit must meet.
    """

    fitted: tuple[float, ...]
    resid: tuple[float, ...]
    se: tuple[float | None, ...]
    z: tuple[float | None, ...]
