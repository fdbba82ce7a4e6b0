"""What a table says of the sentences' rows: the same, something else, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.candidates import Outcome
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.parsed import ParsedRecord, Source, Table
from pipeline.table_text import with_tables

ARMS = "Forty adults were randomised to danazol plus tretinoin (n = 20) or danazol alone (n = 20). "
SENTENCE = "A complete response was achieved in {} in the danazol alone group. Table 2 lists the responses."
HEAD = ["", "Danazol + tretinoin (n = 20)", "Danazol (n = 20)"]
DIFFERS = "doubt: a table gives 5 of 20"


@pytest.fixture(scope="module")
def extract(settings: Settings) -> Extractor:
    return Extractor(settings)


def alone(
    extract: Extractor,
    said: str,
    cell: str,
    head: list[str] = HEAD,
    label: str = "Complete response",
    below: Sequence[list[str]] = (),
) -> list[Outcome]:
    """The complete responses of the arm "danazol alone"."""
    text = ARMS + SENTENCE.format(said)
    table = Table(caption="Table 2. Response, n (%)", rows=[head, [label, "9 (45)", cell], *below])
    record = ParsedRecord(
        record_id="r",
        source=Source(file="r.nxml", span=(0, len(text))),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        tables=[table],
    )
    found = extract(with_tables(record))
    arm = next(a.arm for a in found.arms if a.drugs == ["danazol"])
    return [o for o in found.outcomes if (o.arm, o.outcome) == (arm, "complete_response")]


def test_a_table_with_the_same_count_confirms(extract: Extractor) -> None:
    (row,) = alone(extract, "4 of 20 patients (20%)", "4 (20)")
    assert row.status == "accepted"
    assert "stated again elsewhere" in row.checks
    assert row.evidence.text.startswith("4 of 20 patients (20%")


def test_a_table_with_another_count_puts_both_in_doubt(extract: Extractor) -> None:
    said, printed = alone(extract, "4 of 20 patients (20%)", "5 (25)")
    assert (said.status, printed.status) == ("review", "review")
    assert DIFFERS in said.checks
    assert "doubt: a sentence gives another number" in printed.checks
    assert printed.evidence.text == "5 (25)"


def test_a_sentence_without_proof_says_nothing_against_a_table(extract: Extractor) -> None:
    said, printed = alone(extract, "4 patients", "5 (25)")
    assert (said.status, printed.status) == ("review", "accepted")
    assert DIFFERS in said.checks


@pytest.mark.parametrize("label", ["Complete response at week 24", "Complete response after 6 months"])
def test_another_time_is_no_contradiction(extract: Extractor, label: str) -> None:
    said, printed = alone(extract, "4 of 20 patients (20%) at 8 weeks", "5 (25)", label=label)
    assert (said.status, printed.status) == ("accepted", "accepted")


def test_the_same_time_in_other_words_is_one(extract: Extractor) -> None:
    said, _ = alone(extract, "4 of 20 patients (20%) at 8 weeks", "5 (25)", label="Complete response, week 8")
    assert DIFFERS in said.checks


def test_other_patients_are_no_contradiction(extract: Extractor) -> None:
    """The table is of those who could be evaluated."""
    head = ["", "Danazol + tretinoin (n = 20)", "Danazol (n = 18)"]
    said, printed = alone(extract, "4 of 20 patients (20%)", "5 (27.8)", head=head)
    assert (said.n, printed.n) == (20, 18)
    assert said.status == "accepted"


def test_a_count_that_the_text_gives_as_well_is_no_contradiction(extract: Extractor) -> None:
    more = "4 of 20 patients (20%) in the danazol alone group. On second reading a complete response was achieved in 5 of 20 patients (25%)"
    rows = alone(extract, more, "5 (25)")
    assert [row.events for row in rows] == [4, 5]
    assert not any(DIFFERS in row.checks for row in rows)


def test_a_whole_of_which_the_table_gives_the_parts_is_no_contradiction(extract: Extractor) -> None:
    below = [["Complete response, unconfirmed", "1 (5)", "3 (15)"]]
    said, part = alone(extract, "8 of 20 patients (40%)", "5 (25)", below=below)
    assert (said.events, said.status) == (8, "accepted")
    assert (part.events, part.status) == (5, "review")
    other = alone(extract, "8 of 20 patients (40%)", "5 (25)", below=[["Stable disease", "1 (5)", "3 (15)"]])[0]
    assert other.status == "review"
