"""What the result would be otherwise: from other numbers, by other models, without an arm, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from markupsafe import Markup

from pipeline.analysed import Analyses, Choice, Refit, RowSet
from pipeline.appraisal.bias import high_risk, not_judged
from pipeline.pooled import PooledOutcome
from pipeline.report.fits import fit_of
from pipeline.report.formats import i2
from pipeline.report.inputs import Inputs
from pipeline.report.plots.intervals import IntervalRow, interval_csv, interval_plot
from pipeline.report.plots.specification_curve import curve_csv, estimator_of, scale_of, specification_curve, test_of
from pipeline.report.section import Section

MAIN = "Main analysis"


@dataclass(frozen=True)
class Curve:
    svg: Markup
    csv: str
    count: int
    low: float
    middle: float
    high: float
    rows: list[tuple[str, str, str, str, Choice]]


@dataclass(frozen=True)
class Refits:
    """A plot of refits; `largest` moves the result most, by `shift`."""

    svg: Markup
    csv: str
    rows: list[IntervalRow]
    low: float
    high: float
    largest: str
    shift: float


@dataclass(frozen=True)
class Outcome:
    outcome: str
    label: str
    others: Markup | None
    rows: list[IntervalRow]
    csv: str
    not_other: list[RowSet]
    #: how many studies nobody has judged, where those at high risk of bias are left out
    bias: str
    curve: Curve | None
    without: Refits | None
    cumulative: Refits | None
    not_done: dict[str, str]


def data(inputs: Inputs) -> Mapping[str, object]:
    of = {p.outcome: p for p in inputs.pooled}
    found = [_outcome(a, of[a.outcome], inputs) for a in inputs.analyses if a.main is not None and a.outcome in of]
    return {"outcomes": found, "confidence": inputs.settings.config.analysis.level}


def _outcome(a: Analyses, pooled: PooledOutcome, inputs: Inputs) -> Outcome:
    main = a.main
    assert main is not None
    assert main.proportion is not None
    sets = _sets(a, pooled, main)
    drawn = [_of_set(s, s is main) for s in sets if s.proportion is not None and s.ci is not None]
    heads = ("Numbers", "k", "% (interval)", "I²")
    title = f"{a.label}, pooled from other numbers"
    return Outcome(
        outcome=a.outcome,
        label=a.label,
        others=interval_plot(f"others-{a.outcome}", title, drawn, heads, main.proportion) if len(drawn) > 1 else None,
        rows=drawn,
        csv=interval_csv(drawn),
        not_other=[s for s in sets if s.proportion is None],
        bias=_bias(inputs, pooled),
        curve=_curve(a) if a.specifications else None,
        without=_refits(a, a.leave_one_out, "without", f"{a.label} without each arm", main),
        cumulative=_refits(a, a.cumulative, "cumulative", f"{a.label}, cumulative by year", main),
        not_done={str(part): why for part, why in a.not_done.items()},
    )


def _bias(inputs: Inputs, pooled: PooledOutcome) -> str:
    """Studies that nobody has judged stay in where those at high risk of bias are left out."""
    studies = {effect.study for effect in pooled.effects}
    unjudged, high = (
        not_judged(inputs.risk_of_bias, pooled.outcome, studies),
        high_risk(inputs.risk_of_bias, pooled.outcome) & studies,
    )
    if len(unjudged) == len(studies):
        return "Risk of bias: no study is judged as a whole yet, so that none could be left out for it."
    left = f"{len(high)} of {len(studies)} studies {'is' if len(high) == 1 else 'are'} at high risk"
    if not unjudged:
        return f"Risk of bias: {left}; all are judged."
    one = len(unjudged) == 1
    stay = f"{'is' if one else 'are'} not judged as a whole yet, and {'stays' if one else 'stay'} in"
    return f"Risk of bias: {left}; {len(unjudged)} {stay}."


def _sets(a: Analyses, pooled: PooledOutcome, main: RowSet) -> list[RowSet]:
    """The main analysis, then the sets that pool marks, then the others."""
    return [main, *(_marked(group.name, group.k, group.fits.get("iv")) for group in pooled.sensitivity), *a.sets]


def _marked(name: str, k: int, raw: dict[str, object] | None) -> RowSet:
    fit = fit_of(raw)
    if fit is None:
        return RowSet(name=name, k=k, why="the two-step model was not fitted")
    return RowSet(name=name, k=k, proportion=fit.proportion, ci=fit.ci, tau2=fit.tau2, i2=fit.i2)


def _of_set(s: RowSet, is_main: bool) -> IntervalRow:
    assert s.proportion is not None
    assert s.ci is not None
    label = MAIN if is_main else s.name[:1].upper() + s.name[1:]
    return IntervalRow(label, s.proportion, s.ci, str(s.k), i2(s.i2), is_main)


def _curve(a: Analyses) -> Curve:
    shares = [c.proportion for c in a.specifications]
    return Curve(
        svg=specification_curve(f"curve-{a.outcome}", f"{a.label}: specification curve", a.specifications),
        csv=curve_csv(a.specifications),
        count=len(shares),
        low=shares[0],
        middle=median(shares),
        high=shares[-1],
        rows=[(c.rows, scale_of(c), estimator_of(c), test_of(c), c) for c in a.specifications],
    )


def _refits(a: Analyses, found: Sequence[Refit], kind: str, title: str, main: RowSet) -> Refits | None:
    if not found or main.proportion is None or main.ci is None:
        return None
    result = main.proportion
    rows = [_of_refit(r, kind) for r in found]
    if kind == "without":
        whole = IntervalRow("All arms", result, main.ci, str(main.k), i2(main.i2), strong=True)
        rows.append(whole)
    heads = ("Without" if kind == "without" else "Up to", "k", "% (interval)", "I²")
    farthest = max(found, key=lambda r: abs(r.proportion - result))
    return Refits(
        svg=interval_plot(f"{kind}-{a.outcome}", title, rows, heads, result),
        csv=interval_csv(rows),
        rows=rows,
        low=min(r.proportion for r in found),
        high=max(r.proportion for r in found),
        largest=farthest.label,
        shift=farthest.proportion - result,
    )


def _of_refit(r: Refit, kind: str) -> IntervalRow:
    dated = kind == "cumulative" and r.year is not None and str(r.year) not in r.label
    return IntervalRow(f"{r.label} ({r.year})" if dated else r.label, r.proportion, r.ci, str(r.k), i2(r.i2))


SECTION = Section("sensitivity", "Sensitivity", data)
