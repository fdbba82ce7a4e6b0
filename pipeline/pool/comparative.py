"""Treatments compared inside the studies that gave several: contrasts, what reports state of them, and the network."""

from __future__ import annotations

from pipeline.compared import Comparative, NotCompared
from pipeline.config import Settings
from pipeline.pool.contrasts import contrasts
from pipeline.pool.networks import network_sets
from pipeline.pool.other_rows import Tables
from pipeline.pool.printed_effects import printed_effects
from pipeline.pool.two_arms import Arms, several_arms


def comparative(outcome: str, given: Tables, settings: Settings) -> Comparative:
    analysis = settings.config.analysis
    studies, lost = several_arms(outcome, given)
    more_is_better = all(o.positive for o in settings.outcomes if o.outcome == outcome)
    found = contrasts(studies, analysis)
    compared = {t.study for c in found for s in c.sets for t in s.trials}
    return Comparative(
        measure=analysis.comparative.measure,
        method=analysis.comparative.method,
        contrasts=found,
        printed=printed_effects(outcome, given.comparisons, given, studies),
        not_compared=[*lost, *(_alike(s) for s in studies if s.study.study not in compared)],
        networks=network_sets(studies, analysis, more_is_better),
    )


def _alike(study: Arms) -> NotCompared:
    """Of a study whose arms got the same, as far as is known."""
    classes = " and ".join(dict.fromkeys(u.arm.regimen_class for u in study.treated))
    why = f"its arms have the same drugs ({classes}), and none is the control"
    return NotCompared(study=study.study.study, label=study.study.label, why=why)
