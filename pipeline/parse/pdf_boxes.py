"""Where a quote stands on its page: boxes to highlight, found when they are asked for.

A parsed record stays small: it holds no boxes. Letters and digits of the quote are looked for among those of the page,
so that joined lines, undone hyphens and repaired signs do not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

import numpy as np

from pipeline.parse.pdf_glyphs import GlyphReader, Glyphs
from pipeline.parse.pdf_sheets import opened
from pipeline.parsed import ParsedRecord
from pipeline.table_text import table_at

#: without the whole quote, pieces of it that are so long are shown, on pages of at most so many characters
_PIECE, _LARGEST = 4, 100_000
#: so many letters of a caption find it on its page
_CAPTION = 40
#: characters farther apart (share of their size) are in two boxes
_APART = 3.0


class Box(NamedTuple):
    """A box on page `page` (1-based) in points from the page's origin, y upwards."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def boxes(path: Path, record: ParsedRecord, start: int, end: int) -> list[Box]:
    """The boxes of `record.text[start:end]` in its PDF at `path`, one for each line; none for what is not printed.

    Raises ValueError for a span outside the text, Unreadable for a file that cannot be opened (any more).
    """
    if not 0 <= start <= end <= len(record.text):
        raise ValueError(f"span [{start}, {end}) is not within a text of {len(record.text)} characters")
    found: list[Box] = []
    with opened(path) as pdf:
        reader = GlyphReader()
        for page in record.pages:
            a, b = max(start, page.start), min(end, page.end)
            if a < b:
                glyphs = _glyphs(pdf, page.page, reader)
                found += _on_page(glyphs, page.page, record.text[page.start : a], record.text[a:b])
        table = table_at(record, start)
        if table is not None and table.page is not None and table.written is not None:
            glyphs = _glyphs(pdf, table.page, reader)
            found += _on_page(
                glyphs, table.page, record.text[table.written : start], record.text[start:end], table.caption
            )
    return found


def _glyphs(pdf: Any, page: int, reader: GlyphReader) -> Glyphs:
    textpage = pdf[page - 1].get_textpage()
    glyphs = reader.read(textpage)
    textpage.close()
    return glyphs


def _on_page(glyphs: Glyphs, page: int, before: str, quote: str, caption: str = "") -> Iterator[Box]:
    """Boxes of a quote on its page; `before` is the page's text before it, or that of its table from the caption on."""
    letters, owners = _squeezed(map(chr, glyphs.codes.tolist()))
    wanted, _ = _squeezed(quote)
    top = max(0, letters.find(_squeezed(caption)[0][:_CAPTION]))
    places = _places(letters[top:], wanted, _squeezed(before)[0].count(wanted) if wanted else 0)
    matched = [owners[top + i] for i in places]
    for line in _lines(glyphs, matched):
        yield _box(glyphs, line, page)


def _squeezed(text: Iterator[str] | str) -> tuple[str, list[int]]:
    """Letters and digits only, in one case; and the position that each comes from."""
    kept: list[str] = []
    owners: list[int] = []
    for i, char in enumerate(text):
        for plain in normalize("NFKC", char).lower():
            if plain.isalnum():
                kept.append(plain)
                owners.append(i)
    return "".join(kept), owners


def _places(letters: str, wanted: str, earlier: int) -> Sequence[int]:
    """Positions in `letters` of the occurrence of `wanted` that comes after so many others, or of pieces of it."""
    if not wanted:
        return []
    at = letters.find(wanted)
    for _ in range(earlier):
        following = letters.find(wanted, at + 1)
        at = following if following >= 0 else at
    if at >= 0:
        return range(at, at + len(wanted))
    if len(letters) > _LARGEST or len(wanted) > _LARGEST // 20:
        return []
    blocks = SequenceMatcher(None, letters, wanted, autojunk=False).get_matching_blocks()
    return [i for block in blocks if block.size >= _PIECE for i in range(block.a, block.a + block.size)]


def _lines(glyphs: Glyphs, matched: Sequence[int]) -> Iterator[list[int]]:
    """Matched characters, line by line."""
    line = list(matched[:1])
    for before, here in pairwise(matched):
        size = max(1.0, float(glyphs.y1[before] - glyphs.y0[before]))
        level = abs(float(glyphs.y0[here] - glyphs.y0[before])) < 0.5 * size
        near = -0.5 * size < float(glyphs.x0[here] - glyphs.x1[before]) < _APART * size
        if not (level and near and glyphs.turn[here] == glyphs.turn[before]):
            yield line
            line = []
        if not line or line[-1] != here:
            line.append(here)
    if line:
        yield line


def _box(glyphs: Glyphs, line: Sequence[int], page: int) -> Box:
    """The box around characters of a line, turned back to the page's own coordinates."""
    which = np.asarray(line)
    x0, x1 = float(glyphs.x0[which].min()), float(glyphs.x1[which].max())
    y0, y1 = float(glyphs.y0[which].min()), float(glyphs.y1[which].max())
    turn = int(glyphs.turn[which[0]])
    if turn == 1:
        x0, y0, x1, y1 = y0, -x1, y1, -x0
    elif turn == 2:
        x0, y0, x1, y1 = -x1, -y1, -x0, -y0
    elif turn == 3:
        x0, y0, x1, y1 = -y1, x0, -y0, x1
    return Box(page, *(round(side, 1) for side in (x0, y0, x1, y1)))
