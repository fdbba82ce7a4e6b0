"""Excluded records, with the reason and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.appraisal.reasons import excluded
from pipeline.report.inputs import Inputs
from pipeline.report.quotes import Quote
from pipeline.report.section import Section
from pipeline.resolved import StudyRow


@dataclass(frozen=True)
class Excluded:
    row: StudyRow
    quote: Quote | None


def data(inputs: Inputs) -> Mapping[str, object]:
    rows = [row for row in inputs.studies if row.decision == "exclude"]
    return {
        "excluded": [Excluded(row, _quote(inputs, row)) for row in rows],
        "count": len(inputs.left_out),
        "reasons": excluded(inputs.left_out.values(), inputs.settings.config.eligibility.reasons),
    }


def _quote(inputs: Inputs, row: StudyRow) -> Quote | None:
    """Of records left out there are hundreds: their own sentence is enough."""
    if row.evidence_start is None or row.evidence_end is None:
        return None
    return inputs.quote_at(row.study, (row.file, row.record_id), row.evidence_start, row.evidence_end, context=80)


SECTION = Section("excluded", "Excluded records", data)
