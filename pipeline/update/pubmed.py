"""PubMed by NCBI's E-utilities. An export is PubMed's own XML of the records that were not there yet, or changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from pipeline.searches import INCLUDED, Search
from pipeline.update.client import Client
from pipeline.update.eutils import (
    EUTILS,
    FIRST_DAY,
    LAST_DAY,
    Found,
    History,
    error_of,
    fetch_fields,
    post,
    search_by_date,
)
from pipeline.update.included import numbers
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.waiting import Passing

#: records in one answer; with their references about 4 MB
BATCH = 200

_START = re.compile(rb"<Pubmed(Book)?Article[\s>]")
_PMID = re.compile(rb"<PMID[^<>]{0,99}>\s{0,9}(\d{1,9})\s{0,9}</PMID>")
_DOI = re.compile(rb'<ArticleId IdType="doi">\s{0,9}([^<\s]{4,300})\s{0,9}</ArticleId>')
#: changes with the indexers' work and other articles, not with the record
_UNSTEADY = (b"DateRevised", b"DateCompleted", b"History", b"ReferenceList")
_STATUS = re.compile(rb"(<MedlineCitation\b)[^<>]{0,999}>")


def list_records(asked: Asked, client: Client) -> Listing:
    """By day of entry; and if there was an update before, what changed since then.

    Of the review's own studies each record comes again, and is taken if it changed: a retracted one may no longer fit
    the query that found it.
    """
    listing = Listing()
    query = asked.search.query
    if query == INCLUDED:
        for pmid in numbers(asked, "pmid"):
            listing.add(Listed((f"pmid:{pmid}",), revised=True))
        return listing
    if asked.since is None or asked.since <= asked.until:
        _list(listing, search_by_date(client, "pubmed", query, "edat", asked.since, asked.until), revised=False)
    if asked.again:
        own = _within_its_days(asked.search)
        _list(listing, search_by_date(client, "pubmed", own, "mdat", asked.since, asked.today), revised=True)
    return listing


def _list(listing: Listing, parts: Iterable[Found], revised: bool) -> None:
    for found in parts:
        listing.places.append(found)
        listing.notes += [note for note in found.notes if note not in listing.notes]
        for pmid in found.ids:
            listing.add(Listed((f"pmid:{pmid}",), revised))


def _within_its_days(search: Search) -> str:
    """The query for records that came in on the search's own days, whenever they changed."""
    if search.since is None and search.until is None:
        return search.query
    first, last = search.since or FIRST_DAY, search.until or LAST_DAY
    return f'({search.query}) AND ("{first:%Y/%m/%d}"[edat] : "{last:%Y/%m/%d}"[edat])'


def fetch(listing: Listing, wanted: Sequence[Listed], client: Client) -> Iterator[Piece]:
    """Records by the history server: sets of the search if all in it are wanted, else sets of posted ids."""
    left = {record.names[0].removeprefix("pmid:"): None for record in wanted}
    for found in cast(list[Found], listing.places):
        if found.ids and all(pmid in left for pmid in found.ids):
            yield from _of_set(client, found.history, found.ids)
            left = {pmid: None for pmid in left if pmid not in set(found.ids)}
    if left:
        yield from _of_set(client, None, list(left))


def _of_set(client: Client, history: History | None, ids: Sequence[str]) -> Iterator[Piece]:
    """Batches of a set. Those whose place the history server lost, or that come short, are posted again."""
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        here, at = (post(client, "pubmed", batch), 0) if history is None else (history, start)
        pieces = _batch(client, here, at, batch)
        missing = [pmid for pmid in batch if f"pmid:{pmid}" not in {piece.names[0] for piece in pieces}]
        if missing:
            pieces += _batch(client, post(client, "pubmed", missing), 0, missing)
        yield from pieces


def _batch(client: Client, history: History, start: int, ids: Sequence[str]) -> list[Piece]:
    fields = fetch_fields(client, "pubmed", history, start, len(ids))
    asked = {f"pmid:{pmid}" for pmid in ids}
    return [p for p in client.post(EUTILS, "efetch.fcgi", fields, _read) if p.names[0] in asked]


def _read(data: bytes) -> list[Piece]:
    """The records of a whole answer. Raises Passing for another, which includes one that is cut off."""
    error = error_of(data)
    if error and "nothing todo" not in error:
        raise Passing(f"does not give records: {error}")
    if b"<PubmedArticleSet" not in data and not error:
        raise Passing("answers with something else than PubMed records")
    if not error and not data.rstrip().endswith((b"</PubmedArticleSet>", b"<PubmedArticleSet/>")):
        raise Passing("broke off in the middle of its records")
    return list(pieces(data))


def pieces(data: bytes) -> Iterator[Piece]:
    """The records of an export. Raises Passing for one that is not whole."""
    m = _START.search(data)
    while m is not None:
        close = b"</PubmedBookArticle>" if m[1] else b"</PubmedArticle>"
        end = data.find(close, m.end())
        pmid = _PMID.search(data, m.end(), end if end >= 0 else len(data))
        if end < 0 or pmid is None:
            raise Passing("gives a record that is not whole")
        record = data[m.start() : end + len(close)]
        yield Piece(_names(record, pmid[1]), record)
        m = _START.search(data, end)


def _names(record: bytes, pmid: bytes) -> tuple[str, ...]:
    """PMID and DOI; the DOIs of references stand in their list, behind the record's own."""
    doi = _DOI.search(record, 0, _end_of_own(record))
    found = [f"pmid:{int(pmid)}"]
    return tuple(found + ([f"doi:{doi[1].decode('utf-8', 'replace').lower()}"] if doi else []))


def _end_of_own(record: bytes) -> int:
    at = record.find(b"<ReferenceList")
    return at if at >= 0 else len(record)


def state_of(record: bytes) -> bytes:
    """A record without what changes around it."""
    for name in _UNSTEADY:
        record = _without(record, name)
    return _STATUS.sub(rb"\1>", record, count=1)


def _without(record: bytes, name: bytes) -> bytes:
    """Leaves out elements of a name, which do not hold each other (references may: then up to the last end)."""
    start, end = record.find(b"<" + name), record.rfind(b"</" + name + b">")
    return record if start < 0 or end < start else record[:start] + record[end + len(name) + 3 :]


SOURCE = Source(
    name="pubmed",
    label="PubMed",
    suffix=".xml",
    list_records=list_records,
    fetch=fetch,
    pieces=pieces,
    head=b'<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n',
    tail=b"\n</PubmedArticleSet>\n",
    state_of=state_of,
)
