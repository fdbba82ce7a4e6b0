"""Treatments in order: P-scores, and the league table of all comparisons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.stats.effects_two import MEASURES_TWO
from pipeline.stats.inference import one_of
from pipeline.stats.network_result import Compared
from pipeline.stats.special import ndtr

#: which of two treatments is better: the one with more events (responses) or with fewer (deaths)
GOOD = ("more", "fewer")


def p_scores(network: Compared, good: str, model: str = "random") -> dict[str, float]:
    """How sure it is, on average over the others, that a treatment is better; the best first (Rücker & Schwarzer 2015,
    BMC Med Res Methodol 15:58).

    `good` of GOOD says what events are; it has no default, for they are responses in one review and deaths in the next.
    Raises ValueError that names the value and what is allowed.
    """
    one_of("good", good, GOOD)
    effects = network.effects(model)
    mu, se = np.array(effects.mu), np.array(effects.se)
    sign = 1 if good == "more" else -1
    better = ndtr(sign * mu / np.where(se > 0, se, 1.0))
    scores = (better.sum(axis=1) - np.diagonal(better)) / (len(mu) - 1)
    order = np.argsort(-scores, kind="stable")
    return {network.treatments[i]: float(scores[i]) for i in order}


def league_table(
    network: Compared, model: str = "random", order: Sequence[str] | None = None, digits: int = 2
) -> list[list[str]]:
    """Rows for a CSV file, the first one the head: "effect [low, high]" of the row's treatment against the column's, on
    the natural scale (odds ratio, not its log). `order` are the treatments, all or some, such as `list(p_scores(…))`.

    Raises ValueError that names a treatment that the network does not have.
    """
    effects, back = network.effects(model), MEASURES_TWO[network.measure].back
    names = list(network.treatments if order is None else order)
    for name in names:
        one_of("order", name, network.treatments)
    at = [network.treatments.index(name) for name in names]

    def cell(i: int, j: int) -> str:
        if i == j:
            return ""
        mu, low, high = (float(b) for b in back([effects.mu[i][j], *effects.ci[i][j]]))
        return f"{mu:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"

    return [["", *names], *([name, *(cell(i, j) for j in at)] for name, i in zip(names, at, strict=True))]
