"""Registration numbers, one of each register."""

from __future__ import annotations

import pytest

from pipeline.identifiers import registrations

NUMBERS = [
    "NCT01234567",
    "ISRCTN12345678",
    "ChiCTR2000012345",
    "ChiCTR-TRC-12345678",
    "ACTRN12612000123456",
    "UMIN000012345",
    "JPRN-UMIN000012345",
    "jRCT1080221234",
    "jRCTs031180123",
    "DRKS00012345",
    "CTRI/2019/04/018765",
    "IRCT20150101020514N14",
    "NTR1234",
    "KCT0001234",
    "TCTR20190101001",
    "PACTR201501000123456",
    "RBR-2ab3cd",
    "CRD42019123456",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_found_in_a_sentence(number: str) -> None:
    assert registrations(f"The trial (registered as {number}) was open.") == [number]


@pytest.mark.parametrize("words", ["EudraCT 2009-012345-12", "EudraCT number: 2009-012345-12", "EUCTR2009-012345-12"])
def test_of_a_eudract_number_the_digits_are_kept(words: str) -> None:
    assert registrations(f"Registered ({words}).") == ["2009-012345-12"]


def test_words_that_hold_the_letters_of_a_register_are_no_numbers() -> None:
    assert registrations("CT of 1234 adults, ACTH 40, distinct 12345678, XNCT01234567") == []
