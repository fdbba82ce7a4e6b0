"""The deduplicated set as RIS: one record per article."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.link.merged import Merged
from pipeline.ris_article import article


def written(merged: Merged) -> Iterator[str]:
    """The text of each kept record, in the order of their names."""
    records = merged.records
    by_name = sorted(merged.members().items(), key=lambda item: merged.names[item[0]])
    for _, members in by_name:
        yield article([records[i] for i in members])
