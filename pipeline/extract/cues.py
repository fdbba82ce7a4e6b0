"""A cue: a pattern that says one thing of a text, with the phrases it is for and the phrases it is not for.

Cues are data: to change what is understood, add a cue or an alternative, with its examples (in our own words). A test
runs the examples of every cue of every table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline.extract.gated import Gated, gated, lowered


@dataclass(frozen=True)
class Cue:
    """`says` is what the pattern means. Matched without regard to case. `unless` is a pattern for the same text that
    overrules the cue."""

    says: str
    pattern: str
    examples: tuple[str, ...]
    counter: tuple[str, ...] = ()
    unless: str | None = None
    #: lower-case words of which the text must hold one; asked first, for finding a word costs little
    words: tuple[str, ...] = ()

    def search(self, text: str) -> re.Match[str] | None:
        """The first place where the cue holds, None if there is none or another sign overrules it."""
        if not self.possible(text):
            return None
        match = compiled(self.pattern).pattern.search(text)
        return None if match is None or self.overruled(text) else match

    def possible(self, text: str) -> bool:
        """Whether the text holds the words without which the cue can hold nowhere in it."""
        lower = lowered(text) if self.words else ""
        return (not self.words or any(word in lower for word in self.words)) and compiled(self.pattern).open(text)

    def overruled(self, text: str) -> bool:
        return self.unless is not None and compiled(self.unless).search(text) is not None


@cache
def compiled(pattern: str) -> Gated:
    return gated(pattern, re.IGNORECASE)


def first(cues: Iterable[Cue], text: str) -> tuple[Cue, re.Match[str]] | None:
    """The first cue of a table that holds in a text, with its place."""
    for cue in cues:
        match = cue.search(text)
        if match is not None:
            return cue, match
    return None
