"""What a forest plot shows, row by row; the drawing and the table behind it are made from the same rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.pooled import Effect, Pooled, PooledOutcome
from pipeline.report.fits import Fit, fit_of
from pipeline.report.formats import i2, level, p_equation, statistic, tau2

Kind = Literal["class", "study", "subtotal", "overall", "glmm", "prediction", "note"]


@dataclass(frozen=True)
class ForestRow:
    """One line: shares on [0, 1], `weight` in percent. A class or a note has nothing but its label."""

    kind: Kind
    label: str
    events: int | None = None
    n: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    #: study and arm that a row of kind "study" shows
    place: tuple[str, str] | None = None


def forest_rows(outcome: PooledOutcome, confidence: float) -> list[ForestRow]:
    """Studies by regimen class, each class with its pooled value, then the whole; `confidence` in percent."""
    several = len(classes(outcome)) > 1
    rows: list[ForestRow] = []
    for name in classes(outcome):
        rows += [ForestRow("class", name)] if several else []
        rows += [_study(effect) for effect in _ordered(outcome.effects, name)]
        rows += _subtotal(outcome, name) if several else []
    if outcome.overall is not None:
        rows += _whole(outcome.overall, confidence)
        rows += _heterogeneity(fit_of(outcome.overall.fits.get("iv")))
    if outcome.class_test is not None:
        rows.append(_note(class_test(outcome.class_test)))
    return rows


def classes(outcome: PooledOutcome) -> list[str]:
    """Regimen classes in the order of the pooled results, then those of single arms that were not pooled by class."""
    pooled = [group.name for group in outcome.by_class]
    return pooled + sorted({effect.regimen_class for effect in outcome.effects} - set(pooled))


def class_test(test: dict[str, float]) -> str:
    """The test for subgroup differences in a line."""
    return (
        f"Difference between classes: Q = {statistic(test.get('Q_between'))}, "
        f"df = {test.get('df', 0):.0f}, {p_equation(test.get('p'))}"
    )


def _ordered(effects: list[Effect], name: str) -> list[Effect]:
    """By year, then label; studies without a year come last."""
    mine = [effect for effect in effects if effect.regimen_class == name]
    return sorted(mine, key=lambda e: (e.year is None, e.year or 0, e.label, e.study, e.arm))


def _study(effect: Effect) -> ForestRow:
    low, high = effect.ci
    place = effect.study, effect.arm
    return ForestRow("study", effect.label, effect.events, effect.n, effect.proportion, low, high, effect.weight, place)


def _subtotal(outcome: PooledOutcome, name: str) -> list[ForestRow]:
    """No line for a class of one arm: its pooled value is the arm's own."""
    group = next((g for g in outcome.by_class if g.name == name), None)
    if group is None or group.k < 2:
        return []
    fit = fit_of(group.fits.get("iv"))
    weight = sum(effect.weight for effect in outcome.effects if effect.regimen_class == name)
    return [_diamond("subtotal", f"Pooled {_size(group, fit)}", group, fit, weight)]


def _whole(group: Pooled, confidence: float) -> list[ForestRow]:
    iv, glmm = fit_of(group.fits.get("iv")), fit_of(group.fits.get("glmm"))
    rows = [_diamond("overall", f"All, random effects {_size(group, None)}", group, iv, 100.0)]
    if iv is not None and iv.pi is not None:
        low, high = iv.pi
        rows.append(ForestRow("prediction", f"{level(confidence)} prediction interval", low=low, high=high))
    if glmm is not None and glmm.proportion is not None:
        rows.append(_diamond("glmm", "All, binomial GLMM", group, glmm, None))
    return rows


def _heterogeneity(fit: Fit | None) -> list[ForestRow]:
    """As RevMan and metafor write it below the diamond; nothing where one arm stands alone."""
    if fit is None or fit.tau2 is None or fit.q is None or fit.k < 2:
        return []
    spread = f"τ² = {tau2(fit.tau2)}" + ("" if fit.i2 is None else f", I² = {i2(fit.i2)}")
    test = f"Q = {statistic(fit.q)}, df = {fit.k - 1}, {p_equation(fit.q_p)}"
    return [_note(f"Heterogeneity: {spread}; {test}")]


def _note(words: str) -> ForestRow:
    """A line breaks between figures, not within one."""
    return ForestRow("note", re.sub(r" (?=[=<>%]|[0-9])|(?<=[=<>]) ", "\u00a0", words))


def _diamond(kind: Kind, label: str, group: Pooled, fit: Fit | None, weight: float | None) -> ForestRow:
    low, high = fit.ci if fit is not None and fit.ci is not None else (None, None)
    share = fit.proportion if fit is not None else None
    return ForestRow(kind, label, group.events, group.n, share, low, high, weight)


def _size(group: Pooled, fit: Fit | None) -> str:
    """In brackets, without a place to break the line."""
    return f"(k = {group.k}{_spread(fit)})".replace(" ", "\u00a0")


def _spread(fit: Fit | None) -> str:
    if fit is None or fit.tau2 is None:
        return ""
    return f", τ² = {tau2(fit.tau2)}" + ("" if fit.i2 is None else f", I² = {i2(fit.i2)}")
