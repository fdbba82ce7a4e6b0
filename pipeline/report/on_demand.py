"""Rows of JSON lines that are read when they are asked for: the page quotes a few records of very many, and a page of a
study its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from pipeline.errors import UserError

Key = TypeVar("Key")
Row = TypeVar("Row")
#: rows that are held, for the next who asks
_HELD = 500
#: bytes that are read of a file at once
_BUFFER = 1 << 18


class Line(NamedTuple):
    """Where a line stands: its number (1-based), and its bytes in the file."""

    path: Path
    number: int
    start: int
    length: int

    @property
    def place(self) -> str:
        return f"{self.path}:{self.number}"


class Unread(Generic[Row]):
    """A line as it stands, and the row that `read` makes of it."""

    def __init__(self, line: Line, read: Callable[[bytes], Row]) -> None:
        self._line = line
        self._read = read

    @cached_property
    def text(self) -> bytes:
        with self._line.path.open("rb", buffering=0) as file:
            file.seek(self._line.start)
            return file.read(self._line.length)

    def row(self) -> Row:
        """Raises UserError if litpool did not write the line so."""
        return checked(self._line, self._read, self.text)


class OnDemand(Mapping[Key, Row]):
    """Rows by key, each made by `read` of its line. Raises UserError for a line that litpool did not write so."""

    def __init__(self, lines: Mapping[Key, Line], read: Callable[[bytes], Row]) -> None:
        self._lines = lines
        self._read = read
        self._row = lru_cache(_HELD)(lambda key: self.unread(key).row())

    def unread(self, key: Key) -> Unread[Row]:
        return Unread(self._lines[key], self._read)

    def __getitem__(self, key: Key) -> Row:
        return self._row(key)

    def __contains__(self, key: object) -> bool:
        return key in self._lines

    def __iter__(self) -> Iterator[Key]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def lines_of(path: Path) -> Iterator[tuple[Line, bytes]]:
    """Each line of a file that is not empty, and where it stands. Raises UserError if the file is missing."""
    start = 0
    try:
        with path.open("rb", buffering=_BUFFER) as lines:
            for number, text in enumerate(lines, 1):
                if text != b"\n":
                    yield Line(path, number, start, len(text)), text
                start += len(text)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; `snakemake all` makes it") from None


def checked(line: Line, read: Callable[[bytes], Row], text: bytes) -> Row:
    """Raises UserError where the file is not as litpool wrote it."""
    try:
        return read(text)
    except ValidationError as error:
        raise foreign(line.place, error) from None


def foreign(place: str, error: ValidationError) -> UserError:
    """A file that litpool did not write so."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    what = f"{where}: {first['msg']}" if where else first["msg"]
    return UserError(f"{place}: {what}; delete the file, `snakemake all` makes it again")
