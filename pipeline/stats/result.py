"""What a pooled proportion is told by."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

Interval = tuple[float, float]


@dataclass(frozen=True)
class Fit:
    """A pooled proportion. mu, se, ci, pi, tau2 on the analysis scale; `proportion…` on [0, 1]; I2 in percent.

    `model` is what was fitted, `model_asked` what was asked; `warnings` says why they differ and what else to know.
    `stat` and `p` test mu = 0 with `df` degrees of freedom (None: normal); both None where mu and se are 0.
    `pi` is mu ± c·sqrt(se² + tau²) as metafor has it; `pi_method` says what c is.
    `tau2_ci`, `I2_ci` and `H2_ci` are by Q-profile (Viechtbauer 2007); None for GLMM, EE and one study.
    `Q` is Cochran's, for the GLMM the likelihood ratio (metafor's QE.LRT), on `Q_df`.
    `proportion` is mu led back: the median study's. `proportion_averaged` (GLMM) is the mean over the population of
    studies, its interval that of mu led back the same way with tau2 held. `weights` in percent; a GLMM has none.
    """

    measure: str
    method: str
    model: str
    model_asked: str
    test: str
    level: float
    k: int
    mu: float
    se: float
    stat: float | None
    df: int | None
    p: float | None
    ci: Interval
    pi: Interval
    pi_method: str
    tau2: float
    se_tau2: float | None
    tau2_ci: Interval | None
    I2: float
    I2_ci: Interval | None
    H2: float
    H2_ci: Interval | None
    Q: float
    Q_df: int
    Q_p: float
    proportion: float
    proportion_ci: Interval
    proportion_pi: Interval
    proportion_averaged: float | None
    proportion_averaged_ci: Interval | None
    yi: tuple[float, ...]
    vi: tuple[float, ...]
    weights: tuple[float, ...] | None
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """All fields by name; sequences as lists; what is not finite as None."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    def __str__(self) -> str:
        return "\n".join([self._title(), "", *self._spread(), "", *self._estimates(), *self._notes()])

    def _title(self) -> str:
        model = "Binomial-normal model (GLMM)" if self.model == "glmm" else "Inverse-variance model"
        return f"{model} (k = {self.k}; measure {self.measure}; tau² by {self.method}; test {self.test})"

    def _spread(self) -> list[str]:
        error = "" if self.se_tau2 is None else f" (SE = {self.se_tau2:.4f})"
        return [
            f"tau²  {self.tau2:.4f}{error}{_range(self.tau2_ci)}",
            f"I²    {self.I2:.2f} %{_range(self.I2_ci, 2)}",
            f"H²    {self.H2:.2f}{_range(self.H2_ci, 2)}",
            f"Q({self.Q_df}) = {self.Q:.4f}, p {_p_value(self.Q_p)}",
        ]

    def _estimates(self) -> list[str]:
        percent = f"{100 * self.level:g} %"
        name = "z" if self.df is None else f"t({self.df})"
        head = f"{'':12}{'estimate':>10}{'se':>9}{name:>9}{'p':>9}{percent + ' CI':>20}{percent + ' PI':>20}"
        mu = f"{'mu':12}{self.mu:10.4f}{self.se:9.4f}{_number(self.stat)}{_p_value(self.p):>9}"
        rows = [head, mu + _columns(self.ci, self.pi)]
        rows.append(
            f"{'proportion':12}{self.proportion:10.4f}{'':27}" + _columns(self.proportion_ci, self.proportion_pi)
        )
        if self.proportion_averaged is not None and self.proportion_averaged_ci is not None:
            rows.append(
                f"{'  averaged':12}{self.proportion_averaged:10.4f}{'':27}" + _columns(self.proportion_averaged_ci)
            )
        return rows

    def _notes(self) -> list[str]:
        return ["", *(f"note: {w}" for w in self.warnings)] if self.warnings else []


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _range(interval: Interval | None, digits: int = 4) -> str:
    return "" if interval is None else f"  [{interval[0]:.{digits}f}, {interval[1]:.{digits}f}]"


def _columns(*intervals: Interval) -> str:
    return "".join(f"{f'[{low:.4f}, {high:.4f}]':>20}" for low, high in intervals)


def _number(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:9.4f}"


def _p_value(p: float | None) -> str:
    if p is None:
        return "-"
    return "<.0001" if p < 0.0001 else f"{p:.4f}"
