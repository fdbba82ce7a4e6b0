"""A meta-regression of given effects as a script for R's metafor."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.stats.r_fit import coefficients, matrix
from pipeline.stats.r_script import comment, digits, frame, names, number, script, vector, weighted
from pipeline.stats.regression_result import Regression


def of_regression(fit: Regression, studies: Sequence[str] | None) -> str:
    """The text for `Regression.to_r`. Raises ValueError."""
    if fit.model != "iv":
        raise ValueError(f"model = {fit.model}: a regression keeps no counts; take to_r() of pool_proportions(mods=…)")
    data = {
        "study": names(studies, fit.k),
        "yi": vector(map(number, fit.yi)),
        "vi": vector(map(number, fit.vi)),
    }
    mods = ", mods = X, intercept = FALSE"
    body = [
        frame(data),
        comment("the studies that the regression rests on; X is its design"),
        *matrix(fit.design.X, fit.design.names),
        *weighted(fit.method, fit.test, fit.level, fit.tau2_ci, mods),
    ]
    return script(fit._title(), [*coefficients(fit), *_told(fit)], fit.warnings, body)


def _told(fit: Regression) -> list[str]:
    tested = [] if fit.QM is None or fit.QM_p is None else [f"QM {digits(fit.QM)} on {fit.QM_df}, p {digits(fit.QM_p)}"]
    explained = "" if fit.R2 is None else f", R2 {digits(fit.R2)}"
    return [
        f"tau2 {digits(fit.tau2)}, I2 {digits(fit.I2)}, H2 {digits(fit.H2)}{explained}",
        *tested,
        f"QE {digits(fit.QE)} on {fit.QE_df}, p {digits(fit.QE_p)}",
    ]
