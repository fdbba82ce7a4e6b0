"""Pooling, roughly: a stand-in with the shape of `extracted/pooled.json`, so that reports can be tested alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from report_specs import LABELS, NumberSpec, ReviewSpec, StudySpec, pooled_here
from scipy.stats import beta, norm

from pipeline.pooled import Effect, Pooled, PooledOutcome


def clopper_pearson(events: int, n: int) -> tuple[float, float]:
    low = 0.0 if events == 0 else float(beta.ppf(0.025, events, n - events + 1))
    high = 1.0 if events == n else float(beta.ppf(0.975, events + 1, n - events))
    return low, high


def _logits(counts: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    added = [(e + 0.5, n + 1) if e in (0, n) else (float(e), float(n)) for e, n in counts]
    return [(math.log(e / (n - e)), 1 / e + 1 / (n - e)) for e, n in added]


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def fit(counts: Sequence[tuple[int, int]], shift: float = 0.0) -> dict[str, object]:
    effects = _logits(counts)
    weights = [1 / v for _, v in effects]
    mean = sum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / sum(weights)
    q = sum(w * (y - mean) ** 2 for w, (y, _) in zip(weights, effects, strict=True))
    scale = sum(weights) - sum(w * w for w in weights) / sum(weights)
    tau2 = max(0.0, (q - len(counts) + 1) / scale) if scale > 0 else 0.0
    weights = [1 / (v + tau2) for _, v in effects]
    mu = sum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / sum(weights) + shift
    se = math.sqrt(1 / sum(weights))
    z = float(norm.ppf(0.975))
    spread = z * math.sqrt(se**2 + tau2)
    i2 = 100 * max(0.0, (q - len(counts) + 1) / q) if q > 0 else 0.0
    return {
        "mu": mu,
        "se": se,
        "ci": [mu - z * se, mu + z * se],
        "pi": [mu - spread, mu + spread],
        "tau2": tau2,
        "se_tau2": None,
        "I2": i2,
        "H2": 1.0,
        "Q": q,
        "Q_p": 0.04,
        "k": len(counts),
        "proportion": _expit(mu),
        "proportion_ci": [_expit(mu - z * se), _expit(mu + z * se)],
        "proportion_pi": [_expit(mu - spread), _expit(mu + spread)],
        "warnings": [],
        "weights": [100 * w / sum(weights) for w in weights],
    }


def pooled(name: str, effects: Sequence[Effect]) -> Pooled:
    counts = [(effect.events, effect.n) for effect in effects]
    glmm = {**fit(counts, shift=0.02), "I2": None}
    warnings = ["k = 1: the pooled value is the arm's own"] if len(effects) == 1 else []
    return Pooled(
        name=name,
        k=len(effects),
        events=sum(e for e, _ in counts),
        n=sum(n for _, n in counts),
        fits={"iv": fit(counts), "glmm": glmm},
        warnings=warnings,
    )


def pooled_outcome(spec: ReviewSpec, outcome: str) -> PooledOutcome:
    effects = _effects(spec, outcome)
    classes = sorted({effect.regimen_class for effect in effects})
    groups = [pooled(name, [e for e in effects if e.regimen_class == name]) for name in classes]
    return PooledOutcome(
        outcome=outcome,
        label=LABELS[outcome][0],
        effects=effects,
        overall=pooled("overall", effects) if effects else None,
        by_class=groups,
        class_test={"Q_between": 7.2, "df": float(len(classes) - 1), "p": 0.0004} if len(classes) > 1 else None,
    )


def _effects(spec: ReviewSpec, outcome: str) -> list[Effect]:
    raw = []
    for study in spec.studies:
        for number in study.numbers:
            if study.decision == "include" and number.outcome == outcome and pooled_here(study, number, spec.outcomes):
                raw.append(_effect(study, number))
    weights = fit([(e.events, e.n) for e in raw])["weights"] if raw else []
    assert isinstance(weights, list)
    return [e.model_copy(update={"weight": w}) for e, w in zip(raw, weights, strict=True)]


def _effect(study: StudySpec, number: NumberSpec) -> Effect:
    assert number.events is not None
    assert number.n is not None
    arm = study.arms[number.arm - 1]
    return Effect(
        study=study.study,
        label=study.label if len(study.arms) == 1 else f"{study.label}, {arm.label}",
        arm=f"A{number.arm}",
        regimen_class=arm.regimen_class,
        year=study.year,
        events=number.events,
        n=number.n,
        proportion=number.events / number.n,
        ci=clopper_pearson(number.events, number.n),
        weight=0.0,
    )
