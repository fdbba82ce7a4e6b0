"""What a pooled comparison of two groups is told by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.stats import printing
from pipeline.stats.effects_two import MEASURES_TWO
from pipeline.stats.inference import Interval
from pipeline.stats.result import Pooled

TITLES = {
    "iv": "Inverse-variance model",
    "glmm": "Generalised linear mixed model",
    "MH": "Mantel-Haenszel, common effect",
    "Peto": "Peto's method, common effect",
}


@dataclass(frozen=True, kw_only=True)
class Comparison(Pooled):
    """Group 1 against group 2: `Pooled` on the scale of `measure` (logs of OR and RR), `effect…` on the natural one.

    `model` is what was fitted (iv, glmm, MH, Peto), `model_asked` what was asked; `warnings` say why they differ.
    MH and Peto assume one effect: tau2 is 0 and `pi` is `ci`. yi and vi are one entry for each study that is pooled.
    With MH they take the correction for empty cells though the estimate takes none, and Q leaves out studies without
    events, or without non-events, in both groups; with Peto such a study has no yi (NaN), and no weight.
    events1, n1, events2, n2 are the counts of all studies given; `add`, `to` and `drop00` what was done with them
    (`escalc_two`; not for the estimates of MH and Peto).
    `kind` is that of a GLMM (UM.FS, UM.RS, CM.EL, CM.AL).
    `cmh` (the odds ratio is 1) and `tarone` (the odds ratios are equal, on `tarone_df`) come with MH's odds ratio.
    """

    measure: str
    model: str
    model_asked: str
    effect: float
    effect_ci: Interval
    effect_pi: Interval
    events1: tuple[int, ...]
    n1: tuple[int, ...]
    events2: tuple[int, ...]
    n2: tuple[int, ...]
    add: float
    to: str
    drop00: bool
    kind: str | None = None
    cmh: float | None = None
    cmh_p: float | None = None
    tarone: float | None = None
    tarone_df: int | None = None
    tarone_p: float | None = None

    def to_r(self, studies: Sequence[str] | None = None) -> str:
        """The same comparison as a script for R's metafor, data inline; litpool's numbers stand in its comments.

        `studies` names the k studies. litpool does not run the script: it is there to be checked against. DL2, HE2 and
        SQGENQ, which metafor has not by name, come by its generalised Q-statistic. Raises ValueError.
        """
        from pipeline.stats.r_comparison import of_comparison  # it is made of this module

        return of_comparison(self, studies)

    def _title(self) -> str:
        spread = f"; tau² by {self.method}" if self.model in ("iv", "glmm") else ""
        kind = f" {self.kind}" if self.kind else ""
        return f"{TITLES[self.model]}{kind} (k = {self.k}; measure {self.measure}{spread}; test {self.test})"

    def _spread(self) -> list[str]:
        return [*super()._spread(), *self._table_tests()]

    def _table_tests(self) -> list[str]:
        lines = []
        if self.cmh is not None:
            lines.append(f"Cochran-Mantel-Haenszel χ²(1) = {self.cmh:.4f}, p {printing.p_value(self.cmh_p)}")
        if self.tarone is not None:
            lines.append(f"Tarone χ²({self.tarone_df}) = {self.tarone:.4f}, p {printing.p_value(self.tarone_p)}")
        return lines

    def _led_back(self) -> list[str]:
        if self.measure not in ("OR", "RR"):
            return []  # mu is the effect
        name = MEASURES_TWO[self.measure].label
        return [printing.led_back(name, self.effect, self.effect_ci, self.effect_pi)]
