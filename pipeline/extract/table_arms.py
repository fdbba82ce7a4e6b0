"""Which columns of a table are which arms: by their words, else by their sizes, else because one column and one arm are left."""

from __future__ import annotations

from pipeline.extract.table_grid import Grid
from pipeline.extract.table_heads import Head, Heads


def arms_across(grid: Grid, heads: Heads) -> bool:
    """Whether arms head the columns, rather than the rows; so where neither is plain."""
    if len(heads.arms) == 1:
        return True
    columns = {h.arm for hs in _column_heads(grid, heads).values() for h in hs if isinstance(h.arm, int)}
    if len(columns) > 1:
        return True
    labels = (heads.read(text) for line in grid.lines for text in line.labels)
    rows = {h.arm for h in labels if isinstance(h.arm, int) and h.outcome is None and not h.rest}
    return len(rows) < 2


def _column_heads(grid: Grid, heads: Heads) -> dict[int, list[Head]]:
    """The heads of the first row's columns."""
    columns = grid.lines[0].columns if grid.lines else {}
    return {c: [heads.read(part) for part in parts] for c, parts in columns.items()}


def sizes_of_arms(grid: Grid, heads: Heads) -> dict[int, int]:
    """The size of each arm that a column names with one."""
    named = [hs for hs in _column_heads(grid, heads).values() if any(isinstance(h.arm, int) for h in hs)]
    arms = ((next(h.arm for h in hs if isinstance(h.arm, int)), h.size) for hs in named for h in hs)
    return {arm: size for arm, size in arms if size is not None}


def told_by_sizes(grid: Grid, heads: Heads) -> dict[int, int]:
    """Arms of columns whose words name none: the columns' sizes are the arms' sizes, one to one; or each other arm has its
    column, and this is the only sized one left. Nothing where the heads change on the way down."""
    read = _column_heads(grid, heads)
    columns = grid.lines[0].columns if grid.lines else {}
    if any(line.columns is not columns for line in grid.lines):
        return {}
    sized = {c: hs for c, hs in read.items() if any(h.size for h in hs) and not any(h.veto or h.total for h in hs)}
    return _one_to_one(sized, heads) or _last_left(sized, heads)


def _one_to_one(sized: dict[int, list[Head]], heads: Heads) -> dict[int, int]:
    arms = {arm.n: i for i, arm in enumerate(heads.arms) if arm.n is not None}
    sizes = {c: next(h.size for h in hs if h.size is not None) for c, hs in sized.items()}
    if len(arms) < max(2, len(heads.arms)) or set(sizes.values()) != set(arms) or len(sizes) != len(arms):
        return {}
    found = {c: arms[n] for c, n in sizes.items()}
    return found if all(found[c] == h.arm for c, hs in sized.items() for h in hs if isinstance(h.arm, int)) else {}


def _last_left(sized: dict[int, list[Head]], heads: Heads) -> dict[int, int]:
    named = {h.arm for hs in sized.values() for h in hs if isinstance(h.arm, int)}
    unnamed = {
        c: next(h.text for h in hs if h.size) for c, hs in sized.items() if not any(h.arm is not None for h in hs)
    }
    left = set(range(len(heads.arms))) - named
    if len(left) != 1 or not named or len(set(unnamed.values())) != 1:
        return {}
    return dict.fromkeys(unnamed, left.pop())
