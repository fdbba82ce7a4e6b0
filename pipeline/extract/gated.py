"""Patterns that are tried only where a word stands without which they cannot match.

Finding a word costs a hundredth of trying a pattern of many alternatives at each character, and most patterns hold in few
texts. The words are taken from the pattern itself, so that the two cannot come apart: each match holds one of them.
"""

from __future__ import annotations

import re
import re._parser as parser  # type: ignore[import-not-found]
import sys
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from typing import Any

Words = frozenset[str]


class Gated:
    """A pattern that is compiled when its gate opens first; its methods give what those of `re.Pattern` give. The words
    of the text seen last that open the gate are remembered, as a text is searched sentence by sentence."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._written = pattern, flags
        self._last: tuple[str, tuple[str, ...]] = ("", ())

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(*self._written)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of which each match holds one, the shortest first; none if some match may hold no word."""
        return tuple(sorted(needed(*self._written), key=lambda word: (len(word), word)))

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self.pattern.search(text, start, end) if self.open(text, start, end) else None

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text, start, end) if self.open(text, start, end) else iter(())

    def findall(self, text: str) -> list[Any]:
        return self.pattern.findall(text) if self.open(text, 0, sys.maxsize) else []

    def open(self, text: str, start: int = 0, end: int = sys.maxsize) -> bool:
        """Whether text[start:end] holds one of the words, or the pattern needs none."""
        if not self.words:
            return True
        whole = start == 0 and end >= len(text)
        words = self.words if whole else self._in(text)
        lower = lowered(text) if words else ""
        for word in words:  # noqa: SIM110 – any() takes three times as long
            if lower.find(word, start, end) >= 0:
                return True
        return False

    def _in(self, text: str) -> tuple[str, ...]:
        """The words that the text holds anywhere."""
        seen, here = self._last
        if seen is not text:
            lower = lowered(text)
            here = tuple(word for word in self.words if word in lower)
            self._last = text, here
        return here


@cache
def gated(pattern: str, flags: int = 0) -> Gated:
    return Gated(pattern, flags)


@lru_cache(maxsize=64)
def lowered(text: str) -> str:
    """The text in lower case, as long as the text; with the letters that match "i" and "s" where case does not count."""
    return text.replace("İ", "i").lower().replace("ſ", "s").replace("ı", "i")


def needed(pattern: str, flags: int = 0) -> Words:
    """Lower-case words of which each match of the pattern holds one; none where some match may hold no word at all."""
    words = _of_row(parser.parse(pattern, flags)) or frozenset()
    return frozenset(w for w in words if not any(other in w for other in words if other != w))


def _of_row(row: Iterable[Any]) -> Words | None:
    """Of what stands in a row the rarest words."""
    found: list[Words] = []
    run = ""
    for what, value in row:
        kind = str(what)
        if kind == "LITERAL" and value < 128:
            run += chr(value).lower()
        elif kind not in _WITHOUT_WIDTH:
            found += [frozenset([run])] if run else []
            run = ""
            inside = _of_one(kind, value)
            found += [inside] if inside else []
    found += [frozenset([run])] if run else []
    return min(found, key=_frequency, default=None)


_WITHOUT_WIDTH = frozenset(["AT", "ASSERT", "ASSERT_NOT"])


def _of_one(kind: str, value: Any) -> Words | None:
    """The words of one part of a row: a group, a choice, a repetition; any other part has none."""
    if kind == "SUBPATTERN":
        return _of_row(value[-1])
    if kind == "ATOMIC_GROUP":
        return _of_row(value)
    if kind.endswith("_REPEAT"):
        return _of_row(value[2]) if value[0] > 0 else None
    if kind == "BRANCH":
        choices = [_of_row(row) for row in value[1]]
        return None if None in choices else frozenset().union(*(c for c in choices if c))
    return None


def _frequency(words: Words) -> float:
    """How often one of the words may stand in a text, roughly: each further letter makes a word rarer."""
    return sum(10.0 ** -len(word) for word in words)
