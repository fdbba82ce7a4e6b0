"""What is read from tables: shares and sizes of arms; and what follows when several of one table are seen together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.extract import table_sums
from pipeline.extract.quantities import Quantity
from pipeline.extract.table_cells import Portion
from pipeline.extract.table_places import Located


@dataclass(frozen=True)
class TableShare:
    """A share of an arm's patients that a table prints.

    `arm`: number of the arm, None for all arms together; `outcome`: its class, `name` as written; `events`, `n`, `percent` as
    printed or, for `n`, as the head, a row of sizes or the arm says; `cell` as printed, in row `row` and column `column` of table
    number `table` (from 0) of the record, whose printed number is `number`. `span`: characters of the source text, of what
    `located` says. `context`: headings over the row. `checks`: what confirms the numbers;
    `doubts`: what speaks against them.
    """

    arm: int | None
    outcome: str
    name: str
    events: int | None
    n: int | None
    percent: Quantity | None
    interval: Quantity | None
    timepoint: str | None
    context: str
    cell: str
    row: int
    column: int
    table: int
    number: str | None
    caption: str
    span: tuple[int, int]
    located: Located
    checks: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSize:
    """An arm's size as the head of a table prints it: `label` is the head; `arm` None means all arms together."""

    arm: int | None
    n: int
    label: str
    table: int
    caption: str
    span: tuple[int, int]
    located: Located


def joined(shares: list[TableShare]) -> list[TableShare]:
    """A count and a percentage of the same thing in neighbouring columns are one share."""
    out: list[TableShare] = []
    for share in shares:
        before = out[-1] if out else None
        both = _both(before, share) if before is not None else None
        if both is not None:
            out[-1] = both
        else:
            out.append(share)
    return out


def _both(a: TableShare, b: TableShare) -> TableShare | None:
    same = (a.arm, a.outcome, a.name, a.timepoint, a.context) == (b.arm, b.outcome, b.name, b.timepoint, b.context)
    split = a.events is not None and a.percent is None and b.events is None and b.percent is not None
    if not (same and split and b.column == a.column + 1):
        return None
    read = Portion(a.events, None, b.percent, b.interval)
    n = table_sums.denominator(read, [size for size in (a.n, b.n) if size is not None])
    proofs = ("count matches percent",) if n is not None else ()
    return replace(
        a, n=n, percent=b.percent, interval=b.interval, cell=f"{a.cell} {b.cell}", span=(a.span[0], max(a.span[1], b.span[1])),
        checks=(*proofs, *(check for check in a.checks if check != "percent matches one count only")),
    )  # fmt: skip


def without_clashes(shares: list[TableShare]) -> list[TableShare]:
    """Without shares that the table gives twice with other numbers, for then something tells them apart that was not
    understood; and without mere repetitions."""
    values: dict[tuple[object, ...], set[tuple[object, ...]]] = {}
    for s in shares:
        percent = s.percent.value if s.percent is not None else None
        values.setdefault(_identity(s), set()).add((s.events, s.n, percent))
    kept: dict[tuple[object, ...], TableShare] = {}
    for s in shares:
        if len(values[_identity(s)]) == 1:
            kept.setdefault(_identity(s), s)
    return list(kept.values())


def _identity(s: TableShare) -> tuple[object, ...]:
    return s.arm, s.outcome, s.name, s.timepoint, s.context
