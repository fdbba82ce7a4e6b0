"""The folders of a review."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    config: Path
    corpus: Path
    overrides: Path
    extracted: Path
    reports: Path

    @classmethod
    def below(cls, folder: Path) -> Places:
        names = ("config", "corpus", "overrides", "extracted", "reports")
        return cls(*(Path(name) if folder == Path() else folder / name for name in names))

    @property
    def versions(self) -> Path:
        return self.reports / "versions"
