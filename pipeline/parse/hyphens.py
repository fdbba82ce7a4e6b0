"""Words broken over two lines: is the hyphen the word's own, or the typesetter's?

No word list ships with the project, so the document's own vocabulary decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

#: words, those with hyphens as one; nothing is given back, so that a long run is read once
_WORD = re.compile(r"(?<!\w)\w++(?:[-‐]\w++)++|[^\W\d_]++")
_FIRST = re.compile(r"\w+(?:[-‐]\w+)*")
_LAST = re.compile(r"[\w-]*[^\W_]$")
#: a word is no longer than this, in characters
_LONGEST = 100


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for tables of words that are easier to read unquoted."""
    return frozenset(text.split())


#: first parts that take a hyphen of their own before most words
_PREFIXES = word_set(
    """
    between within follow long short low high mid post pre non self well ill first second third fourth one two
    three four single double triple open health quality evidence time dose drug age sex half full year month
    week day cross end intent placebo best worst large small early late so co high-risk per x log meta
    """
)
#: last parts that take a hyphen of their own after most words
_SUFFIXES = word_set(
    """
    up line term group dose related free specific resistant based blind blinded controlled label week month
    year day old risk naive dependent refractory induced treated like type positive negative analysis arm
    center centre hoc point rank wide life treat effectiveness onset reported grade response
    """
)


#: what pdfium prints for a hyphen that ended a line, when it has joined the two lines
JOINED = "\ufffe"
_JOINED_WORD = re.compile(rf"\w*+{JOINED}\w*+")


class Vocabulary:
    """The words of a text and how often each stands there unbroken."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        broken = False
        for line in lines:
            if JOINED in line:
                line = _JOINED_WORD.sub(" ", line)
            words = [m.group().lower().replace("‐", "-") for m in _WORD.finditer(line)]
            first = 1 if broken else 0
            broken = line.endswith(("-", "‐", "\u00ad"))
            self._counts.update(words[first : -1 if broken else None])

    def keeps_hyphen(self, before: str, after: str) -> bool:
        """`before` ends with the hyphen, `after` starts the next line: does the joined word keep it?"""
        left_match, right_match = _LAST.search(before[-_LONGEST:].rstrip("-‐")), _FIRST.match(after)
        if left_match is None or right_match is None:
            return True
        left, right = left_match.group().lower(), right_match.group().lower()
        if not _is_plain(left_match.group().rsplit("-")[-1], right_match.group()):
            return True
        with_hyphen, without = self._counts[f"{left}-{right}"], self._counts[left + right]
        if with_hyphen != without:
            return with_hyphen > without
        first, last = left.rsplit("-")[-1], right.split("-")[0]
        if first == "meta":
            return last == "analysis"
        standalone = bool(self._counts[first]) and bool(self._counts[last])
        return (first in _PREFIXES and (last in _SUFFIXES or standalone)) or (last in _SUFFIXES and standalone)


def joined_words(text: str, words: Vocabulary) -> Iterator[tuple[int, str]]:
    """(offset, what to read) of each `JOINED` in a text: a hyphen, or nothing where it was only the typesetter's."""
    for m in re.finditer(JOINED, text):
        before, after = text[max(0, m.start() - _LONGEST) : m.start()], text[m.end() : m.end() + _LONGEST]
        yield m.start(), "-" if words.keeps_hyphen(f"{before}-", after) else ""


def _is_plain(left: str, right: str) -> bool:
    """Both parts are ordinary small letters: a number, a capital or an abbreviation keeps its hyphen."""
    return left[1:].islower() and left.isalpha() and right[:1].islower()
