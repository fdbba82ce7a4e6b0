"""Which characters the bytes of a text file are: UTF-8, UTF-16 by its mark, Windows-1252, or UTF-8 with a few of those.

Exports that were merged by hand hold lines of several encodings. Where most is UTF-8, the bytes that are not are read
as Windows-1252 one by one, so that one bad byte does not garble every other letter of the file.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

_CHUNK = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WRONG = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
#: so many wrong bytes to a right character still are UTF-8 with others among it: bytes of Windows-1252 rarely make a
#: right one (a capital with accent and then a curly quote, `É’`)
_MOST_WRONG = 10
#: name of the error handler that reads a byte as Windows-1252
BYTE_BY_BYTE = "litpool-windows-1252"


@dataclass(frozen=True)
class Decoding:
    """Arguments of `open` that read the file, and what each of its records should say about that."""

    encoding: str
    errors: str = "strict"
    problems: list[str] = field(default_factory=list)


def decoding_of(path: Path, head: bytes) -> Decoding | None:
    """How to read the file at `path`, whose first bytes are `head`; None if its bytes are no text. Raises OSError."""
    if head.startswith(_UTF16):
        return _utf16(path)
    if _fits(path, "utf-8"):
        return Decoding("utf-8")
    wrong, right = _count(path)
    if right * _MOST_WRONG >= wrong or head.startswith(codecs.BOM_UTF8):
        said = f"{wrong} bytes of the file are not UTF-8 and were read as Windows-1252; offsets count characters"
        return _byte_by_byte("utf-8", said)
    if _fits(path, "cp1252"):
        return Decoding("cp1252", problems=["the file is not UTF-8; read as cp1252, offsets count its characters"])
    return None


def _utf16(path: Path) -> Decoding:
    said = "the file is not UTF-8; read as utf-16, offsets count its characters"
    if _fits(path, "utf-16"):
        return Decoding("utf-16", problems=[said])
    return Decoding("utf-16", "replace", [f"{said}; damaged characters show as \N{REPLACEMENT CHARACTER}"])


def _byte_by_byte(encoding: str, said: str) -> Decoding:
    codecs.register_error(BYTE_BY_BYTE, _as_windows_1252)
    return Decoding(encoding, BYTE_BY_BYTE, [said])


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Handler of decoding errors: the wrong bytes are Windows-1252, its five holes the replacement character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _count(path: Path) -> tuple[int, int]:
    """(bytes that are no UTF-8, characters beyond ASCII that are)."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    wrong = right = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            bad = len(_WRONG.findall(text))
            wrong += bad
            right += len(_BEYOND_ASCII.findall(text)) - bad
    return wrong + len(decoder.decode(b"", final=True)), right
