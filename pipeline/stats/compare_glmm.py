"""Odds ratios by one-step models of two groups (`glmm_two`), as pooled effects."""

from __future__ import annotations

import numpy as np

from pipeline.stats.effects_two import Tables, escalc_two
from pipeline.stats.glmm_two import fit_two
from pipeline.stats.heterogeneity import chi2_tail, shares
from pipeline.stats.inference import TESTS, Inference, one_step_test, statistic
from pipeline.stats.result import Pooled
from pipeline.stats.two_step import floats
from pipeline.stats.weighting import one_group


def pooled_by_glmm(tables: Tables, kind: str, test: str, level: float) -> Pooled:
    """The model `kind` of glmm_two.KINDS on studies that are all informative. Raises glmm.NoFit.

    yi and vi take 1/2 in each cell of studies with an empty one, and I² and H² rest on them; the fit does not. `Q` is
    the likelihood ratio; UM.RS has none, there it is Cochran's.
    """
    fit = fit_two(tables.a, tables.n1, tables.c, tables.n2, kind)
    sample = one_group(*escalc_two("OR", tables))
    i2, h2 = map(float, shares(sample, fit.tau2))
    test, notes = one_step_test(test)
    df = sample.df if TESTS[test].uses_t else None
    inference, stat = Inference(df, level), statistic(fit.mu, fit.se)
    q = float(sample.generalised_q(0.0)[0]) if fit.Q is None else fit.Q
    of_q = (f"Q is Cochran's: {kind} has no test of heterogeneity",) if fit.Q is None else ()
    return Pooled(
        method="ML",
        test=test,
        level=level,
        k=sample.k,
        mu=fit.mu,
        se=fit.se,
        stat=stat,
        df=df,
        p=inference.p_value(stat),
        ci=inference.around(fit.mu, fit.se),
        pi=inference.around(fit.mu, float(np.hypot(fit.se, np.sqrt(fit.tau2)))),
        pi_method=inference.name,
        tau2=fit.tau2,
        se_tau2=None,
        tau2_ci=None,
        I2=i2,
        I2_ci=None,
        H2=h2,
        H2_ci=None,
        Q=q,
        Q_df=sample.df,
        Q_p=chi2_tail(q, sample.df),
        yi=floats(sample.y),
        vi=floats(sample.v),
        weights=None,
        warnings=(*notes, *of_q),
    )
