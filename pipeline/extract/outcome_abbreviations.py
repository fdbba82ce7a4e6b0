"""Short forms of outcomes that a record introduces itself: "overall response (OR)"; and short forms that a review knows as
outcomes but that the record gives another meaning: "controlled release (CR)".
"""

from __future__ import annotations

import re

from pipeline.extract.abbreviations import definitions
from pipeline.extract.reading import Reader
from pipeline.extract.tokens import Token

_DEFINED = re.compile(r"\(\s?(?P<short>[A-Z][A-Za-z]{0,5})s?\s?[);,]")
#: what a short form stands for that names no outcome
NO_OUTCOME = ""
_SMALL = frozenset("of the and to in for with on".split())


def defined_abbreviations(text: str, reader: Reader) -> dict[str, str]:
    """Abbreviations that the record itself introduces, as "overall response (OR)", with their class of outcome: that which
    stands before the bracket; none where the initials are those of other words: "controlled release (CR)"."""
    found: dict[str, str] = {}
    for match in _DEFINED.finditer(text):
        if match["short"] in found:
            continue
        words = reader.tokenizer.words(text[max(0, match.start() - 60) : match.start()].rstrip())
        ending = [
            outcome
            for first, last, outcome in _outcomes(reader, words)
            if last >= len(words) - 1 and _initials_fit(match["short"], " ".join(words[first:last]), words[-1])
        ]
        if ending:
            found[match["short"]] = ending[-1]
    for d in definitions(text):
        long = text[d.start : d.end]
        if _initials(long) == d.short.removesuffix("s").lower():
            named = _outcomes(reader, reader.tokenizer.words(long))
            if not named or named[0][0] == 0:  # "avoiding relapse (AR)" is neither
                found.setdefault(d.short, named[0][2] if named else NO_OUTCOME)
    return found


def _outcomes(reader: Reader, words: list[str]) -> list[tuple[int, int, str]]:
    return reader.outcomes.find([Token(w, w.lower()) for w in words], {})


def _initials(words: str) -> str:
    return "".join(w[0].lower() for w in re.split(r"[\s-]+", words) if w and w.lower() not in _SMALL)


def _initials_fit(short: str, phrase: str, last_word: str) -> bool:
    """The abbreviation's first letter starts a word of the phrase, its last capital the word before the bracket or the
    phrase's last."""
    words = re.split(r"[\s-]+", phrase.lower())
    capital = next(c for c in reversed(short) if c.isupper()).lower()
    ends = last_word.lower().startswith(capital) or words[-1].startswith(capital)
    return ends and any(word.startswith(short[0].lower()) for word in words)
