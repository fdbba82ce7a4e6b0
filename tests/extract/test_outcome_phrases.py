"""Phrases of outcomes in a row of tokens: which of several stands there, and what finding them costs."""

from __future__ import annotations

import pytest

from pipeline.config import OutcomeDefinition
from pipeline.extract.outcome_words import Node, OutcomeWords
from pipeline.extract.tokens import Token, Tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


def outcome(name: str, *phrases: str) -> OutcomeDefinition:
    return OutcomeDefinition(
        outcome=name, label=name, phrases=[*phrases], verbs=[], abbreviations=[], denominator="enrolled", positive=True
    )


def found(words: OutcomeWords, text: str) -> list[tuple[str, str]]:
    """The words and the class of each outcome of a text whose tokens stand between blanks."""
    tokens = [Token(word, word.lower()) for word in text.split()]
    spans = words.find(tokens, {i: "PERCENT" for i, token in enumerate(tokens) if "%" in token.text})
    return [(" ".join(t.text for t in tokens[a:b]), name) for a, b, name in spans]


@pytest.mark.parametrize(
    ("phrases", "text", "expected"),
    [
        ({"cure": ["clear"], "relapse": ["clear"]}, "all clear", [("clear", "cure")]),
        ({"cure": ["clear*"], "relapse": ["clear"]}, "all clear", [("clear", "cure")]),
        ({"cure": ["clear"], "relapse": ["clear again"]}, "all clear again", [("clear again", "relapse")]),
        ({"cure": ["full ~ clear*"]}, "full skin clearing or clearance", [("full skin clearing", "cure")]),
        ({"cure": ["full ~ clear*"]}, "full and lasting clearance", []),
        ({"cure": ["clear* ~ again"]}, "clear then soon again", [("clear then soon again", "cure")]),
        ({"cure": ["clear* # or/and more"]}, "cleared 50% and more", [("cleared 50% and more", "cure")]),
        ({"cure": ["clear* # or/and more"]}, "cleared half and more", []),
        ({"cure": ["# clear*"]}, "a 50% clearance", [("50% clearance", "cure")]),
        ({"cure": ["# clear*"]}, "a clearance", []),
    ],
)
def test_phrases(
    tokenizer: Tokenizer, phrases: dict[str, list[str]], text: str, expected: list[tuple[str, str]]
) -> None:
    words = OutcomeWords([outcome(name, *row) for name, row in phrases.items()], tokenizer)
    assert found(words, text) == expected


def test_a_word_costs_the_same_however_many_phrases_there_are(
    tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0
    behind = Node.behind

    def counted(self: Node, token: Token) -> list[Node]:
        nonlocal tried
        tried += 1
        return behind(self, token)

    monkeypatch.setattr(Node, "behind", counted)
    costs = []
    for size in (10, 1000):
        phrases = [f"healed part{i}" for i in range(size)]
        words = OutcomeWords([outcome("cure", *phrases)], tokenizer)
        tried = 0
        assert found(words, "it healed part7 and part8") == [("healed part7", "cure")]
        costs.append(tried)
    assert costs[0] == costs[1] <= 7  # each of the words once, and what may stand behind "healed part7"
