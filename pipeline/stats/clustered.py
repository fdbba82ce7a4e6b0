"""Pooled proportions of studies with several arms: a three-level model, and inference that does not rest on it alone.

The arms of a study share their setting, so that they count for less than as many studies. The model gives weights and
variances, CR2 the standard error (Pustejovsky & Tipton 2022, Prev Sci 23:425, on this combination).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from pipeline.stats import printing
from pipeline.stats.effects import Floats, escalc
from pipeline.stats.inference import Inference, one_of
from pipeline.stats.multilevel import METHODS, multilevel
from pipeline.stats.multilevel_result import Multilevel, level_lines
from pipeline.stats.pool import NO_EFFECT, Asked, cautions, led_back
from pipeline.stats.result import Fit
from pipeline.stats.robust import robust
from pipeline.stats.robust_result import Robust
from pipeline.stats.sampling_errors import codes_of
from pipeline.stats.zero_cells import left_out, usable

#: tests whose correction of the standard error CR2 takes the place of
REPLACED = ("knha", "adhoc")


@dataclass(frozen=True, kw_only=True)
class Clustered(Fit):
    """A pooled proportion with several arms to a study; `model` is multilevel.

    se, df, p, ci and pi are cluster-robust (CR2, t on Satterthwaite's degrees of freedom), unless there is but one
    cluster, where they are the model's, and `robust` is None. `levels` has the three-level model with its own
    inference; tau2 is the sum of its two variances.
    """

    clusters: int
    levels: Multilevel
    robust: Robust | None

    def _title(self) -> str:
        how = "cluster-robust (CR2)" if self.robust is not None else "of the model"
        arms = f"{self.k} arms in {self.clusters} studies"
        return f"Three-level model (k = {arms}; measure {self.measure}; {self.method}; errors {how})"

    def _spread(self) -> list[str]:
        return level_lines(self.levels)

    def _estimates(self) -> list[str]:
        model = f"{'  by model':12}{'':10}{self.levels.se:9.4f}{'':20}" + printing.intervals(self.levels.ci)
        rows = super()._estimates()
        return [*rows[:2], model, *rows[2:]] if self.robust is not None else rows


def pool_clustered(x: Floats, n: Floats, cluster: Sequence[object], asked: Asked) -> Clustered:
    """`pool_proportions` with `cluster`. x, n: checked counts (k,)."""
    one_of("method of the three-level model", asked.method, METHODS)
    codes_of("cluster", cluster, len(x))
    yi, vi = escalc(asked.measure, x, n, *asked.correction)
    kept = usable(yi, vi)
    labels = [label for label, there in zip(cluster, kept, strict=True) if there]
    levels = multilevel(yi[kept], vi[kept], labels, method=asked.method, level=asked.level)
    found = robust(levels) if levels.studies > 1 else None
    lost = left_out(kept, NO_EFFECT)
    own = cautions(x, n, asked.measure, asked.correction)
    notes = (*lost, *levels.warnings, *(found.warnings if found else ()), *own)
    fit = led_back(_with_errors(levels, found), asked.measure, n[kept], model="multilevel", model_asked="multilevel")
    core = {f.name: getattr(fit, f.name) for f in fields(Fit)}
    core["warnings"] = (*_about_inference(asked.test, found), *notes, *fit.warnings[len(levels.warnings) :])
    return Clustered(**core, clusters=levels.studies, levels=levels, robust=found)


def _with_errors(levels: Multilevel, found: Robust | None) -> Multilevel:
    """The fit with robust errors in place of its own."""
    if found is None:
        return levels
    inference = Inference(found.df, found.level)
    return replace(
        levels,
        test="t",
        se=found.se,
        stat=found.stat,
        df=found.df,
        p=found.p,
        ci=found.ci,
        pi=inference.around(levels.mu, float(np.hypot(found.se, np.sqrt(levels.tau2)))),
        pi_method=inference.name,
    )


def _about_inference(test: str, found: Robust | None) -> tuple[str, ...]:
    said = {
        "one cluster: the standard error is the model's, and does not tell how studies differ": found is None,
        f"test {test} is not defined for clusters: CR2 with t instead": found is not None and test in REPLACED,
    }
    return tuple(text for text, applies in said.items() if applies)
