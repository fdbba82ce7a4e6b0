"""ClinicalTrials.gov by its API v2: registered trials and posted results, as the register's JSON, a trial in each line.

The query is an expression as the register's search takes it (`query.term`). See https://clinicaltrials.gov/data-api/api.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.update.client import Client
from pipeline.update.json_lines import BETWEEN, TAIL, head, line_of, read_object
from pipeline.update.service import Service
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.waiting import Passing

#: about 50 requests a minute are allowed
REGISTER = Service("clinicaltrials", "ClinicalTrials.gov", "https://clinicaltrials.gov/api/v2", per_second=0.8)
#: trials in one page of a list, and of whole records, which may be large with their results
PAGE, BATCH = 1000, 50
_LISTED = "NCTId"
#: computed by the register anew each day, or files beside the record
_LEFT_OUT = ("derivedSection", "documentSection")


def list_records(asked: Asked, client: Client) -> Listing:
    """What was posted first in the search's dates, and what of it changed since the last update."""
    listing = Listing()
    fields = {"query.term": asked.search.query, "fields": _LISTED, "pageSize": PAGE, "countTotal": "true"}
    if dates := _dates(asked):
        fields["filter.advanced"] = dates
    for study in _pages(client, fields):
        listing.add(Listed(_names(study), revised=asked.again))
    return listing


def _dates(asked: Asked) -> str:
    first, since = asked.search.since, asked.since
    ranges: list[tuple[str, datetime.date | None, datetime.date | None]] = []
    if first is not None or asked.search.until is not None:
        ranges.append(("StudyFirstPostDate", first, asked.until))
    if asked.again:
        ranges.append(("LastUpdatePostDate", since, None))
    return " AND ".join(f"AREA[{area}]RANGE[{_day(low, 'MIN')},{_day(high, 'MAX')}]" for area, low, high in ranges)


def _day(day: datetime.date | None, bound: str) -> str:
    return day.isoformat() if day is not None else bound


def fetch(listing: Listing, wanted: Sequence[Listed], client: Client) -> Iterator[Piece]:
    """Whole records, some at a time."""
    numbers = [record.names[0].removeprefix("nct:").upper() for record in wanted]
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        for study in _pages(client, {"filter.ids": ",".join(some), "pageSize": BATCH}):
            yield _piece(study)


def _pages(client: Client, fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The studies of all pages; a page that names itself as the next one would never end."""
    seen: set[str] = set()
    token = ""
    while True:
        more = {"pageToken": token} if token else {}
        found = client.get(REGISTER, "studies", {"format": "json", **fields, **more}, _read)
        yield from found["studies"]
        token = found.get("nextPageToken") or ""
        if not token:
            return
        if token in seen:
            raise client.failed(REGISTER, "gives the same page again and again")
        seen.add(token)


def _read(data: bytes) -> dict[str, Any]:
    found = read_object(data, "trials")
    studies = found.get("studies")
    if not isinstance(studies, list) or not isinstance(found.get("nextPageToken") or "", str):
        raise Passing("answers with something else than trials")
    for study in studies:
        _names(study)
    return found


def _names(study: Any) -> tuple[str, ...]:
    """The register's number. Raises Passing where there is none."""
    try:
        number = study["protocolSection"]["identificationModule"]["nctId"]
    except (TypeError, KeyError):
        number = None
    if not isinstance(number, str) or not number:
        raise Passing("gives a trial without its number")
    return (f"nct:{number.lower()}",)


def _piece(study: dict[str, Any]) -> Piece:
    return Piece(_names(study), line_of({key: value for key, value in study.items() if key not in _LEFT_OUT}))


def pieces(data: bytes) -> Iterator[Piece]:
    """The trials of an export. Raises Passing for one that is not whole."""
    yield from map(_piece, _read(data)["studies"])


SOURCE = Source(
    name="clinicaltrials",
    label="ClinicalTrials.gov",
    suffix=".json",
    list_records=list_records,
    fetch=fetch,
    pieces=pieces,
    head=head("studies"),
    tail=TAIL,
    between=BETWEEN,
)
