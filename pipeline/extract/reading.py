"""A sentence as typed tokens: spaCy's tokens, with each quantity one token, and the entities found among them.

`Reader` holds the matchers that the review's configuration defines (drugs, outcomes); it is made once per run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from pipeline.config import OutcomeDefinition, Settings
from pipeline.extract.quantities import Quantity
from pipeline.extract.sentences import Sentence
from pipeline.extract.vocabulary import Term, Vocabulary

PEOPLE = frozenset(
    (
        "patients patient subjects subject participants participant children adults women men cases "
        "individuals infants responders nonresponders people persons recipients volunteers males females "
        "adolescents pts eyes boys girls outpatients inpatients smokers residents recipients neonates mothers survivors"
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
    """One sentence, typed. `at[i]` is the start of token i in the record's text."""

    sentence: Sentence
    doc: Doc
    at: list[int]
    quantity: dict[int, Quantity]
    mentions: list[Mention]

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

    def of(self, kind: str) -> list[Mention]:
        return [m for m in self.mentions if m.kind == kind]


def _labels(reading: Reading) -> dict[int, str]:
    """Tokens that are a group's letter or number: "group A", "Arms A, B and C", "group 1" → "#a" and so on."""
    found: dict[int, str] = {}
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
        self.nlp = spacy.blank("en")
        self.vocabulary = Vocabulary(settings.drugs)
        self._outcomes = Matcher(self.nlp.vocab)
        for outcome in settings.outcomes:
            self._outcomes.add(outcome.outcome, _patterns(outcome, self.nlp))
        self.verbs = {verb: o.outcome for o in settings.outcomes for verb in o.verbs}

    def read(
        self,
        text: str,
        sentence: Sentence,
        quantities: list[Quantity],
        terms: list[Term],
        abbreviations: dict[str, str],
    ) -> Reading:
        """The sentence typed; `abbreviations` are those that this record defines (token → class of outcome)."""
        words: list[str] = []
        at: list[int] = []
        types: list[str] = []
        typed: dict[int, Quantity] = {}
        drugs: list[Mention] = []
        position = sentence.start
        for piece in _typed_pieces(quantities, terms):
            position = self._plain(text, position, piece.start, words, at, types)
            if isinstance(piece, Term):
                drugs.append(Mention("DRUG", len(words), len(words) + 1, "", piece.names))
            else:
                typed[len(words)] = piece
            words.append(text[piece.start : piece.end])
            at.append(piece.start)
            types.append("B-DRUG" if isinstance(piece, Term) else f"B-{piece.kind}")
            position = piece.end
        self._plain(text, position, sentence.end, words, at, types)
        doc = Doc(self.nlp.vocab, words=words, ents=types)
        return Reading(sentence, doc, at, typed, self._mentions(doc, drugs, abbreviations))

    def _plain(self, text: str, start: int, end: int, words: list[str], at: list[int], types: list[str]) -> int:
        """Adds the tokens of text[start:end] that no quantity or term holds."""
        for token in self.nlp.tokenizer(text[start:end]):
            if token.is_space:
                continue
            for part in _BRACKETS.finditer(token.text) if len(token) > 1 else (None,):  # "):" is no smiley here
                words.append(part.group() if part else token.text)
                at.append(start + token.idx + (part.start() if part else 0))
                types.append("")
        return end

    def _mentions(self, doc: Doc, drugs: list[Mention], abbreviations: dict[str, str]) -> list[Mention]:
        spans: list[Any] = filter_spans(self._outcomes(doc, as_spans=True))
        found = [*drugs, *(Mention("OUTCOME", s.start, s.end, s.label_) for s in spans)]
        taken = {i for m in found for i in range(m.first, m.last)}
        found += [
            Mention("OUTCOME", i, i + 1, abbreviations[t.text])
            for i, t in enumerate(doc)
            if t.text in abbreviations and i not in taken
        ]
        return sorted([*found, *_elliptical(doc, found)], key=lambda m: m.first)


def _elliptical(doc: Doc, found: list[Mention]) -> list[Mention]:
    """ "three complete and 20 partial responses": "complete" stands for a complete response."""
    partial = {m.first for m in found if m.value == "partial_response"}
    return [
        Mention("OUTCOME", i, i + 1, "complete_response")
        for i, t in enumerate(doc)
        if t.lower_ == "complete"
        and any(j in partial for j in range(i + 2, i + 5))
        and doc[i + 1].lower_ in {"and", ",", "or"}
    ]


def _typed_pieces(quantities: list[Quantity], terms: list[Term]) -> list[Quantity | Term]:
    """Quantities and terms in order; a number that is part of a name ("5-FU") is no quantity."""
    free = [q for q in quantities if not any(t.start < q.end and q.start < t.end for t in terms)]
    return sorted([*free, *terms], key=lambda piece: piece.start)


def _patterns(outcome: OutcomeDefinition, nlp: Language) -> list[list[dict[str, Any]]]:
    phrases = [_words(phrase, nlp) for phrase in [*outcome.phrases, *outcome.verbs]]
    return phrases + [[{"TEXT": abbreviation}] for abbreviation in outcome.abbreviations]


def _words(phrase: str, nlp: Language) -> list[dict[str, Any]]:
    """A phrase as a pattern of tokens: "*" at a word's end stands for any ending, "#" for a percentage."""
    found: list[dict[str, Any]] = []
    for word in phrase.split():
        stem = word.rstrip("*")
        tokens = [t.lower_ for t in nlp.tokenizer(stem)] if word != "#" else []
        found += [{"LOWER": t} for t in tokens]
        if word == "#":
            found.append({"ENT_TYPE": {"IN": ["PERCENT", "THRESHOLD"]}})
        elif word.endswith("*"):
            found[-1] = {"LOWER": {"REGEX": "^" + re.escape(tokens[-1])}}
    return found


_BRACKETS = re.compile(r"[()\[\]]|[^()\[\]]+")
_DEFINED = re.compile(r"\(\s?(?P<short>[A-Z][A-Za-z]{0,5})s?\s?[);,]")


def defined_abbreviations(text: str, reader: Reader) -> dict[str, str]:
    """Abbreviations that the record itself introduces behind an outcome, as "overall response (OR)"."""
    found: dict[str, str] = {}
    for match in _DEFINED.finditer(text):
        before = reader.nlp.make_doc(text[max(0, match.start() - 60) : match.start()].rstrip())
        spans: list[Any] = reader._outcomes(before, as_spans=True)
        ending = [s for s in filter_spans(spans) if s.end >= len(before) - 1 and _initials_fit(match["short"], s.text)]
        if ending:
            found.setdefault(match["short"], ending[-1].label_)
    return found


def _initials_fit(short: str, phrase: str) -> bool:
    """The abbreviation's first letter starts a word of the phrase."""
    return any(word[:1].lower() == short[:1].lower() for word in re.split(r"[\s-]+", phrase))
