"""A file handed to `parse`: its first bytes for choosing a reader, and its text with offsets as stored.

The source text of a text format is the file decoded, newlines and a byte order mark included, so that offsets count
every character of `open(file, encoding="utf-8", newline="").read()`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO, TextIOWrapper
from pathlib import Path, PurePath
from typing import NamedTuple, TextIO

from pipeline.limits import Limits
from pipeline.parse.decoding import Decoding, decoding_of

#: bytes that a reader is chosen by
HEAD = 65_536
#: a text has at most one stray control character (a NUL of a damaged disk) in so many bytes
MOST_TEXT = 50
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x0b\x1a\x1b\x1c\x1d\x1e\x1f")
#: first bytes of ZIP, which .xlsx is
PACKED = b"PK\x03\x04"
#: first bytes of ZIP, gzip, PNG, JPEG, old Word and Excel, GIF
_BINARY = tuple(bytes.fromhex(mark) for mark in ("504b0304", "1f8b", "89504e47", "ffd8ff", "d0cf11e0", "47494638"))


class Piece(NamedTuple):
    """Bytes [begin, end) of a file, as if it held no more; `before` are bytes that every piece needs first."""

    begin: int
    end: int
    before: bytes = b""


class Unreadable(Exception):
    """An input that must be set aside: why, and what the user can do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True)
class Document:
    """A file at `path`, which the user calls `name`.

    `cited_only`: citations are wanted and the text as it stands, without sections, repairs and places in the source.
    """

    path: Path
    name: str
    head: bytes
    limits: Limits = field(default_factory=Limits)
    cited_only: bool = False
    #: what is read of it, if not all
    piece: Piece | None = None

    @classmethod
    def open(cls, path: Path, name: str, limits: Limits | None = None, *, cited_only: bool = False) -> Document:
        """Raises OSError, or Unreadable for an empty file or a folder."""
        if path.is_dir():
            raise Unreadable("is a folder, not a file", "name the files in it")
        with path.open("rb") as file:
            head = file.read(HEAD)
        if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\f\0"):
            raise Unreadable("is empty", "export or download it again")
        return cls(path, name, head, limits or Limits(), cited_only)

    @property
    def stem(self) -> str:
        return PurePath(self.name).stem

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix.lower()

    @cached_property
    def looks_like_text(self) -> bool:
        """Hardly any control characters but the usual white space (UTF-16 is text by its byte order mark)."""
        if self.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return True
        wrong = len(self.head) - len(self.head.translate(None, _CONTROLS))
        return wrong * MOST_TEXT <= len(self.head) and not self.head.startswith(_BINARY)

    @cached_property
    def head_text(self) -> str:
        """The first bytes as text for looking at; wrong bytes show as replacement characters."""
        utf16 = self.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        return self.head.decode("utf-16" if utf16 else "utf-8", "replace").removeprefix("\ufeff")

    @cached_property
    def decoding(self) -> Decoding:
        """How its bytes become characters. Raises Unreadable if they are no text."""
        found = decoding_of(self.path, self.head)
        if found is None:
            reason = "its characters are neither UTF-8 nor Windows-1252 text"
            raise Unreadable(reason, "save it again as text in UTF-8 encoding")
        return found

    @property
    def encoding(self) -> str:
        """utf-8 if every byte (or nearly every one) fits, utf-16 by its mark, else cp1252. Raises Unreadable."""
        return self.decoding.encoding

    @property
    def problems(self) -> list[str]:
        """What every record of the file should say about its decoding; nothing for a packed file, which is no text."""
        return [] if self.head.startswith(PACKED) else self.decoding.problems

    def open_text(self) -> TextIO:
        """The file as characters, newlines as stored; bytes that do not fit are read as `decoding` says."""
        if self.piece is None:
            return self.path.open(encoding=self.encoding, errors=self.decoding.errors, newline="")
        with self.path.open("rb") as file:
            file.seek(self.piece.begin)
            data = self.piece.before + file.read(self.piece.end - self.piece.begin)
        return TextIOWrapper(BytesIO(data), encoding=self.encoding, errors=self.decoding.errors, newline="")

    def text(self) -> str:
        """The whole file, newlines as stored."""
        with self.open_text() as file:
            return file.read()

    def lines(self) -> Iterator[tuple[int, str]]:
        """(offset, line with its newline) one after the other, so that memory stays flat."""
        at = 0
        with self.open_text() as file:
            for line in file:
                yield at, line
                at += len(line)
