"""Meta-analysis of proportions: pure functions on arrays.

Vocabulary: k studies; events, n arrays of shape (k,); yi, vi the effects and their sampling variances on the analysis
scale; tau2 the variance between studies; mu the pooled effect. `proportion…` are the same on [0, 1].
"""

from pipeline.stats.intervals import clopper_pearson, wilson
from pipeline.stats.pool import pool_proportions
from pipeline.stats.result import Fit
from pipeline.stats.subgroups import between, between_common

__all__ = ["Fit", "between", "between_common", "clopper_pearson", "pool_proportions", "wilson"]
