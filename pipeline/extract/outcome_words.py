"""The phrases of `config/outcomes.csv` in a row of tokens.

"*" at a word's end stands for any ending, "#" for a percentage or threshold; abbreviations are matched as written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from pipeline.config import OutcomeDefinition
from pipeline.extract.tokens import Token, Tokenizer

#: kinds of quantities that "#" stands for
SHARES = frozenset(["PERCENT", "THRESHOLD"])
#: words whose phrases are remembered
REMEMBERED = 50_000


class Word(NamedTuple):
    """One token of a phrase: "is" the lower-case word, "starts" with it, is "written" so, or is a "share"."""

    how: str
    word: str

    def fits(self, token: Token, kind: str) -> bool:
        if self.how == "is":
            return token.lower_ == self.word
        if self.how == "starts":
            return token.lower_.startswith(self.word)
        return token.text == self.word if self.how == "written" else kind in SHARES


class Phrase(NamedTuple):
    outcome: str
    words: tuple[Word, ...]


class OutcomeWords:
    """Finds the outcomes of a review's configuration; made once per run."""

    def __init__(self, outcomes: Sequence[OutcomeDefinition], tokenizer: Tokenizer) -> None:
        self._phrases = [p for o in outcomes for p in _phrases(o, tokenizer)]
        self._of_shares = [p for p in self._phrases if p.words[0].how == "share"]
        #: token as written → phrases that can start with it
        self._starts: dict[Token, list[Phrase]] = {}

    def find(self, tokens: Sequence[Token], kinds: dict[int, str]) -> list[tuple[int, int, str]]:
        """Tokens [first, last) and class of every outcome, in order, the longest phrase where several fit. `kinds` are
        those of the tokens that are quantities."""
        found = []
        shares = [i for i, kind in kinds.items() if kind in SHARES] if self._of_shares else ()
        for i, phrases in enumerate(self._starting(tokens)):
            if phrases:
                found += [(i, i + len(p.words), p.outcome) for p in phrases if _stands(p, tokens, kinds, i)]
        for i in shares:
            found += [(i, i + len(p.words), p.outcome) for p in self._of_shares if _stands(p, tokens, kinds, i)]
        return longest(found) if found else found

    def _starting(self, tokens: Sequence[Token]) -> Iterator[list[Phrase]]:
        known = self._starts
        for token in tokens:
            phrases = known.get(token)
            yield self._learn(token) if phrases is None else phrases

    def _learn(self, token: Token) -> list[Phrase]:
        if len(self._starts) >= REMEMBERED:
            self._starts.clear()
        self._starts[token] = found = [p for p in self._phrases if p.words[0].fits(token, "")]
        return found


def longest(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Of spans that overlap the longest, then the first; in order."""
    taken: set[int] = set()
    kept = []
    for span in sorted(found, key=lambda s: (s[0] - s[1], s[0])):
        if span[0] not in taken and span[1] - 1 not in taken:
            kept.append(span)
            taken.update(range(span[0], span[1]))
    return sorted(kept)


def _stands(phrase: Phrase, tokens: Sequence[Token], kinds: dict[int, str], first: int) -> bool:
    if first + len(phrase.words) > len(tokens):
        return False
    return all(w.fits(tokens[i], kinds.get(i, "")) for i, w in enumerate(phrase.words[1:], first + 1))


def _phrases(outcome: OutcomeDefinition, tokenizer: Tokenizer) -> list[Phrase]:
    written = [Phrase(outcome.outcome, (Word("written", short),)) for short in outcome.abbreviations]
    spoken = [_words(phrase, tokenizer) for phrase in (*outcome.phrases, *outcome.verbs)]
    return [*(Phrase(outcome.outcome, words) for words in spoken), *written]


def _words(phrase: str, tokenizer: Tokenizer) -> tuple[Word, ...]:
    return tuple(chain.from_iterable(_word(word, tokenizer) for word in phrase.split()))


def _word(word: str, tokenizer: Tokenizer) -> list[Word]:
    if word == "#":
        return [Word("share", word)]
    tokens = [t.lower() for t in tokenizer.words(word.rstrip("*"))]
    last = Word("starts" if word.endswith("*") else "is", tokens[-1])
    return [*(Word("is", t) for t in tokens[:-1]), last]
