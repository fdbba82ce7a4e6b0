"""What the studies are without reviewers: the numbers that the machine alone would pool, and which texts are whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.config import Settings
from pipeline.link.best_report import weight
from pipeline.linked import LinkRow, Study
from pipeline.resolve.tables import Tables, finish
from pipeline.resolved import FullTextRow, MachineRow, OutcomeRow

FULL = 2


def machine_rows(tables: Tables, settings: Settings, links: Sequence[LinkRow]) -> list[MachineRow]:
    """What would be pooled of tables that no line of a reviewer changed yet; they stay as they are."""
    return pooled_numbers(finish(replace(tables), settings, links).outcomes)


def pooled_numbers(outcomes: Iterable[OutcomeRow]) -> list[MachineRow]:
    return [
        MachineRow(study=r.study, arm=r.arm, outcome=r.outcome, events=r.events, n=r.n)
        for r in outcomes
        if r.pooled and r.events is not None and r.n is not None
    ]


def full_texts(studies: Iterable[Study]) -> list[FullTextRow]:
    """By file and record."""
    reports = (report for s in studies for report in (s.candidate, *s.further))
    places = {(r.source.file, r.record_id) for r in reports if weight(r) == FULL}
    return [FullTextRow(file=file, record_id=record) for file, record in sorted(places)]
