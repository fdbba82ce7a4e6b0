"""GRADE's table: for each outcome and class of regimens the evidence, the domains with their reasons, and the level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.appraisal.certainty import ALL, CERTAINTY, START, domains, rates_up
from pipeline.pooled import Pooled
from pipeline.report.fits import Fit, fit_of
from pipeline.report.inputs import Inputs
from pipeline.resolved import CertaintyRow

#: the line under each level, from very low to high
LEVELS = {"very low": "⊕◯◯◯", "low": "⊕⊕◯◯", "moderate": "⊕⊕⊕◯", "high": "⊕⊕⊕⊕"}


@dataclass(frozen=True)
class Cell:
    """A judgement, how it looks, and the numbers of its footnotes."""

    text: str
    look: str
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Body:
    """A body of evidence: an outcome of a class of regimens, or of all."""

    outcome: str
    regimens: str
    pooled: Pooled | None
    fit: Fit | None
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """`notes` are the reasons that the cells' footnotes give, numbered from 1."""

    domains: list[str]
    bodies: list[Body]
    notes: list[str]


def certainty_table(inputs: Inputs) -> Table:
    notes: dict[str, int] = {}
    bodies = [_body(inputs, list(rows), notes) for _, rows in groupby(inputs.certainty, key=_of)]
    return Table(list(domains()), bodies, list(notes))


def _of(row: CertaintyRow) -> tuple[str, str]:
    return row.outcome, row.regimen_class


def _body(inputs: Inputs, rows: Sequence[CertaintyRow], notes: dict[str, int]) -> Body:
    """Start, each domain, the level; reasons to rate up that nobody gave are empty."""
    of = {row.domain: row for row in rows}
    outcome, regimens = _of(rows[0])
    pooled = _pooled(inputs, outcome, regimens)
    return Body(
        outcome=inputs.outcome_label(outcome),
        regimens="All regimens" if regimens == ALL else regimens,
        pooled=pooled,
        fit=None if pooled is None else fit_of(pooled.fits.get("iv")),
        cells=[_cell(of.get(name), name, notes) for name in (START, *domains(), CERTAINTY)],
    )


def _pooled(inputs: Inputs, outcome: str, regimens: str) -> Pooled | None:
    for result in inputs.pooled:
        if result.outcome == outcome:
            return result.overall if regimens == ALL else next((g for g in result.by_class if g.name == regimens), None)
    return None


def _cell(row: CertaintyRow | None, name: str, notes: dict[str, int]) -> Cell:
    if row is None:
        return Cell("—", "none")
    text = f"{row.judgement}{_step(row)}" if row.judgement else open_words(row.status)
    reason = "; ".join(
        part for part in (row.explanation, row.said if row.status == "disagreement" else "", row.note) if part
    )
    numbers = (notes.setdefault(f"{name.capitalize()}: {reason}", len(notes) + 1),) if reason else ()
    return Cell(f"{LEVELS[text]} {text}" if name == CERTAINTY and text in LEVELS else text, _look(row, name), numbers)


def open_words(status: str) -> str:
    return "reviewers differ" if status == "disagreement" else "open"


def _step(row: CertaintyRow) -> str:
    known = row.levels is not None and row.domain in domains() and row.levels != 0
    return f" ({row.levels:+d})".replace("-", "−") if known else ""


def _look(row: CertaintyRow, name: str) -> str:
    if row.levels is None or name == START:
        return "none"
    if name == CERTAINTY:
        return "good" if row.levels >= 3 else "fair" if row.levels == 2 else "bad"
    if row.levels == 0:
        return "none" if rates_up(name) else "good"
    return "good" if row.levels > 0 else "fair" if row.levels == -1 else "bad"


def levels(inputs: Inputs, outcome: str) -> Iterable[tuple[str, str]]:
    """(class, level) of each body of evidence of an outcome whose certainty is known, all regimens first."""
    for row in inputs.certainty:
        if row.outcome == outcome and row.domain == CERTAINTY and row.judgement:
            yield "all regimens" if row.regimen_class == ALL else row.regimen_class, row.judgement
