"""Agreement of raters on measurements and counts: the intraclass correlation of a one-way model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.stats import printing
from pipeline.stats.inference import Interval
from pipeline.stats.result import Result
from pipeline.stats.two_step import check_level

FEW = "fewer than two subjects were rated twice"
ALL_SAME = "all ratings of all subjects are the same: there is no variance to share out"
NO_WIDTH = "the ratings of each subject are the same: no interval; see the interval of the share that agrees"


@dataclass(frozen=True, kw_only=True)
class Intraclass(Result):
    """`icc`, the share of the variance of single ratings that lies between subjects, of `n` subjects with two or more
    ratings; `raters` is the mean number of ratings that the estimate takes (n0), `ms_…` are the mean squares.

    `icc` is None where it is not defined, `ci` where there is none; `warnings` say why.
    """

    n: int
    raters: float | None
    level: float
    ms_between: float | None
    ms_within: float | None
    icc: float | None
    ci: Interval | None
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        title = f"Intraclass correlation, one-way random, single ratings ({self.n} subjects)"
        found = f"ICC {printing.number(self.icc, 0)}, {100 * self.level:g} % CI {printing.cell(self.ci)}"
        return "\n".join([title, "", found, *printing.notes(self.warnings)])


def intraclass_correlation(ratings: Sequence[Sequence[float]], level: float = 0.95) -> Intraclass:
    """ICC(1,1) of Shrout & Fleiss (1979, Psychol Bull 86:420): raters are taken as drawn for each subject anew, so that
    who they are does not matter, and a rater who reads higher counts as disagreement. `ratings` holds the numbers that
    each subject was given; subjects with fewer than two are left out.

    The interval is exact for normal ratings in equal numbers; else by their mean number n0 (Donner 1986, Int Stat Rev
    54:67), an approximation. Raises ValueError on what is not a finite number.
    """
    check_level(level)
    groups = [np.asarray(r, float) for r in ratings if len(r) > 1]
    bad = [x for group in groups for x in group.tolist() if not np.isfinite(x)]
    if bad:
        raise ValueError(f"rating {bad[0]}: must be a finite number")
    if len(groups) < 2:
        return Intraclass(n=len(groups), level=level, **_nothing(), warnings=(FEW,))
    sizes = np.array([len(group) for group in groups], float)
    n, total = len(groups), sizes.sum()
    means = np.array([group.mean() for group in groups])
    between = float(np.sum(sizes * (means - np.concatenate(groups).mean()) ** 2)) / (n - 1)
    within = float(sum(np.sum((g - g.mean()) ** 2) for g in groups)) / float(total - n)
    n0 = float(total - np.sum(sizes**2) / total) / (n - 1)
    found = {"n": n, "raters": n0, "level": level, "ms_between": between, "ms_within": within}
    if within == 0:
        same, why = (None, ALL_SAME) if between == 0 else (1.0, NO_WIDTH)
        return Intraclass(**found, icc=same, ci=None, warnings=(why,))  # type: ignore[arg-type]
    ci = _interval(between / within, n - 1, float(total - n), n0, level)
    return Intraclass(**found, icc=_share(between / within, n0), ci=ci, warnings=())  # type: ignore[arg-type]


def _share(f: float, n0: float) -> float:
    """From the ratio of mean squares to the correlation."""
    return (f - 1) / (f + n0 - 1)


def _interval(f: float, df_between: float, df_within: float, n0: float, level: float) -> Interval:
    from pipeline.stats.special import fdtri

    tail = (1 + level) / 2
    low, high = f / fdtri(df_between, df_within, tail), f * fdtri(df_within, df_between, tail)
    return _share(float(low), n0), _share(float(high), n0)


def _nothing() -> dict[str, None]:
    return dict.fromkeys(("raters", "ms_between", "ms_within", "icc", "ci"))
