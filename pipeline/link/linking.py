"""All records → studies, and what relates them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.candidates import Candidate
from pipeline.config import LinkConfig
from pipeline.link.decisions import read_decisions
from pipeline.link.duplicates import judged
from pipeline.link.relations import relations
from pipeline.link.rows import link_rows
from pipeline.link.studies import Relate, group, studies
from pipeline.linked import LinkRow, Study


@dataclass(frozen=True)
class Linked:
    """Studies by name; links by what relates them, then by record."""

    studies: list[Study]
    links: list[LinkRow]


def link(
    candidates: Iterable[Candidate],
    overrides: Path | None = None,
    config: LinkConfig | None = None,
    relate: Relate = relations,
) -> Linked:
    """The order of the candidates does not matter. Raises UserError for a links.csv in `overrides` that is wrong."""
    records = sorted(candidates, key=lambda c: (c.record_id, c.source.file, c.source.span))
    decisions = read_decisions(overrides / "links.csv", records) if overrides is not None else []
    pairs = judged([r.citation for r in records], [_text(r) for r in records])
    grouping = group(records, pairs, decisions, relate)
    found = studies(grouping)
    rows = link_rows(grouping, found, config or LinkConfig())
    return Linked(sorted(found.values(), key=lambda s: s.study), rows)


def _text(record: Candidate) -> str:
    """What makes two records letter for letter the same: the length of the text, and the words and places of all that
    was read from it. Where nothing was read, no text is like another."""
    if not (record.citation.title or record.arms or record.outcomes or record.n_total.evidence):
        return f"{record.source.file}#{record.record_id}"
    start, end = record.source.span
    read = [e for e in (record.eligibility.evidence, record.n_total.evidence) if e is not None]
    read += [a.evidence for a in record.arms if a.evidence is not None] + [o.evidence for o in record.outcomes]
    return f"{end - start} {[(e.start - start, e.text) for e in read]}"
