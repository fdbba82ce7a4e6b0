"""pool: rows that may be pooled → pooled proportions per outcome, overall and by class of regimen."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.config import Analysis, Settings
from pipeline.records import ArmRow, Effect, OutcomeRow, Pooled, PooledOutcome, StudyRow
from pipeline.stats import Fit, between, clopper_pearson, pool_proportions


def pool_outcomes(
    outcomes: Iterable[OutcomeRow], arms: Iterable[ArmRow], studies: Iterable[StudyRow], settings: Settings
) -> list[PooledOutcome]:
    """One `PooledOutcome` per outcome of config.analysis.outcomes, in that order."""
    analysis = settings.config.analysis
    labels = {o.outcome: o.label for o in settings.outcomes}
    arm_of = {(a.study, a.arm): a for a in arms}
    study_of = {s.study: s for s in studies}
    rows = [row for row in outcomes if row.pooled]
    return [
        _outcome(name, labels[name], [r for r in rows if r.outcome == name], arm_of, study_of, analysis)
        for name in analysis.outcomes
    ]


def _outcome(
    name: str,
    label: str,
    rows: list[OutcomeRow],
    arm_of: dict[tuple[str, str], ArmRow],
    study_of: dict[str, StudyRow],
    analysis: Analysis,
) -> PooledOutcome:
    if not rows:
        return PooledOutcome(outcome=name, label=label, effects=[], overall=None, by_class=[], class_test=None)
    several = {r.study for r in rows if sum(o.study == r.study for o in rows) > 1}
    plain = [_effect(r, arm_of[r.study, r.arm], study_of[r.study], r.study in several, analysis) for r in rows]
    effects = sorted(plain, key=lambda e: (e.regimen_class, e.year or 0, e.label, e.arm))
    overall, fit = _pooled("overall", effects, analysis)
    effects = [e.model_copy(update={"weight": round(w, 6)}) for e, w in zip(effects, fit.weights or (), strict=True)]
    classes = [
        _pooled(c, [e for e in effects if e.regimen_class == c], analysis)
        for c in sorted({e.regimen_class for e in effects})
    ]
    return PooledOutcome(
        outcome=name,
        label=label,
        effects=effects,
        overall=overall,
        by_class=[pooled for pooled, _ in classes],
        class_test=between([f for _, f in classes]),
    )


def _effect(row: OutcomeRow, arm: ArmRow, study: StudyRow, several: bool, analysis: Analysis) -> Effect:
    if row.events is None or row.n is None:
        raise ValueError(f"{row.study} {row.arm} {row.outcome}: a row without counts cannot be pooled")
    low, high = clopper_pearson([row.events], [row.n], analysis.level / 100)
    return Effect(
        study=row.study,
        label=f"{study.label}, {arm.label}" if several else study.label,
        arm=row.arm,
        regimen_class=arm.regimen_class,
        year=study.year,
        events=row.events,
        n=row.n,
        proportion=row.events / row.n,
        ci=(float(low[0]), float(high[0])),
        weight=0.0,
    )


def _pooled(name: str, effects: list[Effect], analysis: Analysis) -> tuple[Pooled, Fit]:
    events, n = [e.events for e in effects], [e.n for e in effects]
    level = analysis.level / 100
    two_step = pool_proportions(
        events, n, measure=analysis.measure, method=analysis.method, test=analysis.test, level=level
    )
    one_step = pool_proportions(events, n, method=analysis.method, model="glmm", test=analysis.test, level=level)
    fits = {"iv": two_step, "glmm": one_step}
    pooled = Pooled(
        name=name,
        k=len(effects),
        events=sum(events),
        n=sum(n),
        fits={model: fit.to_dict() for model, fit in fits.items()},
        warnings=list(dict.fromkeys(w for fit in fits.values() for w in fit.warnings)),
    )
    return pooled, two_step
