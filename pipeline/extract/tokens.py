"""Tokens of plain text: spaCy's English rules, asked once for each run of characters between white space.

The rules look at nothing beyond such a run, so what they gave for it is kept: in scientific prose almost every run has
been seen before. A run of more than `LONGEST` characters is cut, for the rules take time in the square of its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from spacy.tokens import Doc

LONGEST = 200
#: runs that are remembered; then memory starts afresh
REMEMBERED = 50_000
_RUN = re.compile(rf"\S{{1,{LONGEST}}}")
_BRACKET_SIGNS = frozenset("()[]")
_BRACKETS = re.compile(r"[()\[\]]|[^()\[\]]+")


class Token(NamedTuple):
    """A word as written and in lower case, named as spaCy names them."""

    text: str
    lower_: str


class Tokenizer:
    """Cuts text into tokens; made once per run."""

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[int, Token]]] = {}

    @cached_property
    def _rules(self) -> Callable[[str], Doc]:
        """Loaded when first asked: it takes most of a second."""
        from pipeline.extract.english import english_rules

        return english_rules()

    def __call__(self, text: str, start: int, end: int) -> list[tuple[int, Token]]:
        """The tokens of text[start:end], each with its place in the text."""
        known = self._known
        found: list[tuple[int, Token]] = []
        for run in _RUN.finditer(text, start, end):
            word, at = run.group(), run.start()
            cut = known.get(word) or self._learn(word)
            if len(cut) == 1:
                found.append((at, cut[0][1]))
            else:
                found += [(at + offset, token) for offset, token in cut]
        return found

    def words(self, text: str) -> list[str]:
        """The rules' own tokens of a short text, white space included where it is more than one space."""
        return [token.text for token in self._rules(text)]

    def _learn(self, run: str) -> list[tuple[int, Token]]:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[run] = found = list(self._cut(run))
        return found

    def _cut(self, run: str) -> Iterator[tuple[int, Token]]:
        for token in self._rules(run):
            at, word = token.idx, token.text
            if _BRACKET_SIGNS.isdisjoint(word):
                yield at, Token(word, word.lower())
            else:  # "):" is no smiley here
                for part in _BRACKETS.finditer(word):
                    yield at + part.start(), Token(part.group(), part.group().lower())
