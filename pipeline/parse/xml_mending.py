"""XML whose bytes or characters no XML parser takes: the rest of it is kept, and the mending is said.

Files that were merged or edited by hand hold Windows-1252 bytes in UTF-8, control characters and references to them.
"""

from __future__ import annotations

import re

from pipeline.parse.document import Document

_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:(\d{1,9})|[xX]([0-9A-Fa-f]{1,8}));")
#: longest reference to a character
_LONGEST = 12
_SAID = "characters that XML does not allow are left out"


class Mended:
    """A file read as bytes of UTF-8 XML. A file that declares another encoding than UTF-8 is read as stored."""

    def __init__(self, document: Document) -> None:
        declared = _DECLARED.search(document.head[:200])
        self._other = declared is not None and declared[1].lower() not in (b"utf-8", b"utf8")
        self._file = document.path.open("rb") if self._other else document.open_text()
        self._kept = ""
        self.problems: list[str] = [] if self._other else [*document.problems]

    def __enter__(self) -> Mended:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """Some next bytes; b"" at the end. Raises OSError."""
        clean = b""
        while not clean and (data := self._file.read(size)):
            clean = data if isinstance(data, bytes) else self._next(data)
        if not clean:
            clean, self._kept = self._clean(self._kept).encode("utf-8"), ""
        return clean

    def _next(self, data: str) -> bytes:
        """What can be cleaned by now: a reference at its end may go on in the next piece."""
        text = self._kept + data
        cut = text.rfind("&", max(0, len(text) - _LONGEST))
        text, self._kept = (text[:cut], text[cut:]) if cut >= 0 else (text, "")
        return self._clean(text).encode("utf-8")

    def _clean(self, text: str) -> str:
        clean = without_illegal(text)
        if len(clean) != len(text) and _SAID not in self.problems:
            self.problems.append(_SAID)
        return clean


def without_illegal(text: str) -> str:
    """Markup without the characters, and the references to characters, that XML does not allow."""
    return _REFERENCE.sub(_legal, _ILLEGAL.sub("", text))


def _legal(m: re.Match[str]) -> str:
    code = int(m[1]) if m[1] else int(m[2], 16)
    known = code < 0x110000 and (code in (9, 10, 13) or not _ILLEGAL.match(chr(code)))
    return m.group() if known else ""
