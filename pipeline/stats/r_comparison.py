"""Two groups compared, as a script for R's metafor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.stats.comparison import Comparison
from pipeline.stats.effects_two import MEASURES_TWO, Tables, checked_tables, escalc_two
from pipeline.stats.glmm import POINTS
from pipeline.stats.r_script import (
    GLMM_DIGITS,
    call,
    comment,
    digits,
    frame,
    names,
    number,
    percent,
    script,
    span,
    text,
    told,
    truth,
    used,
    vector,
    weighted,
)
from pipeline.stats.zero_cells import Flags, usable

COUNTS = {"ai": "events1", "n1i": "n1", "ci": "events2", "n2i": "n2"}


def of_comparison(fit: Comparison, studies: Sequence[str] | None) -> str:
    """The text for `Comparison.to_r`. Raises ValueError."""
    tables = checked_tables(fit.events1, fit.n1, fit.events2, fit.n2)
    flags, leave = used(_kept(fit, tables).tolist())
    data = {
        "study": names(studies, len(fit.n1)),
        **{name: vector(map(str, getattr(fit, name))) for name in COUNTS.values()},
        **({"used": flags} if leave else {}),
    }
    back = ", transf = exp" if fit.measure in ("OR", "RR") else ""
    body = [frame(data), *_model(fit, leave), f"print(predict(fit{back}))"]
    return script(fit._title(), [*told(fit), *_effect(fit)], fit.warnings, body)


def _kept(fit: Comparison, tables: Tables) -> Flags:
    """The studies that the fit rests on; Mantel-Haenszel and Peto take all."""
    if fit.model == "iv":
        return usable(*escalc_two(fit.measure, tables, fit.add, fit.to, fit.drop00))
    if fit.model == "glmm":
        return ~tables.uninformative
    return np.ones(len(fit.n1), bool)


def _model(fit: Comparison, leave: list[str]) -> list[str]:
    if fit.model == "iv":
        return [f"d <- {_effects(fit)}", *leave, *weighted(fit.method, fit.test, fit.level, fit.tau2_ci)]
    if fit.model == "glmm":
        return [*leave, *_glmm(fit)]
    return [f"fit <- {_mantel_haenszel(fit) if fit.model == 'MH' else _peto(fit)}", "print(fit)"]


def _effects(fit: Comparison) -> str:
    how = {"add": number(fit.add), "to": text(fit.to), "drop00": truth(fit.drop00), "slab": "study"}
    return call("escalc", measure=text(fit.measure), **COUNTS, data="d", **how)


def _mantel_haenszel(fit: Comparison) -> str:
    """What is added goes to the effects of the studies, which Q rests on, and never to the estimate."""
    how = {"add": f"c({number(fit.add)}, 0)", "to": f'c({text(fit.to)}, "none")', "drop00": "c(TRUE, FALSE)"}
    correct = {"correct": "TRUE"} if fit.measure == "OR" else {}
    return call(
        "rma.mh",
        measure=text(fit.measure),
        **COUNTS,
        data="d",
        slab="study",
        **how,
        **correct,
        level=percent(fit.level),
    )


def _peto(fit: Comparison) -> str:
    return call("rma.peto", **COUNTS, data="d", slab="study", level=percent(fit.level))


def _glmm(fit: Comparison) -> list[str]:
    points = 1 if fit.kind == "UM.RS" else POINTS
    how = {"model": text(str(fit.kind)), "test": text(fit.test), "level": percent(fit.level), "nAGQ": str(points)}
    return [
        comment(GLMM_DIGITS),
        f"fit <- {call('rma.glmm', measure=text(fit.measure), **COUNTS, data='d', slab='study', **how)}",
        "print(fit)",
    ]


def _effect(fit: Comparison) -> list[str]:
    label = MEASURES_TWO[fit.measure].label
    lines = [f"{label} {digits(fit.effect)}, CI {span(fit.effect_ci)}, prediction interval {span(fit.effect_pi)}"]
    if fit.cmh is not None and fit.cmh_p is not None:
        lines.append(f"Cochran-Mantel-Haenszel {digits(fit.cmh)}, p {digits(fit.cmh_p)}")
    if fit.tarone is not None and fit.tarone_p is not None:
        lines.append(f"Tarone {digits(fit.tarone)} on {fit.tarone_df}, p {digits(fit.tarone_p)}")
    return lines
