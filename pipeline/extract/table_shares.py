"""Tables: outcomes per arm from full texts, with the place in the text that leads to them.

A table is a grid of heads and numbers. What a number is follows from all heads that stand over it and beside it: an arm, an
outcome, a size, a unit, a time. Arms may head the columns or the rows. A number whose arm or outcome is not plain gives nothing;
what is given is checked by arithmetic against the sizes that the table and the text state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract import table_sums
from pipeline.extract.arms import FoundArm
from pipeline.extract.reading import Reader
from pipeline.extract.table_arms import arms_across, sizes_of_arms, told_by_sizes
from pipeline.extract.table_cells import Portion, Unit, portion, read_cell
from pipeline.extract.table_grid import Grid, Line, read_grid
from pipeline.extract.table_heads import Head, Heads
from pipeline.extract.table_lost import with_parted_heads, with_told_heads
from pipeline.extract.table_outcomes import Named, named_outcome, without_adjective
from pipeline.extract.table_places import Places, number_of
from pipeline.extract.table_rows import TableShare, joined, without_clashes
from pipeline.extract.table_sizes import is_head
from pipeline.extract.table_units import unit_of
from pipeline.parsed import ParsedRecord, Table

#: tables of what patients brought along, of other studies, plans, models and parts of the patients
_NO_RESULTS = re.compile(
    r"(?i)\bbase-?line\b|\bcharacteristics?\b|\bdemograph|\bat (?:study )?entry\b|\beligib|\bcriteria\b|\bschedule\b"
    r"|\bdefinitions?\b|\bregression\b|\bunivariate\b|\bmultivariate\b|\bmultivariable\b|\bprognostic\b|\bpredict"
    r"|\bfactors\b|\bliterature\b|\bstudies\b|\btrials\b|\bsubgroups?\b|\bstratified\b|\bpharmacokinetic|\bresistance\b"
    r"|\bcosts?\b|\bprotocol\b|\bsurvey\b|\bquestionnaire|\bsensitivity and specificity\b|\bcorrelat|\baccording to whether\b"
)
#: rows that only tables of what patients brought along have
_DEMOGRAPHIC = re.compile(r"(?i)\W*(?:(?:mean|median)\s)?(?:age|sex|gender|(?:fe)?males?|men|women|race|ethnicity)\b")
_HARMS = re.compile(
    r"(?i)\badverse\b|\btoxicit|\bside[- ]effects?\b|\bsafety\b|\btolerab|\bcomplications?\b|\bAEs\b|\bharms?\b"
)
#: a caption of harms that announces these as well: "Responses and safety"
_EFFECTS = re.compile(r"(?i)\b(?:responses?|efficacy) and\b|\band (?:responses?|efficacy)\b")
_HARM_CLASSES = frozenset(["adverse_event", "serious_adverse_event", "death"])
#: classes that are no result of their own: single kinds of harm, and who left the study
_NOT_READ = frozenset(["toxicity", "disposition"])
_SIZE_LABEL = re.compile(
    r"(?i)\W*(?:total\s)?(?:n|no\.?|numbers?|patients?|pts)(?:\sof)?(?:\s(?:evaluable|exposed|randomi[sz]ed|treated|total|all|itt))?"
    r"(?:\s(?:patients|subjects|participants|pts\.?|cases|children))?(?:\s(?:evaluated|evaluable|analy[sz]ed|randomi[sz]ed|treated"
    r"|assessed|included|at risk))?\W*n?\W*"
)
_VALUES_ARE = re.compile(
    r"(?i)\b(?:values?|data|figures|results|numbers)\b[^.;]{0,40}\b(?:are|is|represent|given|expressed|presented|shown|as)\b[^.;]*"
)
_LISTED_UNIT = re.compile(
    r"(?i)[(\[,;]\s?(?:n|no\.?|number|numbers)?(?: of (?:patients|subjects|participants))?\s?[(\[,;]?\s?%?\s?[)\]]"
)


def table_shares(record: ParsedRecord, arms: list[FoundArm], reader: Reader) -> list[TableShare]:
    """Every share of an arm's patients with an outcome that the record's tables print, in their order.

    Source: the tables as parsed; places in the text as in `TableShare`.
    """
    if not record.tables:
        return []
    heads, places = Heads(record, arms, reader), Places(record)
    found: list[TableShare] = []
    for i, table in enumerate(record.tables):
        if not _NO_RESULTS.search(_told(table.caption)):
            heads.add_legend(table)
            found += _Shares(i, table, heads, places).shares()
    return found


_BY_ARM = re.compile(
    r"(?i)\b(?:by|according to|between|in|for)\s(?:the\s)?(?:\w+\s){0,2}(?:groups?|arms?|assignment|allocation)\b|\bin \d+ \w+ ?patients"
)


def _told(caption: str) -> str:
    """The caption without "by treatment group" and the like, which every table is."""
    return _BY_ARM.sub(" ", caption)


# ---- one table --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Meaning:
    """What all heads over and beside a number say together."""

    arm: int | None
    named: Named
    time: str | None
    #: as the table states them, the nearest first
    sizes: tuple[int, ...]
    unit: Unit | None
    measures: bool


class _Shares:
    """The shares of one table."""

    def __init__(self, index: int, table: Table, heads: Heads, places: Places) -> None:
        self.index, self.table, self.heads, self.places = index, table, heads, places
        self.harms = bool(_HARMS.search(table.caption)) and not _EFFECTS.search(table.caption)
        self.beside: dict[int, list[int]] = {}
        self.caption = heads.read(_without_number(table.caption))

    def shares(self) -> list[TableShare]:
        grid = read_grid(self.table, lambda text: is_head(self.heads.read(text)))
        if grid is None or any(self.heads.read(text).veto for text in grid.wide):
            return []
        if any(_DEMOGRAPHIC.match(text) for line in grid.lines for text in line.labels):
            return []
        grid, lost = with_told_heads(with_parted_heads(grid, self.heads), self.heads)
        self.unit = self._unit(grid)
        self.arms_across = arms_across(grid, self.heads)
        self.told = lost or (told_by_sizes(grid, self.heads) if self.arms_across else {})
        self.sizes = sizes_of_arms(grid, self.heads)
        self.parts = table_sums.parts_of_whole(grid, self._whole)
        self.implied = table_sums.implied_sizes(grid)
        self.cells = self.places.of_cells(self.table)
        self.only = self._only_column(grid)
        self.around = [*(self.heads.read(text, False) for text in grid.corner), self.caption]
        rows_of_sizes = [line for line in grid.lines if _gives_sizes(line)]
        below = table_sums.counts(rows_of_sizes[0]) if len(rows_of_sizes) == 1 else {}
        found: list[TableShare] = []
        for line in grid.lines:
            if _gives_sizes(line):
                below = table_sums.counts(line)
            else:
                found += joined(list(self._of_line(line, below)))
        return without_clashes(found)

    def _only_column(self, grid: Grid) -> int | None:
        """The column of numbers of a table that has just one."""
        columns = {c: parts for line in grid.lines for c, parts in line.columns.items()}
        return next(iter(columns)) if len(columns) == 1 and self.arms_across else None

    def _unit(self, grid: Grid) -> Unit | None:
        """The unit of the whole table, from its wide heads, its corner, its caption or its notes."""
        said = [*grid.wide, *grid.corner]
        for text in [self.table.caption, *self.table.footnotes]:
            said += [m.group() for m in (*_VALUES_ARE.finditer(text), *_LISTED_UNIT.finditer(text))]
        units = [unit for text in said if (unit := unit_of(text)) is not None]
        return units[0] if units else None

    def _of_line(self, line: Line, below: dict[int, int]) -> Iterator[TableShare]:
        row = [self.heads.read(text, not self.arms_across) for text in line.labels]
        if any(head.veto for head in row):
            return
        own = self._sizes_beside(line)
        for c, text in line.cells.items():
            column = [self.heads.read(part, self.arms_across) for part in line.columns.get(c, ())]
            meant = self._meaning(row, column, c, [*own, *_at(line.sizes, c), *_at(below, c)])
            cell = read_cell(text) if meant is not None else None
            if meant is not None and cell is not None:
                sizes = [*meant.sizes, *self._size_of_arm(meant.arm), *_at(self.implied, c)]
                part = (line.row, c) in self.parts
                read = portion(cell, "n" if part and meant.unit is None else meant.unit, sizes)
                share = self._share(meant, read, line, c, text, sizes) if read is not None else None
                if share is not None:
                    yield share

    def _size_of_arm(self, arm: int | None) -> list[int]:
        n = self.heads.arms[arm].n if arm is not None else None
        return [n] if n is not None else []

    def _sizes_beside(self, line: Line) -> list[int]:
        """Counts in columns that are headed "n" or "No. of patients", where arms are the rows."""
        if self.arms_across:
            return []
        if line.row not in self.beside:
            headed = [c for c in line.cells if (parts := line.columns.get(c, ())) and _SIZE_LABEL.fullmatch(parts[-1])]
            counts = (table_sums.count_of(line.cells[c]) for c in headed)
            self.beside[line.row] = [n for n in counts if n is not None]
        return self.beside[line.row]

    def _whole(self, line: Line, c: int) -> int | None:
        """The size that the head of a column states, or, where it states none, the size in the row."""
        heads = [self.heads.read(part, self.arms_across) for part in line.columns.get(c, ())]
        if any(h.veto for h in heads) or (heads and _SIZE_LABEL.fullmatch(heads[-1].text)):
            return None
        sizes = [*(h.size for h in heads if h.size is not None), *self._sizes_beside(line)]
        return sizes[0] if sizes else None

    def _meaning(self, row: list[Head], column: list[Head], c: int, sizes: list[int]) -> _Meaning | None:
        heads = [*row, *column]
        arm = self._arm(row, column, c)
        named = named_outcome(row, column, self.around, self.heads)
        if any(h.veto for h in column) or arm is None or named is None:
            return None
        number = None if arm == "all" else int(arm)
        if named.outcome in _NOT_READ or (self.harms and named.outcome not in _HARM_CLASSES):
            return None
        if not self._explained([*row[:-1], *map(without_adjective, row[-1:])], column, arm, c):
            return None
        sizes += [h.size for h in reversed(heads) if h.size is not None]
        return _Meaning(
            number, named, _time_of([*heads, self.caption]), tuple(dict.fromkeys(sizes)), self._unit_of(row, column),
            any(h.measures for h in heads),
        )  # fmt: skip

    def _arm(self, row: list[Head], column: list[Head], c: int) -> int | str | None:
        """The arm's number, "all", or None where heads name none or several."""
        across, beside = (column, row) if self.arms_across else (row, column)
        sized = [h for h in across if isinstance(h.arm, int) and h.size is not None]
        named = {h.arm for h in sized or across if isinstance(h.arm, int)}
        if len(named) == 1 or (not named and c in self.told):
            return next(iter(named)) if named else self.told[c]
        if len(self.heads.arms) == 1:
            return 0
        if not named and c == self.only:
            return self._of_caption(column, c)
        total = any(h.total and self._holds_all(h) for h in across) and (
            self.arms_across or any(h.outcome for h in beside)
        )
        return "all" if total and not named else None

    def _of_caption(self, column: list[Head], c: int) -> int | str | None:
        """Whom the only column of numbers is of: the arm that the caption names; where it says nothing of its own, all
        patients, if they are not fewer than the arms together."""
        if isinstance(self.caption.arm, int):
            return self.caption.arm
        sizes = [h.size for h in column if h.size is not None] + _at(self.implied, c)
        arms = sum(arm.n or 0 for arm in self.heads.arms)
        return "all" if not self.caption.rest and sizes and sizes[0] >= arms else None

    def _holds_all(self, head: Head) -> bool:
        """Whether a column of "all patients" is at least as big as the arms together ("Overall (n = 333)")."""
        return head.size is None or head.size >= sum(self.sizes.values())

    def _explained(self, row: list[Head], column: list[Head], arm: int | str, c: int) -> bool:
        """Whether nothing is left over in the heads, but the words of a column that its size tells to be the arm's, or
        that announce means (between which a share of patients must prove itself)."""
        n = self.heads.arms[int(arm)].n if arm != "all" else None
        alone = sum(other.n == n for other in self.heads.arms) == 1
        known = c in self.told or (alone and any(h.size == n for h in column))
        told = [h for h in column if h.rest and not (known and h.size is not None)]
        return all(h.measures for h in told) and not any(h.rest for h in row)

    def _unit_of(self, row: list[Head], column: list[Head]) -> Unit | None:
        """A unit with a percentage outweighs the bare word "patients"; the label outweighs the column, it the table."""
        said = [h.unit for h in [*reversed(row), *reversed(column)] if h.unit is not None]
        said += [self.unit] if self.unit is not None else []
        return next((u for u in said if u != "n"), said[0] if said else None)

    def _share(
        self, meant: _Meaning, read: Portion, line: Line, c: int, text: str, sizes: list[int]
    ) -> TableShare | None:
        n = read.n if read.n is not None else table_sums.denominator(read, sizes)
        of_arm = n in self._size_of_arm(meant.arm) and (
            read.n is not None or n in meant.sizes or read.events is not None
        )
        checks = tuple(table_sums.checks(read, n, of_arm, (line.row, c) in self.parts))
        if meant.measures and "count matches percent" not in checks:
            return None
        if meant.named.inherited and (read.percent is None or read.percent.value == 100):
            return None  # the total of the table's rows, not of those with its outcome
        place = self.cells.get((line.row, c), self.places.of_table(self.table))
        return TableShare(
            meant.arm, meant.named.outcome, meant.named.name, read.events, n, read.percent, read.interval, meant.time,
            "; ".join(line.labels[:-1]), text, line.row, c, self.index, number_of(self.table), self.table.caption,
            (place.start, place.end), place.located, checks,
        )  # fmt: skip


def _gives_sizes(line: Line) -> bool:
    return bool(line.labels) and _SIZE_LABEL.fullmatch(line.labels[-1]) is not None


def _without_number(caption: str) -> str:
    return re.sub(r"(?i)^\s*tables?\.?\s?[\dIVX]+[.:]?\s*", "", caption)


def _at(sizes: dict[int, int], c: int) -> list[int]:
    return [sizes[c]] if c in sizes else []


def _time_of(heads: list[Head]) -> str | None:
    """The time that the innermost head names."""
    return next((head.time for head in heads if head.time is not None), None)
