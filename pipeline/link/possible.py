"""Pairs that may be one article, for a person: as lines at a terminal, and as a table to decide in."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.link.merged import Doubt, Merged
from pipeline.link.names import told_apart
from pipeline.parse.cited import Cited
from pipeline.parsed import Row


class PossibleRow(Row):
    """A pair to decide on: the first six columns are those of overrides/links.csv, the others help to decide."""

    record_a: str
    record_b: str
    relation: str
    reason: str
    reviewer: str
    date: str
    why: str
    title_a: str
    title_b: str
    cited_a: str
    cited_b: str
    file_a: str
    file_b: str


def rows(merged: Merged) -> Iterator[PossibleRow]:
    names = told_apart([(r.record_id, r.file) for r in merged.records])
    for doubt in merged.doubts:
        a, b = merged.records[doubt.a], merged.records[doubt.b]
        yield PossibleRow(
            record_a=names[doubt.a],
            record_b=names[doubt.b],
            relation="",
            reason="",
            reviewer="",
            date="",
            why=doubt.why,
            title_a=a.citation.title or "",
            title_b=b.citation.title or "",
            cited_a=cited_as(a),
            cited_b=cited_as(b),
            file_a=a.file,
            file_b=b.file,
        )


def told(merged: Merged, doubt: Doubt) -> list[str]:
    """The pair in a few lines: why, and both records, with their files where the ids do not tell them apart."""
    lines = [doubt.why]
    both = (merged.records[doubt.a], merged.records[doubt.b])
    alike = both[0].record_id == both[1].record_id
    for record in both:
        of = f" of {record.file}" if alike else ""
        lines += [f"  {record.record_id}{of}: {cited_as(record)}", f"    {record.citation.title or 'without a title'}"]
    return lines


def cited_as(record: Cited) -> str:
    """Arnold et al., 2010, Blood, 115(3): 12-20."""
    c = record.citation
    more = " et al." if len(c.authors) > 1 or c.authors_truncated else ""
    names = f"{c.authors[0]}{more}" if c.authors else "no authors"
    year = str(c.year) if c.year is not None else "no year"
    issue = f"({c.issue})" if c.issue else ""
    place = ": ".join(part for part in (f"{c.volume or ''}{issue}", c.pages) if part)
    return ", ".join(part for part in (names, year, c.journal, place) if part)
