"""Full texts of PubMed Central's open-access subset, as JATS, by NCBI's E-utilities: each article in a file of its own.

Only articles under a licence that allows it (PMC's filter "open access") are asked for, and kept only if the text is
there. The query `included` asks for the articles of the review's own studies, as `extracted/studies.jsonl` has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.candidates import Candidate
from pipeline.errors import UserError
from pipeline.linked import Study
from pipeline.update.client import Client
from pipeline.update.eutils import EUTILS, MOST, History, error_of, fetch_fields, post, search
from pipeline.update.source import Asked, Listed, Listing, Piece, Source
from pipeline.update.waiting import Passing

#: asks for the articles of studies that are included, or wait
INCLUDED = "included"
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
    queries = _included(asked) if asked.search.query == INCLUDED else [f"({asked.search.query})"]
    for query in queries:
        for found in search(client, "pmc", f"{query} AND {_FILTER}"):
            listing.notes += [note for note in found.notes if note not in listing.notes]
            for uid in found.ids:
                listing.add(Listed((f"fulltext:PMC{uid}",)))
    return listing


def _included(asked: Asked) -> list[str]:
    """Queries for the articles of the studies that are not excluded. Raises UserError before the first rebuild."""
    path = asked.review / "extracted" / "studies.jsonl"
    if not path.is_file():
        raise UserError(f"{path}: is missing; run `snakemake all` first, which says which studies are included")
    with path.open(encoding="utf-8") as lines:
        studies = [Study.model_validate_json(line) for line in lines]
    reports = [report for study in studies for report in (study.candidate, *study.further)]
    ids = sorted({number for report in reports if (number := _number(report))}, key=int)
    return [" OR ".join(f"{i}[uid]" for i in ids[k : k + IDS]).join("()") for k in range(0, len(ids), IDS)]


def _number(report: Candidate) -> str:
    """Of a report's PMCID, "" for none and for a report that is excluded."""
    number = (report.citation.pmcid or "").upper().removeprefix("PMC")
    return number if number.isascii() and number.isdigit() and report.eligibility.decision != "exclude" else ""


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
