"""Where the records are while they are linked: in memory, or in the files that `extract` wrote, line by line."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Protocol, Self

from pipeline.candidates import Candidate, as_row
from pipeline.errors import UserError
from pipeline.parsed import SetAside, as_line

#: files that are open at a time, at most
_OPEN = 64
_BEGINS = b'{"record_id":'


class Shelf(Protocol):
    """Records by their numbers."""

    def __getitem__(self, number: int) -> Candidate: ...

    def line(self, number: int) -> str:
        """The record as JSON."""


class Held:
    """Records in memory."""

    def __init__(self, records: Iterable[Candidate]) -> None:
        self._records = list(records)

    def unpacked(self) -> Iterator[Candidate]:
        """All records as they come, once, before any other use."""
        yield from self._records

    def __iter__(self) -> Iterator[Candidate]:
        yield from self._records

    def arrange(self, order: Sequence[int]) -> None:
        """Record `order[i]` becomes number i."""
        self._records = [self._records[i] for i in order]

    def __getitem__(self, number: int) -> Candidate:
        return self._records[number]

    def line(self, number: int) -> str:
        return as_line(self._records[number]).rstrip("\n")


class Filed:
    """Records in files, which must not change meanwhile."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._file, self._start, self._length = array("l"), array("q"), array("l")
        self._open: dict[int, FileIO] = {}
        #: what lies among the records
        self.aside: list[SetAside] = []

    def unpacked(self) -> Iterator[Candidate]:
        """All records as they come, once, before any other use."""
        for number, path in enumerate(self._files):
            start = 0
            with path.open("rb") as lines:
                for line in lines:
                    row = as_row(line)
                    if isinstance(row, SetAside):
                        self.aside.append(row)
                    else:
                        self._file.append(number)
                        self._start.append(start)
                        self._length.append(len(line))
                        yield row
                    start += len(line)

    def arrange(self, order: Sequence[int]) -> None:
        """Record `order[i]` becomes number i."""
        self._file = array("l", (self._file[i] for i in order))
        self._start = array("q", (self._start[i] for i in order))
        self._length = array("l", (self._length[i] for i in order))

    def __iter__(self) -> Iterator[Candidate]:
        return map(self.__getitem__, range(len(self._file)))

    def __getitem__(self, number: int) -> Candidate:
        row = as_row(self._read(number))
        assert isinstance(row, Candidate)
        return row

    def line(self, number: int) -> str:
        return self._read(number).decode().rstrip("\n")

    def _read(self, number: int) -> bytes:
        """The line as it was read first. Raises UserError."""
        file = self._opened(self._file[number])
        file.seek(self._start[number])
        line = file.read(self._length[number])
        if len(line) != self._length[number] or not line.startswith(_BEGINS):
            raise UserError(f"{self._files[self._file[number]]}: changed while it was read; run `snakemake all` again")
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
