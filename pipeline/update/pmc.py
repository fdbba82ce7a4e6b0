"""Full texts of PubMed Central's open-access subset, as JATS, by NCBI's E-utilities: each article in a file of its own.

Only articles under a licence that allows it (PMC's filter "open access") are asked for, and kept only if the text is
there. The query `included` asks for the articles of the review's own studies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.searches import INCLUDED
from pipeline.update.client import Client
from pipeline.update.eutils import EUTILS, MOST, History, error_of, fetch_fields, post, search
from pipeline.update.included import numbers
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.waiting import Passing

#: articles in one answer, of about 200 kB each; ids in one question
BATCH, IDS = 20, 200
_FILTER = "open access[filter]"

_START = re.compile(rb"<article[\s>]")
_END = b"</article>"
_PMCID = re.compile(rb'<article-id pub-id-type="(?:pmc|pmcid|pmcaid)">\s{0,9}(?:PMC)?(\d{1,9})\s{0,9}</article-id>')
_BODY = re.compile(rb"<body[\s>]")


def list_records(asked: Asked, client: Client) -> Listing:
    """Articles of the open-access subset that fit."""
    listing = Listing()
    queries = [f"({asked.search.query})"]
    if asked.search.query == INCLUDED:
        queries = _by_number(numbers(asked, "pmcid", "PMC"))
    for query in queries:
        for found in search(client, "pmc", f"{query} AND {_FILTER}"):
            listing.notes += [note for note in found.notes if note not in listing.notes]
            for uid in found.ids:
                listing.add(Listed((f"fulltext:PMC{uid}",)))
    return listing


def _by_number(ids: Sequence[str]) -> list[str]:
    """Queries for articles by their numbers, some at a time."""
    return [" OR ".join(f"{i}[uid]" for i in ids[k : k + IDS]).join("()") for k in range(0, len(ids), IDS)]


def fetch(listing: Listing, wanted: Sequence[Listed], client: Client) -> Iterator[Piece]:
    """Articles whose full text is given."""
    ids = [record.names[0].removeprefix("fulltext:PMC") for record in wanted]
    for start in range(0, len(ids), MOST):
        part = ids[start : start + MOST]
        history = post(client, "pmc", part)
        for at in range(0, len(part), BATCH):
            yield from _batch(client, history, at, len(part[at : at + BATCH]))


def _batch(client: Client, history: History, start: int, count: int) -> list[Piece]:
    found = client.post(EUTILS, "efetch.fcgi", fetch_fields(client, "pmc", history, start, count), _read)
    return [piece for piece in found if _BODY.search(piece.data)]


def _read(data: bytes) -> list[Piece]:
    """The articles of a whole answer. Raises Passing for another."""
    error = error_of(data)
    if error:
        raise Passing(f"does not give articles: {error}")
    if b"<pmc-articleset" not in data[:5_000]:
        raise Passing("answers with something else than articles")
    if not data.rstrip().endswith((b"</pmc-articleset>", b"<pmc-articleset/>")):
        raise Passing("broke off in the middle of its articles")
    return list(pieces(data))


def pieces(data: bytes) -> Iterator[Piece]:
    """The articles of an answer, or of a file. Raises Passing for one that is not whole."""
    starts = [m.start() for m in _START.finditer(data)]
    for start, following in pairwise([*starts, len(data)]):
        end = data.rfind(_END, start, following)
        pmcid = _PMCID.search(data, start, following)
        if end < 0 or pmcid is None:
            raise Passing("gives an article that is not whole")
        yield Piece((f"fulltext:PMC{int(pmcid[1])}",), data[start : end + len(_END)])


SOURCE = Source(
    name="pmc",
    label="PubMed Central",
    suffix=".xml",
    list_records=list_records,
    fetch=fetch,
    pieces=pieces,
    head=b'<?xml version="1.0" encoding="UTF-8"?>\n',
    tail=b"\n",
    each_alone=True,
    by_date=False,
)
