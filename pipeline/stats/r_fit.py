"""A pooled proportion as a script for R's metafor; what metafor has not goes to lme4 or VGAM, and a comment says so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.stats.effects import Floats, escalc
from pipeline.stats.inference import Inference
from pipeline.stats.prediction import PREDICTIONS
from pipeline.stats.r_script import (
    BACK,
    GLMM_DIGITS,
    call,
    comment,
    digits,
    frame,
    names,
    number,
    percent,
    script,
    span,
    text,
    told,
    used,
    vector,
    weighted,
)
from pipeline.stats.regression_result import Moderated, Regression
from pipeline.stats.result import Fit
from pipeline.stats.zero_cells import Flags, usable

#: back from the scale of lme4's other links, where metafor has none
LINKS_BACK = {"probit": "pnorm", "cloglog": "function(x) 1 - exp(-exp(x))"}


def of_fit(fit: Fit, studies: Sequence[str] | None) -> str:
    """The text for `Fit.to_r`. Raises ValueError."""
    _check_counts(fit)
    mods = fit.regression.design if isinstance(fit, Moderated) else None
    kept = mods.kept if mods is not None else _kept(fit)
    flags, leave = used(kept.tolist())
    data = {
        "study": names(studies, len(fit.n)),
        "events": vector(map(str, fit.events)),
        "n": vector(map(str, fit.n)),
        **({"used": flags} if leave else {}),
    }
    columns = [] if mods is None or (mods.X.shape[1] == 1 and (mods.X == 1).all()) else matrix(mods.X, mods.names)
    body = [frame(data), *_model(fit, leave, columns)]
    slopes = coefficients(fit.regression) if isinstance(fit, Moderated) else []
    return script(fit._title(), [*told(fit), *slopes, *_proportions(fit)], fit.warnings, body)


def _check_counts(fit: Fit) -> None:
    if not fit.n:
        raise ValueError("this result is a group of a joint model and keeps no counts: take to_r() of pool_proportions")
    if fit.model not in ("iv", "glmm", "beta-binomial"):
        raise ValueError(f"model = {fit.model}: no R script; allowed: iv, glmm, beta-binomial")


def _kept(fit: Fit) -> Flags:
    """The studies that the fit rests on."""
    if fit.model != "iv":
        return np.ones(len(fit.n), bool)
    return usable(*escalc(fit.measure, *_counts(fit), fit.add, fit.to))


def _counts(fit: Fit) -> tuple[Floats, Floats]:
    return np.array(fit.events, float), np.array(fit.n, float)


def matrix(x: Floats, labels: Sequence[str]) -> list[str]:
    """`X`, the moderators, with the intercept in front, where metafor puts it."""
    order = np.argsort(~(x == 1).all(axis=0), kind="stable")
    cells = ",\n  ".join(", ".join(number(value) for value in row) for row in x[:, order])
    heads = vector(text(labels[j]) for j in order)
    return [f"X <- matrix(c(\n  {cells}\n), ncol = {x.shape[1]}, byrow = TRUE, dimnames = list(NULL, {heads}))"]


# ---- models ---------------------------------------------------------------------------------------------------------


def _model(fit: Fit, leave: list[str], columns: list[str]) -> list[str]:
    if fit.model == "iv":
        return _two_step(fit, leave, columns)
    if fit.model == "beta-binomial":
        return _beta_binomial(fit)
    return [*leave, *columns, *(_glmm(fit, columns) if fit.link in (None, "logit") else _lme4(fit))]


def _two_step(fit: Fit, leave: list[str], columns: list[str]) -> list[str]:
    add, to = number(fit.add), text(fit.to)
    effects = call("escalc", measure=text(fit.measure), xi="events", ni="n", data="d", add=add, to=to, slab="study")
    return [
        f"d <- {effects}",
        *leave,
        *columns,
        *weighted(fit.method, fit.test, fit.level, fit.tau2_ci, _mods(columns)),
        *_predictions(fit, columns),
    ]


def _mods(columns: list[str]) -> str:
    return ", mods = X, intercept = FALSE" if columns else ""


def _glmm(fit: Fit, columns: list[str]) -> list[str]:
    how = f"test = {text(fit.test)}, level = {percent(fit.level)}, nAGQ = {fit.points or 7}"
    return [
        comment(GLMM_DIGITS),
        f'fit <- rma.glmm(measure = "PLO", xi = events, ni = n, data = d{_mods(columns)}, {how})',
        "print(fit)",
        *_predictions(fit, columns),
    ]


def _lme4(fit: Fit) -> list[str]:
    family = f"binomial(link = {text(str(fit.link))})"
    back = LINKS_BACK[str(fit.link)]
    return [
        comment(f"metafor has no GLMM with the link {fit.link}: this is lme4's. {GLMM_DIGITS}"),
        "d$row <- factor(seq_len(nrow(d)))",
        f"fit <- lme4::glmer(cbind(events, n - events) ~ 1 + (1 | row), data = d, family = {family}, "
        f"nAGQ = {fit.points})",
        "print(summary(fit))",
        "mu <- unname(lme4::fixef(fit))",
        "se <- sqrt(vcov(fit)[1, 1])",
        'tau2 <- c(lme4::VarCorr(fit)[["row"]])',
        "print(c(mu = mu, se = se, tau2 = tau2))",
        f"back <- {back}",
        f"print(back(mu + c(0, -1, 1) * {_quantile(fit.df, fit.level)} * se))",
        *_by_hand(fit, "mu", "se^2", "tau2", "back"),
    ]


def _beta_binomial(fit: Fit) -> list[str]:
    return [
        comment(
            "metafor has no beta-binomial model: VGAM maximises the same likelihood (logits of the mean and of rho)"
        ),
        'if (requireNamespace("VGAM", quietly = TRUE)) {',
        "  print(VGAM::summaryvglm(VGAM::vglm(cbind(events, n - events) ~ 1, VGAM::betabinomial, data = d)))",
        "}",
        comment("the nearest in metafor, whose numbers differ: the binomial-normal model"),
        *_glmm(fit, []),
    ]


# ---- the way back ---------------------------------------------------------------------------------------------------


def _predictions(fit: Fit, columns: list[str]) -> list[str]:
    if isinstance(fit, Moderated) and columns:
        means = "colMeans(X)[-1]" if _has_intercept(fit) else "colMeans(X)"
        return [
            comment("at the mean of each column of the design"),
            f"print(predict(fit, newmods = rbind({means}){BACK[fit.measure]}))",
        ]
    lines = [f"print(predict(fit{BACK[fit.measure]}))"]
    if fit.model == "beta-binomial" or _is_of_the_test(fit):
        return lines
    wald = "fit$se^2" if fit.model == "glmm" else "1 / sum(1 / (d$vi + fit$tau2))"
    return [*lines, *_by_hand(fit, "c(fit$beta)", wald, "fit$tau2", _back(fit.measure))]


def _has_intercept(fit: Moderated) -> bool:
    return bool((fit.regression.design.X == 1).all(axis=0).any())


def _back(measure: str) -> str:
    """metafor's back-transformation as a function of R's."""
    if measure == "PR":
        return "identity"
    name = BACK[measure].removeprefix(", transf = ").split(",")[0]
    return name if measure != "PFT" else f"(function(x) sapply(x, {name}, targs = list(ni = d$n)))"


def _is_of_the_test(fit: Fit) -> bool:
    """Whether the prediction interval is that of metafor's predict()."""
    usual = Inference(fit.df, fit.level).around(fit.mu, float(np.hypot(fit.se, np.sqrt(fit.tau2))))
    return fit.pi_method == Inference(fit.df, fit.level).name and bool(np.allclose(fit.pi, usual, rtol=1e-12))


def _by_hand(fit: Fit, mu: str, variance: str, tau2: str, back: str) -> list[str]:
    """The prediction interval where predict() has another."""
    rules = [rule for rule in PREDICTIONS.values() if rule is not None]
    dfs = [None if rule.lost is None else fit.k - rule.lost for rule in rules] + [fit.df]
    named = {Inference(df, fit.level).name: df for df in dfs if df is None or df >= 1}
    if fit.pi_method not in named:
        return [comment(f"litpool's prediction interval ({fit.pi_method}) is not here: metafor has none of its kind")]
    quantile = _quantile(named[fit.pi_method], fit.level)
    return [
        comment(f"litpool's prediction interval ({fit.pi_method})"),
        f"ends <- {mu} + c(-1, 1) * {quantile} * sqrt({variance} + {tau2})",
        f"print(rbind(ends, {back}(ends)))",
    ]


def _quantile(df: float | None, level: float) -> str:
    upper = number((1 + level) / 2)
    return f"qnorm({upper})" if df is None else f"qt({upper}, {number(df)})"


def coefficients(on: Regression) -> list[str]:
    """The numbers of each coefficient."""
    rows = zip(on.design.names, on.beta, on.se, on.ci, strict=True)
    return [f"coefficient {name}: {digits(b)}, se {digits(se)}, CI {span(ci)}" for name, b, se, ci in rows]


def _proportions(fit: Fit) -> list[str]:
    rho = [] if fit.rho is None else [f"rho {digits(fit.rho)}"]
    return [
        *rho,
        f"proportion {digits(fit.proportion)}, CI {span(fit.proportion_ci)}, "
        f"prediction interval {span(fit.proportion_pi)}",
    ]
