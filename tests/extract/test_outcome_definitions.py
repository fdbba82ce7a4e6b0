"""How a report defines its outcomes is told in its words, each definition with its own outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import load
from pipeline.extract.extractor import Extractor
from pipeline.extract.outcome_definitions import outcome_definitions
from pipeline.parsed import ParsedRecord, Source


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(load(Path("config")))


def told(extractor: Extractor, text: str) -> list[tuple[str, str]]:
    record = ParsedRecord(record_id="r", source=Source(file="r.txt", span=(0, len(text))), text=text, raw=text, pieces=[(0, 0, len(text))])  # fmt: skip
    readings = extractor._readings(record, [])
    found = outcome_definitions(record, readings)
    for one in found:
        assert text[one.evidence.start : one.evidence.end] == one.evidence.text
        assert one.evidence.text.endswith(one.text.split()[-1])
    return [(one.outcome, one.text) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Response was defined as a count above 30.",
            [("overall_response", "a count above 30")],
        ),
        (
            "Complete response (CR) was defined as a count above 100, and overall response as one above 30 without bleeding.",
            [("complete_response", "a count above 100"), ("overall_response", "one above 30 without bleeding")],
        ),
        (
            "Overall response meant a doubled count; relapse was defined by a count below 30.",
            [("overall_response", "a doubled count"), ("relapse", "a count below 30")],
        ),
        (
            "Response, defined as a count above 30, was seen in 12 patients.",
            [("overall_response", "a count above 30")],
        ),
        (
            "Complete response was defined by a count above 100 and response (R) by a count above 30.",
            [("complete_response", "a count above 100"), ("overall_response", "a count above 30")],
        ),
        ("Response was defined as an index (short) was printed.", []),
        ("Response was defined as a count of 30.5 or more. Results", [("overall_response", "a count of 30.5 or more")]),
        ("Response was seen in 12 of 20 patients.", []),
        ("Response was as good as hoped.", []),
        ("Refractory disease was defined as no response to steroids.", []),
        ("Response was defined elsewhere.", []),
    ],
)
def test_each_definition_with_its_outcome(extractor: Extractor, text: str, found: list[tuple[str, str]]) -> None:
    assert told(extractor, text) == found


def test_the_first_of_an_outcome_counts(extractor: Extractor) -> None:
    text = "Response was defined as a count above 30. Response was defined as a count above 50 in children."
    assert told(extractor, text) == [("overall_response", "a count above 30")]
