"""A sentence as typed tokens: words as spaCy cuts them, each quantity one token, and the entities found among them.

`Reader` holds the matchers that the review's configuration defines (drugs, outcomes); it is made once per run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from pipeline.config import Settings
from pipeline.extract.degrees import degrees
from pipeline.extract.given import not_given
from pipeline.extract.outcome_words import OutcomeWords
from pipeline.extract.quantities import Quantity
from pipeline.extract.sentences import Sentence
from pipeline.extract.tokens import Token, Tokenizer
from pipeline.extract.vocabulary import Term, Vocabulary

PEOPLE = frozenset(
    (
        "patients patient subjects subject participants participant children adults women men cases "
        "individuals infants responders nonresponders people persons recipients volunteers males females "
        "adolescents pts eyes boys girls outpatients inpatients smokers residents recipients neonates mothers survivors"
    ).split()
)
#: what is treated and counted beside people
UNITS = frozenset(
    (
        "teeth tooth molars premolars incisors canals sites implants knees hips shoulders limbs legs feet hands ears "
        "lesions ulcers wounds warts nodules scars keloids haemangiomas hemangiomas fistulas stones units kidneys fractures "
        "joints tumours tumors metastases aneurysms couples pregnancies episodes"
    ).split()
)

GROUP_WORDS = frozenset(
    ["group", "groups", "arm", "arms", "cohort", "cohorts", "regimen", "regimens", "schedule", "schedules"]
)
#: what names a group behind such a word
_LETTER = re.compile(r"(?:[A-HTSP]|I{1,3}|IV|[1-6])$")
_NUMBERED = re.compile(r"(?i)(?:groups?|arms?|cohorts?)\s(\w+)$")


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity in tokens [first, last) of a sentence: an OUTCOME of class `value`, or a DRUG (any treatment) that names
    `names`, for instance the two substances of a fixed combination."""

    kind: str
    first: int
    last: int
    value: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """One sentence, typed. `at[i]` is the start of token i in the record's text. Its outcomes are looked for when first
    asked for, for of most records of a search no outcome matters."""

    sentence: Sentence
    doc: list[Token]
    at: list[int]
    quantity: dict[int, Quantity]
    drugs: list[Mention]
    outcomes_of: Callable[[Reading], list[Mention]]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Characters of the record's text that tokens [first, last) cover."""
        return self.at[first], self.at[last - 1] + len(self.doc[last - 1].text)

    def words(self, first: int, last: int) -> str:
        """Tokens [first, last) as they stand in the text, white space folded."""
        parts = []
        for i in range(first, last):
            gap = i > first and self.at[i] > self.at[i - 1] + len(self.doc[i - 1].text)
            parts.append(" " * gap + self.doc[i].text)
        return "".join(parts)

    @cached_property
    def lower(self) -> list[str]:
        return [token.lower_ for token in self.doc]

    @cached_property
    def labels(self) -> dict[int, str]:
        """Tokens that are the letter or number of a group, as "#a" for "group A"."""
        return _labels(self)

    @cached_property
    def _outcomes(self) -> list[Mention]:
        return self.outcomes_of(self)

    @cached_property
    def given(self) -> list[Mention]:
        """The treatments that the sentence does not tell of for another reason than being given in the study."""
        drugs = self.of("DRUG")
        elsewhere = not_given(self.lower, {m.first for m in drugs})
        return [m for m in drugs if m.first not in elsewhere]

    def of(self, kind: str) -> list[Mention]:
        """The mentions of a kind, in order; not to be changed."""
        return self.drugs if kind == "DRUG" else self._outcomes


def _labels(reading: Reading) -> dict[int, str]:
    """Tokens that are a group's letter or number: "group A", "Arms A, B and C", "group 1" → "#a" and so on."""
    found: dict[int, str] = {}
    if GROUP_WORDS.isdisjoint(reading.lower) and all(q.kind != "LABEL" for q in reading.quantity.values()):
        return found
    since = 99
    for i, token in enumerate(reading.doc):
        word = token.text
        q = reading.quantity.get(i)
        numbered = _NUMBERED.match(word) if q is not None and q.kind == "LABEL" else None
        if numbered:
            found[i], since = "#" + numbered[1].lower(), 0
        elif token.lower_ in GROUP_WORDS:
            since = 0
        elif since < 12 and _LETTER.match(word) and (q is None or q.kind == "COUNT") and (q is None or since == 0):
            found[i], since = "#" + word.lower(), 0
        else:
            since += 1
    return found


class Reader:
    """Reads sentences with the vocabulary of a review."""

    def __init__(self, settings: Settings) -> None:
        self.tokenizer = Tokenizer()
        self.vocabulary = Vocabulary(settings.drugs)
        self.outcomes = OutcomeWords(settings.outcomes, self.tokenizer)

    def read(
        self,
        text: str,
        sentence: Sentence,
        quantities: list[Quantity],
        terms: list[Term],
        abbreviations: Callable[[], dict[str, str]],
    ) -> Reading:
        """The sentence typed; `abbreviations` gives those that this record defines (token → class of outcome)."""
        placed: list[tuple[int, Token]] = []
        typed: dict[int, Quantity] = {}
        drugs: list[Mention] = []
        position = sentence.start
        for piece in _typed_pieces(quantities, terms):
            placed += self.tokenizer(text, position, piece.start)
            if isinstance(piece, Term):
                drugs.append(Mention("DRUG", len(placed), len(placed) + 1, "", piece.names))
            else:
                typed[len(placed)] = piece
            words = text[piece.start : piece.end]
            placed.append((piece.start, Token(words, words.lower())))
            position = piece.end
        placed += self.tokenizer(text, position, sentence.end)
        tokens = [token for _, token in placed]
        return Reading(
            sentence, tokens, [at for at, _ in placed], typed, drugs, lambda r: self._outcomes(r, abbreviations())
        )

    def _outcomes(self, reading: Reading, abbreviations: dict[str, str]) -> list[Mention]:
        tokens, kinds = reading.doc, {i: q.kind for i, q in reading.quantity.items()}
        spans = self.outcomes.find(tokens, kinds)
        if abbreviations:
            spans = [s for s in spans if s[1] - s[0] > 1 or abbreviations.get(tokens[s[0]].text, s[2]) == s[2]]
            taken = {i for s in spans for i in range(s[0], s[1])}
            spans += [
                (i, i + 1, abbreviations[t.text])
                for i, t in enumerate(tokens)
                if abbreviations.get(t.text) and i not in taken
            ]
        found = [*spans, *degrees(tokens, kinds, spans)]
        return [Mention("OUTCOME", *span) for span in sorted(found, key=lambda span: span[0])]


def _typed_pieces(quantities: list[Quantity], terms: list[Term]) -> list[Quantity | Term]:
    """Quantities and terms in order; a number that is part of a name ("5-FU") is no quantity."""
    free = [q for q in quantities if not any(t.start < q.end and q.start < t.end for t in terms)]
    return sorted([*free, *terms], key=lambda piece: piece.start)
