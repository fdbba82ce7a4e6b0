"""NCBI's E-utilities, which give PubMed and PubMed Central: search, post ids, fetch records by the history server.

https://www.ncbi.nlm.nih.gov/books/NBK25499/. Everything is sent as a form, so that queries may be long and the key
stands in no address. Errors come with status 200, too, as JSON, as XML, or as a line of text.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.update.client import Client
from pipeline.update.service import Key, Service
from pipeline.update.waiting import Passing

#: 3 requests a second, 10 with a key
EUTILS = Service(
    "eutils",
    "NCBI",
    "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
    per_second=3,
    key=Key("NCBI_API_KEY", "api_key", "form", per_second=10),
)
#: of a search in PubMed no more can be had (NCBI's "Restrictions achieved"), so it is split by date
MOST = 9_999
#: records were entered from this day on, as NCBI dates them
FIRST_DAY, LAST_DAY = datetime.date(1700, 1, 1), datetime.date(3000, 12, 31)

_ERROR = re.compile(rb"<ERROR>([^<]{1,500})</ERROR>|^\s{0,9}(?:Error|ERROR)\b:?([^<\n]{1,500})")
_EPOST = re.compile(rb"<QueryKey>(\d{1,9})</QueryKey>\s{0,99}<WebEnv>([^<\s]{1,500})</WebEnv>")


class History(NamedTuple):
    """A set of records on the history server."""

    web_env: str
    query_key: str


class Found(NamedTuple):
    """The ids of a search, all of them, and where the history server has them in this order."""

    ids: list[str]
    history: History
    notes: tuple[str, ...] = ()


class _Page(NamedTuple):
    fit: int
    found: Found


def search(client: Client, database: str, query: str) -> Iterator[Found]:
    """All records that fit, of whichever date. Raises SourceFailed for more than can be had at once."""
    page = _search(client, database, query, {})
    if page.fit > MOST:
        raise client.failed(EUTILS, f"{page.fit:,} records fit, of which only {MOST:,} can be had; narrow the query")
    yield page.found


def search_by_date(
    client: Client, database: str, query: str, kind: str, since: datetime.date | None, until: datetime.date
) -> Iterator[Found]:
    """All records that fit and whose date of a kind (edat: entered, mdat: changed) lies in the window; None: any date
    up to `until`. More than NCBI gives at once are searched in parts, by halves of the window.
    """
    windows = [(since or FIRST_DAY, until)]
    whole, had = 0, 0
    while windows:
        first, last = windows.pop()
        page = _search(client, database, query, _dates(kind, first, last))
        whole = max(whole, page.fit)
        if page.fit <= MOST:
            had += len(page.found.ids)
            yield page.found
        elif first >= last:
            reason = f"{page.fit:,} records of one day ({first}) fit, of which only {MOST:,} can be had"
            raise client.failed(EUTILS, reason)
        else:
            middle = first + (last - first) // 2
            windows += [(middle + datetime.timedelta(days=1), last), (first, middle)]
    if had < whole:
        note = f"{whole - had:,} of {whole:,} records have no date to find them by, and were not fetched"
        yield Found([], History("", ""), (note,))


def _dates(kind: str, first: datetime.date, last: datetime.date) -> dict[str, str | int]:
    return {"datetype": kind, "mindate": f"{first:%Y/%m/%d}", "maxdate": f"{last:%Y/%m/%d}"}


def _search(client: Client, database: str, query: str, dates: Mapping[str, str | int]) -> _Page:
    asked = {"db": database, "term": query, "usehistory": "y", "retmode": "json"}
    fields = {**asked, "retmax": MOST, "retstart": 0, **dates}
    return client.post(EUTILS, "esearch.fcgi", _signed(client, fields), _read_search)


def _read_search(data: bytes) -> _Page:
    answer = _json(data)
    result = answer.get("esearchresult")
    if not isinstance(result, dict):
        raise Passing("answers something that is no search result")
    if "ERROR" in result:
        raise Passing(f"cannot search: {result['ERROR']}")
    try:
        count, ids = int(result["count"]), [str(i) for i in result["idlist"]]
        history = History(str(result.get("webenv", "")), str(result.get("querykey", "")))
    except (KeyError, TypeError, ValueError):
        raise Passing("answers a search result without count or ids") from None
    if not all(i.isascii() and i.isdigit() for i in ids):
        raise Passing("answers ids that are no numbers")
    if count <= MOST and len(set(ids)) != count:
        raise Passing(f"says that {count:,} records fit and names {len(set(ids)):,}")
    return _Page(count, Found(ids, history, _warnings(result)))


def _json(data: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(data, strict=False)  # errors have bare line breaks in them
    except (ValueError, RecursionError):
        raise Passing("answers with something else than JSON") from None
    if not isinstance(answer, dict):
        raise Passing("answers with something else than a search result")
    if "error" in answer:
        raise Passing(f"answers: {answer['error']}")
    return answer


def _warnings(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Parts of the query that were not understood, and so not searched for."""
    told = {"phrasesnotfound": "not found", "fieldsnotfound": "no such field", "phrasesignored": "ignored",
            "quotedphrasesnotfound": "not found"}  # fmt: skip
    said: dict[str, None] = {}
    for part in (result.get("errorlist"), result.get("warninglist")):
        for name, words in part.items() if isinstance(part, dict) else ():
            if name in told and isinstance(words, list):
                said |= {f'part of the query {told[name]}: "{word}"': None for word in words}
    return tuple(said)


def post(client: Client, database: str, ids: Sequence[str]) -> History:
    """A set of these ids on the history server."""
    return client.post(EUTILS, "epost.fcgi", _signed(client, {"db": database, "id": ",".join(ids)}), _read_post)


def _read_post(data: bytes) -> History:
    m = _EPOST.search(data)
    if m is None:
        raise Passing(f"does not take ids: {error_of(data) or 'it answers something else than a place for them'}")
    return History(m[2].decode("utf-8", "replace"), m[1].decode())


def fetch_fields(client: Client, database: str, history: History, start: int, count: int) -> dict[str, str | int]:
    """Fields that ask efetch for records [start, start + count) of a set, as XML."""
    return _signed(
        client,
        {"db": database, "WebEnv": history.web_env, "query_key": history.query_key, "retstart": start,
         "retmax": count, "retmode": "xml"},
    )  # fmt: skip


def error_of(data: bytes) -> str:
    """What an answer of efetch or epost says has gone wrong; "" for none."""
    start = data[:2_000]
    if start.lstrip().startswith(b"{"):
        try:
            answer = json.loads(data)
        except (ValueError, RecursionError):
            return "something else than XML"
        return str(answer.get("error", "something else than XML")) if isinstance(answer, dict) else "no XML"
    m = _ERROR.search(start)
    if m:
        return (m[1] or m[2]).decode("utf-8", "replace").strip()
    return "" if start.lstrip().startswith(b"<?xml") or start.lstrip().startswith(b"<") else "something else than XML"


def _signed(client: Client, fields: Mapping[str, str | int]) -> dict[str, str | int]:
    """With the name of the program and of a person to write to, as NCBI asks."""
    return {**fields, "tool": "litpool", "email": client.contact}
