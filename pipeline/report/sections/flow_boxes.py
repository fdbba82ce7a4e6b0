"""What a flow diagram is made of, before it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.report.listing import MOST


@dataclass(frozen=True)
class Entry:
    """A line in a box's list; `anchor` leads to the study in the page, `page` to its own one if it has no place
    there; `new` is what no earlier version had."""

    text: str
    detail: str = ""
    anchor: str = ""
    new: bool = False
    page: str = ""


@dataclass(frozen=True)
class Box:
    """A count with its name and the records it counts; `lines` stand in the diagram, where `short` is the name under
    the heading of its group, and `ident` is the list's anchor. `new` of them no earlier version had; None if there is
    none. Of the entries `left` are not listed, but stand in `file` of data/."""

    title: str
    count: int
    entries: tuple[Entry, ...] = ()
    lines: tuple[str, ...] = ()
    short: str = ""
    ident: str = ""
    new: int | None = None
    left: int = 0
    file: str = ""
    #: new ones among all entries
    news: int = 0

    @property
    def words(self) -> str:
        return counted(self.short or self.title, self.count, self.new)


def listed(
    title: str,
    entries: Iterable[Entry],
    file: str,
    *,
    count: int | None = None,
    short: str = "",
    lines: Iterable[str] = (),
) -> Box:
    """A box that counts its entries, or `count`, and lists the first of them; all of them stand in `file` of data/."""
    first: list[Entry] = []
    total = news = 0
    for entry in entries:
        total, news = total + 1, news + entry.new
        if total <= MOST:
            first.append(entry)
    known = total if count is None else count
    return Box(title, known, tuple(first), tuple(lines), short, left=total - len(first), file=file, news=news)


def counted(words: str, n: int, new: int | None = None) -> str:
    """As PRISMA prints counts; the number stays on one line. New ones are told where there are some."""
    said = f"{words} (n\u00a0=\u00a0{n})"
    return said if new is None or new == 0 else f"{said}, {new}\u00a0new"


@dataclass(frozen=True)
class Group:
    """Boxes that leave the flow for a like reason, under one heading; without one, a single box."""

    boxes: tuple[Box, ...]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Step:
    """A box of the main column and what leaves the flow after it."""

    stage: str
    box: Box
    groups: tuple[Group, ...] = ()

    @property
    def leaving(self) -> tuple[Box, ...]:
        return tuple(box for group in self.groups for box in group.boxes)
