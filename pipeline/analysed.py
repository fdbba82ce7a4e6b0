"""`extracted/analyses.json`: how sure a pooled result is. What pool writes and the report reads, a list of `Analyses`.

Proportions and their intervals are on [0, 1]. What has no values has a sentence instead, in `not_done`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.compared import Comparative
from pipeline.parsed import Row

Interval = tuple[float, float]

#: the name of the rows that are pooled first
MAIN = "main analysis"

#: the parts of an `Analyses` that can be missing, each with its reason in `not_done`
Part = Literal[
    "specifications", "leave_one_out", "cumulative", "influence", "class_test", "years", "small_study", "contours"
]


class RowSet(Row):
    """The outcome pooled from other rows, two-step with the config's options; of one row its own with the exact
    interval. Without a proportion it could not be done, and `why` says so."""

    name: str
    k: int = 0
    events: int = 0
    n: int = 0
    counts: list[tuple[int, int]] = Field([], description="(events, n) of each row")
    proportion: float | None = None
    ci: Interval | None = None
    tau2: float | None = None
    i2: float | None = None
    why: str = ""


class Choice(Row):
    """One specification of the multiverse; `chosen` is the main analysis."""

    rows: str = Field(description=f'"{MAIN}", or the name of a set of other rows')
    model: str
    measure: str
    method: str = Field(description="empty for a GLMM, which estimates tau² by maximum likelihood")
    test: str
    k: int
    proportion: float
    ci: Interval
    chosen: bool


class Refit(Row):
    """The result without an arm, or up to an arm."""

    label: str
    year: int | None
    k: int
    proportion: float
    ci: Interval
    tau2: float
    i2: float


class Pull(Row):
    """What an arm does to the result (Viechtbauer & Cheung 2010; Baujat 2002), on the analysis scale."""

    label: str
    rstudent: float = Field(description="residual from the mean of the others, in standard errors")
    cook_d: float
    dffits: float
    weight: float = Field(description="percent")
    baujat_x: float = Field(description="share of the arm in Q")
    baujat_y: float = Field(description="squared move of the result without the arm, over its variance")
    influential: bool


class Point(Row):
    """An arm in a bubble plot or a funnel."""

    label: str
    proportion: float
    at: float = Field(description="the year, or the standard error")
    weight: float = Field(0.0, description="percent")
    y: float = Field(0.0, description="the effect on the analysis scale")
    filled: bool = Field(False, description="a mirror image that trim and fill adds")


class Line(Row):
    """The regression line at a year."""

    at: float
    proportion: float
    ci: Interval


class Years(Row):
    """Meta-regression on the year of publication."""

    points: list[Point]
    line: list[Line]
    slope: float = Field(description="per year, on the analysis scale")
    slope_ci: Interval
    p: float | None
    r2: float | None = Field(description="share of tau² that the year explains, in percent")
    tau2: float
    i2: float
    without_year: int = Field(description="arms left out, as their study has no year")


class Funnel(Row):
    """Arms by standard error; the effects `y` are on the scale of `measure`, `center` is the pooled one there.

    `ticks` are proportions with their places on the scale; `quantiles` are those of the contours around `center`.
    """

    measure: str
    center: float
    points: list[Point]
    ticks: list[tuple[float, float]]
    quantiles: list[tuple[float, float]] = Field(description="(level in percent, standard errors)")


class Asymmetry(Row):
    name: str
    statistic: str = Field(description='"t(21) = 1.30"')
    p: float | None
    paper: str
    recommended: bool


class Adjusted(Row):
    name: str
    k: int
    proportion: float
    ci: Interval


class SmallStudy(Row):
    """Tests of asymmetry, and what the result would be were it that small studies are missing."""

    tests: list[Asymmetry]
    adjusted: list[Adjusted]
    why: str
    caveat: str
    warnings: list[str]


class Analyses(Row):
    outcome: str
    label: str
    k: int
    main: RowSet | None = Field(description="null where nothing can be pooled")
    sets: list[RowSet] = []
    specifications: list[Choice] = []
    leave_one_out: list[Refit] = []
    cumulative: list[Refit] = []
    influence: list[Pull] = []
    class_test: dict[str, float] | None = None
    years: Years | None = None
    funnels: list[Funnel] = []
    small_study: SmallStudy | None = None
    comparative: Comparative | None = Field(None, description="treatments against each other, inside studies")
    not_done: dict[Part, str] = {}
