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


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Primary end point: see above. Remission: placebo 20/41, danazol 11/39, dapsone 31/40.",
         of_three("remission", 20, 11, 31)),
        ("The primary end point, clinical remission, was a score of 2 or less. The primary end point was met by 48.8%, "
         "28.2% and 77.5%.", of_three("remission", 20, 11, 31)),
    ],
)  # fmt: skip
def test_names_in_a_list_and_the_declared_end_point(
    extractor: Extractor, sentence: str, expected: list[tuple[str, str, int | None]]
) -> None:
    assert told(extractor, THREE + sentence) == expected


FORTY = "Forty patients were enrolled and treated with danazol. "


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # an interval in the bracket does not part the number from its verb
        ("Twenty of them (50%, 95% CI 34–66) had a remission.", [("A1", "remission", 20)]),
        ("Twenty (50%, P = 0.04) achieved remission.", [("A1", "remission", 20)]),
        # … but a verb of its own does
        ("Twenty (50%, 95% CI 34–66) had anaemia, all without remission.", []),
        # whose size is printed with the number, and whose is not
        ("Remission was lasting in adults. Of 30 such patients 6 relapsed.", [("A1", "relapse", 6)]),
        ("Patients 6 and 9 relapsed.", []),
        # degrees with their percentages
        ("Eight complete (20%) and 12 partial responses (30%) were seen.",
         [("A1", "complete_response", 8), ("A1", "overall_response", 20), ("A1", "partial_response", 12)]),
        # of other patients
        ("In the earlier Danish survey 45% relapsed.", []),
    ],
)  # fmt: skip
def test_of_one_arm(extractor: Extractor, sentence: str, expected: list[tuple[str, str, int | None]]) -> None:
    assert told(extractor, FORTY + sentence) == expected
