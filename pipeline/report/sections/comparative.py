"""Treatments against each other, inside the studies that gave several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.analysed import Analyses
from pipeline.compared import (
    Comparative,
    Contrast,
    Estimate,
    Measure,
    NotCompared,
    PooledEffect,
    PrintedEffect,
    Side,
    Trial,
    TrialSet,
)
from pipeline.config import ComparativeConfig
from pipeline.pooled import WITHOUT_HIGH_RISK
from pipeline.report.effects import NAMES, effect_interval, head
from pipeline.report.formats import fraction, i2, level, tau2
from pipeline.report.inputs import Inputs
from pipeline.report.plots.effect_forest import EffectRow, Heads, effect_forest
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.paper import Drawing
from pipeline.report.quotes import Quote
from pipeline.report.section import Section
from pipeline.report.words import METHODS_TWO, TESTS_TWO

MEASURES: tuple[Measure, ...] = ("RR", "OR", "RD")
KINDS = {"randomised": "Randomised trials", "not randomised": "Other studies"}
#: where a ratio says nothing
NOT_ESTIMABLE = "not estimable"
VERDICTS = {
    "same": "agrees, as printed",
    "close": "agrees but for rounding or the model",
    "turned": "disagrees; it fits the other arm first, or those without the outcome",
    "differs": "disagrees",
    "not computed": "not computed",
}
COLUMNS = ("row", "comparison", "kind", "study", "events1", "n1", "events2", "n2")


@dataclass(frozen=True)
class Line:
    """A contrast by one kind of studies; of one study its own effects."""

    kind: str
    main: bool
    k: int
    first: str
    second: str
    effects: list[Estimate | None]
    pooled: PooledEffect | None


@dataclass(frozen=True)
class Block:
    """A contrast with its lines, and its studies for the table behind the plot."""

    first: str
    second: str
    within: str
    lines: list[Line]
    sets: list[TrialSet]


@dataclass(frozen=True)
class Stated:
    effect: PrintedEffect
    verdict: str
    disagrees: bool
    quote: Quote | None


@dataclass(frozen=True)
class Outcome:
    outcome: str
    label: str
    measures: list[Measure]
    blocks: list[Block]
    drawn: Drawing | None
    csv: str
    stated: list[Stated]
    disagreeing: int
    not_compared: list[NotCompared]
    warnings: list[str]
    studies: int
    randomised: int


def data(inputs: Inputs) -> Mapping[str, object]:
    asked = inputs.settings.config.analysis.comparative
    found = [_outcome(inputs, a, a.comparative) for a in inputs.analyses if a.comparative is not None]
    return {
        "outcomes": [o for o in found if o.blocks or o.stated or o.not_compared],
        "without": [o.label for o in found if not (o.blocks or o.stated or o.not_compared)],
        "confidence": inputs.settings.config.analysis.level,
        "measure": NAMES[asked.measure],
        "method": METHODS_TWO[asked.method],
        "test": tests_words(asked),
        "kinds": KINDS,
    }


def tests_words(asked: ComparativeConfig) -> str:
    """Mantel-Haenszel and Peto have normal intervals whatever is asked."""
    return TESTS_TWO["z" if asked.method in ("MH", "Peto") else asked.test]


def _outcome(inputs: Inputs, a: Analyses, c: Comparative) -> Outcome:
    measures = [c.measure, *(m for m in MEASURES if m != c.measure)]
    trials = {(s.kind, t.study) for contrast in c.contrasts for s in contrast.sets for t in s.trials}
    return Outcome(
        outcome=a.outcome,
        label=a.label,
        measures=measures,
        blocks=[_block(contrast, measures) for contrast in c.contrasts],
        drawn=_drawn(inputs, a, c) if c.contrasts else None,
        csv=_csv(c.contrasts, measures),
        stated=[_stated(inputs, p) for p in c.printed],
        disagreeing=sum(_disagrees(p) for p in c.printed),
        not_compared=c.not_compared,
        warnings=list(dict.fromkeys(_warnings(c.contrasts))),
        studies=len(trials),
        randomised=sum(kind == "randomised" for kind, _ in trials),
    )


# ---- the table ------------------------------------------------------------------------------------------------------


def name_of(contrast: Contrast) -> str:
    among = f" (both {contrast.within})" if contrast.within else ""
    return f"{contrast.first} against {contrast.second}{among}"


def _block(contrast: Contrast, measures: Sequence[Measure]) -> Block:
    found = [line for of_kind in contrast.sets for line in lines(of_kind, measures)]
    return Block(contrast.first, contrast.second, contrast.within, found, contrast.sets)


def lines(of_kind: TrialSet, measures: Sequence[Measure]) -> list[Line]:
    """The pooled line; of studies that are not pooled one for each."""
    main = of_kind.kind == "randomised"
    if of_kind.pooled:
        found = [_pooled_line(KINDS[of_kind.kind], main, of_kind.trials, of_kind.pooled, measures)]
        if of_kind.low_risk:
            rest = [t for t in of_kind.trials if not t.high_risk]
            found.append(_pooled_line(f"… {WITHOUT_HIGH_RISK}", False, rest, of_kind.low_risk, measures))
        return found
    return [
        Line(f"{KINDS[of_kind.kind]}: {t.label}", main, 1, *_sums([t]), [t.effects.get(m) for m in measures], None)
        for t in of_kind.trials
    ]


def _pooled_line(
    name: str, main: bool, trials: Sequence[Trial], pooled: Sequence[PooledEffect], measures: Sequence[Measure]
) -> Line:
    found = {p.measure: p for p in pooled}
    effects = [Estimate(estimate=found[m].estimate, ci=found[m].ci) if m in found else None for m in measures]
    return Line(name, main, pooled[0].k, *_sums(trials), effects, found.get(measures[0]))


def _sums(trials: Sequence[Trial]) -> tuple[str, str]:
    return fraction(*_sum([t.first for t in trials])), fraction(*_sum([t.second for t in trials]))


def _sum(sides: Sequence[Side]) -> tuple[int, int]:
    return sum(s.events for s in sides), sum(s.n for s in sides)


def _warnings(contrasts: Sequence[Contrast]) -> Iterable[str]:
    """Of the main measure; of the others what is said of them alone."""
    for contrast in contrasts:
        for of_kind in contrast.sets:
            name = f"{name_of(contrast)}, {KINDS[of_kind.kind].lower()}"
            main = of_kind.pooled[0].warnings if of_kind.pooled else []
            for pooled in of_kind.pooled:
                for warning in pooled.warnings:
                    if pooled is of_kind.pooled[0]:
                        yield f"{name}: {warning}"
                    elif warning not in main:
                        yield f"{name}, {NAMES[pooled.measure]}: {warning}"


# ---- the plot -------------------------------------------------------------------------------------------------------


def _drawn(inputs: Inputs, a: Analyses, c: Comparative) -> Drawing:
    confidence = inputs.settings.config.analysis.level
    rows = [row for contrast in c.contrasts for row in effect_rows(contrast, c.measure, confidence)]
    heads = Heads(
        "Study",
        "First",
        "Second",
        f"{head(c.measure)} ({confidence:g} % CI)",
        "Weight",
        "less often in the first",
        "more often in the first",
    )
    return effect_forest(f"compared-{a.outcome}", f"{a.label}: treatments compared", rows, heads, c.measure)


def effect_rows(contrast: Contrast, measure: Measure, confidence: float) -> list[EffectRow]:
    """The studies of a contrast, randomised trials first, each kind with its pooled value."""
    rows = [EffectRow("contrast", name_of(contrast))]
    for of_kind in contrast.sets:
        rows.append(EffectRow("design", KINDS[of_kind.kind]))
        rows += [_of_trial(t, measure) for t in of_kind.trials]
        rows += _of_pooled(of_kind, measure, confidence)
    return rows


def _of_trial(t: Trial, measure: Measure) -> EffectRow:
    found = t.effects.get(measure)
    return EffectRow(
        "study",
        t.label,
        fraction(t.first.events, t.first.n),
        fraction(t.second.events, t.second.n),
        None if found is None else found.estimate,
        None if found is None else found.ci,
        t.weight,
        "" if t.weight is None else f"{t.weight:.1f} %",
        NOT_ESTIMABLE if found is None else "",
    )


def _of_pooled(of_kind: TrialSet, measure: Measure, confidence: float) -> list[EffectRow]:
    fit = next((p for p in of_kind.pooled if p.measure == measure), None)
    if fit is None:
        several = len(of_kind.trials) > 1
        return [EffectRow("note", f"Not pooled: {of_kind.why}")] if several and of_kind.why else []
    parts = (f"(k = {fit.k},", f"τ² = {tau2(fit.tau2)},", f"I² = {i2(fit.i2)})")
    size = " ".join(part.replace(" ", "\u00a0") for part in parts)
    first, second = _sums(of_kind.trials)
    rows = [EffectRow("pooled", f"Pooled {size}", first, second, fit.estimate, fit.ci, None, "100 %")]
    if fit.pi is not None:
        rows.append(
            EffectRow(
                "prediction",
                f"{level(confidence)} prediction interval",
                ci=fit.pi,
                instead=effect_interval(fit.pi, measure),
            )
        )
    return rows


def _csv(contrasts: Sequence[Contrast], measures: Sequence[Measure]) -> str:
    """Ratios as they are, differences on [-1, 1]."""
    columns = [*COLUMNS, *(f"{m}{part}" for m in measures for part in ("", "_low", "_high")), "weight_percent"]
    return csv_text(columns, (row for c in contrasts for s in c.sets for row in _csv_rows(c, s, measures)))


def _csv_rows(contrast: Contrast, of_kind: TrialSet, measures: Sequence[Measure]) -> Iterable[list[object]]:
    place = [name_of(contrast), of_kind.kind]
    for t in of_kind.trials:
        counts = [t.first.events, t.first.n, t.second.events, t.second.n]
        numbers = [n for m in measures for n in _numbers(t.effects.get(m))]
        yield ["study", *place, t.label, *counts, *numbers, t.weight]
    if of_kind.pooled:
        found = {p.measure: Estimate(estimate=p.estimate, ci=p.ci) for p in of_kind.pooled}
        sums = [*_sum([t.first for t in of_kind.trials]), *_sum([t.second for t in of_kind.trials])]
        yield ["pooled", *place, "", *sums, *(n for m in measures for n in _numbers(found.get(m))), 100.0]


def _numbers(found: Estimate | None) -> list[float | None]:
    return [None, None, None] if found is None else [found.estimate, *found.ci]


# ---- what reports state ---------------------------------------------------------------------------------------------


def _disagrees(p: PrintedEffect) -> bool:
    """An adjusted effect need not be that of the counts."""
    return p.verdict in ("differs", "turned") and not p.adjusted


def _stated(inputs: Inputs, p: PrintedEffect) -> Stated:
    quote = inputs.quote(p.study, p.evidence_start, p.evidence_end, p)
    return Stated(p, VERDICTS[p.verdict], _disagrees(p), quote)


SECTION = Section("comparative", "Treatments compared", data)
