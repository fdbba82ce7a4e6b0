"""Europe PMC's web service: PubMed, PubMed Central, preprints and more in one index.

https://europepmc.org/RestfulWebService. Listed by pages of short results (a cursor leads from page to page), then only
what is wanted is fetched whole. An export is the service's own XML.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lxml import etree

from pipeline.searches import Search
from pipeline.update.client import Client
from pipeline.update.service import Service
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.waiting import Passing

EUROPE_PMC = Service("europepmc", "Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest", per_second=5)
#: short results of a page, of at most 1,000; whole records of a request
PAGE, BATCH = 1_000, 50

_RESULT = re.compile(rb"<result>.*?</result>", re.DOTALL)
#: what is the record's own; counts of citations and the like change every day
_OWN = (
    "title", "authorString", "pubYear", "pageInfo", "abstractText", "doi", "pmid", "pmcid", "journalInfo",
    "pubTypeList", "commentCorrectionList", "publicationStatus",
)  # fmt: skip


#: before and after all records
FIRST_DAY, LAST_DAY = datetime.date(1700, 1, 1), datetime.date(3000, 12, 31)
Fields = dict[str, str | int]


class _Page(NamedTuple):
    hits: int
    results: list[dict[str, Any]]
    cursor: str


def list_records(asked: Asked, client: Client) -> Listing:
    """By day of the first index; and if there was an update before, what changed since then."""
    listing = Listing()
    search = asked.search
    if asked.since is None or asked.since <= asked.until:
        until = asked.until if asked.since or search.until else None
        for result in _results(client, _query(search, FIRST_IDATE=(asked.since, until))):
            listing.add(Listed(_names(result)))
    if asked.again:
        own, changed = (search.since, search.until), (asked.since, asked.today)
        for result in _results(client, _query(search, FIRST_IDATE=own, UPDATE_DATE=changed)):
            listing.add(Listed(_names(result), revised=True))
    return listing


def _query(search: Search, **windows: tuple[datetime.date | None, datetime.date | None]) -> str:
    """The query for records whose dates lie in the windows; one without bounds is none."""
    parts = [
        f"{name}:[{first or FIRST_DAY} TO {last or LAST_DAY}]"
        for name, (first, last) in windows.items()
        if first or last
    ]
    return " AND ".join([f"({search.query})", *parts])


def _results(client: Client, query: str) -> Iterator[dict[str, Any]]:
    """Short results, page by page, until the cursor stays where it is. Raises SourceFailed if some are missing."""
    cursor, had, hits = "*", 0, 0
    while True:
        fields: Fields = {
            "query": query,
            "resultType": "lite",
            "format": "json",
            "pageSize": PAGE,
            "cursorMark": cursor,
        }
        page = client.post(EUROPE_PMC, "searchPOST", _signed(client, fields), _read_page)
        yield from page.results
        had, hits = had + len(page.results), max(hits, page.hits)
        if not page.results or page.cursor in ("", cursor):
            break
        cursor = page.cursor
    if had < hits:
        raise client.failed(EUROPE_PMC, f"says that {hits:,} records fit and lists {had:,}")


def _read_page(data: bytes) -> _Page:
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        raise Passing("answers with something else than JSON") from None
    if not isinstance(answer, dict) or "resultList" not in answer:
        said = answer.get("errMsg") if isinstance(answer, dict) else None
        raise Passing(f"cannot search: {said}" if said else "answers something that is no search result")
    try:
        hits, results = int(answer["hitCount"]), answer["resultList"]["result"]
        for result in results:
            if not (isinstance(result["id"], str) and isinstance(result["source"], str)):
                raise TypeError
    except (KeyError, TypeError, ValueError):
        raise Passing("answers a search result without count or ids") from None
    return _Page(hits, results, str(answer.get("nextCursorMark") or ""))


def _names(result: dict[str, Any]) -> tuple[str, ...]:
    """Its own name; PMID, or without one the DOI, for abstracts of one meeting share their issue's."""
    own = f"europepmc:{result['source']}/{result['id']}"
    pmid, doi = str(result.get("pmid") or ""), str(result.get("doi") or "")
    if pmid.isascii() and pmid.isdigit():
        return own, f"pmid:{int(pmid)}"
    return (own, f"doi:{doi.lower()}") if doi else (own,)


def fetch(listing: Listing, wanted: Sequence[Listed], client: Client) -> Iterator[Piece]:
    """Whole records; what a batch lacks is asked for once more."""
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        found = _batch(client, batch)
        there = {piece.names[0] for piece in found}
        missing = [record for record in batch if record.names[0] not in there]
        if missing:
            found += _batch(client, missing)
        yield from found


def _batch(client: Client, batch: Sequence[Listed]) -> list[Piece]:
    asked = {record.names[0] for record in batch}
    ids = [record.names[0].removeprefix("europepmc:").split("/", 1) for record in batch]
    query = " OR ".join(f'(EXT_ID:"{number}" AND SRC:{source})' for source, number in ids)
    fields: Fields = {"query": query, "resultType": "core", "format": "xml", "pageSize": PAGE, "cursorMark": "*"}
    return [p for p in client.post(EUROPE_PMC, "searchPOST", _signed(client, fields), _read) if p.names[0] in asked]


def _read(data: bytes) -> list[Piece]:
    if b"<responseWrapper" not in data[:1_000]:
        raise Passing("answers with something else than its XML")
    if not data.rstrip().endswith(b"</responseWrapper>"):
        raise Passing("broke off in the middle of its records")
    return list(pieces(data))


def pieces(data: bytes) -> Iterator[Piece]:
    """The records of an export. Raises Passing for one that is not whole."""
    if data.count(b"<result>") != data.count(b"</result>"):
        raise Passing("gives a record that is not whole")
    for m in _RESULT.finditer(data):
        record = _element(m[0])
        result = {name: record.findtext(name) for name in ("id", "source", "pmid", "doi")}
        if not result["id"] or not result["source"]:
            raise Passing("gives a record without id")
        yield Piece(_names(result), m[0])


def _element(record: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    element = etree.fromstring(record, parser)
    if element is None:
        raise Passing("gives a record that is no XML")
    return element


def state_of(record: bytes) -> bytes:
    """What the record itself says."""
    element = _element(record)
    return b"\n".join(etree.tostring(e, with_tail=False) for name in _OWN for e in element.iterfind(name))


def _signed(client: Client, fields: Fields) -> Fields:
    return {**fields, "email": client.contact}


SOURCE = Source(
    name="europepmc",
    label="Europe PMC",
    suffix=".xml",
    list_records=list_records,
    fetch=fetch,
    pieces=pieces,
    head=b'<?xml version="1.0" encoding="UTF-8"?>\n<responseWrapper><resultList>\n',
    tail=b"\n</resultList></responseWrapper>\n",
    state_of=state_of,
)
