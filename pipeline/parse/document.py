"""A file handed to `parse`: its first bytes for choosing a reader, and its text with offsets as stored.

The source text of a text format is the file decoded, newlines and a byte order mark included, so that offsets count
every character of `open(file, encoding="utf-8", newline="").read()`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

#: bytes that a reader is chosen by
HEAD = 65_536
_CHUNK = 1 << 20
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8"}


class Unreadable(Exception):
    """An input that must be set aside: why, and what the user can do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True)
class Document:
    """A file at `path`, which the user calls `name`."""

    path: Path
    name: str
    head: bytes

    @classmethod
    def open(cls, path: Path, name: str) -> Document:
        """Raises OSError, or Unreadable for an empty file or a folder."""
        if path.is_dir():
            raise Unreadable("is a folder, not a file", "name the files in it")
        with path.open("rb") as file:
            head = file.read(HEAD)
        if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\f\0"):
            raise Unreadable("is empty", "export or download it again")
        return cls(path, name, head)

    @property
    def stem(self) -> str:
        return PurePath(self.name).stem

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix.lower()

    @cached_property
    def looks_like_text(self) -> bool:
        """No control characters but the usual white space (UTF-16 is text by its byte order mark)."""
        if self.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return True
        return not any(byte < 32 and byte not in b"\t\n\r\f\x0b\x1a\x1b\x1c\x1d\x1e\x1f" for byte in self.head)

    @cached_property
    def head_text(self) -> str:
        """The first bytes as text for looking at; wrong bytes show as replacement characters."""
        utf16 = self.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        return self.head.decode("utf-16" if utf16 else "utf-8", "replace").removeprefix("\ufeff")

    @cached_property
    def encoding(self) -> str:
        """utf-8 if every byte fits, utf-16 by its mark, else cp1252. Raises Unreadable if none fits."""
        marked = next((name for bom, name in _BOMS.items() if self.head.startswith(bom)), "utf-8")
        for encoding in dict.fromkeys((marked, "cp1252")):
            if self._fits(encoding):
                return encoding
        raise Unreadable(
            "its characters are neither UTF-8 nor Windows-1252 text", "save it again as text in UTF-8 encoding"
        )

    def _fits(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    @property
    def problems(self) -> list[str]:
        """What every record of the file should say about its decoding."""
        if self.encoding == "utf-8":
            return []
        return [f"the file is not UTF-8; read as {self.encoding}, offsets count its characters"]

    def text(self) -> str:
        """The whole file, newlines as stored."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            return file.read()

    def lines(self) -> Iterator[tuple[int, str]]:
        """(offset, line with its newline) one after the other, so that memory stays flat."""
        at = 0
        with self.path.open(encoding=self.encoding, newline="") as file:
            for line in file:
                yield at, line
                at += len(line)
