"""The labelled pairs are well formed."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

LABELLED = Path(__file__).parent / "labelled"
HALVES = ("develop",)
KINDS = {"same record", "same study", "shared cohort", "different", "unclear"}


def rows(half: str, name: str) -> list[dict[str, str]]:
    with (LABELLED / half / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("half", HALVES)
def test_every_label_is_of_two_records_that_are_there(half: str) -> None:
    names = {path.stem for path in (LABELLED / half).glob("*.nbib")}
    pairs = rows(half, "pairs.csv")
    assert len(pairs) >= 30
    assert {row["relation"] for row in pairs} <= KINDS
    assert all(row["record_a"] < row["record_b"] for row in pairs)
    assert {row[side] for row in pairs for side in ("record_a", "record_b")} <= names
    assert len({(row["record_a"], row["record_b"]) for row in pairs}) == len(pairs)
    assert all(row["note"] and row["basis"] for row in pairs)


@pytest.mark.parametrize("half", HALVES)
def test_every_record_says_what_its_facts_rest_on(half: str) -> None:
    listed = rows(half, "records.csv")
    assert [row["record"] for row in listed] == sorted(path.stem for path in (LABELLED / half).glob("*.nbib"))
    assert all(re.search("looked up|seed document|as remembered", row["facts_from"]) for row in listed)
    assert all(row["publication"] for row in listed)
