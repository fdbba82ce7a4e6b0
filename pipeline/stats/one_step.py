"""One-step models of proportions as a `Fit`: the binomial-normal model (GLMM) and the beta-binomial model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from pipeline.stats import glmm
from pipeline.stats.beta_binomial import BetaBinomial, fit_beta_binomial, profile_of_rho
from pipeline.stats.effects import Floats, escalc
from pipeline.stats.glmm_families import LINKS
from pipeline.stats.glmm_profile import profile_intervals
from pipeline.stats.heterogeneity import chi2_tail, shares
from pipeline.stats.inference import TESTS, Inference, Interval, one_step_test, statistic
from pipeline.stats.result import Fit
from pipeline.stats.special import betaincinv, expit, logit, polygamma
from pipeline.stats.two_step import floats
from pipeline.stats.weighting import Sample, one_group

UNBOUNDED = "the likelihood hardly falls as tau² grows: the interval of tau² has no upper end"


@dataclass(frozen=True)
class _Asked:
    """The test that a one-step model can have, its inference, and what to say where it is not the one asked for."""

    inference: Inference
    test: str
    level: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Estimates:
    """mu and tau² with what is told of them; `of_tau2` None where no profile was asked for."""

    mu: float
    se: float
    ci: Interval
    pi: Interval
    pi_method: str
    tau2: float
    se_tau2: float | None
    of_tau2: Interval | None


@dataclass(frozen=True)
class OneStep:
    """Points of quadrature and link of a GLMM; whether profile-likelihood intervals are wanted."""

    points: int
    link: str
    profile: bool


def by_glmm(x: Floats, n: Floats, test: str, level: float, how: OneStep) -> Fit:
    """The binomial-normal model. Raises glmm.NoFit."""
    link = how.link
    fit = _glmm(x.tobytes(), n.tobytes(), how.points, link)
    asked = _asked(len(x), test, level)
    around = asked.inference.around
    of_mu, of_tau2 = profile_intervals(fit, level) if how.profile else ([None], None)
    pi = around(fit.mu, float(np.hypot(fit.se, fit.tau)))
    found = _Estimates(fit.mu, fit.se, around(fit.mu, fit.se), pi, asked.inference.name, fit.tau2, fit.se_tau2, of_tau2)
    mean, mean_ci = _averaged(fit, asked.inference, link)
    return Fit(
        **_core(x, n, link, asked, found),
        measure="PLO" if link == "logit" else link,
        model="glmm",
        model_asked="glmm",
        proportion=float(LINKS[link].proportion(np.asarray(fit.mu))),
        proportion_ci=_back(found.ci, link),
        proportion_pi=_back(pi, link),
        proportion_averaged=mean,
        proportion_averaged_ci=mean_ci,
        points=how.points,
        loglik=fit.loglik,
        profile_ci=of_mu[0],
        proportion_profile_ci=None if of_mu[0] is None else _back(of_mu[0], link),
    )


@lru_cache(maxsize=16)
def _glmm(x: bytes, n: bytes, points: int, link: str) -> glmm.GLMM:
    """Fitted once for all tests, and with and without profiles."""
    return glmm.fit_glmm(np.frombuffer(x), np.frombuffer(n), points=points, link=link)


def by_beta_binomial(x: Floats, n: Floats, test: str, level: float, profile: bool) -> Fit:
    """The beta-binomial model; mu is the logit of the population's mean. Raises glmm.NoFit.

    tau2 is the variance of the logits of the beta distribution, so that it compares with a GLMM's; its interval is
    that of rho led there with the mean held. The prediction interval has the quantiles of the beta distribution whose
    variance is that of the studies and of the estimated mean together.
    """
    fit = fit_beta_binomial(x, n)
    asked = _asked(len(x), test, level)
    p = float(expit(fit.mu))
    of_rho = profile_of_rho(fit, level) if profile else None
    of_tau2 = None if of_rho is None else (_logit_variance(p, of_rho[0]), _logit_variance(p, of_rho[1]))
    ci, pi = asked.inference.around(fit.mu, fit.se), _beta_quantiles(fit, level)
    on_scale = (float(logit(pi[0])), float(logit(pi[1])))
    how = "beta, widened by the error of the mean"
    found = _Estimates(fit.mu, fit.se, ci, on_scale, how, _logit_variance(p, fit.rho), None, of_tau2)
    return Fit(
        **_core(x, n, "logit", asked, found),
        measure="PLO",
        model="beta-binomial",
        model_asked="beta-binomial",
        proportion=p,
        proportion_ci=_back(ci, "logit"),
        proportion_pi=pi,
        proportion_averaged=p,
        proportion_averaged_ci=_back(ci, "logit"),
        loglik=fit.loglik,
        rho=fit.rho,
        se_rho=fit.se_rho,
        rho_ci=of_rho,
    )


def _asked(k: int, test: str, level: float) -> _Asked:
    test, notes = one_step_test(test)
    return _Asked(Inference(k - 1 if TESTS[test].uses_t else None, level), test, level, notes)


def _on_the_scale(x: Floats, n: Floats, link: str) -> Sample:
    """The studies' own effects on the scale of the link, a half added where there are no events or no non-events."""
    if link == "logit":
        return one_group(*escalc("PLO", x, n))
    zero = (x == 0) | (x == n)
    p, size = (x + 0.5 * zero) / (n + zero), n + zero
    eta = LINKS[link].eta(p)
    return one_group(eta, p * (1 - p) / size / LINKS[link].slope(eta) ** 2)


def _core(x: Floats, n: Floats, link: str, asked: _Asked, found: _Estimates) -> dict[str, Any]:
    """The fields of a Fit that both models fill alike."""
    sample, stat = _on_the_scale(x, n, link), statistic(found.mu, found.se)
    q, q_wald = glmm.likelihood_ratio(x, n, link=link), glmm.wald(x, n, link=link)
    i2, h2 = _shares(sample, found.tau2)
    ends = None if found.of_tau2 is None else [_shares(sample, t) for t in found.of_tau2]
    open_end = found.of_tau2 is not None and found.of_tau2[1] == np.inf
    return {
        "method": "ML",
        "test": asked.test,
        "level": asked.level,
        "k": sample.k,
        "mu": found.mu,
        "se": found.se,
        "stat": stat,
        "df": asked.inference.df,
        "p": asked.inference.p_value(stat),
        "ci": found.ci,
        "pi": found.pi,
        "pi_method": found.pi_method,
        "tau2": found.tau2,
        "se_tau2": found.se_tau2,
        "tau2_ci": found.of_tau2,
        "I2": i2,
        "I2_ci": None if ends is None else (ends[0][0], ends[1][0]),
        "H2": h2,
        "H2_ci": None if ends is None else (ends[0][1], ends[1][1]),
        "Q": q,
        "Q_df": sample.df,
        "Q_p": chi2_tail(q, sample.df),
        "Q_wald": q_wald,
        "Q_wald_p": chi2_tail(q_wald, sample.df),
        "yi": floats(sample.y),
        "vi": floats(sample.v),
        "weights": None,
        "link": link,
        "warnings": (*asked.notes, *([UNBOUNDED] if open_end else [])),
    }


def _shares(sample: Sample, tau2: float) -> tuple[float, float]:
    """(I² in percent, H²)."""
    if tau2 == np.inf:
        return 100.0, np.inf
    i2, h2 = shares(sample, tau2)
    return float(i2), float(h2)


def _back(interval: Interval, link: str) -> Interval:
    low, high = LINKS[link].proportion(np.array(interval))
    return float(low), float(high)


# ---- means of the population of studies -----------------------------------------------------------------------------


def _averaged(fit: glmm.GLMM, inference: Inference, link: str) -> tuple[float, Interval]:
    """The population's mean proportion with its interval, by the delta method over (mu, tau) on the scale of the link;
    at tau² = 0 its derivative by tau is 0, and only the error of mu counts."""
    mean, by_mu, by_tau = glmm.averaged_with_slopes(fit.mu, fit.tau2, link)
    slope = np.array([by_mu, by_tau if fit.tau2 > 0 else 0.0])
    variance = float(slope @ np.nan_to_num(fit.covariance) @ slope)
    eta = float(LINKS[link].eta(np.asarray(mean)))
    se = np.sqrt(variance) / float(LINKS[link].slope(np.asarray(eta)))
    return mean, _back(inference.around(eta, float(se)), link)


def _logit_variance(p: float, rho: float) -> float:
    """Of logit(P) for P ~ Beta with mean p and variance rho p (1 - p)."""
    if rho in (0.0, 1.0):
        return 0.0 if rho == 0 else np.inf
    size = (1 - rho) / rho
    return float(polygamma(1, p * size) + polygamma(1, (1 - p) * size))


def _beta_quantiles(fit: BetaBinomial, level: float) -> Interval:
    p = float(expit(fit.mu))
    share = fit.rho + fit.se**2 * p * (1 - p)  # the variance of the mean is (se p (1 - p))²
    size = (1 - min(share, 1 - 1e-9)) / min(share, 1 - 1e-9)
    low, high = betaincinv(p * size, (1 - p) * size, np.array([1 - level, 1 + level]) / 2)
    return float(low), float(high)
