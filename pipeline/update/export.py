"""An export is written, and read again before it may go to corpus/: a file, or a folder with a file for each record."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pipeline.files import sha256_of
from pipeline.limits import Limits
from pipeline.parse.cited import Cited, read_cited
from pipeline.update.client import SourceFailed
from pipeline.update.known import Entry, Known, state
from pipeline.update.source import Piece, Source
from pipeline.update.waiting import Passing


@dataclass
class Export:
    """What was written; `new` and `updated` are its records."""

    path: Path
    new: list[Entry] = field(default_factory=list)
    updated: list[Entry] = field(default_factory=list)

    @property
    def records(self) -> list[Entry]:
        return [*self.new, *self.updated]


def write(source: Source, pieces: Iterable[Piece], before: set[str], known: Known, path: Path) -> Export:
    """Write what is not there in the same state; `before` are the first names of records that are there."""
    export = Export(path)
    taken = _taken(source, pieces, before, known, export)
    if source.each_alone:
        path.mkdir()
        for piece in taken:
            with (path / f"{_file_name(piece)}{source.suffix}").open("wb") as out:
                _put(out, source.head, piece.data, source.tail)
        return export
    with path.open("wb") as out:
        between = source.head
        for piece in taken:
            _put(out, between, piece.data)
            between = source.between
        _put(out, source.tail)
    return export


def _taken(source: Source, pieces: Iterable[Piece], before: set[str], known: Known, export: Export) -> Iterator[Piece]:
    """Those that are not there in the same state, with a note of each in the export."""
    for piece in pieces:
        now = state(source, piece)
        if not known.is_in_state(piece.names, now):
            (export.updated if piece.names[0] in before else export.new).append((piece.names, now))
            yield piece


def _put(out: BinaryIO, *parts: bytes) -> None:
    for part in parts:
        out.write(part)


def _file_name(piece: Piece) -> str:
    """The record's own name without its kind, and without what a file name may not hold."""
    name = piece.names[0].partition(":")[2]
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)


def check(source: Source, export: Export) -> list[str]:
    """Notes on records that cannot be read. Raises SourceFailed for an export that is not what was asked for."""
    written = len(export.records)
    rows = list(read_cited(files_of(export.path), Limits()))
    readable = sum(isinstance(row, Cited) for row in rows)
    try:
        again = sum(1 for path in files_of(export.path) for _ in source.pieces(path.read_bytes()))
    except Passing:
        again = -1
    if again != written or len(rows) != written or not readable:
        reason = f"gave {written} records of which {readable} can be read: has its format changed?"
        raise SourceFailed(f"{source.label}: {reason}")
    return [f"{written - readable} cannot be read"] if readable < written else []


def files_of(path: Path) -> list[Path]:
    """The files of an export, sorted."""
    return sorted(path.iterdir()) if path.is_dir() else [path]


def digest_of(path: Path) -> str:
    """SHA-256 of a file; of a folder, that of the lines of `sha256sum *` in it."""
    if not path.is_dir():
        return sha256_of(path)
    lines = "".join(f"{digest_of(file)}  {file.name}\n" for file in files_of(path))
    return hashlib.sha256(lines.encode()).hexdigest()


def settle(path: Path) -> None:
    """On the disk, with all that a folder holds."""
    with ExitStack() as opened:
        for part in [*(files_of(path) if path.is_dir() else []), path]:
            handle = os.open(part, os.O_RDONLY)
            opened.callback(os.close, handle)
            if part.is_dir():
                _settle_folder(handle)
            else:
                os.fsync(handle)


def _settle_folder(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError:  # not all systems can
        return
