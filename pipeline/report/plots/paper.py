"""A drawing of rows that is too long for a page of paper, as sheets that repeat its heads and its foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.report.plots.svg import sheet

#: height of the rows on one page of A4, at the page's width
SHEET = 1120.0


@dataclass(frozen=True)
class Drawing:
    """The drawing, and where it is too long for a page of paper the same in sheets, each with its heads and foot."""

    svg: Markup
    sheets: tuple[Markup, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Where the rows of a drawing end, after the top of the first; `starts` marks those that begin a class."""

    ident: str
    width: float
    head: float
    foot: float
    edges: Sequence[float]
    starts: Sequence[bool]


def sheets(rows: Rows, room: float = SHEET) -> tuple[Markup, ...]:
    """The drawing's groups <ident>-head, <ident>-rows and <ident>-axis once more; none where one page has room."""
    stretches = paper(rows.edges, rows.starts, room)
    return tuple(_sheet(rows, *stretch) for stretch in stretches) if len(stretches) > 1 else ()


def paper(edges: Sequence[float], starts: Sequence[bool], room: float) -> list[tuple[float, float]]:
    """Stretches (from, to) of at most `room`, cut between rows: before the last class that starts in the second half
    of a stretch, else where it is full; a class's name never stands last. `edges` are the rows' ends after the first
    row's top."""
    cuts, first, count = [edges[0]], 0, len(starts)
    while edges[count] - edges[first] > room:
        full = max((i for i in range(first + 1, count) if edges[i] - edges[first] <= room), default=first + 1)
        near = [i for i in range(first + 1, full + 1) if starts[i] and edges[i] - edges[first] > room / 2]
        orphan = starts[full - 1] and full - 1 > first
        first = near[-1] if near else full - 1 if orphan else full
        cuts.append(edges[first])
    return list(zip(cuts, [*cuts[1:], edges[count]], strict=True))


def _sheet(rows: Rows, low: float, high: float) -> Markup:
    end = rows.head + high - low
    parts = [(f"{rows.ident}-head", 0.0), (f"{rows.ident}-axis", end - rows.edges[-1])]
    return sheet(rows.width, end + rows.foot, parts, (f"{rows.ident}-rows", rows.head - 4, low - 4, high + 4))
