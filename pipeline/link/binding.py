"""Leaves of records that lie in files: those that are kept, and the others made on some cores.

The lines of all files are cut in pieces by what they say and not by their number, so that one record more, or a file
more, makes one or two leaves others.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from pipeline.candidates import Candidate, as_row
from pipeline.cores import in_order
from pipeline.errors import UserError
from pipeline.link.kept import Kept
from pipeline.link.leaves import Leaf
from pipeline.parsed import aside

#: lines of a piece on the average, and at most; bytes after which a piece ends
_LINES, _MOST_LINES, _BYTES = 256, 1024, 4_000_000
#: bytes at a line's start that tell it from others: its id, its place and the fingerprint of its text
_TELLING = 300


class Line(NamedTuple):
    """A record's line in file number `file`."""

    file: int
    start: int
    line: bytes


class Range(NamedTuple):
    """Lines in a row."""

    file: int
    start: int
    end: int


class Piece(NamedTuple):
    """Lines known by a hash of them, and where they lie."""

    key: str
    ranges: list[Range]


def pieces(lines: Iterable[Line]) -> Iterator[Piece]:
    ranges: list[Range] = []
    key, count, size = _key(), 0, 0
    for file, start, line in lines:
        key.update(line)
        count, size, end = count + 1, size + len(line), start + len(line)
        if ranges and ranges[-1].file == file:
            ranges[-1] = Range(file, ranges[-1].start, end)
        else:
            ranges.append(Range(file, start, end))
        if crc32(line[:_TELLING]) % _LINES == 0 or count == _MOST_LINES or size >= _BYTES:
            yield Piece(key.hexdigest(), ranges)
            key, count, size, ranges = _key(), 0, 0, []
    if ranges:
        yield Piece(key.hexdigest(), ranges)


def _key() -> blake2b:
    return blake2b(digest_size=20)


class Made(NamedTuple):
    """A leaf that was not kept, and why it could not be."""

    packed: bytes
    trouble: str | None = None


class Binder:
    """Finds or makes the leaves."""

    def __init__(self, files: Sequence[Path], kept: Kept | None, cores: int) -> None:
        self.files, self.kept, self.cores = files, kept, cores

    def leaves(self, found: Sequence[Piece]) -> Generator[Leaf, None, None]:
        """In the order of the pieces."""
        missing = [piece for piece in found if self.kept is None or not self.kept.has(piece.key)]
        wanted = {piece.key for piece in missing}
        made = in_order(self._make, missing, self.cores)
        for piece in found:
            yield Leaf.unpacked(self._made(next(made)) if piece.key in wanted else self._kept(piece))
        made.close()

    def _kept(self, piece: Piece) -> bytes:
        packed = self.kept.get(piece.key) if self.kept is not None else None
        return packed if packed is not None else self._made(self._make(piece))

    def _made(self, made: Made) -> bytes:
        if self.kept is not None:
            self.kept.trouble = self.kept.trouble or made.trouble
        return made.packed

    def _make(self, piece: Piece) -> Made:
        packed = Leaf.of(self._records(piece)).packed()
        return Made(packed, self.kept.put(piece.key, packed) if self.kept is not None else None)

    def _records(self, piece: Piece) -> Iterator[Candidate]:
        """Raises UserError if they are not what they were."""
        key = _key()
        for file, start, end in piece.ranges:
            with self.files[file].open("rb") as lines:
                lines.seek(start)
                for line in lines.read(end - start).splitlines(keepends=True):
                    if aside(line) is None:
                        key.update(line)
                        row = as_row(line)
                        assert isinstance(row, Candidate)
                        yield row
        if key.hexdigest() != piece.key:
            raise changed(self.files[piece.ranges[-1].file])


def changed(file: Path) -> UserError:
    return UserError(f"{file}: changed while it was read; run `snakemake all` again")
