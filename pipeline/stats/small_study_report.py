"""All tests of funnel asymmetry and all adjusted estimates in one table, for a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import printing
from pipeline.stats.effects import MEASURES, Floats, escalc
from pipeline.stats.effects_two import MEASURES_TWO, checked_tables, escalc_two
from pipeline.stats.inference import Interval, one_of
from pipeline.stats.pool import checked
from pipeline.stats.precision_effect import pet_peese
from pipeline.stats.result import Result
from pipeline.stats.small_study import SmallStudy, check_number
from pipeline.stats.small_study_rank import RankTest, ranktest
from pipeline.stats.small_study_regression import PREDICTORS, NoTest, RegressionTest, regtest
from pipeline.stats.small_study_tests import NAMED, NAMED_TWO, NamedTest, asymmetry_test, asymmetry_test_two
from pipeline.stats.tau2 import ESTIMATORS
from pipeline.stats.trim_and_fill import MISSING, trimfill
from pipeline.stats.two_step import check_level, pool_effects
from pipeline.stats.zero_cells import left_out, usable

#: the test to report first, and why
RECOMMENDED = (
    "peters",
    "Peters' test is the one to report: it takes the size of the studies. The standard error of a proportion depends "
    "on the proportion, so that funnels and tests by standard error are asymmetric near 0 and 1 without any bias, "
    "which those by size are not (Hunter et al. 2014, J Clin Epidemiol 67:897; Peters et al. 2006, JAMA 295:676)",
)
RECOMMENDED_TWO = (
    "harbord",
    "Harbord's test is the one to report: score and variance are not correlated as the log odds ratio and its standard "
    "error are (Harbord et al. 2006, Stat Med 25:3443; Sterne et al. 2011, BMJ 343:d4002)",
)


@dataclass(frozen=True, kw_only=True)
class Adjusted(Result):
    """A pooled effect with its interval on the scale of the measure, and led back; `k` counts filled studies too."""

    name: str
    k: int
    mu: float
    ci: Interval
    effect: float
    effect_ci: Interval


@dataclass(frozen=True, kw_only=True)
class SmallStudyEffects(SmallStudy):
    """`tests`, the `recommended` first and `why`; `adjusted` estimates, the unadjusted first. `effect` names what `mu`
    is led back to."""

    measure: str
    method: str
    level: float
    effect: str
    recommended: str
    why: str
    tests: tuple[RegressionTest | RankTest, ...]
    adjusted: tuple[Adjusted, ...]

    def __str__(self) -> str:
        percent = f"{100 * self.level:g} % CI"
        estimates = [
            [a.name, f"{a.k}", f"{a.mu:.4f}", printing.cell(a.ci), f"{a.effect:.4f}", printing.cell(a.effect_ci)]
            for a in self.adjusted
        ]
        return "\n".join(
            [
                f"Small-study effects (k = {self.k}; measure {self.measure}; tau² by {self.method})",
                "",
                *printing.table(["test", "regresses", "on", "statistic", "p"], [_row(t) for t in self.tests]),
                "",
                *printing.table(["estimate", "k", "mu", percent, self.effect, percent], estimates),
                "",
                self.why,
                *self._notes(),
            ]
        )


def _row(test: RegressionTest | RankTest) -> list[str]:
    if isinstance(test, RankTest):
        return [test.name, "yi", "vi", f"tau = {printing.number(test.kendall_tau, 0)}", printing.p_value(test.p)]
    name = "z" if test.df is None else f"t({test.df})"
    stat = f"{name} = {printing.number(test.stat, 0)}"
    return [test.name, test.measure or "yi", PREDICTORS[test.predictor].label, stat, printing.p_value(test.p)]


def small_study_effects(
    events: ArrayLike,
    n: ArrayLike,
    measure: str = "PLO",
    method: str = "REML",
    level: float = 0.95,
    null: float | None = None,
    force: bool = False,
) -> SmallStudyEffects:
    """All tests of NAMED, the rank correlation, trim and fill, PET and PEESE for k single proportions.

    events and n: whole numbers of shape (k,); `measure` of MEASURES, `method` of ESTIMATORS. `null` is a proportion
    that means no effect, if there is one: PET-PEESE chooses by it. Raises ValueError that names the value and what is
    allowed, and with fewer than MINIMUM studies unless `force`.
    """
    x, size = checked(events, n)
    one_of("measure", measure, list(MEASURES))
    if null is not None and not 0 < null < 1:
        raise ValueError(f"null = {null}: a proportion between 0 and 1")
    harmonic = float(1 / np.mean(1 / size))
    at = (
        None
        if null is None
        else float(MEASURES[measure].effect(np.array([null * harmonic]), np.array([harmonic]))[0][0])
    )

    def test(name: str) -> RegressionTest:
        return asymmetry_test(x, size, name, measure, method, level, force)

    def back(y: Floats) -> Floats:
        return np.clip(MEASURES[measure].back(y, harmonic), 0, 1)

    effects = escalc(measure, x, size)
    asked = _Asked(measure, method, level, at, force, "proportion", back)
    return _report(effects, asked, NAMED, test, RECOMMENDED)


def small_study_effects_two(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    measure: str = "OR",
    method: str = "REML",
    level: float = 0.95,
    force: bool = False,
) -> SmallStudyEffects:
    """The same for k comparisons of two groups, with the tests of NAMED_TWO; PET-PEESE chooses by an effect of none."""
    tables = checked_tables(events1, n1, events2, n2)
    one_of("measure", measure, list(MEASURES_TWO))

    def test(name: str) -> RegressionTest:
        return asymmetry_test_two(events1, n1, events2, n2, name, measure, method, level, force)

    rule = MEASURES_TWO[measure]
    asked = _Asked(measure, method, level, 0.0, force, rule.label, rule.back)
    return _report(escalc_two(measure, tables), asked, NAMED_TWO, test, RECOMMENDED_TWO)


# ---- what both have -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    measure: str
    method: str
    level: float
    null: float | None
    force: bool
    effect: str
    back: Callable[[Floats], Floats]


def _report(
    effects: tuple[Floats, Floats],
    asked: _Asked,
    named: dict[str, NamedTest],
    test: Callable[[str], RegressionTest],
    recommended: tuple[str, str],
) -> SmallStudyEffects:
    one_of("method", asked.method, list(ESTIMATORS))
    check_level(asked.level)
    kept = usable(*effects)
    y, v = effects[0][kept], effects[1][kept]
    few = check_number(len(y), "The table of small-study effects", asked.force)
    first = recommended[0]
    tests, failed = _possible(test, [first, *(name for name in named if name != first)])
    adjusted, unadjusted = _adjusted(y, v, asked)
    told = (w for t in tests for w in t.warnings)
    return SmallStudyEffects(
        k=len(y),
        measure=asked.measure,
        method=asked.method,
        level=asked.level,
        effect=asked.effect,
        recommended=first,
        why=recommended[1],
        tests=(*tests, ranktest(y, v, asked.force)),
        adjusted=tuple(adjusted),
        warnings=_once((*few, *left_out(kept, "no effect or no variance on this scale"), *failed, *told, *unadjusted)),
    )


def _possible(test: Callable[[str], RegressionTest], names: Iterable[str]) -> tuple[list[RegressionTest], list[str]]:
    """The tests that can be had, and why the others cannot."""
    tests, failed = [], []
    for name in names:
        try:
            tests.append(test(name))
        except NoTest as why:
            failed.append(f"no test {name}: {why}")
    return tests, failed


def _adjusted(y: Floats, v: Floats, asked: _Asked) -> tuple[list[Adjusted], list[str]]:
    """The unadjusted estimate, trim and fill by each estimator, PET, PEESE and, with a null, the one they choose."""
    method, level = asked.method, asked.level
    plain = pool_effects(y, v, method, "z", level)
    rows, warnings = [_led_back("unadjusted", len(y), plain.mu, plain.ci, asked)], []
    for estimator in MISSING:
        filled = trimfill(y, v, estimator, method=method, level=level, force=asked.force)
        if filled.estimator == estimator:
            name = f"trim and fill {estimator}: {filled.k0} {filled.side}"
            rows.append(_led_back(name, filled.k + filled.k0, filled.mu, filled.ci, asked))
        warnings += [f"trim and fill: {w}" for w in filled.warnings]
    try:
        rows += _regressed(y, v, asked)
    except NoTest as why:
        warnings.append(f"no PET and PEESE: {why}")
    return rows, warnings


def _regressed(y: Floats, v: Floats, asked: _Asked) -> list[Adjusted]:
    fits = [("PET", "sei"), ("PEESE", "vi")]
    found = [(name, regtest(y, v, None, x, "lm", level=asked.level, force=asked.force)) for name, x in fits]
    rows = [_led_back(name, fit.k, fit.intercept, fit.limit_ci or (np.nan, np.nan), asked) for name, fit in found]
    if asked.null is not None:
        both = pet_peese(y, v, asked.null, level=asked.level, force=asked.force)
        rows.append(_led_back(f"PET-PEESE: {both.chosen}", both.k, both.mu, both.ci, asked))
    return rows


def _led_back(name: str, k: int, mu: float, ci: Interval, asked: _Asked) -> Adjusted:
    effect, low, high = (float(value) for value in asked.back(np.array([mu, *ci])))
    return Adjusted(name=name, k=k, mu=mu, ci=ci, effect=effect, effect_ci=(low, high))


def _once(warnings: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(warnings))
