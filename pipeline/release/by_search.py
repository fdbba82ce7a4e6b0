"""Results search by search: what was known after each, were the review then what it is now."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping

from pipeline.release.now import Now
from pipeline.released import BySearch, CumulativeOutcome
from pipeline.searched import SearchRow

Day = datetime.date | None


def exports(now: Now) -> dict[str, SearchRow]:
    """File of corpus/ → the search that brought it, also for the files of an export that is a folder (full texts)."""
    brought = {f"corpus/{row.file}": row for row in now.searches if row.file}
    if not any(_folder(f"corpus/{name}") in brought for name in now.sources):
        return brought
    files = sorted({report.file for study in now.linked for report in study.reports})
    return brought | {file: brought[_folder(file)] for file in files if _folder(file) in brought}


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def cumulative(now: Now) -> list[CumulativeOutcome]:
    """For each outcome whose arms came by at least two steps; none where fewer than two days of search are known."""
    if len({row.date for row in now.searches}) < 2:
        return []
    day_of = _days(now)
    found = [
        CumulativeOutcome(outcome=p.outcome, label=p.label, steps=_steps(p.outcome, now, day_of))
        for p in now.tables.pooled
    ]
    return [c for c in found if len(c.steps) > 1]


def _days(now: Now) -> dict[str, Day]:
    """Study → day of the search that first brought it.

    None if no search is told for any of its records, or if one of them stands in an export of several that no search
    is told for: such an export is taken for older, a file of one record for a full text that was looked up later.
    """
    brought = exports(now)
    records = Counter(report.file for study in now.linked for report in study.reports)
    found: dict[str, Day] = {}
    for study in now.linked:
        files = {r.file for r in study.reports}
        days = [brought[f].date for f in files if f in brought]
        older = any(f not in brought and records[f] > 1 for f in files)
        found[study.study] = None if older or not days else min(days)
    return found


def _steps(outcome: str, now: Now, day_of: Mapping[str, Day]) -> list[BySearch]:
    from pipeline.release.results import pooled_counts  # statistics; only where several searches are told

    rows = [r for r in now.tables.outcomes if r.pooled and r.outcome == outcome and r.events is not None and r.n]
    days = sorted({day_of.get(r.study) for r in rows}, key=lambda day: (day is not None, day or datetime.date.min))
    steps: list[BySearch] = []
    for i, day in enumerate(days):
        counts = [(r.events or 0, r.n or 0) for r in rows if day_of.get(r.study) in days[: i + 1]]
        result = pooled_counts(counts, now.method)
        if result.proportion is not None and result.ci is not None:
            new = len(counts) - (steps[-1].k if steps else 0)
            steps.append(BySearch(date=day, k=result.k, new=new, proportion=result.proportion, ci=result.ci))
    return steps
