"""One search in one source: what fits, what of it is new or changed, its export, its line in corpus/searches.csv."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UserError
from pipeline.searched import SearchRow
from pipeline.searches import INCLUDED, Search
from pipeline.update import export
from pipeline.update.client import Client, SourceFailed
from pipeline.update.known import Known
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.transaction import commit, free_name

#: told how many of how many records came
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Folders:
    """Where an update reads and writes."""

    corpus: Path
    #: hidden, on the same disk
    staging: Path


def last_update(search: Search, label: str, searched: Iterable[SearchRow], corpus: Path) -> datetime.date | None:
    """The day of the last update with this very query; None if there was none, or the query is another.

    None, too, if one of its exports is gone and nobody asked for all since: what is missing comes again.
    """
    own = [row for row in searched if (row.search, row.source, row.query) == (search.name, label, search.query)]
    gone = [i for i, row in enumerate(own) if row.file and not (corpus / row.file).exists()]
    if gone and not any(row.since in (None, search.since) for row in own[gone[-1] + 1 :]):
        return None
    return max((row.date for row in own), default=None)


def asked(search: Search, source: Source, searched: Iterable[SearchRow], today: datetime.date, review: Path) -> Asked:
    """The window of dates of the next update: from some days before the last one on."""
    until = min(search.until or today, today)
    if not source.by_date or search.query == INCLUDED:
        return Asked(search, None, until, today, review=review)
    last = last_update(search, source.label, searched, review / "corpus")
    since = last - datetime.timedelta(days=search.overlap) if last else None
    begin = max((day for day in (since, search.since) if day), default=None)
    return Asked(search, begin, until, today, again=last is not None, review=review)


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
    _check_limit(source, what.search, len(listing.records))
    new, changed = choose(listing, known)
    name = free_name(folders.corpus, f"{today}-{what.search.name}-{source.name}", source.folder_or_suffix)
    pieces = _once(source, listing, [*new, *changed], client, progress)
    came = export.write(source, pieces, {r.names[0] for r in changed}, known, folders.staging / name)
    notes = [*listing.notes, *_not_given(len(new) - len(came.new))]
    notes += export.check(source, came) if came.records else []
    row = SearchRow(
        date=today,
        search=what.search.name,
        source=source.label,
        query=what.search.query,
        since=what.since,
        until=what.until,
        hits=len(listing.records),
        new=len(came.new),
        updated=len(came.updated),
        file=name if came.records else "",
        sha256=export.digest_of(came.path) if came.records else "",
        note=client.tidy("; ".join(notes)),
    )
    commit(folders.corpus, came.path if came.records else None, row)
    for names, now in came.records:
        known.add(names, now)
    return row


def look(source: Source, what: Asked, client: Client, known: Known) -> str:
    """A line on what an update would bring; nothing is fetched. Raises SourceFailed, UserError."""
    listing = source.list_records(what, client)
    new, changed = choose(listing, known)
    since = f" since {what.since}" if what.since else ""
    notes = client.tidy("; ".join(listing.notes))
    said = f"{len(listing.records)} records fit{since}, {len(new)} new, {len(changed)} to look at for changes"
    return f"{what.search.name}: {source.label}: {said}" + (f" ({notes})" if notes else "")


def _check_limit(source: Source, search: Search, hits: int) -> None:
    if hits > search.limit:
        raise UserError(
            f"{search.name} in {source.label}: {hits:,} records fit, more than its limit of {search.limit:,}; narrow "
            "the query, or raise `limit` in config/searches.yaml"
        )


def _not_given(missing: int) -> list[str]:
    return [f"{missing} listed but not given; the next update asks again"] if missing else []


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
