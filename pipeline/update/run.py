"""One search in one source: what fits, what of it is new or changed, its export, its line in corpus/searches.csv."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UserError
from pipeline.limits import Limits
from pipeline.parse.cited import Cited, read_cited
from pipeline.searched import SearchRow
from pipeline.searches import Search
from pipeline.update.client import Client, SourceFailed
from pipeline.update.known import Known, state
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.transaction import commit, free_name
from pipeline.update.waiting import Passing

#: told how many of how many records came
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Folders:
    """Where an update reads and writes."""

    corpus: Path
    #: hidden, on the same disk
    staging: Path


@dataclass
class Export:
    """What was written: `new` and `updated` count its records."""

    path: Path
    sha256: str
    new: list[Piece]
    updated: list[Piece]


def last_update(search: Search, label: str, searched: Iterable[SearchRow]) -> datetime.date | None:
    """The last day that an update of this very query looked at; None if there was none, or the query is another."""
    days = [
        row.until or row.date
        for row in searched
        if (row.search, row.source, row.query) == (search.name, label, search.query)
    ]
    return max(days, default=None)


def asked(search: Search, label: str, searched: Iterable[SearchRow], today: datetime.date) -> Asked:
    """The window of dates of the next update: from some days before the last one on."""
    last = last_update(search, label, searched)
    since = last - datetime.timedelta(days=search.overlap) if last else None
    begin = max((day for day in (since, search.since) if day), default=None)
    return Asked(search, begin, min(search.until or today, today))


def choose(listing: Listing, known: Known) -> tuple[list[Listed], list[Listed]]:
    """Records that are not there, and those of this source that are there and changed since."""
    new = [record for record in listing.records.values() if not known.has(record.names)]
    changed = [record for record in listing.records.values() if record.revised and known.has(record.names[:1])]
    return new, changed


def update(
    source: Source,
    what: Asked,
    client: Client,
    known: Known,
    folders: Folders,
    today: datetime.date,
    progress: Progress,
) -> SearchRow:
    """Run a search and commit what it found. Raises SourceFailed, UserError, and then nothing is changed."""
    listing = source.list_records(what, client)
    hits, limit = len(listing.records), what.search.limit
    if hits > limit:
        raise UserError(
            f"{what.search.name} in {source.label}: {hits:,} records fit, more than its limit of {limit:,}; narrow the "
            "query, or raise `limit` in config/searches.yaml"
        )
    new, changed = choose(listing, known)
    row = SearchRow(
        date=today, search=what.search.name, source=source.label, query=what.search.query, since=what.since,
        until=what.until, hits=hits, new=0, updated=0,
    )  # fmt: skip
    notes = list(listing.notes)
    name = free_name(folders.corpus, f"{today}-{what.search.name}-{source.name}", source.suffix)
    export = _export(source, listing, new, changed, client, known, folders.staging / name, progress)
    missing = len(new) - len(export.new)
    if missing:
        notes.append(f"{missing} listed but not given; the next update asks again")
    found: dict[str, object] = {"new": len(export.new), "updated": len(export.updated)}
    if export.new or export.updated:
        notes += _validated(client, source, export)
        found |= {"file": name, "sha256": export.sha256}
    row = row.model_copy(update={**found, "note": client.tidy("; ".join(notes))})
    commit(folders.corpus, export.path if row.file else None, row)
    for piece in (*export.new, *export.updated):
        known.add(piece.names, state(source, piece))
    return row


def _export(
    source: Source,
    listing: Listing,
    new: Sequence[Listed],
    changed: Sequence[Listed],
    client: Client,
    known: Known,
    path: Path,
    progress: Progress,
) -> Export:
    """Write what comes and is not there in the same state."""
    wanted = [*new, *changed]
    before = {record.names[0] for record in changed}
    export = Export(path, "", [], [])
    digest = hashlib.sha256()
    with path.open("wb") as out:

        def write(data: bytes) -> None:
            digest.update(data)
            out.write(data)

        write(source.head)
        for piece in _once(source, listing, wanted, client, progress):
            if known.is_in_state(piece.names, state(source, piece)):
                continue
            write(source.between if export.new or export.updated else b"")
            write(piece.data)
            (export.updated if piece.names[0] in before else export.new).append(piece)
        write(source.tail)
    export.sha256 = digest.hexdigest()
    return export


def _once(
    source: Source, listing: Listing, wanted: Sequence[Listed], client: Client, progress: Progress
) -> Iterator[Piece]:
    """The pieces that come for what is wanted, each record once, none that holds a key."""
    asked_for = {record.names[0] for record in wanted}
    done: set[str] = set()
    progress(0, len(wanted))
    for piece in source.fetch(listing, wanted, client) if wanted else ():
        if client.holds_secret(piece.data):
            raise SourceFailed(f"{source.label}: repeats the key in its answer, which is not kept")
        if piece.names[0] in asked_for and piece.names[0] not in done:
            done.add(piece.names[0])
            progress(len(done), len(wanted))
            yield piece


def _validated(client: Client, source: Source, export: Export) -> list[str]:
    """Notes on records that cannot be read. Raises SourceFailed for an export that is not what was asked for."""
    rows = list(read_cited([export.path], Limits()))
    readable = sum(isinstance(row, Cited) for row in rows)
    written = len(export.new) + len(export.updated)
    try:
        again = sum(1 for _ in source.pieces(export.path.read_bytes()))
    except Passing:
        again = -1
    if again != written or len(rows) != written or not readable:
        raise SourceFailed(
            f"{source.label}: gave {written} records of which {readable} can be read: has its format changed?"
        )
    return [f"{written - readable} cannot be read"] if readable < written else []
