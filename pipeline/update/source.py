"""What a source is: how it lists the records that fit a search, gives those that are wanted, and what an export is.

A record is known by its `names`, such as "pmid:123" or "doi:10.1/x": two that share one are the same record, in
whichever source. The first name is the record's own in its source.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipeline.searches import Search
from pipeline.update.client import Client

Names = tuple[str, ...]


class Listed(NamedTuple):
    """A record that fits. `revised`: the source says that it changed in the window of dates that was asked for."""

    names: Names
    revised: bool = False


class Piece(NamedTuple):
    """A record as the source gave it: the bytes that stand in the export."""

    names: Names
    data: bytes


@dataclass(frozen=True)
class Asked:
    """A search, and the days, all included, on which records came in (`since` to `until`) or changed (`since` to
    `today`); None: from the start. `again`: an update ran it before, so what changed since then counts, too.

    `review` is the review's folder, for a source that asks for what the review has.
    """

    search: Search
    since: datetime.date | None
    until: datetime.date
    today: datetime.date
    again: bool = False
    review: Path = Path()


@dataclass
class Listing:
    """Records that fit, by their first name; `notes` for people; `places` is the source's own, to fetch them by."""

    records: dict[str, Listed] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    places: list[object] = field(default_factory=list)

    def add(self, record: Listed) -> None:
        """Once by any way is once; revised by any is revised."""
        before = self.records.get(record.names[0])
        self.records[record.names[0]] = record._replace(
            revised=record.revised or (before is not None and before.revised)
        )


@dataclass(frozen=True)
class Source:
    """A database or register. `list_records` and `fetch` raise `SourceFailed`.

    An export is `head`, then pieces with `between` between them, then `tail`; a reader of the parse stage reads it.
    `state_of` leaves out of a piece what changes without a change of the record, so that equal states are no update.
    """

    #: as in config/searches.yaml and in file names
    name: str
    #: as in corpus/searches.csv and in the report
    label: str
    suffix: str
    list_records: Callable[[Asked, Client], Listing]
    fetch: Callable[[Listing, Sequence[Listed], Client], Iterator[Piece]]
    #: the pieces of an earlier export
    pieces: Callable[[bytes], Iterator[Piece]]
    head: bytes = b""
    tail: bytes = b""
    between: bytes = b"\n"
    state_of: Callable[[bytes], bytes] = bytes
    #: each record in a file of its own, in a folder: full texts
    each_alone: bool = False
    #: can it be asked for what came in or changed since a day? Else for all, each time
    by_date: bool = True

    @property
    def folder_or_suffix(self) -> str:
        """How the export's name ends."""
        return "" if self.each_alone else self.suffix
