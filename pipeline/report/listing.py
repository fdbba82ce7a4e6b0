"""What the page lists where there is more than anyone reads: all that is in play, and of the rest the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from pipeline.report.inputs import Inputs
from pipeline.report.study_pages.names import page_name
from pipeline.resolved import StudyRow

T = TypeVar("T")

#: rows of a list
MOST = 200
#: numbers of one outcome, as far as they are not in play
MOST_NUMBERS = 100


def first(rows: Sequence[T], in_play: Callable[[T], bool], most: int = MOST) -> list[T]:
    """In their order: all that are in play, and as many of the others as make `most` rows in all."""
    kept = list(map(in_play, rows))
    room = most - sum(kept)
    shown = []
    for row, stays in zip(rows, kept, strict=True):
        if stays or room > 0:
            shown.append(row)
            room -= not stays
    return shown


@lru_cache(maxsize=1)
def listed_studies(inputs: Inputs) -> dict[str, StudyRow]:
    """Included studies that the page tells of: all with a pooled number, and those with a retracted report."""
    pooled = {effect.study for outcome in inputs.pooled for effect in outcome.effects}
    pooled |= {row.study for row in inputs.audit}
    included = [row for row in inputs.studies if row.decision == "include"]
    return {row.study: row for row in first(included, lambda row: row.study in pooled or row.retracted)}


def has_page(inputs: Inputs, study: str) -> bool:
    row = inputs.study.get(study)
    return row is not None and row.decision != "exclude" and study in inputs.linked


def place_of(inputs: Inputs, study: str) -> str:
    """Where a link to a study leads: to the page's list of studies, else to the study's own page; empty for neither."""
    if study in listed_studies(inputs):
        return f"#study-{study}"
    return f"studies/{page_name(study)}" if has_page(inputs, study) else ""
