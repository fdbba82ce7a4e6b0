"""How sure each pooled result is: `extracted/analyses.json`. Each analysis only where its conditions hold; where they
do not, a sentence says so."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.analysed import MAIN, Analyses, Part
from pipeline.config import Settings
from pipeline.pool import asymmetry, by_year, choices, single_arms
from pipeline.pool.comparative import comparative
from pipeline.pool.other_rows import Tables, row_sets
from pipeline.pool.pooled_set import Counts, pooled_set
from pipeline.pool.single_arms import Sample, sample
from pipeline.pooled import PooledOutcome
from pipeline.stats.small_study import MINIMUM


def analyse(pooled: Iterable[PooledOutcome], tables: Tables, settings: Settings) -> list[Analyses]:
    """One for each pooled outcome, in their order."""
    return [_outcome(p, tables, settings) for p in pooled]


def _outcome(pooled: PooledOutcome, tables: Tables, settings: Settings) -> Analyses:
    analysis = settings.config.analysis
    others = row_sets(pooled, tables, settings)
    found = Analyses(outcome=pooled.outcome, label=pooled.label, k=len(pooled.effects), main=None)
    found = found.model_copy(
        update={
            "sets": [s for s, _ in others],
            "class_test": pooled.class_test,
            "comparative": comparative(pooled.outcome, tables, settings),
        }
    )
    if not pooled.effects:
        return found
    main: Counts = [(e.events, e.n) for e in pooled.effects]
    sets = {MAIN: main} | {s.name: counts for s, counts in others if counts}
    done = _of_sample(sample(pooled.effects, analysis))
    parts = done | {
        "main": pooled_set(MAIN, main, analysis),
        "specifications": choices.choices(sets, analysis) if len(main) >= choices.LEAST else [],
        "not_done": dict(_missing(pooled, sample(pooled.effects, analysis))),
    }
    return found.model_copy(update=parts)


def _of_sample(of: Sample) -> dict[str, object]:
    k = len(of.arms)
    several = k >= single_arms.LEAST
    return {
        "leave_one_out": single_arms.without_each(of) if several else [],
        "cumulative": single_arms.growing(of) if several else [],
        "influence": single_arms.pulls(of) if several else [],
        "years": None if by_year.why_not(of) else by_year.on_year(of),
        "funnels": asymmetry.funnels(of) if k >= asymmetry.LEAST_DRAWN else [],
        "small_study": asymmetry.small_study(of) if k >= MINIMUM else None,
    }


def _missing(pooled: PooledOutcome, of: Sample) -> Iterable[tuple[Part, str]]:
    """(part, why it is not there)."""
    k = len(of.arms)
    if len(pooled.effects) < choices.LEAST:
        yield "specifications", _few(choices.LEAST, len(pooled.effects), "other models")
    if k < single_arms.LEAST:
        yield "leave_one_out", _few(single_arms.LEAST, k, "leaving one out")
        yield "cumulative", _few(single_arms.LEAST, k, "a cumulative analysis")
        yield "influence", _few(single_arms.LEAST, k, "diagnostics of influence")
    if pooled.class_test is None:
        yield "class_test", _no_class_test(pooled)
    if why := by_year.why_not(of):
        yield "years", why
    if k < asymmetry.LEAST_DRAWN:
        yield "contours", _few(asymmetry.LEAST_DRAWN, k, "a funnel")
    if k < MINIMUM:
        few = _few(MINIMUM, k, "tests of asymmetry and trim and fill")
        yield "small_study", f"{few}: with fewer, asymmetry cannot be told from chance (Sterne 2011, BMJ 343:d4002)"


def _few(least: int, k: int, what: str) -> str:
    return f"at least {least} arms are needed for {what}, there {'is' if k == 1 else 'are'} {k}"


def _no_class_test(pooled: PooledOutcome) -> str:
    classes = {e.regimen_class for e in pooled.effects}
    if len(classes) < 2:
        return "all arms are of one class of regimens: there is nothing to compare"
    return "each class has one arm: without a spread within classes they cannot be compared"
