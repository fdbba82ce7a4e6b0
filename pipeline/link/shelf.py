"""Where the records are while they are linked: in memory, or in the files that `extract` wrote, line by line."""

from __future__ import annotations

import os
from array import array
from collections.abc import Generator, Iterable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Protocol, Self

from pipeline.candidates import Candidate, as_row
from pipeline.link.binding import Binder, Line, changed, pieces
from pipeline.link.kept import Kept
from pipeline.link.leaves import Leaf
from pipeline.parsed import SetAside, aside

#: files that are open at a time, at most
_OPEN = 64
_BEGINS = b'{"record_id":'


class Shelf(Protocol):
    """Records by their numbers."""

    def __getitem__(self, number: int) -> Candidate: ...

    def line(self, number: int) -> bytes:
        """The record as JSON."""


class Held:
    """Records in memory."""

    def __init__(self, records: Iterable[Candidate]) -> None:
        self._records = list(records)

    def leaves(self) -> Iterator[Leaf]:
        """Those of all records as they come, once, before any other use."""
        if self._records:
            yield Leaf.of(self._records)

    def arrange(self, order: Sequence[int]) -> None:
        """Record `order[i]` becomes number i."""
        self._records = [self._records[i] for i in order]

    def __getitem__(self, number: int) -> Candidate:
        return self._records[number]

    def line(self, number: int) -> bytes:
        return self._records[number].model_dump_json().encode()


class Filed:
    """Records in files, which must not change meanwhile; `cores` may work on their leaves."""

    def __init__(self, files: Sequence[Path], kept: Kept | None = None, cores: int = 1) -> None:
        self._files = files
        self._binder = Binder(files, kept, cores)
        self._file, self._start, self._length = array("l"), array("q"), array("l")
        self._open: dict[int, FileIO] = {}
        #: what lies among the records
        self.aside: list[SetAside] = []

    def leaves(self) -> Generator[Leaf, None, None]:
        """Those of all records as they come, once, before any other use."""
        return self._binder.leaves([*pieces(self._lines())])

    def _lines(self) -> Iterator[Line]:
        """The lines of records."""
        for number, path in enumerate(self._files):
            start = 0
            with path.open("rb") as lines:
                for line in lines:
                    row = aside(line)
                    if row is not None:
                        self.aside.append(row)
                    else:
                        self._file.append(number)
                        self._start.append(start)
                        self._length.append(len(line))
                        yield Line(number, start, line)
                    start += len(line)

    def arrange(self, order: Sequence[int]) -> None:
        """Record `order[i]` becomes number i."""
        self._file = array("l", (self._file[i] for i in order))
        self._start = array("q", (self._start[i] for i in order))
        self._length = array("l", (self._length[i] for i in order))

    def __getitem__(self, number: int) -> Candidate:
        row = as_row(self._read(number))
        assert isinstance(row, Candidate)
        return row

    def line(self, number: int) -> bytes:
        return self._read(number).rstrip(b"\n")

    def _read(self, number: int) -> bytes:
        """The line as it was read first. Raises UserError."""
        file = self._opened(self._file[number])
        line = os.pread(file.fileno(), self._length[number], self._start[number])
        if len(line) != self._length[number] or not line.startswith(_BEGINS):
            raise changed(self._files[self._file[number]])
        return line

    def _opened(self, file: int) -> FileIO:
        if file not in self._open:
            if len(self._open) >= _OPEN:
                self._open.pop(next(iter(self._open))).close()
            self._open[file] = FileIO(self._files[file])
        return self._open[file]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._open:
            self._open.popitem()[1].close()
