"""A review's folder: where its parts lie, and what its last run wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipeline.candidates import Candidate, read_candidates
from pipeline.errors import UserError
from pipeline.linked import LinkRow, Study
from pipeline.tables import read_rows

RERUN = "run `snakemake all`, then this again"


@dataclass(frozen=True)
class ReviewFolder:
    """`root` holds config/, overrides/ and, after a run, extracted/."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def overrides(self) -> Path:
        return self.root / "overrides"

    @property
    def extracted(self) -> Path:
        return self.root / "extracted"

    @property
    def is_built(self) -> bool:
        """Has a run reached the studies?"""
        return (self.extracted / "studies.jsonl").exists() and (self.extracted / "links.csv").exists()

    def studies(self) -> list[Study]:
        """What link wrote. Raises UserError where there is nothing, or another version of litpool wrote it."""
        path = self.extracted / "studies.jsonl"
        try:
            with path.open(encoding="utf-8", newline="\n") as lines:
                return [Study.model_validate_json(line) for line in lines]
        except OSError as error:
            raise UserError(f"{path}: {error.strerror}; {RERUN}") from None
        except ValidationError:
            raise UserError(f"{path}: was written by another version of litpool; {RERUN}") from None

    def links(self) -> list[LinkRow]:
        """Likewise."""
        return [row for _, row in read_rows(self.extracted / "links.csv", LinkRow)]

    def records(self) -> list[Candidate]:
        """What extract wrote, in link's order. Raises UserError likewise."""
        return sorted(self._records(), key=lambda c: (c.record_id, c.source.file, c.source.span))

    def _records(self) -> Iterator[Candidate]:
        for path in sorted((self.extracted / "candidates").rglob("*.jsonl")):
            try:
                yield from (row for row in read_candidates(path) if isinstance(row, Candidate))
            except ValidationError:
                raise UserError(f"{path}: was written by another version of litpool; {RERUN}") from None
