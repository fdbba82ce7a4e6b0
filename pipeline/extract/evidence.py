"""Evidence: the words of a record that a finding rests on, with their place in the source."""

from __future__ import annotations

from pipeline.candidates import Evidence
from pipeline.parsed import ParsedRecord


def evidence_of(record: ParsedRecord, start: int, end: int) -> Evidence:
    a, b, text = record.quote(start, end)
    return Evidence(start=a, end=b, text=text)
