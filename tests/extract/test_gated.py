"""Gated patterns find what plain ones find."""

from __future__ import annotations

import re

import pytest

from pipeline.extract.gated import Gated, lowered, needed


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:cured?|healed|remissions?)\b", {"cure", "healed", "remission"}),
        (r"(?:was|were) defined", {" defined"}),
        (r"(?:Randomi[sz]ed)+\d*", {"randomi"}),
        (r"\bnot\b(?= treated)", {"not"}),
        (r"(?:report|reports)", {"report"}),
        (r"(?:not )?\d+", set()),
        (r"cure|\d+", set()),
        (r"(?:naïve)?", set()),
        (r"nai?ïve", {"na"}),
    ],
)
def test_every_match_holds_one_of_the_words(pattern: str, words: set[str]) -> None:
    assert needed(pattern) == words


TEXTS = [
    "Twelve patients were RANDOMISED and 9 were cured.",
    "Cured: none. Healed: 4; healed again: 2",
    "ıf İt ſtands so, İf and If are the same; Kured",
    "",
    "nothing of the kind",
]


@pytest.mark.parametrize("pattern", [r"\b(?:cured|healed)\b", r"\bif\b", r"stands|it", r"\d+", r"kured", r"^nothing"])
@pytest.mark.parametrize("text", TEXTS)
def test_finds_what_the_plain_pattern_finds(pattern: str, text: str) -> None:
    plain, gate = re.compile(pattern, re.IGNORECASE), Gated(pattern, re.IGNORECASE)
    for start in range(len(text) + 1):
        for end in (start, start + 9, len(text), len(text) + 5):
            expected = plain.search(text, start, end)
            found = gate.search(text, start, end)
            assert (found and found.span()) == (expected and expected.span())
    assert [m.span() for m in gate.finditer(text)] == [m.span() for m in plain.finditer(text)]
    assert gate.findall(text) == plain.findall(text)


def test_a_second_text_is_looked_at_afresh() -> None:
    gate = Gated("cured")
    assert gate.search("none was cured", 3) is not None
    assert gate.search("none was healed", 3) is None
    assert gate.search("none was cured", 3) is not None


def test_lower_case_keeps_places() -> None:
    assert len(lowered("İSTANBUL ſ ı")) == len("İSTANBUL ſ ı")


def test_a_pattern_is_compiled_when_a_text_holds_one_of_its_words() -> None:
    gate = Gated(r"\bzyx(?:ol|in)\b")
    assert gate.search("a text without it") is None
    assert "pattern" not in vars(gate)
    assert gate.search("a text with zyxol") is not None
    assert "pattern" in vars(gate)
