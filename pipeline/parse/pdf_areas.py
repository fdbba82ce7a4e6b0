"""Where on a page a table stands: from its caption, the rules below it, or the lines that look like rows.

Units are points, y downwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf
from statistics import median
from typing import NamedTuple

from pipeline.parse.pdf_columns import Phrase, Word, column_bounds, columns_of, lines_of, phrases_of
from pipeline.parse.pdf_rows import VALUE
from pipeline.parse.pdf_rules import ABOVE, Rule, Rules

#: a caption stands at most so far above the first rule of its table
_NEAR = 110.0
#: ends of a table's rules differ by at most so much
_ALIGNED = 12.0
#: a rule that covers so much of the table's width is one of the whole table
_WHOLE = 0.8
#: so many lines in a row that fill the width are prose
_PROSE = 3
#: the rest of a table starts so near to the top of the text
_FIRST = 20.0
_OTHER = re.compile(r"(?i)(?:fig(?:ure|\.)|table|box|scheme)\s+[A-Z]?\d{1,3}\b")


class Caption(NamedTuple):
    """A caption's first line on page `page` (0-based), printed in direction `turn`; `left` to `right` is its column."""

    page: int
    turn: int
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    left: float
    right: float


class Area(NamedTuple):
    """A table's box. The header ends at `header` (`top` if unknown); `rules` are all inside, `uprights` their x."""

    x0: float
    x1: float
    top: float
    header: float
    bottom: float
    rules: tuple[Rule, ...] = ()
    uprights: tuple[float, ...] = ()


def find_area(caption: Caption, limit: float, rules: Rules, words: Sequence[Word]) -> Area | None:
    """The area of the caption's table, which ends above `limit`; None if there is none to tell."""
    below = [r for r in rules.along if caption.top < r.at < limit and _meets(r, caption)]
    if not below or below[0].at - caption.bottom > _NEAR:
        return _unruled(caption, limit, words)
    x0, x1 = _width(below)
    inside = [
        r for r in rules.along if caption.top < r.at < limit and x0 - _ALIGNED < r.start and r.end < x1 + _ALIGNED
    ]
    whole = _table_rules(_whole(inside, x0, x1), x0, x1, words)
    bottom = _open_bottom(words, x0, x1, whole, limit) if whole else None
    if bottom is not None:
        whole.append(bottom)
    if len(whole) < 2:
        return _unruled(caption, limit, words)
    header = next((y for y in whole[1:-1] if _holds(words, x0, x1, whole[0], y)), whole[0])
    within = tuple(r for r in inside if whole[0] + 1 < r.at < whole[-1] - 1)
    uprights = tuple(_uprights(rules.across, x0, x1, header, whole[-1]))
    return Area(x0, x1, whole[0], header, whole[-1], within, uprights)


def find_rest(area: Area | Caption, top: float, limit: float, rules: Rules, words: Sequence[Word]) -> Area | None:
    """The area of what is left of a table at the top of the next page, where the text starts at `top`.

    After a caption at the end of a page that is the whole table.
    """
    first = Caption(0, 0, "", area.x0, area.x1, top - ABOVE, top - 1, area.x0, area.x1)
    rest = find_area(first, limit, rules, words)
    if rest is None or rest.top - top > _FIRST or (isinstance(area, Area) and not _as_wide(rest, area)):
        return None
    return rest


def _as_wide(one: Area, other: Area) -> bool:
    return abs(one.x0 - other.x0) < _ALIGNED and abs(one.x1 - other.x1) < _ALIGNED


def ends_page(area: Area | Caption, words: Sequence[Word], lowest: float) -> bool:
    """Does nothing stand below the area in its columns, down to the lowest line of the page's text?"""
    below = (w for w in words if area.bottom + 2 < w.middle <= lowest)
    return not any(w.x0 < area.x1 and w.x1 > area.x0 for w in below)


def _open_bottom(words: Sequence[Word], x0: float, x1: float, whole: Sequence[float], limit: float) -> float | None:
    """The end of the rows below the last rule of a table that has no rule at its bottom; None if no row is there.

    Below a header, any rows will do; below more, only those that go on to the end of the page.
    """
    inside = list(map(phrases_of, lines_of(_between(words, x0, x1, whole[0], whole[-1]))))
    if len(whole) < 3:
        return None if any(map(_has_values, inside)) else _last_row(words, x0, x1, whole[-1], limit)
    rest = _between(words, x0, x1, whole[-1], limit)
    if limit < inf or not rest or not inside:
        return None
    size = median(word.size for phrase in inside[-1] for word in phrase.words)
    near = min(word.middle for word in rest) - whole[-1] < 2 * size
    alike = all(abs(word.size - size) < 0.12 * size for word in rest)
    return max(word.bottom for word in rest) + 1 if near and alike and _in_columns(rest, inside, x0, x1, size) else None


def _has_values(line: Sequence[Phrase]) -> bool:
    """Is the line a row: values, but for its label?"""
    return len(line) > 1 and all(VALUE.match(phrase.text) for phrase in line[1:])


def _in_columns(rest: Sequence[Word], inside: Sequence[Sequence[Phrase]], x0: float, x1: float, size: float) -> bool:
    """Do the lines keep to the columns of those inside the table?"""
    bounds = column_bounds(inside[1:], x0, x1, size)
    phrases = [phrase for line in lines_of(rest) for phrase in phrases_of(line)]
    crossing = sum(first != last for first, last in (columns_of(phrase, bounds) for phrase in phrases))
    return bool(bounds) and crossing * 8 < len(phrases)


def _meets(rule: Rule, caption: Caption) -> bool:
    return min(rule.end, caption.x1) - max(rule.start, caption.x0) > 20


def _width(below: Sequence[Rule]) -> tuple[float, float]:
    """The extent of a table: that of the longer of its first two rules."""
    first = max(below[:2], key=lambda rule: rule.length)
    return first.start, first.end


def _whole(rules: Sequence[Rule], x0: float, x1: float) -> list[float]:
    """Heights of the rules, or rows of pieces, that go over the whole table."""
    levels: list[list[Rule]] = []
    for rule in rules:
        if levels and rule.at - levels[-1][0].at < 2.5:
            levels[-1].append(rule)
        else:
            levels.append([rule])
    return [level[0].at for level in levels if sum(rule.length for rule in level) >= _WHOLE * (x1 - x0)]


def _table_rules(heights: Sequence[float], x0: float, x1: float, words: Sequence[Word]) -> list[float]:
    """The rules from the top one down to the last before prose, or before a much larger step."""
    kept = list(heights[:1])
    for above, y in pairwise(heights):
        steps = [b - a for a, b in pairwise(kept)]
        far = len(steps) >= 4 and y - above > 6 * median(steps)
        if far or _is_prose(_between(words, x0, x1, above, y), x1 - x0):
            break
        kept.append(y)
    return kept


def _between(words: Sequence[Word], x0: float, x1: float, top: float, bottom: float) -> list[Word]:
    return [w for w in words if top < w.middle < bottom and x0 - 3 <= (w.x0 + w.x1) / 2 <= x1 + 3]


def _holds(words: Sequence[Word], x0: float, x1: float, top: float, bottom: float) -> bool:
    return any(top < w.middle < bottom and x0 - 3 <= (w.x0 + w.x1) / 2 <= x1 + 3 for w in words)


def _is_prose(words: Sequence[Word], width: float) -> bool:
    """Lines in a row of one phrase each that fill the width."""
    run = 0
    for line in map(phrases_of, lines_of(words)):
        run = run + 1 if _fills(line, width) else 0
        if run >= _PROSE + 1:
            return True
    return False


def _fills(line: Sequence[Phrase], width: float) -> bool:
    return len(line) == 1 and line[0].x1 - line[0].x0 > 0.75 * width


def _is_two_columns(line: Sequence[Phrase], width: float) -> bool:
    """A line of prose on each side of a gutter."""
    return len(line) == 2 and all(phrase.x1 - phrase.x0 > 0.36 * width for phrase in line)


def _uprights(across: Sequence[Rule], x0: float, x1: float, top: float, bottom: float) -> Iterator[float]:
    """Upright rules over most of the table's body, where those at both sides make a grid of them."""
    pieces: dict[float, float] = {}
    for rule in across:
        shared = min(rule.end, bottom) - max(rule.start, top)
        at = next((x for x in pieces if abs(x - rule.at) < 2.5), rule.at)
        if shared > 0 and x0 - 4 < rule.at < x1 + 4:
            pieces[at] = pieces.get(at, 0.0) + shared
    found = sorted(x for x, length in pieces.items() if length > 0.7 * (bottom - top))
    if len(found) >= 3 and found[0] < x0 + 6 and found[-1] > x1 - 6:
        yield from found[1:-1]


def _unruled(caption: Caption, limit: float, words: Sequence[Word]) -> Area | None:
    """A table told by white space only: lines of several phrases below the caption."""
    left, right = min(caption.left, caption.x0), max(caption.right, caption.x1)
    bottom = _last_row(words, left, right, caption.bottom, limit)
    top = _first_row(words, left, right, caption.bottom, bottom) if bottom else None
    return Area(left, right, top, top, bottom) if top is not None and bottom else None


def _first_row(words: Sequence[Word], x0: float, x1: float, top: float, bottom: float) -> float | None:
    """Above the first line of several phrases: what stands before it is still the caption."""
    for line in lines_of(_between(words, x0, x1, top, bottom)):
        if len(phrases_of(line)) > 1:
            return min(word.top for word in line) - 1
    return None


def _last_row(words: Sequence[Word], x0: float, x1: float, top: float, limit: float) -> float | None:
    """Below the last line that can be a row: before prose, another caption, other print, or a wide gap."""
    bottom: float | None = None
    rows = single = 0
    size = last = 0.0
    for line in lines_of(_between(words, x0, x1, top, min(limit, top + 900))):
        phrases, here = phrases_of(line), median(word.size for word in line)
        if rows and (
            phrases[0].y - last > 3.2 * size or abs(here - size) > 0.12 * size or _OTHER.match(phrases[0].text)
        ):
            break
        single = single + 1 if _fills(phrases, x1 - x0) or _is_two_columns(phrases, x1 - x0) else 0
        if rows and single >= _PROSE:
            break
        last = phrases[0].y
        if len(phrases) > 1:
            rows, size, bottom = rows + 1, size or here, max(word.bottom for word in line) + 1
        elif rows and not single:
            bottom = max(word.bottom for word in line) + 1
    return bottom if rows >= 2 else None
