"""The named regression tests of funnel asymmetry: what each regresses on what, and where it comes from.

One line in NAMED (single proportions) or NAMED_TWO (two groups) each. Weights are 1/vi; lm has a dispersion on top and
t on k - 2, rma a variance between studies and t on k - 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import MEASURES, Floats, escalc
from pipeline.stats.effects_two import MEASURES_TWO, Tables, checked_tables, escalc_two
from pipeline.stats.inference import one_of
from pipeline.stats.mantel_haenszel import hypergeometric
from pipeline.stats.pool import checked
from pipeline.stats.small_study_regression import RegressionTest, regtest
from pipeline.stats.zero_cells import left_out, usable

NO_EFFECT = "no effect or no variance on this scale"


@dataclass(frozen=True)
class NamedTest:
    """Effects of `measure` (None: the one asked for) on `predictor`, by `model`; `about` says what sets it apart."""

    title: str
    measure: str | None
    predictor: str
    model: str
    paper: str
    about: str


EGGER = NamedTest(
    "Egger's test", None, "sei", "lm", "Egger et al. 1997, BMJ 315:629",
    "the classical one; effect and standard error of a proportion depend on each other, so that it errs near 0 and 1",
)  # fmt: skip
THOMPSON_SHARP = NamedTest(
    "Thompson & Sharp's test", None, "sei", "rma", "Thompson & Sharp 1999, Stat Med 18:2693",
    "Egger's test with a variance between studies in place of a dispersion",
)  # fmt: skip

NAMED = {
    "peters": NamedTest(
        "Peters' test", "PLO", "ninv", "lm", "Peters et al. 2006, JAMA 295:676",
        "log odds on 1/n, weights events · others / n: size does not depend on the proportion",
    ),
    "macaskill": NamedTest(
        "Macaskill's test", "PLO", "ni", "lm", "Macaskill et al. 2001, Stat Med 20:641",
        "as Peters' on n itself: less power",
    ),
    "arcsine": NamedTest(
        "Rücker's arcsine test", "PAS", "sei", "lm", "Rücker et al. 2008, Stat Med 27:746",
        "the variance 1/(4n) does not depend on the proportion",
    ),
    "arcsine-thompson": NamedTest(
        "Rücker's arcsine test with tau²", "PAS", "sei", "rma", "Rücker et al. 2008, Stat Med 27:746",
        "the arcsine test with a variance between studies",
    ),
    "egger": EGGER,
    "thompson-sharp": THOMPSON_SHARP,
}  # fmt: skip

NAMED_TWO = {
    "harbord": NamedTest(
        "Harbord's test", "score", "sei", "lm", "Harbord et al. 2006, Stat Med 25:3443",
        "score over its variance V (the log odds ratio near 0) on 1/√V",
    ),
    "peters": NamedTest(
        "Peters' test", "Peters", "ninv", "lm", "Peters et al. 2006, JAMA 295:676",
        "log odds ratio on 1/n, weights events · others / n of both groups together",
    ),
    "macaskill": NamedTest(
        "Macaskill's test", "Peters", "ni", "lm", "Macaskill et al. 2001, Stat Med 20:641",
        "as Peters' on n itself: less power",
    ),
    "arcsine": NamedTest(
        "Rücker's arcsine test", "AS", "sei", "lm", "Rücker et al. 2008, Stat Med 27:746",
        "the variance does not depend on the proportions",
    ),
    "arcsine-thompson": NamedTest(
        "Rücker's arcsine test with tau²", "AS", "sei", "rma", "Rücker et al. 2008, Stat Med 27:746",
        "the arcsine test with a variance between studies",
    ),
    "egger": EGGER,
    "thompson-sharp": THOMPSON_SHARP,
}  # fmt: skip


def asymmetry_test(
    events: ArrayLike,
    n: ArrayLike,
    name: str = "peters",
    measure: str = "PLO",
    method: str = "REML",
    level: float = 0.95,
    force: bool = False,
) -> RegressionTest:
    """A test of NAMED on k single proportions: events and n, whole numbers of shape (k,).

    `measure` of MEASURES for the tests without their own; `method` estimates tau² where there is one. 1/2 is added
    where the measure needs it (see `escalc`). Raises ValueError as `regtest` does.
    """
    x, size = checked(events, n)
    one_of("test", name, list(NAMED))
    one_of("measure", measure, list(MEASURES))
    rule = NAMED[name]
    scale = rule.measure or measure
    return _tested(rule, scale, *escalc(scale, x, size), size, method, level, force)


def asymmetry_test_two(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    name: str = "harbord",
    measure: str = "OR",
    method: str = "REML",
    level: float = 0.95,
    force: bool = False,
) -> RegressionTest:
    """A test of NAMED_TWO on k comparisons of two groups: whole numbers of shape (k,).

    `measure` of MEASURES_TWO for the tests without their own; studies without an effect are left out, with a warning.
    Raises ValueError as `regtest` does.
    """
    tables = checked_tables(events1, n1, events2, n2)
    one_of("test", name, list(NAMED_TWO))
    one_of("measure", measure, list(MEASURES_TWO))
    rule = NAMED_TWO[name]
    scale = rule.measure or measure
    yi, vi = EFFECTS_OF_TESTS[scale](tables) if scale in EFFECTS_OF_TESTS else escalc_two(scale, tables)
    return _tested(rule, "OR" if scale in EFFECTS_OF_TESTS else scale, yi, vi, tables.total, method, level, force)


def _tested(
    rule: NamedTest, scale: str, yi: Floats, vi: Floats, ni: Floats, method: str, level: float, force: bool
) -> RegressionTest:
    kept = usable(yi, np.where(np.isfinite(vi), vi, 0.0))
    test = regtest(
        yi[kept], vi[kept], ni[kept], rule.predictor, rule.model, method, "t", level, force, name=rule.title
    )  # fmt: skip
    lost = left_out(kept, NO_EFFECT)
    return replace(test, measure=scale, paper=rule.paper, warnings=(*test.warnings, *lost))


# ---- effects that only tests have -----------------------------------------------------------------------------------


def _score(tables: Tables) -> tuple[Floats, Floats]:
    """Z/V and 1/V of the hypergeometric distribution; NaN and infinite for a study without events, or non-events."""
    excess, variance = hypergeometric(tables)
    informed = variance > 0
    safe = np.where(informed, variance, 1.0)
    return np.where(informed, excess / safe, np.nan), np.where(informed, 1 / safe, np.inf)


def _pooled_groups(tables: Tables) -> tuple[Floats, Floats]:
    """Log odds ratio, and 1/events + 1/others of both groups together."""
    yi, _ = escalc_two("OR", tables)
    with np.errstate(divide="ignore"):
        return yi, 1 / tables.events + 1 / tables.others


EFFECTS_OF_TESTS: dict[str, Callable[[Tables], tuple[Floats, Floats]]] = {"score": _score, "Peters": _pooled_groups}
