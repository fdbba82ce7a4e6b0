"""link: all records → studies, each counted once. Duplicates are merged; every record stays listed with its file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipeline.candidates import Candidate
from pipeline.link.duplicates import clusters, judged
from pipeline.link.names import study_names
from pipeline.records import Report, Study


def link(candidates: Iterable[Candidate]) -> list[Study]:
    """Studies sorted by name; the order of the candidates does not matter."""
    records = sorted(candidates, key=lambda c: (c.record_id, c.source.file, c.source.span))
    groups: defaultdict[int, list[Candidate]] = defaultdict(list)
    pairs = judged([r.citation for r in records], [_text(r) for r in records])
    for record, cluster in zip(records, clusters(len(records), pairs), strict=True):
        groups[cluster].append(record)
    kept = [(max(group, key=_richness), group) for group in groups.values()]
    names = study_names([best for best, _ in kept])
    studies = [
        Study(
            study=name,
            label=label,
            reports=[Report(record_id=r.record_id, file=r.source.file, kept=r is best) for r in group],
            candidate=best,
        )
        for (best, group), (name, label) in zip(kept, names, strict=True)
    ]
    return sorted(studies, key=lambda s: s.study)


def _text(record: Candidate) -> str:
    """What makes two records letter for letter the same."""
    c = record.citation
    return (
        record.model_dump_json(include={"arms", "outcomes", "n_total"}) if c.title and c.authors else record.record_id
    )


def _richness(record: Candidate) -> tuple[int, int, str]:
    """Longest text, then most citation fields; the record_id decides ties."""
    start, end = record.source.span
    filled = sum(bool(v) for v in record.citation.model_dump().values())
    return end - start, filled, record.record_id
