"""Effects that reports state ("difference 0.22, 95 % CI 0.07 to 0.36") beside those that the arms' counts give."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.compared import Estimate, Measure, PrintedEffect, Verdict
from pipeline.pool.contrasts import MEASURES, effect_of
from pipeline.pool.other_rows import Tables
from pipeline.pool.two_arms import Arms, Unit
from pipeline.resolved import ComparisonRow

HAZARD = "a hazard ratio cannot be had from counts"
NO_COUNTS = "the counts of its arms wait for a reviewer, or are not compared"


def printed_effects(
    outcome: str, comparisons: Sequence[ComparisonRow], given: Tables, studies: Sequence[Arms]
) -> list[PrintedEffect]:
    """In the order of the table; of studies that are included."""
    of = {s.study.study: s for s in studies}
    included = {s.study: s.label for s in given.studies if s.decision == "include"}
    labels = {(a.study, a.arm): a.label for a in given.arms}
    mine = [c for c in comparisons if c.outcome == outcome and c.study in included]
    return [_printed(c, included[c.study], labels, of.get(c.study)) for c in mine]


def _printed(c: ComparisonRow, label: str, labels: dict[tuple[str, str], str], arms: Arms | None) -> PrintedEffect:
    counts = _counts(c, arms)
    measure = next((m for m in MEASURES if m == c.measure), None)
    computed = None if counts is None or measure is None else effect_of(measure, counts, c.level / 100)
    verdict: Verdict = "not computed"
    if measure is not None and computed is not None and counts is not None:
        verdict = _verdict(c, measure, computed, counts)
    return PrintedEffect(
        study=c.study,
        label=label,
        name=c.name,
        measure=c.measure,
        estimate=c.estimate,
        ci=None if c.ci_low is None or c.ci_high is None else (c.ci_low, c.ci_high),
        level=c.level,
        p=c.p,
        p_is=c.p_is,
        adjusted=c.adjusted,
        analysis=c.analysis,
        first_label=labels.get((c.study, c.first_arm), c.first_arm),
        second_label=labels.get((c.study, c.second_arm), c.second_arm),
        status=c.status,
        computed=computed,
        verdict=verdict,
        why="" if computed is not None else HAZARD if measure is None else NO_COUNTS,
        evidence_start=c.evidence_start,
        evidence_end=c.evidence_end,
        record_id=c.record_id,
        file=c.file,
    )


def _counts(c: ComparisonRow, arms: Arms | None) -> tuple[int, int, int, int] | None:
    of: dict[str, Unit] = {} if arms is None else {u.arm.arm: u for u in arms.units}
    if c.first_arm not in of or c.second_arm not in of or c.first_arm == c.second_arm:
        return None
    first, second = of[c.first_arm], of[c.second_arm]
    return first.events, first.n, second.events, second.n


def _verdict(c: ComparisonRow, measure: Measure, computed: Estimate, counts: tuple[int, int, int, int]) -> Verdict:
    """same: to the last printed digit; close: within one unit of it, as shares that were rounded before give, or within
    a fifth of the way to the nearer limit, as another model does."""
    step, gap = _step(c), abs(c.estimate - computed.estimate)
    if gap <= step / 2 + 1e-9:
        return "same"
    low, high = computed.ci
    if gap <= max(step + 1e-9, 0.2 * min(computed.estimate - low, high - computed.estimate)):
        return "close"
    return "turned" if any(abs(c.estimate - t) <= step + 1e-9 for t in _turned(measure, counts)) else "differs"


def _turned(measure: Measure, counts: tuple[int, int, int, int]) -> list[float]:
    """The second arm against the first, and those without the outcome."""
    a, n, b, m = counts
    swapped = (b, m, a, n)
    without = (n - a, n, m - b, m)
    back = (m - b, m, n - a, n)
    found = [effect_of(measure, c, 0.95) for c in (swapped, without, back)]
    return [e.estimate for e in found if e is not None]


def _step(c: ComparisonRow) -> float:
    """One unit of the last digit that the estimate or its interval is printed with."""
    known = [v for v in (c.estimate, c.ci_low, c.ci_high) if v is not None]
    return float(10 ** -max(_decimals(v) for v in known))


def _decimals(value: float) -> int:
    text = f"{value:.10f}".rstrip("0")
    return len(text) - text.index(".") - 1
