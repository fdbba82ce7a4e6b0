"""A large export in pieces that can be read side by side: cut where a record starts, each read as a file is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from mmap import ACCESS_READ, mmap

from pipeline.parse.document import Document, Piece
from pipeline.parsed import SetAside

#: where a record starts at or behind an offset; None if none does
Next = Callable[[mmap, int], int | None]


_NUMBER = re.compile(r"number (\d{1,18})")


class Torn(Exception):
    """A cut went through a record: the file must be read as a whole."""


def cut(document: Document, size: int, following: Next, before: bytes = b"") -> list[Document]:
    """The document cut at every first start behind `size` bytes; all but the first piece begin with `before`."""
    if document.path.stat().st_size < 2 * size or document.encoding == "utf-16":
        return [document]
    with document.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        cuts = [0]
        while len(data) - cuts[-1] > size and (at := following(data, cuts[-1] + size)) is not None:
            cuts.append(at)
        bounds = list(pairwise([*cuts, len(data)]))
    return [_piece(document, Piece(begin, end, before if begin else b"")) for begin, end in bounds if end > begin]


def _piece(document: Document, piece: Piece) -> Document:
    """How the file is decoded is found out once: that takes a look at all of it."""
    found = replace(document, piece=piece)
    vars(found)["decoding"] = document.decoding
    return found


def renumbered(row: SetAside, before: int) -> SetAside:
    """`number 3` of a piece is number 3 behind all rows of the pieces before."""
    m = _NUMBER.fullmatch(row.record or "")
    return row.model_copy(update={"record": f"number {int(m[1]) + before:d}"}) if m and before else row


def at_starts(start: re.Pattern[str]) -> Next:
    """Cuts where `start` matches, whose first sign may be the line break before."""
    pattern = re.compile(start.pattern.encode("ascii"), start.flags & ~re.UNICODE)

    def following(data: mmap, at: int) -> int | None:
        m = pattern.search(data, at)
        return None if m is None else m.start() + m.group().startswith(b"\n")

    return following
