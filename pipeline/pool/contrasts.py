"""Treatments against each other, class by class: which studies compare them, each one's effect, and the pooled one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from pipeline.compared import Contrast, Estimate, Interval, Kind, Measure, PooledEffect, Trial, TrialSet
from pipeline.config import Analysis
from pipeline.pool.two_arms import Arms, Unit, side
from pipeline.stats import Comparison, compare_proportions
from pipeline.stats.compare import MEASURES_OF
from pipeline.stats.effects_two import MEASURES_TWO, checked_tables, escalc_two
from pipeline.stats.inference import Inference

MEASURES: tuple[Measure, ...] = ("RR", "OR", "RD")
KINDS: tuple[Kind, ...] = ("randomised", "not randomised")
CONTROL = "control"
#: studies from which Knapp and Hartung's intervals say something; of two they reach over all ratios there are
FEW = 3
NOT_ESTIMABLE = (
    "all patients or none had the outcome in both arms: ratios say nothing, and for the difference a half is added to "
    "each cell"
)


@dataclass(frozen=True)
class Pair:
    """The arms of two treatments in one study; both named, within one class or (empty) of two."""

    arms: Arms
    names: tuple[str, str]
    first: Sequence[Unit]
    second: Sequence[Unit]
    within: str = ""
    #: treatments whose names tell all that differs can be pooled over studies
    poolable: bool = True

    @property
    def sign(self) -> int:
        """1 where the second alone is the control, -1 where the first is."""
        return int(_is_control(self.second)) - int(_is_control(self.first))

    def turned(self) -> Pair:
        return Pair(self.arms, self.names[::-1], self.second, self.first, self.within, self.poolable)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        a, b = side(self.first), side(self.second)
        return a.events, a.n, b.events, b.n


def contrasts(studies: Sequence[Arms], analysis: Analysis) -> list[Contrast]:
    """Those of most studies first. The treatment that is the control in more studies is the second; else the later by
    name."""
    groups: defaultdict[tuple[str, tuple[str, str]], list[Pair]] = defaultdict(list)
    for study in studies:
        for pair in (*_between(study), *_within(study)):
            groups[pair.within, pair.names].append(pair)
    found = [_contrast(pairs, analysis) for pairs in groups.values()]
    return sorted(found, key=lambda c: (-sum(len(s.trials) for s in c.sets), c.within, c.first, c.second))


def effect_of(measure: Measure, counts: tuple[int, int, int, int], level: float) -> Estimate | None:
    """Of events1, n1, events2, n2, with Wald's interval; a half is added to the cells where one is empty. None of a
    ratio that the counts say nothing of."""
    y, v = escalc_two(measure, checked_tables(*([c] for c in counts)), drop00=measure != "RD")
    if not np.isfinite(y[0]):
        return None
    low, high = Inference(None, level).around(float(y[0]), float(v[0]) ** 0.5)
    mu, low, high = MEASURES_TWO[measure].back([y[0], low, high]).tolist()
    return Estimate(estimate=mu, ci=_possible(measure, (low, high)))


# ---- which arms against which ---------------------------------------------------------------------------------------


def _is_control(units: Sequence[Unit]) -> bool:
    return all(u.arm.role == CONTROL for u in units)


def by_class(study: Arms) -> dict[str, list[Unit]]:
    return _grouped([(u.arm.regimen_class, u) for u in study.treated])


def _grouped(named: Sequence[tuple[str, Unit]]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for name, unit in sorted(named, key=lambda of: of[0]):
        found.setdefault(name, []).append(unit)
    return found


def _between(study: Arms) -> list[Pair]:
    """Each two classes of regimens; arms of one class are added up."""
    return [Pair(study, (a, b), x, y) for (a, x), (b, y) in combinations(by_class(study).items(), 2)]


def _within(study: Arms) -> list[Pair]:
    """Each two sets of drugs of a class, and of the same drugs (in other doses, say) experimental against control."""
    found = []
    for name, units in by_class(study).items():
        drugs = _grouped([(u.arm.drugs, u) for u in units])
        found += [Pair(study, (a, b), x, y, name) for (a, x), (b, y) in combinations(drugs.items(), 2)]
        found += [pair for same in drugs.values() for pair in _by_role(study, same, name)]
    return found


def _by_role(study: Arms, units: Sequence[Unit], name: str) -> list[Pair]:
    control = [u for u in units if u.arm.role == CONTROL]
    others = [u for u in units if u.arm.role != CONTROL]
    if not control or not others:
        return []
    names = [" + ".join(dict.fromkeys(u.arm.label for u in part)) for part in (others, control)]
    return [Pair(study, (names[0], names[1]), others, control, name, poolable=False)]


# ---- effects --------------------------------------------------------------------------------------------------------


def _contrast(pairs: Sequence[Pair], analysis: Analysis) -> Contrast:
    turn = sum(p.sign for p in pairs) < 0
    pairs = [p.turned() if turn else p for p in pairs]
    first, second = pairs[0].names
    sets = [(kind, [p for p in pairs if p.arms.kind == kind]) for kind in KINDS]
    done = [_trial_set(kind, of_kind, analysis) for kind, of_kind in sets if of_kind]
    return Contrast(first=first, second=second, within=pairs[0].within, sets=done)


def _trial_set(kind: Kind, pairs: Sequence[Pair], analysis: Analysis) -> TrialSet:
    pairs = sorted(pairs, key=lambda p: (p.arms.study.year is None, p.arms.study.year or 0, p.arms.study.label))
    trials = [_trial(p, analysis) for p in pairs]
    main = analysis.comparative.measure
    informative = [main in t.effects for t in trials]
    if why := _why_not(pairs, sum(informative)):
        return TrialSet(kind=kind, trials=trials, why=why)
    fits = _fits(pairs, analysis)
    weights = _weights(fits[main], informative)
    trials = [t.model_copy(update={"weight": w}) for t, w in zip(trials, weights, strict=True)]
    return TrialSet(kind=kind, trials=trials, pooled=_all_told(fits), low_risk=_low_risk(pairs, main, analysis))


def _low_risk(pairs: Sequence[Pair], main: Measure, analysis: Analysis) -> list[PooledEffect]:
    """Without the studies at high risk of bias, where there are some and two others have an effect."""
    rest = [p for p in pairs if not p.arms.high_risk]
    told = [p for p in rest if effect_of(main, p.counts, analysis.level / 100) is not None]
    return _all_told(_fits(rest, analysis)) if len(told) >= 2 and len(rest) < len(pairs) else []


def _fits(pairs: Sequence[Pair], analysis: Analysis) -> dict[Measure, Comparison | None]:
    """Of each measure, the main one first."""
    main, counts = analysis.comparative.measure, [p.counts for p in pairs]
    return {m: _pooled(counts, m, analysis) for m in (main, *(m for m in MEASURES if m != main))}


def _all_told(fits: Mapping[Measure, Comparison | None]) -> list[PooledEffect]:
    return [_told(m, fit) for m, fit in fits.items() if fit is not None]


def _why_not(pairs: Sequence[Pair], informative: int) -> str:
    if len(pairs) < 2:
        return "one study: nothing is pooled"
    if not all(p.poolable for p in pairs):
        return "what differs between the arms (a dose, say) need not be the same in these studies"
    if informative < 2:
        return (
            f"only {informative} of {len(pairs)} studies can tell an effect: in the others all or none had the outcome"
        )
    return ""


def _trial(pair: Pair, analysis: Analysis) -> Trial:
    study = pair.arms.study
    found = {m: effect_of(m, pair.counts, analysis.level / 100) for m in MEASURES}
    return Trial(
        study=study.study,
        label=study.label,
        year=study.year,
        design=study.design,
        first=side(pair.first),
        second=side(pair.second),
        timepoint=pair.arms.timepoint,
        effects={m: e for m, e in found.items() if e is not None},
        high_risk=pair.arms.high_risk,
        notes=[*pair.arms.notes, *_added_up(pair), *_empty(pair)],
    )


def _added_up(pair: Pair) -> list[str]:
    return [f"{len(units)} arms added up: {name}" for name, units in _sides(pair) if len(units) > 1]


def _sides(pair: Pair) -> list[tuple[str, Sequence[Unit]]]:
    return list(zip(pair.names, (pair.first, pair.second), strict=True))


def _empty(pair: Pair) -> list[str]:
    a, n, c, m = pair.counts
    if (a, c) in ((0, 0), (n, m)):
        return [NOT_ESTIMABLE]
    return ["a half is added to each cell, as one is empty"] if 0 in (a, n - a, c, m - c) else []


def _pooled(counts: Sequence[tuple[int, int, int, int]], measure: Measure, analysis: Analysis) -> Comparison | None:
    """By the config's method, or by Mantel-Haenszel where Peto has no such measure. None where nothing can be."""
    asked = analysis.comparative
    method = "MH" if asked.method == "Peto" and measure != "OR" else asked.method
    a, n, c, m = zip(*counts, strict=True)
    level, drop = analysis.level / 100, measure != "RD"
    fit = partial(compare_proportions, a, n, c, m, measure=measure, method=method, level=level, drop00=drop)
    try:
        found = fit(test="z" if method in MEASURES_OF or asked.test == "auto" else asked.test)
    except ValueError:  # no study has an effect on this scale
        return None
    differ = asked.test == "auto" and found.model == "iv" and found.k >= FEW and found.tau2 > 0
    return fit(test="knha") if differ else found


def _weights(fit: Comparison | None, informative: Sequence[bool]) -> list[float | None]:
    """Of all studies, of which the pooled ones have a weight."""
    if fit is None or fit.weights is None:
        return [None] * len(informative)
    if len(fit.weights) == len(informative):
        return [w if told else None for w, told in zip(fit.weights, informative, strict=True)]
    left = iter(fit.weights)
    return [next(left) if told else None for told in informative]


def _possible(measure: Measure, ends: Interval) -> Interval:
    """A difference of two shares lies within [-1, 1]."""
    return (max(-1.0, ends[0]), min(1.0, ends[1])) if measure == "RD" else ends


def _told(measure: Measure, fit: Comparison) -> PooledEffect:
    return PooledEffect(
        measure=measure,
        method=fit.method,
        test=fit.test,
        k=fit.k,
        estimate=fit.effect,
        ci=_possible(measure, fit.effect_ci),
        pi=_possible(measure, fit.effect_pi) if fit.model == "iv" and fit.method != "EE" else None,
        p=fit.p,
        tau2=fit.tau2,
        i2=fit.I2,
        q=fit.Q,
        q_df=fit.Q_df,
        q_p=fit.Q_p,
        warnings=list(fit.warnings),
    )
