"""A large export is read in pieces, side by side on several cores; its rows are those that reading it as a whole gives.

Each piece is read in a process of its own that a bad record can end, as any file is (see `worker`). What a piece cannot
know is told here: ids, numbers, and where the text of its records will stand.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipeline.cores import in_order
from pipeline.files import printable
from pipeline.limits import Limits
from pipeline.parse import Reader, Rows, choose, named, placed, shifted
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.pieces import Torn, renumbered
from pipeline.parse.worker import guarded
from pipeline.parsed import ParsedRecord, SetAside, as_row

#: bytes of a piece, at least: some 500 records
PIECE = 1_000_000


class Large(NamedTuple):
    """A file of many records, cut where records start."""

    reader: Reader
    pieces: list[Document]

    @classmethod
    def of(cls, path: Path, limits: Limits, size: int = PIECE) -> Large | None:
        """None for a file that is read as a whole: small, of a format that is not cut, or unreadable."""
        try:
            if path.stat().st_size < 2 * size:
                return None
            document = Document.open(path, printable(str(path)), limits)
            reader = choose(document)
            pieces = reader.pieces(document, size)
        except (Unreadable, OSError):
            return None
        return cls(reader, pieces) if len(pieces) > 1 else None

    def rows(self, cores: int) -> Generator[ParsedRecord | SetAside, None, None]:
        """Its rows in their order. Raises Torn where the file must be read as a whole, also after some of them."""
        with closing(in_order(partial(_lines, self), self._jobs(), cores)) as answers:
            found = _rows(answers)
            yield from named(self.pieces[0].stem, placed(found) if self.reader.writes_text else found)

    def _jobs(self) -> Iterator[tuple[int, int]]:
        """Number of each piece, and characters by which its offsets in the whole file are larger."""
        at = 0
        for number, piece in enumerate(self.pieces):
            if self.reader.writes_text:
                yield number, 0
                continue
            before = piece.piece.before if piece.piece is not None else b""
            repeated = len(before.decode(piece.encoding, piece.decoding.errors))
            yield number, at - repeated
            at += len(piece.text()) - repeated


def _rows(answers: Iterable[list[bytes]]) -> Rows:
    """Rows of all pieces. Raises Torn for a piece that was not read to its end: who reads the whole, tells why."""
    before = 0
    for lines in answers:
        for line in lines:
            row = as_row(line)
            if isinstance(row, SetAside):
                if row.record is None:
                    raise Torn
                row = renumbered(row, before)
            yield row
        before += len(lines)


# ---- in the processes that read ------------------------------------------------------------------------------------


def _lines(large: Large, job: tuple[int, int]) -> list[bytes]:
    """Lines of a piece's rows; the process that reads it is another one, as for any file."""
    number, by = job
    piece = large.pieces[number]
    with closing(guarded([piece.path], lambda _: _read(large.reader, piece, by), piece.limits)) as lines:
        return list(lines)


def _read(reader: Reader, piece: Document, by: int) -> Rows:
    try:
        for row in reader.read(piece):
            yield shifted(row, by) if by and isinstance(row, ParsedRecord) else row
    except (Torn, Unreadable, OSError):
        yield SetAside(set_aside=piece.name, reason="not read in pieces", remedy="read it as a whole")
