"""All records → studies, and what relates them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.candidates import Candidate
from pipeline.config import LinkConfig
from pipeline.link.catalogue import Catalogue
from pipeline.link.decisions import read_decisions
from pipeline.link.duplicates import judged_among
from pipeline.link.rows import link_rows
from pipeline.link.shelf import Filed, Held
from pipeline.link.studies import Grouping, Outline, Relate, group, outlines
from pipeline.linked import LinkRow, Study


@dataclass(frozen=True)
class Linked:
    """Studies by name; links by what relates them, then by record."""

    studies: list[Study]
    links: list[LinkRow]


@dataclass(frozen=True)
class Outlined:
    """`Linked`, where the reports are still where they were stored."""

    outlines: Sequence[Outline]
    grouping: Grouping
    links: list[LinkRow]


def link(
    candidates: Iterable[Candidate],
    overrides: Path | None = None,
    config: LinkConfig | None = None,
    relate: Relate | None = None,
) -> Linked:
    """The order of the candidates does not matter. Raises UserError for a links.csv in `overrides` that is wrong.

    `relate` finds the relations of the reports in the place of `relations.relations`.
    """
    found = outlined(Held(candidates), overrides, config or LinkConfig(), relate)
    return Linked([outline.study(found.grouping) for outline in found.outlines], found.links)


def outlined(shelf: Held | Filed, overrides: Path | None, config: LinkConfig, relate: Relate | None = None) -> Outlined:
    """`link`, for records that need not be in memory."""
    catalogue = Catalogue.of(shelf.leaves())
    shelf.arrange(catalogue.order)
    decisions = read_decisions(overrides / "links.csv", catalogue.names()) if overrides is not None else []
    pairs = judged_among(catalogue.alike, lambda i: shelf[i].citation, lambda i: _text(shelf[i]))
    grouping = group(shelf, catalogue, pairs, decisions, relate)
    studies = outlines(grouping)
    rows = link_rows(grouping, studies, config)
    return Outlined(sorted(studies.values(), key=lambda s: s.name.name), grouping, rows)


def _text(record: Candidate) -> str:
    """What makes two records letter for letter the same: the length of the text, and the words and places of all that
    was read from it. Where nothing was read, no text is like another."""
    if not (record.citation.title or record.arms or record.outcomes or record.n_total.evidence):
        return f"{record.source.file}#{record.record_id}"
    start, end = record.source.span
    read = [e for e in (record.eligibility.evidence, record.n_total.evidence) if e is not None]
    read += [a.evidence for a in record.arms if a.evidence is not None] + [o.evidence for o in record.outcomes]
    return f"{end - start} {[(e.start - start, e.text) for e in read]}"
