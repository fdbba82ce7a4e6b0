"""The versions under reports/versions/, as `litpool release` left them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import UserError
from pipeline.release.now import Tables
from pipeline.released import KeptRecord, Release
from pipeline.tables import read_rows


@dataclass(frozen=True)
class Kept:
    """A version on disk; its tables are read when they are asked for."""

    folder: Path
    release: Release

    @cached_property
    def tables(self) -> Tables:
        try:
            return Tables.of(self.folder / "tables")
        except OSError as error:
            raise UserError(
                f"{error.filename}: {error.strerror}; take it back from your version control, or remove {self.folder}"
            ) from None

    @cached_property
    def records(self) -> list[KeptRecord]:
        return [row for _, row in read_rows(self.folder / "tables" / "records.csv", KeptRecord)]


def versions(folder: Path) -> list[Kept]:
    """All below `folder`, the first one first. Raises UserError for one that cannot be read."""
    found = [Kept(path.parent, _release(path)) for path in sorted(folder.glob("[!.]*/release.json"))]
    return sorted(found, key=lambda v: (v.release.number, v.release.date, v.release.name))


def _release(path: Path) -> Release:
    try:
        return Release.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {where}: {first['msg']}; take it back from your version control") from None
