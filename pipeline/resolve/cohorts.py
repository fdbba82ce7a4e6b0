"""Studies that share patients: for each outcome the main analysis keeps the larger one, or all, and the sensitivity
analysis does the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipeline.config import Settings
from pipeline.linked import LinkRow, Relation
from pipeline.resolved import SHARED, OutcomeRow, StudyRow

Pairs = Mapping[str, set[str]]
#: the relation of two studies that hold the same patients
SHARED_COHORT: Relation = "shared cohort"


def count_once(
    outcomes: Sequence[OutcomeRow], studies: Iterable[StudyRow], links: Iterable[LinkRow], settings: Settings
) -> list[OutcomeRow]:
    """The rows, where those of the smaller of two studies with a shared cohort are left out of one of the analyses."""
    shared = sharing(links)
    row_of = {s.study: s for s in studies}
    larger_of: dict[tuple[str, str], str] = {}
    for outcome in sorted({row.outcome for row in outcomes}):
        rows = [row for row in outcomes if row.pooled and row.outcome == outcome and row.study in shared]
        for study, kept in _smaller(rows, shared, row_of).items():
            larger_of[study, outcome] = kept
    out = []
    for row in outcomes:
        larger = larger_of.get((row.study, row.outcome)) if row.pooled else None
        out.append(row if larger is None else row.model_copy(update=_left_out(row_of[larger], settings)))
    return out


def sharing(links: Iterable[LinkRow]) -> Pairs:
    """The studies that share patients with each study, by the links that are used."""
    shared: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.relation == SHARED_COHORT and link.used and link.study_a != link.study_b:
            shared[link.study_a].add(link.study_b)
            shared[link.study_b].add(link.study_a)
    return dict(shared)


def _smaller(rows: Sequence[OutcomeRow], shared: Pairs, row_of: Mapping[str, StudyRow]) -> dict[str, str]:
    """Each study of the rows that shares patients with a larger one that stays, and that one. The size is that of the
    rows; of equal ones the later stays, then the first by name."""
    size: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        size[row.study] += row.n or 0
    smaller: dict[str, str] = {}
    kept: list[str] = []
    for study in sorted(size, key=lambda s: (-size[s], -(row_of[s].year or 0), s)):
        larger = next((k for k in kept if k in shared[study]), None)
        if larger is None:
            kept.append(study)
        else:
            smaller[study] = larger
    return smaller


def _left_out(larger: StudyRow, settings: Settings) -> dict[str, object]:
    if settings.config.link.shared_cohorts == "all":
        return {"sensitivity": SHARED}
    why = f"shares patients with {larger.study}, which is larger"
    return {"sensitivity": SHARED, "pooled": False, "not_pooled_because": why}
