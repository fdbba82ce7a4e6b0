"""Lines that a journal prints on every page of a text layer: running heads, page numbers.

Where form feeds tell the pages, such a line stands near a page's first or last line; elsewhere it comes again only
after many other lines, which tells it from the rows of a table.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipeline.parse.lines import Line

#: so many lines at the top and at the foot of a page may be printed on every page
_EDGE = 4
#: a running head comes again after so many lines at the earliest
_APART = 20
_LONGEST = 150
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[eS]?(?P<number>\d{1,6})$")


#: words, a gap, words: a line of two columns
_TWO_COLUMNS = re.compile(r"(?P<left>\S(?: ?\S){14,}+)(?: {3,}|\t+)(?P<right>\S(?: ?\S){14,}+)")
#: a page layout kept by blanks has at least so many such lines, and this share of all
_FEWEST_SIDE_BY_SIDE, _SHARE_SIDE_BY_SIDE = 30, 0.25
SIDE_BY_SIDE = (
    "its lines hold two columns side by side, so that sentences are mixed; use the PDF itself, or save its text "
    "without layout (pdftotext without -layout)"
)


def is_side_by_side(lines: Sequence[Line]) -> bool:
    """Does the text keep the layout of pages in two columns, so that each line holds a line of both?"""
    both = sum(_holds_two(line.text) for line in lines if len(line.text) <= 2 * _LONGEST)
    return both >= max(_FEWEST_SIDE_BY_SIDE, _SHARE_SIDE_BY_SIDE * len(lines))


def _holds_two(text: str) -> bool:
    """Letters, not the numbers of a table, on both sides."""
    m = _TWO_COLUMNS.search(text) if "   " in text or "\t" in text else None
    return m is not None and all(2 * _letters(m[side]) > len(m[side]) for side in ("left", "right"))


def running_lines(lines: Sequence[Line], *, paged: bool) -> set[int]:
    """Indexes of running heads and page numbers; `paged`: form feeds tell where pages start."""
    return _at_edges(lines) if paged else _far_apart(lines)


def _mask(text: str) -> str:
    """What a running head has in common from page to page: all but its numbers; nothing if that says too little."""
    mask = _DIGITS.sub("#", text)
    return mask if len(text) <= _LONGEST and mask.count("#") <= 6 else ""


def _letters(mask: str) -> int:
    return sum(c.isalpha() for c in mask)


def _at_edges(lines: Sequence[Line]) -> set[int]:
    pages = list(_pages(lines))
    edges = [(p, i) for p, page in enumerate(pages) for i in sorted({*page[:_EDGE], *page[-_EDGE:]})]
    on_pages = Counter(mask for mask, _ in {(_mask(lines[i].text), p) for p, i in edges})
    numbers = _page_numbers([(p, i, lines[i].text) for p, i in edges])
    return numbers | {i for _, i in edges if _is_head(_mask(lines[i].text), on_pages)}


def _is_head(mask: str, on_pages: Counter[str]) -> bool:
    """Left and right pages may have heads of their own; a very short one must come more often."""
    letters = _letters(mask)
    return letters >= 4 and on_pages[mask] >= (2 if letters >= 8 else 3)


def _pages(lines: Sequence[Line]) -> Iterator[range]:
    starts = [i for i, line in enumerate(lines) if i == 0 or line.page]
    for a, b in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield range(a, b)


def _page_numbers(edges: Sequence[tuple[int, int, str]]) -> set[int]:
    """Numbers that grow by one from page to page: (page, line, text) of the lines at the edges."""
    first: dict[int, set[int]] = defaultdict(set)
    found: dict[int, set[int]] = defaultdict(set)
    for page, line, text in edges:
        m = _NUMBER.match(text)
        if m:
            first[int(m["number"]) - page].add(page)
            found[int(m["number"]) - page].add(line)
    return {line for start, pages in first.items() if len(pages) > 1 for line in found[start]}


def _far_apart(lines: Sequence[Line], least: int = 3) -> set[int]:
    places: dict[str, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        mask = _mask(line.text)
        if _letters(mask) >= 8:
            places[mask].append(i)
    return {i for found in places.values() if _times(found) >= least and 2 * _times(found) >= len(found) for i in found}


def _times(places: Sequence[int]) -> int:
    """How many of the places lie far behind the one counted before."""
    count, last = 0, -_APART
    for place in places:
        if place - last >= _APART:
            count, last = count + 1, place
    return count
