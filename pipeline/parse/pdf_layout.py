"""From the pages of a PDF to one text: running heads left out, blank lines where the page has space."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.parse.pdf_areas import Caption
from pipeline.parse.pdf_page import TextLine
from pipeline.parse.pdf_sheets import CAPTION, Sheet

#: lines so near to the top or bottom edge (share of the page) may be running heads
_MARGIN = 0.12
#: `[3]`, `[4, 7–9]` after a word
_CITATION = re.compile(r"(?<=[A-Za-z,.)”\"’])\s?\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]")


def without_running_heads(sheets: Sequence[Sheet]) -> list[list[TextLine]]:
    """Lines of each page, less page numbers and lines that stand on several pages near the edge."""
    counts = Counter(m for s in sheets for m in {_mask(line) for line in s.lines if _at_edge(line, s.height)})
    least = max(2, round(0.25 * len(sheets)))

    def is_running(line: TextLine, height: float) -> bool:
        if not _at_edge(line, height):
            return False
        mask = _mask(line)
        return counts[mask] >= least or not mask.strip("# |-–")

    return [[line for line in sheet.lines if not is_running(line, sheet.height)] for sheet in sheets]


def _mask(line: TextLine) -> str:
    return re.sub(r"\d+", "#", line.text)


def _at_edge(line: TextLine, height: float) -> bool:
    return not line.turn and (line.y0 < _MARGIN * height or line.y1 > (1 - _MARGIN) * height)


def page_texts(pages: Sequence[Sequence[TextLine]]) -> list[str]:
    """The text of each page, a form feed at its end."""
    bracketed = _cites_in_brackets(pages)
    return [_page_text(lines, bracketed=bracketed) for lines in pages]


def _page_text(lines: Sequence[TextLine], *, bracketed: bool) -> str:
    pitch = _pitch(lines)
    parts: list[str] = []
    for i, line in enumerate(lines):
        parts += "" if i == 0 else "\n\n" if _new_block(lines[i - 1], line, pitch) else "\n", line.text
    text = "".join(parts)
    return (_CITATION.sub("", text) if bracketed else text) + "\n\f"


def captions(pages: Sequence[Sequence[TextLine]]) -> list[Caption]:
    """First lines of table captions: "Table 3" at the start of a line that goes on like one."""
    found = []
    for i, lines in enumerate(pages):
        for line in lines:
            if CAPTION.match(line.text):
                column = [other for other in lines if (other.block, other.turn) == (line.block, line.turn)]
                left, right = min(other.x0 for other in column), max(other.x1 for other in column)
                found.append(Caption(i, line.turn, line.text, line.x0, line.x1, -line.y1, -line.y0, left, right))
    return found


def _cites_in_brackets(pages: Sequence[Sequence[TextLine]]) -> bool:
    """Does the article number its references as [1], [2, 3]? Then such numbers are no counts."""
    texts = [line.text for page in pages for line in page if " [" in line.text]
    cited = {int(n) for text in texts for n in re.findall(r"[A-Za-z,.)] \[(\d{1,3})[\],–-]", text)}
    return len(cited) >= 5 and min(cited) <= 3


def _pitch(lines: Sequence[TextLine]) -> float:
    """The usual distance between lines, in points."""
    gaps = sorted(a.y0 - b.y0 for a, b in pairwise(lines) if a.block == b.block and a.y0 > b.y0)
    return gaps[len(gaps) // 2] if gaps else 12.0


def _new_block(before: TextLine, line: TextLine, pitch: float) -> bool:
    """Another column, size or paragraph."""
    if before.block != line.block or abs(before.height - line.height) > 0.1 * before.height:
        return True
    if before.y0 - line.y0 > 1.35 * pitch:
        return True
    indented = 3 < line.x0 - before.x0 < 40
    return indented and before.text.rstrip()[-1:] in ".!?:"
