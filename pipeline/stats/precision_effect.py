"""PET, PEESE and the conditional PET-PEESE: the effect that studies without sampling error would have.

Stanley & Doucouliagos 2014, Res Synth Methods 5:60. PET regresses the effects on their standard error, PEESE on their
variance, both weighted by 1/vi with a dispersion; the intercept is the estimate. PET is the better one where there is
no effect, PEESE where there is one, so PET-PEESE takes PEESE if PET's intercept differs from no effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from pipeline.stats import printing
from pipeline.stats.inference import Inference, Interval, statistic
from pipeline.stats.small_study import SmallStudy
from pipeline.stats.small_study_regression import RegressionTest, regtest


@dataclass(frozen=True, kw_only=True)
class PetPeese(SmallStudy):
    """`pet` and `peese` with their intercepts as `limit`; `chosen` is one of PET and PEESE, with mu, se, ci.

    `stat` and `p` (two-sided, t on `df`) test PET's intercept against `null`; PEESE is chosen where p < `alpha`.
    """

    pet: RegressionTest
    peese: RegressionTest
    null: float
    alpha: float
    stat: float | None
    df: int | None
    p: float | None
    chosen: str
    level: float
    mu: float
    se: float
    ci: Interval

    def __str__(self) -> str:
        rows = [
            [name, printing.number(fit.intercept), printing.number(fit.se_intercept), printing.cell(fit.limit_ci)]
            for name, fit in (("PET", self.pet), ("PEESE", self.peese))
        ]
        sign = "<" if self.chosen == "PEESE" else "≥"
        p, rule = printing.p_value(self.p), f"PET against {self.null:g}: p {sign} {self.alpha:g}, hence {self.chosen}"
        return "\n".join(
            [
                f"PET-PEESE (k = {self.k})",
                "",
                *printing.table(["", "estimate", "se", f"{100 * self.level:g} % CI"], rows),
                "",
                f"{rule} (p {p})",
                *self._notes(),
            ]
        )


def pet_peese(
    yi: ArrayLike,
    vi: ArrayLike,
    null: float = 0.0,
    alpha: float = 0.1,
    model: str = "lm",
    method: str = "REML",
    level: float = 0.95,
    force: bool = False,
) -> PetPeese:
    """PET-PEESE of k effects `yi` with variances `vi`, shapes (k,), k ≥ 3.

    `null` is no effect on the scale of yi; for a proportion there is none, and the rule then only asks whether PET's
    intercept differs from `null` (0 is one half for log odds). `alpha` is two-sided: 0.1 is one-sided 5 % in the
    direction of the effect. `model`, `method` and `level` as `regtest` has them (lm is the published form). Raises
    ValueError as `regtest` does.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha = {alpha}: must lie between 0 and 1")
    test = "z" if model == "lm" else "t"
    pet, peese = (
        regtest(yi, vi, None, predictor, model, method, test, level, force, name)
        for predictor, name in (("sei", "PET"), ("vi", "PEESE"))
    )
    stat = statistic(pet.intercept - null, pet.se_intercept)
    p = Inference(pet.df, level).p_value(stat)
    best = peese if p is not None and p < alpha else pet
    return PetPeese(
        k=pet.k,
        pet=pet,
        peese=peese,
        null=null,
        alpha=alpha,
        stat=stat,
        df=pet.df,
        p=p,
        chosen=best.name,
        level=level,
        mu=best.intercept,
        se=best.se_intercept,
        ci=Inference(best.df, level).around(best.intercept, best.se_intercept),
        warnings=tuple(dict.fromkeys((*pet.warnings, *peese.warnings))),
    )
