"""Rows of numbers, one for each arm: "34, 25 and 36 children", "51/62/33 patients", in the order in which the arms stand."""

from __future__ import annotations

import pytest

from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.extract.quantities import quantities
from pipeline.parsed import ParsedRecord, Section, Source

THREE = "120 patients were randomised to placebo (n = 41), danazol (n = 39) or dapsone (n = 40). "


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def told(extractor: Extractor, text: str) -> list[tuple[str, str, int | None]]:
    """Arm, outcome and count of every row, in the order of the text."""
    source = Source(file="r.txt", span=(0, len(text)))
    pieces, sections = [(0, 0, len(text))], [Section(title="Results", start=0, end=len(text))]
    c = extractor(ParsedRecord(record_id="r", source=source, text=text, raw=text, pieces=pieces, sections=sections))
    return sorted((o.arm, o.outcome, o.events) for o in c.outcomes)


def of_three(outcome: str, *events: int) -> list[tuple[str, str, int | None]]:
    return [(f"A{i}", outcome, n) for i, n in enumerate(events, 1)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Remission was seen in 20, 11 and 31 patients.", of_three("remission", 20, 11, 31)),
        ("Remission was seen in nine, eleven and eleven patients.", of_three("remission", 9, 11, 11)),
        ("Remission rates were 48.8%, 28.2% and 77.5%.", of_three("remission", 20, 11, 31)),
        ("Remission: 48.8/28.2/77.5%.", of_three("remission", 20, 11, 31)),
        ("Remission was seen in 20/11/31 patients.", of_three("remission", 20, 11, 31)),
    ],
)
def test_one_for_each_arm(extractor: Extractor, sentence: str, expected: list[tuple[str, str, int | None]]) -> None:
    assert told(extractor, THREE + sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Remission was assessed after 3, 6 and 9 doses.",
        "Remission occurred at visits 2, 3 and 4.",
        "Median time to remission was 5/4/11 d.",
    ],
)
def test_no_row_of_patients(extractor: Extractor, sentence: str) -> None:
    assert told(extractor, THREE + sentence) == []


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("51/62/33 patients", "COUNT", [51, 62, 33]),
        ("51/62/33, or 88/86/92%", "COUNT", [51, 62, 33]),
        ("88/86/92%", "PERCENT", [88, 86, 92]),
        ("63.0/85.1/75.6%", "PERCENT", [63.0, 85.1, 75.6]),
        ("aged 45/43/47 y", "COUNT", []),
        ("on 12/10/2004", "COUNT", []),
        ("9, eleven and twelve patients", "COUNT", [9, 11, 12]),
        ("two hundred and five patients", "COUNT", [205]),
    ],
)
def test_lists_with_slashes(text: str, kind: str, values: list[float]) -> None:
    assert [q.value for q in quantities(text) if q.kind == kind] == values
