"""The extract stage's work: lines of what parse wrote → lines of candidates, from what is kept where it is."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.kept import Kept
from pipeline.extract.moved import Place

if TYPE_CHECKING:
    from pipeline.extract.extractor import Extractor

#: lines that a core takes at once, and bytes of them, if not one line alone has more
_LINES, _BYTES = 32, 500_000
#: pieces that are done before others are shared out: most of what has to be loaded or learned is there then
_FIRST = 2


class Done(NamedTuple):
    """Candidates of a piece, a line each; how many kept results were damaged, and why none could be kept."""

    lines: list[bytes]
    damaged: int = 0
    trouble: str | None = None


def extracted(extract: Lines, records: Iterable[bytes], cores: int) -> Generator[Done, None, None]:
    """Candidates of the records, piece by piece in their order."""
    lines = pieces(records)
    yield from map(extract.piece, islice(lines, _FIRST))
    if cores > 1:
        from pipeline.cores import in_order  # small sources, which are most, need none of it

        yield from in_order(extract.piece, lines, cores)
    else:
        yield from map(extract.piece, lines)


def pieces(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines a few at a time."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        if piece and (len(piece) == _LINES or size + len(line) > _BYTES):
            yield piece
            piece, size = [], 0
        piece.append(line)
        size += len(line)
    if piece:
        yield piece


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

    def piece(self, lines: list[bytes]) -> Done:
        if self.kept is None:
            return Done([self(line) for line in lines])
        before = self.kept.damaged
        candidates = [self(line) for line in lines]
        return Done(candidates, self.kept.damaged - before, self.kept.trouble)

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
