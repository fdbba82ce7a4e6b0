"""What a file of data/ holds: a text, or a file of extracted/ as it stands, which may be large and is not read."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.files import sha256_of, whole


@dataclass(frozen=True)
class Body:
    held: str | Path

    @cached_property
    def size(self) -> int:
        """In bytes."""
        return self.held.stat().st_size if isinstance(self.held, Path) else len(self.bytes)

    @cached_property
    def sha256(self) -> str:
        return sha256_of(self.held) if isinstance(self.held, Path) else hashlib.sha256(self.bytes).hexdigest()

    @property
    def bytes(self) -> bytes:
        return self.held.read_bytes() if isinstance(self.held, Path) else self.held.encode("utf-8")

    def write(self, path: Path) -> None:
        """As a whole or not at all. Raises UserError."""
        with whole(path) as part:
            if isinstance(self.held, Path):
                shutil.copyfile(self.held, part)
            else:
                part.write_bytes(self.bytes)
