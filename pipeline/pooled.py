"""What `pool` writes to `extracted/pooled.json`; further analyses are in `analysed`."""

from __future__ import annotations

from pydantic import Field

from pipeline.parsed import Row

#: the name of a set of other rows
WITHOUT_HIGH_RISK = "without studies at high risk of bias"


class Effect(Row):
    """One arm in a pooled analysis; proportions and their interval (Clopper-Pearson) are on [0, 1]."""

    study: str
    label: str = Field(description="as in the forest plot: Arnold 2010, with the arm's label where a study has several")
    arm: str
    regimen_class: str
    year: int | None
    events: int
    n: int
    proportion: float
    ci: tuple[float, float]
    weight: float = Field(description="share in the random-effects model, in percent")


class Pooled(Row):
    """One set of arms pooled; `fits` holds what `pipeline.stats` answers, `to_dict()` of each model by its name."""

    name: str = Field(description='"overall" or the regimen class')
    k: int
    events: int
    n: int
    fits: dict[str, dict[str, object]] = Field(description='"iv" (two-step) and "glmm" (binomial-normal, one-step)')
    warnings: list[str] = []


class PooledOutcome(Row):
    """`extracted/pooled.json` holds a list of these, in the config's order."""

    outcome: str
    label: str
    effects: list[Effect]
    overall: Pooled | None = Field(description="null where no arm can be pooled")
    by_class: list[Pooled]
    class_test: dict[str, float] | None = Field(description="Q_between, df, p; null with fewer than two classes")
    sensitivity: list[Pooled] = Field([], description="the same otherwise: with other rows, as `name` says")
