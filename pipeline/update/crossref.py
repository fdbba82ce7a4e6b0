"""Crossref: the works of the review's reports that have no DOI, found by what they are cited by.

Only a work that is surely the same article, by the rules that merge duplicates, is taken. It comes as a record of its
own, which the next rebuild merges: no file of corpus/ changes. The only query is `missing dois`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.errors import UserError
from pipeline.link.citation_keys import keys_of
from pipeline.link.same_record import verdict
from pipeline.parse.crossref_works import citation_of
from pipeline.parsed import Citation
from pipeline.update.client import Client
from pipeline.update.included import included
from pipeline.update.json_lines import BETWEEN, TAIL, head, line_of, read_object
from pipeline.update.service import Service
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.waiting import Passing

CROSSREF = Service("crossref", "Crossref", "https://api.crossref.org", per_second=2)
MISSING = "missing dois"
#: works that are looked at for each report
ROWS = 5
_FIELDS = "DOI,title,author,issued,container-title,volume,issue,page,type,language,update-to,abstract"


def list_records(asked: Asked, client: Client) -> Listing:
    """Raises UserError for another query."""
    if asked.search.query != MISSING:
        raise UserError(f'{asked.search.name}: Crossref knows the query "{MISSING}" only')
    listing = Listing()
    without = [cited for cited in included(asked) if not cited.doi and cited.title]
    for cited in without:
        work = _same_article(cited, client)
        if work is not None:
            listing.add(Listed(_names(work)))
            listing.places.append(work)
    listing.notes.append(f"{len(without)} reports without DOI, {len(listing.records)} surely found")
    return listing


def _same_article(c: Citation, client: Client) -> dict[str, Any] | None:
    """The one work that is surely the report; several that may be are none."""
    words = " ".join(str(part) for part in (c.title, c.journal, c.year, *c.authors[:2]) if part)
    fields: dict[str, str | int] = {
        "query.bibliographic": words[:1000],
        "rows": ROWS,
        "select": _FIELDS,
        "mailto": client.contact,
    }
    own = keys_of(c)
    sure = [
        work
        for work in client.get(CROSSREF, "works", fields, _read)
        if (found := verdict(own, keys_of(citation_of(work)))) is not None and found.verdict == "sure"
    ]
    return sure[0] if len(sure) == 1 else None


def _read(data: bytes) -> list[dict[str, Any]]:
    message = read_object(data, "works").get("message")
    items = message.get("items") if isinstance(message, dict) else None
    if not isinstance(items, list):
        raise Passing("answers with something else than works")
    for item in items:
        _names(item)
    return items


def _names(work: Any) -> tuple[str, ...]:
    doi = work.get("DOI") if isinstance(work, dict) else None
    if not isinstance(doi, str) or not doi:
        raise Passing("gives a work without DOI")
    return (f"doi:{doi.lower()}",)


def fetch(listing: Listing, wanted: Sequence[Listed], client: Client) -> Iterator[Piece]:
    """The works came with the list."""
    for work in listing.places:
        yield Piece(_names(work), line_of(work))


def pieces(data: bytes) -> Iterator[Piece]:
    """The works of an export. Raises Passing for one that is not whole."""
    for work in _read(json.dumps({"message": read_object(data, "works")}).encode()):
        yield Piece(_names(work), line_of(work))


SOURCE = Source(
    name="crossref",
    label="Crossref",
    suffix=".json",
    list_records=list_records,
    fetch=fetch,
    pieces=pieces,
    head=head("items"),
    tail=TAIL,
    between=BETWEEN,
    by_date=False,
)
