"""The phrases of `config/outcomes.csv` in a row of tokens.

A phrase is a row of words. "*" at a word's end stands for any ending, "/" parts words of which one stands there, "?" at
the end marks a word that may be missing, "~" stands for at most two words that qualify what follows ("complete ~ respon*"
is also a complete early metabolic response), "#" for a percentage or threshold, "≥#" for a threshold alone. Abbreviations
are matched as written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, product
from typing import NamedTuple

from pipeline.config import OutcomeDefinition
from pipeline.extract.tokens import Token, Tokenizer

#: kinds of quantities that "#" stands for
SHARES = frozenset(["PERCENT", "THRESHOLD"])
#: words whose phrases are remembered
REMEMBERED = 50_000
#: words of which "~" passes over at most so many
QUALIFIERS = 2
#: and of tokens, as hyphens part words into several
FARTHEST = 8
#: words that qualify nothing: with them another part of the sentence begins
_NO_QUALIFIERS = frozenset(
    """a an the this that these those and or nor but of in on at to for from by with without within under after before during
    as than vs versus is are was were be been being has have had having did do does who whom which whose not no non none
    neither showed achieved obtained reached attained met patients patient subjects participants group groups arm arms rate
    rates number median mean time duration""".split()
)


class Word(NamedTuple):
    """One token of a phrase: "is" the lower-case word, "starts" with it, is "written" so, is a "share" or "threshold"; or
    a "gap" for the words that qualify what follows."""

    how: str
    word: str

    def fits(self, token: Token, kind: str) -> bool:
        if self.how == "is":
            return token.lower_ == self.word
        if self.how == "starts":
            return token.lower_.startswith(self.word)
        if self.how == "written":
            return token.text == self.word
        return kind == "THRESHOLD" or (self.how == "share" and kind in SHARES)


class Phrase(NamedTuple):
    outcome: str
    words: tuple[Word, ...]


class OutcomeWords:
    """Finds the outcomes of a review's configuration; made once per run."""

    def __init__(self, outcomes: Sequence[OutcomeDefinition], tokenizer: Tokenizer) -> None:
        self._phrases = [p for o in outcomes for p in _phrases(o, tokenizer)]
        self._of_shares = [p for p in self._phrases if p.words[0].how in {"share", "threshold"}]
        #: token as written → phrases that can start with it
        self._starts: dict[str, list[Phrase]] = {}
        #: such a token and the one behind it → phrases that can start with both
        self._pairs: dict[tuple[str, str], list[Phrase]] = {}

    def find(self, tokens: Sequence[Token], kinds: dict[int, str]) -> list[tuple[int, int, str]]:
        """Tokens [first, last) and class of every outcome, in order, the longest phrase where several fit. `kinds` are
        those of the tokens that are quantities."""
        found = []
        shares = [i for i, kind in kinds.items() if kind in SHARES] if self._of_shares else ()
        for i, phrases in enumerate(self._starting(tokens)):
            if phrases:
                found += _placed(phrases, tokens, kinds, i)
        for i in shares:
            found += _placed(self._of_shares, tokens, kinds, i)
        return longest(found) if found else found

    def _starting(self, tokens: Sequence[Token]) -> Iterator[list[Phrase]]:
        starts, pairs, last = self._starts, self._pairs, len(tokens) - 1
        for i, token in enumerate(tokens):
            phrases = starts.get(token.text)
            if phrases is None:
                phrases = self._learn(token)
            if phrases:
                behind = tokens[i + 1] if i < last else _NO_TOKEN
                known = pairs.get((token.text, behind.text))
                phrases = self._learn_pair(token, behind, phrases) if known is None else known
            yield phrases

    def _learn(self, token: Token) -> list[Phrase]:
        if len(self._starts) >= REMEMBERED:
            self._starts.clear()
        self._starts[token.text] = found = [p for p in self._phrases if p.words[0].fits(token, "")]
        return found

    def _learn_pair(self, token: Token, behind: Token, phrases: list[Phrase]) -> list[Phrase]:
        if len(self._pairs) >= REMEMBERED:
            self._pairs.clear()
        found = [p for p in phrases if len(p.words) == 1 or _can_follow(p.words[1], behind)]
        self._pairs[token.text, behind.text] = found
        return found


#: stands behind the last token
_NO_TOKEN = Token("", "")


def _can_follow(word: Word, token: Token) -> bool:
    """Whether a word may stand at a token, whatever quantity the token is."""
    return word.how in {"gap", "share", "threshold"} or word.fits(token, "")


def longest(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Of spans that overlap the longest, then the first; in order."""
    taken: set[int] = set()
    kept = []
    for span in sorted(found, key=lambda s: (s[0] - s[1], s[0])):
        if span[0] not in taken and span[1] - 1 not in taken:
            kept.append(span)
            taken.update(range(span[0], span[1]))
    return sorted(kept)


def _placed(
    phrases: list[Phrase], tokens: Sequence[Token], kinds: dict[int, str], first: int
) -> list[tuple[int, int, str]]:
    """The phrases that stand at token `first`, each with its end."""
    ends = ((_end(p.words, tokens, kinds, first), p.outcome) for p in phrases)
    return [(first, end, outcome) for end, outcome in ends if end is not None]


def _end(words: tuple[Word, ...], tokens: Sequence[Token], kinds: dict[int, str], at: int) -> int | None:
    """The token behind the phrase that begins at token `at`, None if it does not stand there."""
    for k, word in enumerate(words):
        if word.how == "gap":
            ends = (_end(words[k + 1 :], tokens, kinds, i) for i in _passed(tokens, kinds, at))
            return next((end for end in ends if end is not None), None)
        if at >= len(tokens) or not word.fits(tokens[at], kinds.get(at, "")):
            return None
        at += 1
    return at


def _passed(tokens: Sequence[Token], kinds: dict[int, str], at: int) -> Iterator[int]:
    """`at`, then the token behind each further word that qualifies what follows; words joined by hyphens are one."""
    yield at
    words = 0
    for i in range(at, min(len(tokens), at + FARTHEST)):
        joined = i + 1 < len(tokens) and tokens[i + 1].text in _HYPHENS
        if tokens[i].text in _HYPHENS or (joined and not kinds.get(i)):
            continue
        if words == QUALIFIERS or not _qualifies(tokens[i], kinds.get(i, "")):
            return
        words += 1
        yield i + 1


_HYPHENS = frozenset("-‐‑–")


def _qualifies(token: Token, kind: str) -> bool:
    return not kind and token.lower_ not in _NO_QUALIFIERS and token.text[0].isalpha()


def _phrases(outcome: OutcomeDefinition, tokenizer: Tokenizer) -> list[Phrase]:
    written = [Phrase(outcome.outcome, (Word("written", short),)) for short in outcome.abbreviations]
    spoken = [words for phrase in (*outcome.phrases, *outcome.verbs) for words in _rows(phrase, tokenizer)]
    return [*(Phrase(outcome.outcome, words) for words in spoken), *written]


def _rows(phrase: str, tokenizer: Tokenizer) -> Iterator[tuple[Word, ...]]:
    """The phrase once for each choice between its words."""
    choices = [_choices(word, tokenizer) for word in phrase.split()]
    return (tuple(chain.from_iterable(row)) for row in product(*choices))


def _choices(word: str, tokenizer: Tokenizer) -> list[list[Word]]:
    missing: list[list[Word]] = [[]] if word.endswith("?") else []
    return [*(_word(w, tokenizer) for w in word.rstrip("?").split("/")), *missing]


_SIGNS = {"#": Word("share", "#"), "≥#": Word("threshold", "≥#"), "~": Word("gap", "~")}


def _word(word: str, tokenizer: Tokenizer) -> list[Word]:
    if word in _SIGNS:
        return [_SIGNS[word]]
    tokens = [t.lower() for t in tokenizer.words(word.rstrip("*"))]
    last = Word("starts" if word.endswith("*") else "is", tokens[-1])
    return [*(Word("is", t) for t in tokens[:-1]), last]
