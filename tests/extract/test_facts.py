"""Facts beside the outcomes: each pattern's examples, and what a record gives."""

from __future__ import annotations

import re

import pytest

from pipeline.extract.facts import PATTERNS, REGISTERS, Pattern, find, registrations, value
from pipeline.parsed import Citation, ParsedRecord, Source


@pytest.mark.parametrize(("pattern", "text", "expected"), [(p, t, v) for p in PATTERNS for t, v in p.examples], ids=str)
def test_examples(pattern: Pattern, text: str, expected: float) -> None:
    match = re.search(pattern.pattern, text, re.IGNORECASE)
    assert match
    assert value(pattern.field, match) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(("pattern", "text"), [(p, t) for p in PATTERNS for t in p.counter], ids=str)
def test_counter_examples(pattern: Pattern, text: str) -> None:
    assert re.search(pattern.pattern, text, re.IGNORECASE) is None


def record(text: str, registered: list[str] | None = None) -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(registration=registered or []),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
    )


def test_a_fact_has_its_words() -> None:
    text = "Forty patients took drug A. The median baseline platelet count was 9 × 10⁹/L."
    fact = find("baseline", record(text), [(0, 27, ""), (28, len(text), "results")])
    assert fact is not None
    assert (fact.name, fact.value, fact.unit, fact.status) == ("platelet count", 9, "10^9/L", "accepted")
    assert text[fact.evidence.start : fact.evidence.end] == fact.evidence.text


def test_two_values_wait_for_a_person() -> None:
    text = "The median follow-up was 9 months. In arm B the median follow-up was 12 months."
    fact = find("followup_months", record(text), [(0, 34, ""), (35, len(text), "")])
    assert fact is not None
    assert (fact.value, fact.status) == (9, "review")


def test_the_values_of_two_arms_wait_for_a_person() -> None:
    text = "The median baseline platelet count was 9 × 10⁹/L in arm A and 12 × 10⁹/L in arm B."
    fact = find("baseline", record(text), [(0, len(text), "")])
    assert fact is not None
    assert (fact.value, fact.status) == (9, "review")


@pytest.mark.parametrize(("kind", "words"), [("background", ""), ("results", " in a previous study")])
def test_the_facts_of_other_studies_are_not_taken(kind: str, words: str) -> None:
    text = f"The median follow-up was 9 months{words}."
    assert find("followup_months", record(text), [(0, len(text), kind)]) is None


def test_registrations_are_listed_once() -> None:
    text = "Registered as NCT01234567 (ISRCTN 12345678); see NCT01234567."
    found = registrations(record(text, ["NCT01234567"]), [(0, len(text), "")])
    assert [r.id for r in found] == ["NCT01234567", "ISRCTN12345678"]
    assert found[0].evidence is None
    assert found[1].evidence is not None
    assert found[1].evidence.text == "ISRCTN 12345678"


@pytest.mark.parametrize(
    "number",
    ["NCT00753545", "ISRCTN67566265", "EudraCT 2009-012345-11", "UMIN000001234", "ChiCTR-TRC-10000123", "DRKS00001234"],
)
def test_registers(number: str) -> None:
    assert re.fullmatch(REGISTERS, number, re.IGNORECASE)
