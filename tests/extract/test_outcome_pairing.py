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
    """What was read, without sums that the text does not print."""
    printed = [o for o in c.outcomes if not any("not printed" in check for check in o.checks)]
    return {(o.outcome, o.events) for o in printed if status in (None, o.status)}


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
        ("Twenty patients (50%; 95% CI 34-66) responded.", {(OR, 20)}),
        ("In the full analysis set, 20 patients (50%) responded.", {(OR, 20)}),
        ("In 40 evaluable patients, 20 (50%) responded.", {(OR, 20)}),
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


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A response was documented in 20 (50%) and was complete in 12 (30%).", {(OR, 20), (CR, 12)}),
        ("The best response was complete in 8 (20%), partial in 12 (30%) and none in 20 (50%).", {(CR, 8), (PR, 12)}),
        ("At month 3 CR was seen in 8 (20%) and PR in 12 (30%); at month 12, in 10 (25%) and 4 (10%).",
         {(CR, 8), (PR, 12), (CR, 10), (PR, 4)}),
        ("The overall response rate was 50%, with CR in 8 (20%) and R in 12 (30%).", {(OR, 20), (CR, 8), (PR, 12)}),
        ("A rash was seen in 9 of the 30 patients in response at month 12 (30%).", set()),
    ],
)  # fmt: skip
def test_an_outcome_named_in_part(extractor: Extractor, sentence: str, expected: Told) -> None:
    """By an adjective, by the clause before, by what is left of the overall responses; a month is no count."""
    defined = "The overall response (R) was a doubled count. "
    assert told(read(extractor, FORTY + defined + sentence)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "A response was seen in 20 of 40 (50%), compared with 8 of 40 (20%) in historical controls.",
        "There were 20 (50%) complete responders and 8 (20%) responders.",
        "Of all, 20 (50%) had relapsed once and 8 (20%) twice.",
        "Late relapse was seen in 8 (20%).",
        "Eight patients (20%) had a relapse in the brain.",
        "A response was seen in 8 of 18 splenectomised patients.",
        "In those who had failed another drug the response rate was 8 of 18 (44%).",
        "Complete remission was seen in 20 (50%) and partial remission in 12; the others (20%) were not helped.",
    ],
)
def test_of_others_or_of_a_kind(extractor: Extractor, sentence: str) -> None:
    c = read(extractor, FORTY + sentence)
    assert not {(outcome, n) for outcome, n in told(c, "accepted") if n == 8}


THREE = "Patients were randomised to danazol (n = 41), dapsone (n = 39) or placebo (n = 40). "
Placed = set[tuple[str, int | None, int | None]]


def placed(c: Candidate) -> Placed:
    return {(o.arm, o.events, o.n) for o in c.outcomes if o.status == "accepted"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # the printed size is that of one arm alone
        ("A response was achieved by 20 (49%) of 41 patients, 13 (33%) of 39 patients, and 4 (10%) of 40 patients "
         "(p = 0.01 for dapsone vs placebo).", {("A1", 20, 41), ("A2", 13, 39), ("A3", 4, 40)}),
        ("A response was achieved by 4 of 40, 20 of 41 and 13 of 39.", {("A3", 4, 40), ("A1", 20, 41), ("A2", 13, 39)}),
        # two arms stand as near: the number is of one of them
        ("Some on placebo crossed over to danazol, and later 11 of 17 (65%) responded.", set()),
    ],
)  # fmt: skip
def test_arms_by_size(extractor: Extractor, sentence: str, expected: Placed) -> None:
    assert placed(read(extractor, THREE + sentence)) == expected


def test_an_order_that_no_one_keeps_is_no_order(extractor: Extractor) -> None:
    """The groups were named the other way round two sentences before."""
    text = (
        "Patients were randomised: 30 received danazol (group A) and 30 received dapsone (group B). "
        "In group B and group A, mean age was 50 and 51 years. Most were women. "
        "Complete response rates were 12/30 vs 6/30."
    )
    assert placed(read(extractor, text)) == set()
