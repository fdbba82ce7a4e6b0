"""Small-study effects, what all tests and adjusted estimates share: do small studies report other effects than large?

Vocabulary: yi, vi effects and sampling variances, ni sizes of the k studies; the funnel plot shows yi against its
standard error or against ni; it is asymmetric where small studies differ. `small_study_*.py` hold the tests,
`trim_and_fill`, `pet_peese` and `selection_model` the adjusted estimates, `small_study_report` all in one table.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.stats import printing
from pipeline.stats.result import Result

#: studies below which tests of asymmetry have too little power to be used (Sterne et al. 2011, BMJ 343:d4002)
MINIMUM = 10

#: true of every method here (Hunter et al. 2014, J Clin Epidemiol 67:897; Sterne et al. 2011, BMJ 343:d4002)
CAVEAT = (
    "funnel asymmetry is expected for proportions near 0 or 1 even if every study was published (Hunter 2014), and "
    "has other causes than unpublished studies: heterogeneity, quality, chance (Sterne 2011)"
)


@dataclass(frozen=True, kw_only=True)
class SmallStudy(Result):
    """`k` studies; `caveat` says what asymmetry does not prove, `warnings` what else a reader must know."""

    k: int
    caveat: str = CAVEAT
    warnings: tuple[str, ...] = ()

    def _notes(self) -> list[str]:
        return printing.notes((*self.warnings, self.caveat))


def check_number(k: int, what: str, force: bool, least: int = 3) -> tuple[str, ...]:
    """The warning that there are few studies, where `force` allows that. Raises ValueError where there are too few:
    below MINIMUM without `force`, below `least` in any case, since there is nothing to compute."""
    if k < least:
        raise ValueError(f"{what} cannot be computed with fewer than {least} studies, there are {k}")
    if k >= MINIMUM:
        return ()
    if not force:
        raise ValueError(
            f"{what} needs at least {MINIMUM} studies (Sterne 2011), there are {k}; pass force=True to have it anyway"
        )
    return (f"{k} studies: at least {MINIMUM} are needed to tell asymmetry from chance (Sterne 2011)",)
