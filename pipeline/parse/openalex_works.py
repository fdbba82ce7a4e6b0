"""Reader of OpenAlex's works in JSON. Its source text is title and abstract, whose words OpenAlex gives by place."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.identifiers import registrations
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.json_values import Object, at, objects, records, text
from pipeline.parse.xml_records import text_record
from pipeline.parsed import Citation, ParsedRecord, SetAside

#: an abstract with more words is none
_MOST_WORDS = 50_000


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per work. Raises Unreadable if there is none."""
    found = False
    for work in records(document, "results"):
        found = True
        yield work if isinstance(work, SetAside) else _record(document, work)
    if not found:
        raise Unreadable("holds no work of OpenAlex", "download it again as JSON")


def _record(document: Document, work: Object) -> ParsedRecord:
    said = _abstract(at(work, "abstract_inverted_index"))
    title = text(work, "display_name") or text(work, "title")
    return text_record(document, title, [("", said)] if said else [], _citation(work, said), [])


def _abstract(index: object) -> str:
    """Words in their order; `index` has the places of each word."""
    if not isinstance(index, dict):
        return ""
    placed = {
        place: word
        for word, places in index.items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int) and 0 <= place < _MOST_WORDS
    }
    return " ".join(" ".join(placed[place] for place in sorted(placed)).split())


def _citation(work: Object, abstract: str) -> Citation:
    year = at(work, "publication_year")
    kind = text(work, "type")
    retracted = ["Retracted Publication"] if at(work, "is_retracted") is True else []
    first, last = text(work, "biblio", "first_page"), text(work, "biblio", "last_page")
    people = objects(work, "authorships")
    return Citation(
        authors=[n for e in people if (n := text(e, "raw_author_name") or text(e, "author", "display_name"))],
        year=year if isinstance(year, int) else None,
        journal=text(work, "primary_location", "source", "display_name") or None,
        volume=text(work, "biblio", "volume") or None,
        issue=text(work, "biblio", "issue") or None,
        pages=f"{first}-{last}" if last and last != first else first or None,
        doi=text(work, "doi").lower().removeprefix("https://doi.org/") or None,
        pmid=_last(text(work, "ids", "pmid")) or None,
        pmcid=f"PMC{number}" if (number := _last(text(work, "ids", "pmcid")).upper().removeprefix("PMC")) else None,
        registration=registrations(abstract),
        publication_types=[*retracted, *([kind] if kind else [])],
        language=text(work, "language") or None,
        database="OpenAlex",
    )


def _last(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]
