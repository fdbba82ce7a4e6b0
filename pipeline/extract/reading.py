"""A sentence as typed tokens: spaCy's tokens, with each quantity one token, and the entities found among them.

`Reader` holds the matchers that the review's configuration defines (drugs, outcomes); it is made once per run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import spacy
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from pipeline.config import OutcomeDefinition, Settings
from pipeline.extract.quantities import Quantity
from pipeline.extract.sentences import Sentence

PEOPLE = frozenset(
    (
        "patients patient subjects subject participants participant children adults women men cases "
        "individuals infants responders nonresponders people persons recipients volunteers males females "
        "adolescents pts eyes boys girls"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity in tokens [first, last) of a sentence: kind DRUG or OUTCOME, `value` its INN or class."""

    kind: str
    first: int
    last: int
    value: str


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

    def of(self, kind: str) -> list[Mention]:
        return [m for m in self.mentions if m.kind == kind]


class Reader:
    """Reads sentences with the vocabulary of a review."""

    def __init__(self, settings: Settings) -> None:
        self.nlp = spacy.blank("en")
        self._drugs = PhraseMatcher(self.nlp.vocab, attr="LOWER")
        for drug in settings.drugs:
            self._drugs.add(drug.name, [self.nlp.make_doc(name) for name in [drug.name, *drug.synonyms]])
        self._outcomes = Matcher(self.nlp.vocab)
        for outcome in settings.outcomes:
            self._outcomes.add(outcome.outcome, _patterns(outcome))
        self.verbs = {verb: o.outcome for o in settings.outcomes for verb in o.verbs}

    def read(self, text: str, sentence: Sentence, quantities: list[Quantity], abbreviations: dict[str, str]) -> Reading:
        """The sentence typed; `abbreviations` are those that this record defines (token → class of outcome)."""
        words: list[str] = []
        at: list[int] = []
        types: list[str] = []
        typed: dict[int, Quantity] = {}
        position = sentence.start
        for q in [*quantities, None]:
            upto = q.start if q else sentence.end
            for token in self.nlp.tokenizer(text[position:upto]):
                if not token.is_space:
                    words.append(token.text)
                    at.append(position + token.idx)
                    types.append("")
            if q:
                typed[len(words)] = q
                words.append(text[q.start : q.end])
                at.append(q.start)
                types.append(f"B-{q.kind}")
                position = q.end
        doc = Doc(self.nlp.vocab, words=words, ents=types)
        return Reading(sentence, doc, at, typed, self._mentions(doc, abbreviations))

    def _mentions(self, doc: Doc, abbreviations: dict[str, str]) -> list[Mention]:
        found: list[Mention] = []
        for kind, matcher in (("DRUG", self._drugs), ("OUTCOME", self._outcomes)):
            spans: list[Any] = filter_spans(matcher(doc, as_spans=True))
            found += [Mention(kind, s.start, s.end, s.label_) for s in spans]
        taken = {i for m in found for i in range(m.first, m.last)}
        found += [
            Mention("OUTCOME", i, i + 1, abbreviations[t.text])
            for i, t in enumerate(doc)
            if t.text in abbreviations and i not in taken
        ]
        return sorted(found, key=lambda m: m.first)


def _patterns(outcome: OutcomeDefinition) -> list[list[dict[str, Any]]]:
    phrases = [[_word(w) for w in phrase.split()] for phrase in [*outcome.phrases, *outcome.verbs]]
    return phrases + [[{"TEXT": abbreviation}] for abbreviation in outcome.abbreviations]


def _word(word: str) -> dict[str, Any]:
    if word.endswith("*"):
        return {"LOWER": {"REGEX": "^" + re.escape(word[:-1].lower())}}
    return {"LOWER": word.lower()}


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
