"""Which outcome a number counts: what grammar ties, what is only near, and what counts something else."""

from __future__ import annotations

import pytest

from pipeline.candidates import Candidate
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.parsed import Citation, ParsedRecord, Section, Source

FORTY = "Forty patients were enrolled and treated with danazol. "
Told = set[tuple[str, int | None]]


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def read(extractor: Extractor, text: str) -> Candidate:
    return extractor(
        ParsedRecord(
            record_id="r",
            source=Source(file="r.txt", span=(0, len(text))),
            citation=Citation(title=None),
            text=text,
            raw=text,
            pieces=[(0, 0, len(text))],
            sections=[Section(title="Results", start=0, end=len(text))],
        )
    )


def told(c: Candidate, status: str | None = None) -> Told:
    return {(o.outcome, o.events) for o in c.outcomes if status in (None, o.status)}


OR, CR, PR, RELAPSE = "overall_response", "complete_response", "partial_response", "relapse"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # the number is what the outcome is said of
        ("A response was seen in 20 (50%) patients.", {(OR, 20)}),
        ("The complete response rate at week 12 was 20% (8/40).", {(CR, 8)}),
        ("A response, a rise by half within a month, was observed in 20 (50%).", {(OR, 20)}),
        # … or the subject of a verb
        ("Twenty (50%) of the 40 patients achieved a rapid clinical response.", {(OR, 20)}),
        ("Twenty patients (50%) subsequently responded.", {(OR, 20)}),
        # … or it goes on with the outcome before it
        ("CR was reached in 8 (20%) at month 3 and in 12 (30%) at month 6.", {(CR, 8), (CR, 12)}),
        # each number has its own
        ("CR was seen in 8 (20%) and PR in 12 (30%).", {(CR, 8), (PR, 12)}),
        ("Eight (20%) achieved a CR and 12 (30%) a PR.", {(CR, 8), (PR, 12)}),
        ("Responses: CR 8 (20%), PR 12 (30%).", {(CR, 8), (PR, 12)}),
    ],
)
def test_tied_by_grammar(extractor: Extractor, sentence: str, expected: Told) -> None:
    assert told(read(extractor, FORTY + sentence), "accepted") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Response, headache and relapse occurred in 20 (50%), 8 (20%) and 4 (10%), respectively.",
         {(OR, 20), (RELAPSE, 4)}),
        ("Headache, rash and complete response occurred in 8 (20%), 4 (10%) and 20 (50%), respectively.", {(CR, 20)}),
        ("Response and relapse were seen in 20 (50%) and 4 (10%), respectively.", {(OR, 20), (RELAPSE, 4)}),
    ],
)  # fmt: skip
def test_a_list_keeps_its_order(extractor: Extractor, sentence: str, expected: Told) -> None:
    """An item that is no known outcome takes its number with it."""
    assert told(read(extractor, FORTY + sentence)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Responses and infusion reactions were seen in 20 (50%) and 8 (20%).",
        "A complete response was seen in 20 (50%), but 8 (20%) stopped because of a rash.",
        "A complete response was seen in 20 (50%) and 8 (20%) needed a transfusion.",
        "A complete response was seen in 20 (50%) and a rash in 8 (20%).",
        "There was a response in 20 (50%). Of those with a response, fatigue was noted in 8 (20%).",
        "Responses were few, and 8 (20%) with prior relapse had a transfusion.",
        "Eight (20%) of 40 were alive without rash and a complete response was seen later.",
        "A response to previous therapy had been seen in 8 (20%).",
        "The effective rate was 20%, including CR in some.",
    ],
)
def test_another_thing_is_counted(extractor: Extractor, sentence: str) -> None:
    """A number that counts something of its own is no outcome's, however near one stands."""
    c = read(extractor, FORTY + sentence)
    assert not {(outcome, n) for outcome, n in told(c, "accepted") if n == 8}


def test_what_is_only_near_waits(extractor: Extractor) -> None:
    c = read(extractor, FORTY + "The response in patients with bulky masses was 20 (50%).")
    assert [o.status for o in c.outcomes] == ["review"]
    assert "doubt: the outcome is only near" in c.outcomes[0].checks


def test_an_unlisted_pair_waits(extractor: Extractor) -> None:
    c = read(extractor, FORTY + "Response and relapse occurred in 20 (50%).")
    assert told(c, "accepted") == set()
