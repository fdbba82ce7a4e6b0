"""Rows that may be pooled → pooled proportions per outcome, overall and by class of regimen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields

import numpy as np

from pipeline.config import Analysis, Settings
from pipeline.errors import UserError
from pipeline.pooled import WITHOUT_HIGH_RISK, Effect, Pooled, PooledOutcome
from pipeline.resolved import HIGH_RISK, SHARED, ArmRow, OutcomeRow, StudyRow
from pipeline.stats import Fit, between_common, clopper_pearson, pool_proportions
from pipeline.stats.inference import GLMM_TESTS, Interval

#: what the sensitivity analysis of shared cohorts does, by what the main one does (config: link.shared_cohorts)
OTHERWISE = {
    "larger": "with all studies that share patients",
    "all": "with only the larger of studies that share patients",
}

Arms = dict[tuple[str, str], ArmRow]
Studies = dict[str, StudyRow]


def pool_outcomes(
    outcomes: Iterable[OutcomeRow], arms: Iterable[ArmRow], studies: Iterable[StudyRow], settings: Settings
) -> list[PooledOutcome]:
    """One `PooledOutcome` per outcome of config.analysis.outcomes, in that order.

    Raises UserError that lists every row which is marked for pooling and cannot be pooled.
    """
    analysis = settings.config.analysis
    labels = {o.outcome: o.label for o in settings.outcomes}
    arm_of = {(a.study, a.arm): a for a in arms}
    study_of = {s.study: s for s in studies}
    asked = [row for row in outcomes if row.outcome in analysis.outcomes]
    rows = [row for row in asked if row.pooled]
    problems = list(_problems(rows, arm_of, study_of))
    if problems:
        raise UserError("\n".join(problems))
    found = [
        _outcome(name, labels[name], [r for r in rows if r.outcome == name], arm_of, study_of, analysis)
        for name in analysis.outcomes
    ]
    otherwise = {name: [r for r in asked if r.outcome == name] for name in analysis.outcomes}
    return [
        p.model_copy(update={"sensitivity": _sensitivity(otherwise[p.outcome], arm_of, study_of, settings)})
        for p in found
    ]


def _sensitivity(rows: list[OutcomeRow], arm_of: Arms, study_of: Studies, settings: Settings) -> list[Pooled]:
    """The outcome pooled otherwise, once for each mark of its rows: with the marked rows that the main analysis leaves
    out, or without those that it keeps; nothing where no row is marked or none stays."""
    names = {SHARED: OTHERWISE[settings.config.link.shared_cohorts], HIGH_RISK: WITHOUT_HIGH_RISK}
    found = []
    for mark, name in names.items():
        turned = [mark in r.sensitivity.split(" + ") for r in rows]
        other = [r for r, turn in zip(rows, turned, strict=True) if r.pooled != turn]
        if any(turned) and other:
            found.append(
                _pooled(name, _effects(other, arm_of, study_of, settings.config.analysis), settings.config.analysis)[0]
            )
    return found


def _effects(rows: list[OutcomeRow], arm_of: Arms, study_of: Studies, analysis: Analysis) -> list[Effect]:
    several = Counter(r.study for r in rows)
    counts = np.array([(r.events, r.n) for r in rows], float)
    exact = clopper_pearson(counts[:, 0], counts[:, 1], analysis.level / 100)
    effects = [
        _effect(r, arm_of[r.study, r.arm], study_of[r.study], several[r.study] > 1, (low, high))
        for r, low, high in zip(rows, *(ends.tolist() for ends in exact), strict=True)
    ]
    return sorted(effects, key=_order)


def _problems(rows: list[OutcomeRow], arm_of: Arms, study_of: Studies) -> Iterable[str]:
    times = Counter((r.study, r.arm, r.outcome) for r in rows)
    for (study, arm, outcome), n in times.items():
        if n > 1:
            yield f"study {study}, arm {arm}: {outcome} is marked for pooling {n} times (once: patients count once)"
    for r in rows:
        where = f"study {r.study}, arm {r.arm}: {r.outcome}"
        if r.study not in study_of:
            yield f"{where}: the study is not in the table of studies"
        elif (r.study, r.arm) not in arm_of:
            have = ", ".join(arm for study, arm in arm_of if study == r.study) or "none"
            yield f"{where}: the study has no such arm (it has {have})"
        if r.events is None or r.n is None or not 0 <= r.events <= r.n or r.n < 1:
            yield f"{where}: events = {r.events}, n = {r.n} cannot be pooled (0 ≤ events ≤ n, n ≥ 1)"


def _outcome(
    name: str, label: str, rows: list[OutcomeRow], arm_of: Arms, study_of: Studies, analysis: Analysis
) -> PooledOutcome:
    if not rows:
        return PooledOutcome(outcome=name, label=label, effects=[], overall=None, by_class=[], class_test=None)
    effects = _effects(rows, arm_of, study_of, analysis)
    overall, weights = _pooled("overall", effects, analysis)
    effects = [e.model_copy(update={"weight": w}) for e, w in zip(effects, weights, strict=True)]
    classes = sorted({e.regimen_class for e in effects})
    test = between_common(
        [e.events for e in effects],
        [e.n for e in effects],
        [e.regimen_class for e in effects],
        measure=analysis.measure,
        method=analysis.method,
    )
    if test is None and len(classes) > 1:
        note = "each class has one arm: without a spread within classes they cannot be compared"
        overall = overall.model_copy(update={"warnings": [*overall.warnings, note]})
    return PooledOutcome(
        outcome=name,
        label=label,
        effects=effects,
        overall=overall,
        by_class=[_pooled(c, [e for e in effects if e.regimen_class == c], analysis)[0] for c in classes],
        class_test=test,
    )


def _order(effect: Effect) -> tuple[object, ...]:
    """By class, year (none last), label."""
    year = effect.year
    return effect.regimen_class, year is None, 0 if year is None else year, effect.label, effect.study, effect.arm


def _effect(row: OutcomeRow, arm: ArmRow, study: StudyRow, several: bool, exact: Interval) -> Effect:
    assert row.events is not None
    assert row.n is not None
    return Effect(
        study=row.study,
        label=f"{study.label}, {arm.label}" if several else study.label,
        arm=row.arm,
        regimen_class=arm.regimen_class,
        year=study.year,
        events=row.events,
        n=row.n,
        proportion=row.events / row.n,
        ci=exact,
        weight=0.0,
    )


def _pooled(name: str, effects: list[Effect], analysis: Analysis) -> tuple[Pooled, tuple[float, ...]]:
    """The set's results, and each effect's weight in percent."""
    events, n = [e.events for e in effects], [e.n for e in effects]
    total = Pooled(name=name, k=len(effects), events=sum(events), n=sum(n), fits={})
    if len(effects) == 1:
        return total.model_copy(update={"fits": {"iv": _alone(effects[0], analysis)}}), (100.0,)
    fits = _models(events, n, analysis)
    said = {
        "fits": {model: fit.to_dict() for model, fit in fits.items()},
        "warnings": list(dict.fromkeys(w for fit in fits.values() for w in fit.warnings)),
    }
    return total.model_copy(update=said), fits["iv"].weights or ()


def _models(events: list[int], n: list[int], analysis: Analysis) -> dict[str, Fit]:
    """The two-step model as configured, and the GLMM: with test t where the configured one is not defined for it."""
    level, test = analysis.level / 100, analysis.test
    two_step = pool_proportions(
        events, n, measure=analysis.measure, method=analysis.method, test=analysis.test, level=level
    )
    one_step = pool_proportions(
        events, n, method=analysis.method, model="glmm", test=test if test in GLMM_TESTS else "t", level=level
    )
    return {"iv": two_step, "glmm": one_step}


def _alone(effect: Effect, analysis: Analysis) -> dict[str, object]:
    """The fields of a `Fit` for one arm: its own proportion with the exact interval.

    Nothing is pooled, so that there is no heterogeneity and no prediction; those fields are None.
    """
    nothing: dict[str, object] = {f.name: None for f in fields(Fit)}
    return nothing | {
        "model": "exact",
        "level": analysis.level / 100,
        "k": 1,
        "proportion": effect.proportion,
        "proportion_ci": list(effect.ci),
        "weights": [100.0],
        "warnings": [],
    }
