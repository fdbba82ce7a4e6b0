"""A text with spans marked that may overlap, as pieces in order; long stretches without a span are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: characters kept on each side of a span where a text is too long to be shown whole
AROUND = 1200
#: a text of up to so many characters is shown whole
WHOLE = 40_000


@dataclass(frozen=True)
class Span:
    """Characters [start, end) of the text, marked as `kind`; `key` names what was read there."""

    start: int
    end: int
    kind: str
    key: int


@dataclass(frozen=True)
class Piece:
    """A stretch with the same spans over it; `begins` are those that start here. A gap has no text, but a length."""

    text: str
    over: tuple[Span, ...] = ()
    begins: tuple[Span, ...] = ()
    left_out: int = 0


def marked(text: str, spans: Iterable[Span], whole: int = WHOLE, around: int = AROUND) -> list[Piece]:
    """The text cut at the ends of its spans; spans that are empty or not within the text are passed over."""
    inside = sorted(
        (s for s in spans if 0 <= s.start < s.end <= len(text)), key=lambda s: (s.start, -s.end, s.kind, s.key)
    )
    shown = [(0, len(text))] if len(text) <= whole else _near(inside, len(text), around)
    edges = sorted({edge for span in inside for edge in (span.start, span.end)} | {e for part in shown for e in part})
    pieces: list[Piece] = []
    at = 0
    for low, high in shown:
        pieces += [Piece("", left_out=low - at)] if low > at else []
        pieces += _pieces(text, inside, [edge for edge in edges if low <= edge <= high])
        at = high
    return [*pieces, Piece("", left_out=len(text) - at)] if at < len(text) else pieces


def _near(spans: Sequence[Span], length: int, around: int) -> list[tuple[int, int]]:
    """The start of the text, and what stands around each span; stretches that meet are one."""
    parts = [(0, min(length, around))]
    for span in spans:
        low, high = max(0, span.start - around), min(length, span.end + around)
        if low <= parts[-1][1]:
            parts[-1] = (parts[-1][0], max(high, parts[-1][1]))
        else:
            parts.append((low, high))
    return parts


def _pieces(text: str, spans: Sequence[Span], edges: Sequence[int]) -> list[Piece]:
    """One piece between each two edges; `spans` are sorted by start."""
    found: list[Piece] = []
    open_spans: list[Span] = []
    waiting = iter([*(s for s in spans if edges and edges[0] <= s.start < edges[-1]), None])
    coming = next(waiting)
    for low, high in pairwise(edges):
        begins = []
        while coming is not None and coming.start == low:
            begins.append(coming)
            coming = next(waiting)
        open_spans = [s for s in open_spans if s.end > low] + begins
        found.append(Piece(text[low:high], tuple(open_spans), tuple(begins)))
    return found
