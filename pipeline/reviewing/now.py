"""What the review says now, with and without the reviewers' lines, and what people call its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.config import Settings, load
from pipeline.errors import UserError
from pipeline.last_word import person
from pipeline.linked import LinkRow, Study
from pipeline.resolve.cells import same_value
from pipeline.resolve.judgements import judge
from pipeline.resolve.overrides import Applied, apply_overrides
from pipeline.resolve.rows import cell_text
from pipeline.resolve.said import Said
from pipeline.resolve.tables import Tables, finish, machine_tables
from pipeline.resolve.targets import Spot
from pipeline.reviewing.folder import ReviewFolder


@dataclass(frozen=True)
class Resolved:
    """The tables that a run would write, and what the lines did in them."""

    tables: Tables
    applied: Applied


@dataclass(frozen=True)
class Now:
    """A review after a run."""

    folder: ReviewFolder
    settings: Settings
    studies: list[Study]
    links: list[LinkRow]

    @classmethod
    def of(cls, folder: ReviewFolder) -> Now:
        """Raises UserError where no run has been."""
        settings = load(folder.config)
        if not folder.is_built:
            raise UserError(f"{folder.extracted}: no studies yet; run `snakemake all` first")
        return cls(folder, settings, folder.studies(), folder.links())

    def with_lines_of(self, overrides: Path) -> Resolved:
        """As a run would have it with these lines. Raises UserError where it would refuse one."""
        tables = machine_tables(self.studies, self.settings)
        applied = apply_overrides(tables, overrides, self.settings)
        tables = finish(tables, self.settings, self.links)
        judge(tables, overrides, self.settings)
        return Resolved(tables, applied)

    @cached_property
    def machine(self) -> Tables:
        """Without any line."""
        return machine_tables(self.studies, self.settings)

    @cached_property
    def resolved(self) -> Resolved:
        """With all lines. Raises UserError where they have problems."""
        return self.with_lines_of(self.folder.overrides)

    @property
    def shown(self) -> Tables:
        return self.resolved.tables

    def is_asked_twice(self, field: str) -> bool:
        """Does the protocol want the field from two reviewers?"""
        reviewing = self.settings.config.reviewing
        return reviewing.double_extraction and field in reviewing.fields

    # ---- a cell ----

    def value(self, spot: Spot) -> str:
        """What counts now, as lines write it."""
        return cell_text(getattr(self.shown, spot.table)[spot.index], spot.field)

    def of_machine(self, spot: Spot) -> str:
        """What the machine says; nothing where only reviewers know of the row."""
        rows = getattr(self.machine, spot.table)
        return cell_text(rows[spot.index], spot.field) if spot.index < len(rows) else ""

    def said(self, spot: Spot) -> tuple[Said, ...]:
        """The reviewers' lines that stand."""
        verdict = self.resolved.applied.verdicts.get(spot)
        return verdict.standing if verdict is not None else ()

    def stale(self, spot: Spot) -> str:
        """Why the lines that stand need a second look; nothing where they need none."""
        verdict = self.resolved.applied.verdicts.get(spot)
        return verdict.stale if verdict is not None and verdict.value is not None else ""

    def others_than(self, spot: Spot, value: str, reviewer: str) -> list[Said]:
        """Those of other reviewers, with another value."""
        said = (s for s in self.said(spot) if s.person != person(reviewer))
        return [s for s in said if not same_value(spot.field, s.value, value)]


def listed(said: Iterable[Said]) -> str:
    """For people."""
    return "; ".join(f"{s.reviewer} says {s.value or 'nothing'} ({s.place})" for s in said)
