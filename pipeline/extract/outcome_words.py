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


class Phrase(NamedTuple):
    outcome: str
    words: tuple[Word, ...]


_SIGNS = {"#": Word("share", "#"), "≥#": Word("threshold", "≥#"), "~": Word("gap", "~")}
_SHARE, _THRESHOLD, _GAP = _SIGNS["#"], _SIGNS["≥#"], _SIGNS["~"]


class Node:
    """A place in the tree of all phrases, in which those that begin with the same words share the way from the root."""

    __slots__ = ("next", "phrase", "prefixes")

    def __init__(self) -> None:
        #: the places one word on
        self.next: dict[tuple[str, str], Node] = {}
        #: the number of the phrase that ends here, the first where several do
        self.phrase: int | None = None
        #: lengths of the beginnings of words with which a phrase goes on
        self.prefixes: frozenset[int] = frozenset()

    def add(self, words: Sequence[Word], number: int) -> None:
        """A phrase that goes on with these words."""
        if words:
            self.prefixes |= {len(words[0].word)} if words[0].how == "starts" else frozenset()
            self.next.setdefault(words[0], Node()).add(words[1:], number)
        elif self.phrase is None:
            self.phrase = number

    def behind(self, token: Token) -> list[Node]:
        """The places behind a token, whatever quantity it is."""
        lower = token.lower_
        words = [("is", lower), ("written", token.text)]
        if self.prefixes:
            words += [("starts", lower[:size]) for size in self.prefixes if size <= len(lower)]
        return [self.next[word] for word in words if word in self.next]

    def behind_quantity(self, kind: str) -> list[Node]:
        """The places behind a quantity of a kind, whatever its words are."""
        words = [_SHARE, _THRESHOLD] if kind == "THRESHOLD" else [_SHARE] if kind in SHARES else []
        return [self.next[word] for word in words if word in self.next]


class OutcomeWords:
    """Finds the outcomes of a review's configuration; made once per run."""

    def __init__(self, outcomes: Sequence[OutcomeDefinition], tokenizer: Tokenizer) -> None:
        phrases = [p for o in outcomes for p in _phrases(o, tokenizer)]
        self._outcomes = [p.outcome for p in phrases]
        self._root = Node()
        for number, phrase in enumerate(phrases):
            self._root.add(phrase.words, number)
        #: token as written → the places behind it where a phrase begins with it (most begin none)
        self._starts: dict[str, list[Node]] = {}

    def find(self, tokens: Sequence[Token], kinds: dict[int, str]) -> list[tuple[int, int, str]]:
        """Tokens [first, last) and class of every outcome, in order, the longest phrase where several fit. `kinds` are
        those of the tokens that are quantities."""
        found: list[tuple[int, int, str]] = []
        starts = self._starts
        for i, token in enumerate(tokens):
            nodes = starts.get(token.text)
            if nodes is None:
                nodes = self._learn(token)
            if i in kinds:
                nodes = nodes + self._root.behind_quantity(kinds[i])
            if nodes:
                found += self._standing(nodes, tokens, kinds, i)
        return longest(found) if found else found

    def _learn(self, token: Token) -> list[Node]:
        if len(self._starts) >= REMEMBERED:
            self._starts.clear()
        self._starts[token.text] = found = self._root.behind(token)
        return found

    def _standing(
        self, nodes: list[Node], tokens: Sequence[Token], kinds: dict[int, str], first: int
    ) -> list[tuple[int, int, str]]:
        """The phrases that stand at token `first`, each with its end, in the order of the configuration."""
        ends: dict[int, int] = {}
        for node in nodes:
            _follow(node, tokens, kinds, first + 1, ends)
        return [(first, end, self._outcomes[number]) for number, end in sorted(ends.items())]


def _follow(node: Node, tokens: Sequence[Token], kinds: dict[int, str], at: int, ends: dict[int, int]) -> None:
    """Puts the phrases that go on from the node at token `at` into `ends`, each with the token behind it, the first where
    a gap allows several."""
    if node.phrase is not None:
        ends.setdefault(node.phrase, at)
    if _GAP in node.next:
        for i in _passed(tokens, kinds, at):
            _follow(node.next[_GAP], tokens, kinds, i, ends)
    if node.next and at < len(tokens):
        for behind in node.behind(tokens[at]):
            _follow(behind, tokens, kinds, at + 1, ends)
        for behind in node.behind_quantity(kinds[at]) if at in kinds else ():
            _follow(behind, tokens, kinds, at + 1, ends)


def longest(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Of spans that overlap the longest, then the first; in order."""
    taken: set[int] = set()
    kept = []
    for span in sorted(found, key=lambda s: (s[0] - s[1], s[0])):
        if span[0] not in taken and span[1] - 1 not in taken:
            kept.append(span)
            taken.update(range(span[0], span[1]))
    return sorted(kept)


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


def _word(word: str, tokenizer: Tokenizer) -> list[Word]:
    if word in _SIGNS:
        return [_SIGNS[word]]
    tokens = [t.lower() for t in tokenizer.words(word.rstrip("*"))]
    last = Word("starts" if word.endswith("*") else "is", tokens[-1])
    return [*(Word("is", t) for t in tokens[:-1]), last]
