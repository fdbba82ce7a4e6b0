"""What a flow diagram is made of, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A line in a box's list; `anchor` leads to the study in the page, `new` is what no earlier version had."""

    text: str
    detail: str = ""
    anchor: str = ""
    new: bool = False


@dataclass(frozen=True)
class Box:
    """A count with its name and the records it counts; `lines` stand in the diagram, where `short` is the name under
    the heading of its group, and `ident` is the list's anchor. `new` of them no earlier version had; None if there is
    none."""

    title: str
    count: int
    entries: tuple[Entry, ...] = ()
    lines: tuple[str, ...] = ()
    short: str = ""
    ident: str = ""
    new: int | None = None

    @property
    def words(self) -> str:
        return counted(self.short or self.title, self.count, self.new)


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
