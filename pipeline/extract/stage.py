"""The extract stage's work: lines of what parse wrote → lines of candidates, from what is kept where it is."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.extract.kept import Kept
from pipeline.extract.moved import Place

if TYPE_CHECKING:
    from pipeline.extract.extractor import Extractor


class Lines:
    """Extracts line by line. What extraction needs is loaded for the first text that is not kept: that takes longer
    than a thousand kept ones."""

    def __init__(self, config: Path, kept: Kept | None) -> None:
        self.config = config
        self.kept = kept

    @cached_property
    def _extract(self) -> Extractor:
        from pipeline.config import load
        from pipeline.extract.extractor import Extractor

        return Extractor(load(self.config))

    def __call__(self, line: bytes) -> bytes:
        """The candidate of a record; what parse set aside passes through."""
        if line.startswith(b'{"set_aside":'):
            return line
        place = Place.of(line) if self.kept is not None else None
        if self.kept is None or place is None:
            return self._afresh(line)
        kept = self.kept.get(place.key)
        if kept is not None:
            return place.placed(kept)
        candidate = self._afresh(line)
        result = place.kept(candidate)
        if result is not None:
            self.kept.put(place.key, result)
        return candidate

    def _afresh(self, line: bytes) -> bytes:
        from pipeline.parsed import SetAside, as_line, as_row

        row = as_row(line)
        return as_line(row if isinstance(row, SetAside) else self._extract(row)).encode()
