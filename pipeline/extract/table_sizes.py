"""Sizes of arms in the heads of tables ("Danazol (n = 112)"): they fill what the text leaves out, or contradict it.

A head may count those evaluated, or those of a part of the study, so it fills an arm's size only where the arms then add up
to a size that the text states, or where the table shows what all patients brought along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.arms import FoundArm
from pipeline.extract.reading import Reader
from pipeline.extract.table_grid import Line, read_grid
from pipeline.extract.table_heads import Head, Heads
from pipeline.extract.table_places import Places, number_of
from pipeline.extract.table_rows import TableSize
from pipeline.parsed import ParsedRecord, Table

_BASELINE = re.compile(r"(?i)\bbase-?line\b|\bcharacteristics?\b|\bdemograph|\bat (?:study )?entry\b")
#: tables of some of the patients
_PART = re.compile(
    r"(?i)\bsubgroups?\b|\bsub-?stud|\bsubset|\bstratified\b|\bpharmacokinetic|\bper[- ]protocol\b|\bwho\b"
)


def table_sizes(record: ParsedRecord, arms: list[FoundArm], reader: Reader) -> list[TableSize]:
    """The sizes of arms that heads of tables print, also of tables of baseline characteristics; each once per table."""
    if not record.tables:
        return []
    heads, places = Heads(record, arms, reader), Places(record)
    found: dict[tuple[int, int | None, int], TableSize] = {}
    for i, table in enumerate(record.tables):
        grid = read_grid(table, lambda text: is_head(heads.read(text)))
        for line in grid.lines if grid is not None else []:
            for head, arm in _sized(line, heads):
                if (i, arm, head.size) not in found and head.size is not None:
                    place = places.of_words(table, head.text)
                    size = TableSize(arm, head.size, head.text, i, table.caption, place[:2], place.located)
                    found[i, arm, head.size] = size
    return list(found.values())


def _sized(line: Line, heads: Heads) -> Iterator[tuple[Head, int | None]]:
    """The heads of a line's columns that name one arm, or all, and a size, and nothing else."""
    for parts in line.columns.values():
        for head in map(heads.read, parts):
            arm = 0 if len(heads.arms) == 1 and (head.total or not head.rest) else head.arm
            if head.size is not None and arm is not None and not head.rest and not head.veto:
                yield head, arm if isinstance(arm, int) else None


def is_head(head: Head) -> bool:
    """Whether a text names an arm or a size, as heads do."""
    return head.arm is not None or head.size is not None


# ---- what follows for the arms ------------------------------------------------------------------------------------


def with_table_sizes(arms: list[FoundArm], sizes: list[TableSize], stated: frozenset[int]) -> list[FoundArm]:
    """The arms, those without a size in the text with the one that heads of tables agree on. `stated`: sizes that the text
    states, of which one must be the sum of all arms, unless a table of baseline characteristics gives them."""
    if len(arms) < 2 or all(arm.n is not None for arm in arms):
        return arms
    filled = [arm if arm.n is not None else _filled(arm, _told(i, sizes)) for i, arm in enumerate(arms)]
    known = [arm.n for arm in filled if arm.n is not None]
    if len(known) == len(arms) and sum(known) in stated:
        return filled
    at_entry = [s for s in sizes if _BASELINE.search(s.caption)]
    filled = [arm if arm.n is not None else _filled(arm, _told(i, at_entry)) for i, arm in enumerate(arms)]
    return filled if not stated or sum(arm.n or 0 for arm in filled) <= max(stated) else arms


def _told(arm: int, sizes: list[TableSize]) -> TableSize | None:
    """The size that all tables of whole arms give an arm."""
    of_arm = [s for s in sizes if s.arm == arm and not _PART.search(s.caption) and s.n > 0]
    return of_arm[0] if len({s.n for s in of_arm}) == 1 else None


def _filled(arm: FoundArm, size: TableSize | None) -> FoundArm:
    return arm if size is None else replace(arm, n=size.n, head=size.span if size.located == "cell" else None)


def contradictions(arms: list[FoundArm], sizes: list[TableSize], tables: Sequence[Table]) -> dict[int, str]:
    """Arm → what a head of a table says against the text: more patients, or at entry another number, where no head agrees
    with the text; fewer are those who were evaluated."""
    said: dict[int, str] = {}
    for i, arm in enumerate(arms):
        of_arm = [s for s in sizes if s.arm == i]
        if len(arms) < 2 or arm.n is None or any(s.n == arm.n for s in of_arm):
            continue
        other = next((s for s in of_arm if s.n > arm.n or _at_entry_of_all(s)), None)
        if other is not None:
            where = number_of(tables[other.table]) or other.table + 1
            said[i] = f"the text gives {arm.label or 'an arm'} {arm.n} patients, table {where} {other.n}: {other.label}"
    return said


def _at_entry_of_all(size: TableSize) -> bool:
    return _BASELINE.search(size.caption) is not None and _PART.search(size.caption) is None
