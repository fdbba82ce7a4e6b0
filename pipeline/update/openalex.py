"""OpenAlex: works that cite the review's studies, and works that these cite; or works by a filter of its own.

The query `included` chases citations in both directions from the studies that are not excluded; any other query is a
filter as https://docs.openalex.org has them, as `title_and_abstract.search:danazol`. A key is needed since 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.searches import INCLUDED
from pipeline.update.client import Client
from pipeline.update.included import included
from pipeline.update.json_lines import BETWEEN, TAIL, head, line_of, read_object
from pipeline.update.service import Key, Service
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.waiting import Passing

OPENALEX = Service(
    "openalex",
    "OpenAlex",
    "https://api.openalex.org",
    per_second=5,
    key=Key("OPENALEX_API_KEY", "api_key", "query", required=True),
)
#: works in a page; values that one filter may name
PAGE, VALUES = 100, 50
#: what of a work is kept: citations of it are counted anew each day
_FIELDS = (
    "id,doi,ids,display_name,publication_year,language,type,is_retracted,authorships,primary_location,biblio,"
    "abstract_inverted_index"
)


def list_records(asked: Asked, client: Client) -> Listing:
    listing = Listing()
    if asked.search.query != INCLUDED:
        _add(listing, _works(client, asked.search.query, "id,doi,ids"))
        return listing
    seeds = list(_seeds(asked, client))
    cited = sorted({_short(work) for seed in seeds for work in seed.get("referenced_works") or []})
    citing = sorted({_short(seed["id"]) for seed in seeds})
    for some in _parts(citing):
        _add(listing, _works(client, f"cites:{'|'.join(some)}", "id,doi,ids"))
    for some in _parts(cited):
        _add(listing, _works(client, f"openalex:{'|'.join(some)}", "id,doi,ids"))
    listing.notes.append(f"citations of and by {len(citing)} works of the review")
    return listing


def _seeds(asked: Asked, client: Client) -> Iterator[dict[str, Any]]:
    """The review's own works, by PMID where there is one, else by DOI."""
    cited = included(asked)
    pmids = sorted({c.pmid for c in cited if c.pmid and c.pmid.isascii() and c.pmid.isdigit()}, key=int)
    dois = sorted({c.doi.lower() for c in cited if c.doi and not c.pmid and not set(c.doi) & set("|,")})
    for name, values in (("pmid", pmids), ("doi", dois)):
        for some in _parts(values):
            yield from _works(client, f"{name}:{'|'.join(some)}", "id,doi,ids,referenced_works")


def _parts(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + VALUES] for start in range(0, len(values), VALUES)]


def _add(listing: Listing, works: Iterator[dict[str, Any]]) -> None:
    for work in works:
        listing.add(Listed(_names(work)))


def fetch(listing: Listing, wanted: Sequence[Listed], client: Client) -> Iterator[Piece]:
    for some in _parts([record.names[0].removeprefix("openalex:").upper() for record in wanted]):
        for work in _works(client, f"openalex:{'|'.join(some)}", _FIELDS):
            yield Piece(_names(work), line_of(work))


def _works(client: Client, works: str, select: str) -> Iterator[dict[str, Any]]:
    """Works of all pages: a cursor leads from page to page, and there is none behind the last."""
    cursor, seen = "*", set[str]()
    while cursor and cursor not in seen:
        seen.add(cursor)
        fields: dict[str, str | int] = {"filter": works, "select": select, "per_page": PAGE, "cursor": cursor}
        found = client.get(OPENALEX, "works", fields, _read)
        yield from found["results"]
        cursor = found["meta"].get("next_cursor") or "" if found["results"] else ""


def _read(data: bytes) -> dict[str, Any]:
    found = read_object(data, "works")
    results, meta = found.get("results"), found.get("meta", {})
    if not isinstance(results, list) or not isinstance(meta, dict):
        raise Passing("answers with something else than works")
    for work in results:
        _names(work)
    return found | {"meta": meta}


def _names(work: Any) -> tuple[str, ...]:
    """Its number here, and its PMID, or without one its DOI. Raises Passing for a work without number."""
    if not isinstance(work, dict) or not isinstance(work.get("id"), str):
        raise Passing("gives a work without its number")
    ids: dict[str, Any] = work["ids"] if isinstance(work.get("ids"), dict) else {}
    own = f"openalex:{_short(work['id']).lower()}"
    pmid, doi = _short(str(ids.get("pmid") or "")), str(work.get("doi") or "")
    if pmid.isascii() and pmid.isdigit():
        return own, f"pmid:{int(pmid)}"
    return (own, f"doi:{doi.lower().removeprefix('https://doi.org/')}") if doi else (own,)


def _short(address: str) -> str:
    """`https://openalex.org/W123` as W123."""
    return address.rstrip("/").rpartition("/")[2]


def pieces(data: bytes) -> Iterator[Piece]:
    """The works of an export. Raises Passing for one that is not whole."""
    for work in _read(data)["results"]:
        yield Piece(_names(work), line_of(work))


SOURCE = Source(
    name="openalex",
    label="OpenAlex",
    suffix=".json",
    list_records=list_records,
    fetch=fetch,
    pieces=pieces,
    head=head("results"),
    tail=TAIL,
    between=BETWEEN,
    by_date=False,
)
