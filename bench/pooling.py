"""Pooling against R's metafor with the same data, where Rscript is; else against statsmodels, which has DL.

R works in processes that are started, and given their data, in the round that does not count.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from bench.timing import Bench, Work
from pipeline.stats.effects import Floats
from pipeline.stats.influence import leave_one_out
from pipeline.stats.many import pool_many
from pipeline.stats.two_step import pool_effects

#: how much faster than metafor a fit is to be
FASTER = 10
#: seconds of a REML fit by rma.uni and of a DL fit by statsmodels in ../shared/reference/README.md, by k: they turn
#: "10 times faster than metafor" into a ratio to statsmodels. metafor's at 10,000 is the least it can be.
REML_METAFOR = {10: 0.0068, 100: 0.0116, 1000: 4.8, 10_000: 600.0}
DL_STATSMODELS = {10: 0.00014, 100: 0.00016, 1000: 0.00021, 10_000: 0.00059}
#: studies and seconds of metafor's leave1out there
LEFT_OUT, LEFT_OUT_METAFOR = 50, 0.40
#: DL for so many meta-analyses of so many studies, in so many seconds
MANY, STUDIES, SECONDS = 10_000, 20, 1.0
#: with more studies a fit of metafor takes minutes
MOST_FOR_R = 1000

#: does each line that it reads, and answers when it is done
R_LOOP = """
suppressPackageStartupMessages(library(metafor))
lines <- file("stdin"); open(lines)
while (length(line <- readLines(lines, 1)) > 0) { eval(parse(text = line)); cat("done\\n"); flush(stdout()) }
"""


def benches() -> Iterator[Bench]:
    """All benchmarks of pooling, in meta-analyses per second."""
    for k in REML_METAFOR:
        yield _reml(k)
    yield _leave_one_out()
    yield _many()


def _reml(k: int) -> Bench:
    y, v = _effects(1, k)
    times = max(10, 20_000 // (k + 100))
    if k <= MOST_FOR_R and _has_metafor():
        against, wanted, reference = "metafor rma REML", float(FASTER), _r(k, "rma(yi, vi)", 1)
    else:
        against, wanted = "statsmodels DL", FASTER * DL_STATSMODELS[k] / REML_METAFOR[k]
        reference = _statsmodels(np.repeat(y, times, axis=0), np.repeat(v, times, axis=0))
    return Bench(f"REML k={k}", "fits", against, wanted, _each(times, lambda: pool_effects(y[0], v[0])), reference)


def _leave_one_out() -> Bench:
    k = LEFT_OUT
    y, v = _effects(1, k)
    if _has_metafor():
        against, wanted, reference = "metafor leave1out", float(FASTER), _r(k, "leave1out(fit)", k)
    else:
        against, wanted = "statsmodels DL", FASTER * k * DL_STATSMODELS[100] / LEFT_OUT_METAFOR
        reference = _statsmodels(*(np.array([np.delete(a[0], i) for i in range(k)]) for a in (y, v)))
    ours = _each(10, lambda: leave_one_out(y[0], v[0]))
    return Bench(f"leave-one-out k={k}", "fits", against, wanted, lambda: k * ours(), reference)


def _many() -> Bench:
    y, v = _effects(MANY, STUDIES)
    wanted = MANY / SECONDS * DL_STATSMODELS[10]
    reference = _statsmodels(y[:500], v[:500])
    return Bench(
        f"DL {MANY:,} × {STUDIES}", "fits", "statsmodels DL", wanted, lambda: len(pool_many(y, v, "DL").mu), reference
    )


def _effects(rows: int, k: int) -> tuple[Floats, Floats]:
    """yi and vi of meta-analyses of k studies, (rows, k)."""
    rng = np.random.default_rng(k)
    v = rng.uniform(0.02, 0.5, (rows, k))
    return rng.normal(0, np.sqrt(v + 0.2)), v


def _each(times: int, fit: Callable[[], object]) -> Work:
    def work() -> int:
        for _ in range(times):
            fit()
        return times

    return work


# ---- references -----------------------------------------------------------------------------------------------------


def _statsmodels(y: Floats, v: Floats) -> Work:
    """A DL fit of each row."""

    def work() -> int:
        from statsmodels.stats.meta_analysis import combine_effects

        for effects, variances in zip(y, v, strict=True):
            combine_effects(effects, variances, method_re="chi2")
        return len(y)

    return work


@cache
def _has_metafor() -> bool:
    command = ["Rscript", "-e", "library(metafor)"]
    return (
        shutil.which("Rscript") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


def _r(k: int, call: str, fits: int) -> Work:
    """R does `call`, worth `fits` fits, on the effects of k studies as `yi`, `vi` and their REML fit as `fit`."""

    def work() -> int:
        _answered(_process(k), f"x <- {call}")
        return fits

    return work


@cache
def _process(k: int) -> subprocess.Popen[str]:
    """R with the effects of k studies."""
    process = subprocess.Popen(["Rscript", "-e", R_LOOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for name, values in zip(("yi", "vi"), _effects(1, k), strict=True):
        _answered(process, f"{name} <- c({', '.join(repr(x) for x in values[0].tolist())})")
    _answered(process, "fit <- rma(yi, vi)")
    return process


def _answered(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    if process.stdout.readline() != "done\n":
        raise RuntimeError(f"R did not answer to: {line[:80]}")
