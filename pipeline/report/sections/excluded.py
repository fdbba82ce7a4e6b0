"""Excluded records, with the reason and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
        "excluded": [Excluded(row, inputs.quote(row.study, row.evidence_start, row.evidence_end)) for row in rows],
    }


SECTION = Section("excluded", "Excluded records", data)
