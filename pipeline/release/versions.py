"""The versions under reports/versions/, as `litpool release` left them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import UserError
from pipeline.files import sha256_of
from pipeline.release.now import Tables
from pipeline.released import KeptRecord, Release
from pipeline.tables import read_rows


@dataclass(frozen=True)
class Kept:
    """A version on disk; its tables are read, and held against their fingerprints, when they are asked for."""

    folder: Path
    release: Release

    @cached_property
    def tables(self) -> Tables:
        """Raises UserError if a file of the version is not as it was released."""
        try:
            self._check()
            return Tables.of(self.folder / "tables")
        except OSError as error:
            raise UserError(
                f"{error.filename}: {error.strerror}; take it back from your version control, or remove {self.folder}"
            ) from None

    def _check(self) -> None:
        other = [name for name, sha in self.release.tables.items() if sha256_of(self.folder / name) != sha]
        if other:
            raise UserError(
                f"{self.folder / other[0]}: is not what was released (its SHA-256 is another); a version never "
                "changes: take it back from your version control"
            )

    @cached_property
    def records(self) -> list[KeptRecord]:
        return [row for _, row in read_rows(self.folder / "tables" / "records.csv", KeptRecord)]


def versions(folder: Path) -> list[Kept]:
    """All below `folder`, the first one first. Raises UserError for one that cannot be read."""
    found = [Kept(path.parent, _release(path)) for path in sorted(folder.glob("[!.]*/release.json"))]
    return sorted(found, key=lambda v: (v.release.number, v.release.date, v.release.name))


def _release(path: Path) -> Release:
    """Keys that are no more are left out: an earlier litpool may have written them."""
    try:
        raw = json.loads(path.read_bytes())
        return Release.model_validate({k: v for k, v in raw.items() if k in Release.model_fields})
    except (ValueError, AttributeError) as error:
        if not isinstance(error, ValidationError):
            raise UserError(f"{path}: is no JSON object; take it back from your version control") from None
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {where}: {first['msg']}; take it back from your version control") from None
