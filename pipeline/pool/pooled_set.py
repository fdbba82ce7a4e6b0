"""One set of counts pooled as the main analysis pools its own."""

from __future__ import annotations

from pipeline.analysed import RowSet
from pipeline.config import Analysis
from pipeline.stats import clopper_pearson, pool_proportions

#: (events, n) of each row
Counts = list[tuple[int, int]]


def pooled_set(name: str, counts: Counts, analysis: Analysis) -> RowSet:
    """Pooled by inverse variance as config asks; one row is its own result."""
    events, n = [e for e, _ in counts], [m for _, m in counts]
    total = RowSet(name=name, k=len(counts), events=sum(events), n=sum(n), counts=counts)
    if len(counts) == 1:
        low, high = clopper_pearson(events, n, analysis.level / 100)
        alone = {"proportion": events[0] / n[0], "ci": (float(low[0]), float(high[0]))}
        return total.model_copy(update=alone)
    fit = pool_proportions(
        events, n, measure=analysis.measure, method=analysis.method, test=analysis.test, level=analysis.level / 100
    )
    found = {"proportion": fit.proportion, "ci": fit.proportion_ci, "tau2": fit.tau2, "i2": fit.I2}
    return total.model_copy(update=found)
