"""Labels of several rows that stand at the middle of their rows: each is moved to the first row that it is for.

`level` counts the lines of a table from the top (see `pdf_rows`); heights are in points, y downwards.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.parse.pdf_rows import VALUE, CellLine

#: a label between two rows is nearer to both than rows are to each other (share of that)
_BETWEEN = 0.75


def labels_first(lines: Sequence[CellLine], heights: Sequence[float]) -> tuple[list[CellLine], list[float]]:
    """The lines and heights with each label that stands between two rows of values moved to its first row."""
    levels: list[list[CellLine]] = [[] for _ in heights]
    for line in lines:
        levels[line.level].append(line)
    free = 0
    target: dict[int, int] = {}
    for i, here in enumerate(levels):
        if _is_between(levels, heights, i):
            above = i - free
            if free and _are_unlabelled(levels[i + 1 : i + 1 + free], free):
                target[i] = above
                free = -free
                continue
        labelled = any(line.column <= 0 for line in here)
        free = 0 if labelled else free + 1
    return _moved(levels, heights, target) if target else (list(lines), list(heights))


def _is_between(levels: Sequence[Sequence[CellLine]], heights: Sequence[float], i: int) -> bool:
    """A label alone on its line, so near to the values above and below that it can be no row."""
    if not 0 < i < len(levels) - 1 or [line.column for line in levels[i]] != [0]:
        return False
    apart = heights[i + 1] - heights[i - 1]
    near = max(heights[i] - heights[i - 1], heights[i + 1] - heights[i]) < _BETWEEN * apart
    return near and _has_values(levels[i - 1]) and _has_values(levels[i + 1])


def _has_values(level: Sequence[CellLine]) -> bool:
    cells = [line for line in level if line.column > 0]
    return len(cells) == len(level) and 2 * sum(bool(VALUE.match(line.text)) for line in cells) >= len(cells) > 0


def _are_unlabelled(levels: Sequence[Sequence[CellLine]], count: int) -> bool:
    return len(levels) == count and all(line.column > 0 for level in levels for line in level)


def _moved(
    levels: Sequence[Sequence[CellLine]], heights: Sequence[float], target: dict[int, int]
) -> tuple[list[CellLine], list[float]]:
    """Without the lines of the moved labels, levels counted anew."""
    kept = [i for i in range(len(levels)) if i not in target]
    number = {old: new for new, old in enumerate(kept)}
    lines = [line._replace(level=number[target.get(i, i)]) for i, level in enumerate(levels) for line in level]
    return lines, [heights[i] for i in kept]
