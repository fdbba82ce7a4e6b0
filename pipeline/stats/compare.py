"""Two groups compared: inverse-variance models, Mantel-Haenszel and Peto."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.compare_glmm import pooled_by_glmm
from pipeline.stats.comparison import Comparison
from pipeline.stats.effects import Floats
from pipeline.stats.effects_two import MEASURES_TWO, Tables, added_two, checked_tables, escalc_two
from pipeline.stats.glmm import NoFit
from pipeline.stats.glmm_two import KINDS
from pipeline.stats.heterogeneity import chi2_tail
from pipeline.stats.inference import TESTS, Inference, one_of, statistic
from pipeline.stats.mantel_haenszel import (
    MANTEL_HAENSZEL,
    Common,
    NoEstimate,
    cochran_mantel_haenszel,
    hypergeometric,
    peto,
    tarone,
)
from pipeline.stats.result import Pooled
from pipeline.stats.tau2 import ESTIMATORS
from pipeline.stats.two_step import check_level, floats, pool_effects, whole
from pipeline.stats.zero_cells import Flags, correction_notes, left_out, usable

#: estimators of tau², and the methods that assume one effect and pool the tables themselves
METHODS = (*ESTIMATORS, "MH", "Peto")
#: measures of the methods that do not take all
MEASURES_OF = {"MH": tuple(MANTEL_HAENSZEL), "Peto": ("OR",)}
MODELS_TWO = ("iv", "glmm")

SAME_IN_BOTH = "all or none had the event in both groups"


@dataclass(frozen=True)
class Asked:
    """How to compare, and what to add to which studies."""

    measure: str
    method: str
    test: str
    level: float
    add: float | None
    to: str
    drop00: bool


def compare_proportions(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    measure: str = "OR",
    method: str = "REML",
    model: str = "iv",
    test: str = "z",
    level: float = 0.95,
    add: float | None = None,
    to: str = "only0",
    drop00: bool = False,
    kind: str = "UM.FS",
) -> Comparison:
    """Pool k comparisons of two groups, group 1 against group 2. Counts are whole numbers of shape (k,), as metafor's
    `rma(ai, n1i, ci, n2i)`, `rma.mh` and `rma.peto` take them.

    `measure` of MEASURES_TWO; `method` of METHODS: an estimator of tau², MH (OR, RR, RD) or Peto (OR); `test` of
    TESTS; `level` on (0, 1). `add`, `to` and `drop00`: see `escalc_two`; a study that has no effect is left out, with a
    warning. MH and Peto add nothing to the tables and have the test z. Where one of them has no estimate the result is
    the inverse-variance model of equal effects: `model` and `warnings` say so. Raises ValueError that names the value
    and what is allowed.

    `model` glmm (OR): `kind` of KINDS says which, `method` then serves the fallback; tests z and t. Studies without
    events, or without non-events, in both groups are left out, with a warning.
    """
    tables = checked_tables(events1, n1, events2, n2)
    one_of("measure", measure, list(MEASURES_TWO))
    one_of("method", method, METHODS)
    one_of("model", model, MODELS_TWO)
    one_of("test", test, list(TESTS))
    check_level(level)
    one_of(f"measure with method {method}", measure, MEASURES_OF.get(method, tuple(MEASURES_TWO)))
    asked = Asked(measure, method, test, level, add, to, drop00)
    if model == "glmm":
        one_of("measure with model glmm", measure, ["OR"])
        one_of("method with model glmm, for its fallback", method, list(ESTIMATORS))
        one_of("kind", kind, KINDS)
        return _one_step(tables, asked, kind)
    if method in MEASURES_OF:
        return _common_effect(tables, asked)
    return _inverse_variance(tables, asked, "iv", ())


# ---- inverse variance -----------------------------------------------------------------------------------------------


def _inverse_variance(tables: Tables, asked: Asked, model_asked: str, notes: tuple[str, ...]) -> Comparison:
    yi, vi = escalc_two(asked.measure, tables, asked.add, asked.to, asked.drop00)
    kept = usable(yi, vi)
    pooled = pool_effects(yi[kept], vi[kept], asked.method, asked.test, asked.level)
    lost = left_out(kept, SAME_IN_BOTH if asked.drop00 else "an empty cell gives no effect or no variance")
    warnings = (*notes, *lost, *pooled.warnings, *_corrections(tables, asked))
    return _led_back(replace(pooled, warnings=warnings), tables, asked, "iv", model_asked)


def _corrections(tables: Tables, asked: Asked) -> list[str]:
    """What a reader must know of the effects themselves."""
    empty = np.min([tables.a, tables.b, tables.c, tables.d], axis=0) == 0
    add = added_two(asked.measure, asked.add)
    return correction_notes(add, asked.to, int(empty.sum()), len(empty), "each cell", "have an empty cell")


# ---- one step -------------------------------------------------------------------------------------------------------


def _one_step(tables: Tables, asked: Asked, kind: str) -> Comparison:
    """The GLMM; where it has no fit, inverse variance, and a warning that says so."""
    told = ~tables.uninformative
    try:
        pooled = pooled_by_glmm(tables.only(told), kind, asked.test, asked.level)
    except NoFit as why:
        return _inverse_variance(tables, asked, "glmm", (f"no GLMM {kind}, inverse variance instead: {why}",))
    pooled = replace(pooled, warnings=(*left_out(told, SAME_IN_BOTH), *pooled.warnings))
    return replace(_led_back(pooled, tables, asked, "glmm", "glmm"), kind=kind)


# ---- one effect from the tables themselves --------------------------------------------------------------------------


def _common_effect(tables: Tables, asked: Asked) -> Comparison:
    """Mantel-Haenszel or Peto; where there is no estimate, inverse variance, and a warning that says so."""
    method = asked.method
    try:
        found = peto(tables) if method == "Peto" else MANTEL_HAENSZEL[asked.measure](tables)
    except NoEstimate as why:
        note = f"no estimate by {method}, inverse variance with equal effects instead: {why}"
        return _inverse_variance(tables, replace(asked, method="EE"), method, (note,))
    effects = _peto_effects(tables) if method == "Peto" else _corrected_effects(tables, asked)
    pooled = _pooled(found, *effects, ~tables.uninformative, asked)
    comparison = _led_back(pooled, tables, asked, method, method)
    return _with_tests(comparison, tables) if (method, asked.measure) == ("MH", "OR") else comparison


def _corrected_effects(tables: Tables, asked: Asked) -> tuple[Floats, Floats]:
    return escalc_two(asked.measure, tables, asked.add, asked.to)


def _peto_effects(tables: Tables) -> tuple[Floats, Floats]:
    excess, variance = hypergeometric(tables)
    informed = variance > 0
    safe = np.where(informed, variance, 1.0)
    return np.where(informed, excess / safe, np.nan), np.where(informed, 1 / safe, np.inf)


def _pooled(found: Common, yi: Floats, vi: Floats, informative: Flags, asked: Asked) -> Pooled:
    """`found` with Q = Σ (y - mu)²/v over the studies that are `informative` and have a variance."""
    counted = informative & np.isfinite(yi) & np.isfinite(vi) & (vi > 0)
    q = float(np.sum((yi[counted] - found.mu) ** 2 / vi[counted]))
    df = max(int(counted.sum()) - 1, 0)
    inference, stat = Inference(None, asked.level), statistic(found.mu, found.se)
    interval = inference.around(found.mu, found.se)
    return Pooled(
        method=asked.method,
        test="z",
        level=asked.level,
        k=len(yi),
        mu=found.mu,
        se=found.se,
        stat=stat,
        df=None,
        p=inference.p_value(stat),
        ci=interval,
        pi=interval,
        pi_method=inference.name,
        tau2=0.0,
        se_tau2=None,
        tau2_ci=None,
        I2=max(0.0, 100 * (q - df) / q) if q > 0 else 0.0,
        I2_ci=None,
        H2=q / df if df else 1.0,
        H2_ci=None,
        Q=q,
        Q_df=df,
        Q_p=chi2_tail(q, df) if df else 1.0,
        yi=floats(yi),
        vi=floats(vi),
        weights=floats(100 * found.weights / found.weights.sum()),
        warnings=_cautions(counted, asked),
    )


def _cautions(counted: Flags, asked: Asked) -> tuple[str, ...]:
    said = {
        f"test {asked.test} is not defined for {asked.method}: z instead": asked.test != "z",
        "one study: nothing is pooled, and heterogeneity is not defined": len(counted) == 1,
        f"Q counts {int(counted.sum())} of {len(counted)} studies: in the others {SAME_IN_BOTH}": not counted.all(),
    }
    return tuple(text for text, applies in said.items() if applies)


def _with_tests(comparison: Comparison, tables: Tables) -> Comparison:
    association, homogeneity = cochran_mantel_haenszel(tables), tarone(tables, comparison.mu)
    return replace(
        comparison,
        cmh=association.statistic,
        cmh_p=association.p,
        tarone=homogeneity.statistic,
        tarone_df=homogeneity.df,
        tarone_p=homogeneity.p,
    )


# ---- the way back ---------------------------------------------------------------------------------------------------


def _led_back(pooled: Pooled, tables: Tables, asked: Asked, model: str, model_asked: str) -> Comparison:
    """The result with its effect on the natural scale, and what it was made from."""
    core = {f.name: getattr(pooled, f.name) for f in fields(Pooled)}
    back = MEASURES_TWO[asked.measure].back
    effect, c_low, c_high, p_low, p_high = floats(back([pooled.mu, *pooled.ci, *pooled.pi]))
    return Comparison(
        **core,
        measure=asked.measure,
        model=model,
        model_asked=model_asked,
        effect=effect,
        effect_ci=(c_low, c_high),
        effect_pi=(p_low, p_high),
        events1=whole(tables.a),
        n1=whole(tables.n1),
        events2=whole(tables.c),
        n2=whole(tables.n2),
        add=added_two(asked.measure, asked.add),
        to=asked.to,
        drop00=asked.drop00,
    )
