"""Lines of a text with their places, and what stands between two: a wrap, a new line or a new paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.parse import headings

Joint = Literal["wrap", "line", "paragraph"]

#: a word processor ends lines within a paragraph, and paragraphs, with characters of its own
_SOFT = "\x0b\x85\u2028\u2029"
_LINE = re.compile(rf"[^\r\n\f{_SOFT}]+|\f|[{_SOFT}]?(?:\r\n?|\n)|[{_SOFT}]")
_TERMINAL = re.compile(
    r"""(?:[.!?;]["”’')\]]*(?:\d{1,2}(?:[,\-–]\d{1,2})*)?|[.!?]["”’')\]]*\s?\[[\d,\-– ]+\]|[:†‡*])$"""
)
_ITEM = re.compile(r"(?:[•●▪◦∙·–*�-]|\(?[1-9]\d?[.)]|\([a-z]\))\s+(?=\S)")
CAPTION = re.compile(r"(?i:(?:supplementary )?(?:table|figure|fig\.|box|scheme|appendix))\s+[A-Z]?\d{1,3}[.:]?(?=\s|$)")
_OPEN_END = re.compile(
    r"(?:[,(\[–-]|\b(?:of|the|a|an|and|or|in|with|to|for|by|on|at|from|as|than|that|was|were|is|are|be|been|had|has|"
    r"have|who|which|their|its|this|these|between|after|before|during|per|vs|versus|[=<>≤≥]))$"
)
_CONTINUES = re.compile(r"[a-z(\d.,;)\]%±×=<>≤≥+]")
#: a line longer than this is a whole paragraph: nobody wraps there
UNWRAPPED = 180
#: columns of prose are wider, in characters; blocks of shorter lines are scraps of figures or addresses
_NARROW = 40
#: except where so many lines are of a length
_COLUMN = 4


@dataclass(frozen=True)
class Line:
    """A line without the white space around it, at source [start, end); `gap` line ends before it (0 for the first)."""

    start: int
    end: int
    text: str
    gap: int
    page: bool = False

    @property
    def blank_before(self) -> bool:
        return self.gap > 1


def split_lines(source: str, start: int = 0, end: int | None = None) -> list[Line]:
    """Lines that hold something. `page` is set after a form feed, or where a stray leading space stands for one."""
    lines: list[Line] = []
    gap, page = 0, False
    for m in _LINE.finditer(source, start, len(source) if end is None else end):
        token = m.group()
        text = token.strip(" \t\xa0\u200b\ufeff\u2002\u2003\u2009\r\n" + _SOFT)
        if token == "\f":
            page = True
        elif token[0] in "\r\n" + _SOFT:
            gap += 2 if token[0] == "\u2029" else 1
        elif text:
            at = m.start() + token.index(text)
            lines.append(Line(at, at + len(text), text, gap, page))
            gap, page = 0, False
    return _stray_pages(source, lines)


def _stray_pages(source: str, lines: list[Line]) -> list[Line]:
    """Converters print a form feed as one space: lines so indented, if rare, start a page."""
    indented = [
        i for i, line in enumerate(lines) if i and source[line.start - 2 : line.start].strip(" ") in ("\n", "\r")
    ]
    if len(lines) < 40 or len(indented) * 20 > len(lines):
        return lines
    pages = set(indented)
    return [Line(s.start, s.end, s.text, s.gap, s.page or i in pages) for i, s in enumerate(lines)]


def is_caption(line: Line, previous: Line | None) -> bool:
    """Does the line start a caption, and not just a line of a sentence that happens to start with "Table 3"?"""
    m = CAPTION.match(line.text)
    if m is None:
        return False
    fresh = previous is None or line.page or ends_sentence(previous.text)
    if not fresh and not (line.blank_before and m.group()[-1] in ".:"):
        return False
    following = line.text[m.end() :].lstrip()
    return not re.match(r"(?:shows?|lists?|and|gives?|presents?|summari[sz]es?|[,;)])\b", following)


def ends_sentence(text: str) -> bool:
    return bool(_TERMINAL.search(text))


def starts_item(text: str) -> bool:
    """A bullet or a number of a list."""
    return bool(_ITEM.match(text))


@dataclass(frozen=True)
class Block:
    """What lines around a line look like: the length they are wrapped at, and whether they are no prose but scraps."""

    width: int
    scraps: bool


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """The block of each line: lines up to the next blank one or page; a lone line is measured by those near it."""
    starts = [i for i, line in enumerate(lines) if i == 0 or line.blank_before or line.page]
    found: list[Block] = []
    for a, b in zip(starts, [*starts[1:], len(lines)], strict=True):
        near = lines[a:b] if b - a > 1 else lines[max(0, a - 3) : b + 3]
        width = max(len(line.text) for line in near)
        full = sum(len(line.text) > 0.7 * width for line in near)
        column = b - a >= _COLUMN and full >= 0.7 * (b - a) and width >= _NARROW / 2
        found += [Block(width, scraps=width < _NARROW and not column)] * (b - a)
    return found


@dataclass(frozen=True)
class Layout:
    """joints[i] stands between line i and line i + 1; `headings` are the indexes of lines that are headings."""

    joints: list[Joint]
    headings: set[int]


def lay_out(lines: Sequence[Line], tabular: set[int], first_heading: int = 0) -> Layout:
    """How lines go together. `tabular` lines are rows of a table and stay lines; no heading before `first_heading`."""
    blocks = blocks_of(lines)
    found: set[int] = set()
    joints: list[Joint] = []
    for i in range(len(lines)):
        if i >= first_heading and i not in tabular and _is_heading(lines, blocks, i, i - 1 in found):
            found.add(i)
        if i:
            joints.append(_joint(lines, blocks, i - 1, tabular, found))
    return Layout(joints, found)


def _joint(lines: Sequence[Line], blocks: Sequence[Block], i: int, tabular: set[int], found: set[int]) -> Joint:
    line, after = lines[i], lines[i + 1]
    if i in tabular and i + 1 in tabular:
        return "line"
    if i in tabular or i + 1 in tabular or i in found or i + 1 in found:
        return "paragraph"
    if starts_item(after.text) or is_caption(after, line):
        return "paragraph"
    if after.blank_before or after.page:
        return "wrap" if _runs_on(line, after) else "paragraph"
    width = max(blocks[i].width, blocks[i + 1].width)
    if width > UNWRAPPED:
        return "paragraph"
    if after.text[0].islower():
        return "wrap"
    short = len(line.text) < 0.75 * width
    if short and ends_sentence(line.text):
        return "paragraph"
    scrap = len(line.text) < 0.5 * width or blocks[i].scraps
    return "line" if scrap and not _OPEN_END.search(line.text) else "wrap"


def _runs_on(line: Line, after: Line) -> bool:
    """A sentence goes on behind a blank line or on the next page."""
    if ends_sentence(line.text) or len(line.text) < 30 or line.text.count(" ") < 4:
        return False
    if is_caption(after, None):
        return False
    open_end = line.text[-1].isdigit() or _OPEN_END.search(line.text)
    return bool(_CONTINUES.match(after.text)) or bool(open_end and len(after.text) > 20)


def _is_heading(lines: Sequence[Line], blocks: Sequence[Block], i: int, after_heading: bool) -> bool:
    line = lines[i]
    if i + 1 >= len(lines) or not headings.may_be_heading(line.text):
        return False
    after = lines[i + 1]
    known = headings.is_known(line.text)
    fresh = i == 0 or after_heading or line.page or ends_sentence(lines[i - 1].text) or (known and line.blank_before)
    if i and not line.blank_before and blocks[i].width > UNWRAPPED:
        fresh = True
    if not fresh or is_caption(line, None) or (starts_item(line.text) and not known):
        return False
    if known:
        return True
    if len(line.text) > 0.75 * max(blocks[i].width, blocks[i + 1].width) or line.text.endswith(":"):
        return False
    follows = after.text[0].isupper() or after.text[0].isdigit() or starts_item(after.text)
    return follows and (len(after.text) >= 45 or headings.may_be_heading(after.text) or starts_item(after.text))
