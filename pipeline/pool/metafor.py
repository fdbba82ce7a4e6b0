"""The same analyses as a script for R's metafor, data inline. litpool runs no R: its own numbers stand in the script,
which prints them beside R's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.analysed import MAIN, Analyses, Choice, RowSet
from pipeline.config import Analysis
from pipeline.pool.metafor_compared import compared_script
from pipeline.pooled import Effect, Pooled, PooledOutcome
from pipeline.stats.r_script import lines, number, text, vector

FUNCTIONS = Path(__file__).with_name("metafor_functions.R")

HEAD = """\
# The results of this review, again with R's metafor (and lme4 for the GLMM). Run: Rscript metafor.R
# It prints litpool's proportions beside R's, and at its end the largest difference between the two.
library(metafor)

"""
END = """
cat("\\nLargest difference from litpool's proportions:", format(max(abs(differences), 0), digits = 2), "\\n")
"""


def r_script(pooled: Sequence[PooledOutcome], analysed: Sequence[Analyses], analysis: Analysis) -> str:
    """The script's text: per outcome the data, litpool's numbers, and the models and analyses of `pipeline.pool`."""
    sure = {a.outcome: a for a in analysed}
    outcomes = "".join(_outcome(p, sure.get(p.outcome)) for p in pooled if p.effects)
    return HEAD + _chosen(analysis) + "\n" + FUNCTIONS.read_text("utf-8") + outcomes + END + compared_script(analysed)


def _chosen(analysis: Analysis) -> str:
    said = {name: text(getattr(analysis, name)) for name in ("measure", "method", "test")}
    return _named("chosen <- list", {**said, "level": number(analysis.level)}, "") + "\n"


def _outcome(p: PooledOutcome, sure: Analyses | None) -> str:
    sets = list(_sets(p, sure))
    return (
        f"\nreport(\n  {text(p.label)},\n{_data(p.effects)},\n"
        + f"  sets = {_named('list', {text(name): _counts(counts) for name, counts, _ in sets}, '  ')},\n"
        + f"  litpool = {_named('list', _litpool(p, sure, [share for _, _, share in sets]), '  ')}\n)\n"
    )


def _data(effects: Sequence[Effect]) -> str:
    columns = {
        "study": f"c({lines(text(e.label) for e in effects)})",
        "class": f"c({lines(text(e.regimen_class) for e in effects)})",
        "year": vector("NA" if e.year is None else str(e.year) for e in effects),
        "events": vector(str(e.events) for e in effects),
        "n": vector(str(e.n) for e in effects),
    }
    return "  " + _named("data.frame", columns, "  ")


def _named(function: str, cells: dict[str, str], indent: str) -> str:
    """A call with one named argument to a line."""
    if not cells:
        return f"{function}()"
    inside = ",\n".join(f"{indent}  {name} = {cell}" for name, cell in cells.items())
    return f"{function}(\n{inside}\n{indent})"


# ---- other rows -----------------------------------------------------------------------------------------------------

Counts = Sequence[tuple[int, int]]


def _sets(p: PooledOutcome, sure: Analyses | None) -> Iterable[tuple[str, Counts, float]]:
    """(name, counts, litpool's proportion) of each set of rows other than the main one."""
    for pooled in p.sensitivity:
        share, counts = _share(pooled), _counts_of(pooled)
        if share is not None and counts:
            yield pooled.name, counts, share
    for rows in [] if sure is None else sure.sets:
        if rows.proportion is not None and rows.counts:
            yield rows.name, rows.counts, rows.proportion


def _counts_of(pooled: Pooled) -> Counts:
    fit = pooled.fits.get("iv", {})
    events, n = fit.get("events"), fit.get("n")
    if isinstance(events, list | tuple) and isinstance(n, list | tuple):
        return [(int(e), int(m)) for e, m in zip(events, n, strict=True)]
    return [(pooled.events, pooled.n)] if pooled.k == 1 else []


def _counts(counts: Counts) -> str:
    events, n = zip(*counts, strict=True)
    return _frame(
        {"study": [str(i) for i in range(1, len(counts) + 1)], "events": list(map(str, events)), "n": list(map(str, n))}
    )


# ---- litpool's numbers ----------------------------------------------------------------------------------------------


def _share(pooled: Pooled | RowSet | None) -> float | None:
    found = pooled.fits.get("iv", {}).get("proportion") if isinstance(pooled, Pooled) else None
    return float(found) if isinstance(found, int | float) else None


def _litpool(p: PooledOutcome, sure: Analyses | None, sets: Sequence[float]) -> dict[str, str]:
    classes = [(c.name, _share(c)) for c in p.by_class]
    choices = [] if sure is None else [c for c in sure.specifications if c.rows == MAIN and c.model == "iv"]
    return {
        "main": _cell(_share(p.overall)),
        "classes": _frame({"class": [text(name) for name, _ in classes], "proportion": [_cell(s) for _, s in classes]}),
        "sets": vector(map(_cell, sets)),
        "choices": _frame(_choices(choices)),
        "without": vector(_cell(r.proportion) for r in (sure.leave_one_out if sure is not None else [])),
        "growing": vector(_cell(r.proportion) for r in (sure.cumulative if sure is not None else [])),
    }


def _choices(choices: Sequence[Choice]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {
        name: [text(getattr(c, name)) for c in choices] for name in ("measure", "method", "test")
    }
    return {**columns, "proportion": [_cell(c.proportion) for c in choices]}


def _frame(columns: dict[str, list[str]]) -> str:
    inside = ", ".join(f"{name} = {vector(cells)}" for name, cells in columns.items())
    return f"data.frame({inside})"


def _cell(value: float | None) -> str:
    return "NA" if value is None else f"{value:.12g}"
