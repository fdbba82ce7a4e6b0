"""What of a record's line depends on where the record lies, apart from what its extraction depends on.

The same abstract in another export, or further down in the same one, has another id, another file, and other offsets.
Lines are taken apart as bytes: to read and check them again as rows costs more than all the rest of keeping results.
"""

from __future__ import annotations

import json
import re
from array import array
from hashlib import blake2b
from typing import NamedTuple, Self

#: An offset into the source text; of the candidate's numbers only those of an Evidence are. No string can hold the same,
#: for JSON writes a quotation mark in a string as \".
_EVIDENCE = re.compile(rb'\{"start":(-?\d+),"end":(-?\d+),"text":')
_REPAIR = re.compile(rb'\{"start":(-?\d+),"end":(-?\d+),"was":')
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_HEAD = re.compile(
    rf'{{"record_id":{_STRING},"source":{{"file":{_STRING},"span":\[(\d+),\d+\],"page":(?:null|\d+)}}'.encode()
)
_CITATION, _TEXT, _PIECES, _SECTIONS = b',"citation":', b',"text":', b',"pieces":', b',"sections":'
_REPAIRS, _PAGES = b',"repairs":', b',"pages":'


class Place(NamedTuple):
    """A record's line in what parse wrote: `head` says where it lies, `key` is equal for equal contents."""

    head: bytes
    #: offset of the record in the source text
    at: int
    citation: bytes
    key: str

    @classmethod
    def of(cls, line: bytes) -> Self | None:
        """None for what parse set aside, and for a line that is not as `parsed.as_line` writes it."""
        m = _HEAD.match(line)
        if m is None or not line.startswith(_CITATION, m.end()):
            return None
        citation, text, rest = line[m.end() :].partition(_TEXT)
        text, _, rest = rest.partition(_PIECES)
        pieces, _, rest = rest.partition(_SECTIONS)
        tables, _, rest = rest.partition(_REPAIRS)
        repairs, found, rest = rest.partition(_PAGES)
        if not found:
            return None
        at = int(m[1])
        parts = (citation, text, _pieces(pieces, -at), tables, _shifted(_REPAIR, repairs, -at), rest)
        key = blake2b(digest_size=20)
        for part in parts:
            key.update(b"%d " % len(part) + part)
        return cls(m[0], at, citation, key.hexdigest())

    def kept(self, candidate: bytes) -> bytes | None:
        """What to keep of the record's candidate, which is true of it wherever it lies; None for a line of another make."""
        before, found, after = candidate.partition(self.citation)
        if not found or not before.startswith(self.head):
            return None
        return before[len(self.head) :] + _CITATION + _shifted(_EVIDENCE, after, -self.at).rstrip(b"\n")

    def placed(self, kept: bytes) -> bytes:
        """The candidate's line at this place."""
        before, _, after = kept.partition(_CITATION)
        return b"".join((self.head, before, self.citation, _shifted(_EVIDENCE, after, self.at), b"\n"))


def _pieces(pieces: bytes, by: int) -> bytes:
    """`spans.Piece`s, whose second number is an offset, as bytes. One list of numbers reads faster than many of three."""
    numbers = json.loads(pieces.replace(b"],[", b",")[1:-1] or b"[]")
    numbers[1::3] = [n + by for n in numbers[1::3]]
    return array("q", numbers).tobytes()


def _shifted(offsets: re.Pattern[bytes], line: bytes, by: int) -> bytes:
    def moved(m: re.Match[bytes]) -> bytes:
        start, end, rest = int(m[1]) + by, int(m[2]) + by, m[0][m.end(2) - m.start() :]
        return b'{"start":%d,"end":%d%b' % (start, end, rest)

    return offsets.sub(moved, line)
