"""How alike two titles are, told apart from titles that differ by the one word that matters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from pipeline.link.titles import Title, squeezed

Likeness = Literal["same", "spelt alike", "longer", "similar", "two languages", "different", "numbers"]
#: percent of letters that two spellings of one title share at least; that similar titles share
SPELT, SIMILAR = 92.0, 80.0
#: two spellings of one word
WORD = 75.0
#: letters that the start of a title must have to stand for it
ENOUGH = 30
#: letters of a heading or number before a title
HEADING = 25
#: letters of a word's start that stand for it
STEM = 5
#: small words that no other language has
_ENGLISH = frozenset("the of and with from after during between among using how why what when which does their".split())
#: words that databases leave out or add
_SMALL = frozenset("a an the of in on for by to from and at as with its is".split())
#: parts of words, spellings folded, whose exchange makes another study
_OPPOSITES = [
    tuple(squeezed([word]) for word in pair.split("/"))
    for pair in (
        "with/without hypo/hyper pre/post men/women male/female in/de intra/inter before/after short/long early/late "
        "low/high mono/bi systolic/diastolic adult/child anti/pro micro/macro in/un alpha/beta anterior/posterior "
        "upper/lower left/right ante/post intra/extra agonist/antagonist major/minor primary/secondary"
    ).split()
]


def compare_titles(a: Title, b: Title, foreign: bool = False) -> Likeness | None:
    """None if one is missing. `foreign`: one of the articles is not in English."""
    if not a.text or not b.text:
        return None
    if a.text == b.text or (a.other and a.other in (b.text, b.other)) or (b.other and b.other == a.text):
        return "same"
    if _starts(a.text, b.text) or _without_subtitle(a.words, b.words):
        return "longer"
    alike = ratio(a.text, b.text, score_cutoff=SIMILAR)
    if not alike:
        return "two languages" if (foreign or a.translated or b.translated) and not _other_words(a, b) else "different"
    if _digits(a) != _digits(b):
        return "numbers"
    return _by_words(a, b) if alike >= SPELT else "similar"


def telling(title: Title) -> int:
    """Words of the title; in a script without spaces, two signs count as one."""
    words = title.words.count(" ") + 1
    if title.text.isascii():
        return words
    return max(words, sum("\u2e80" <= sign <= "\uffdc" for sign in title.text) // 2)


def _digits(title: Title) -> str:
    """In their order: 2014 is not 2015, part 1 is not part 2; 2, 4 and 24 are the same, for databases add spaces."""
    return "".join(letter for letter in title.text if letter.isdigit())


def _starts(a: str, b: str) -> bool:
    """Is one the start of the other (cut off, or its subtitle left out), or its end (a number or a heading before)?"""
    short, long = sorted((a, b), key=len)
    if len(short) < ENOUGH or len(long) < len(short) * 1.05:
        return False
    if short[:8] == long[:8] and ratio(short, long[: len(short)], score_cutoff=97) > 0:
        return True
    return len(long) - len(short) <= HEADING and long.endswith(short)


def _without_subtitle(a: str, b: str) -> bool:
    """Is a title of a few words the start of the other, which goes on with another word?"""
    short, long = sorted((a, b), key=len)
    return short.count(" ") >= 2 and long.startswith(f"{short} ")


def cut_off(a: Title, b: Title) -> bool:
    """Does one title end within a word of the other? No author does that, but some databases do."""
    short, long = sorted((a.words, b.words), key=len)
    return len(short) >= ENOUGH and long.startswith(short) and long[len(short) : len(short) + 1].isalnum()


def _other_words(a: Title, b: Title) -> bool:
    """Are both titles English without a word in common? So they are no translations of one title."""
    one, two = ({w[:STEM] for w in t.words.split() if len(w) >= STEM} for t in (a, b))
    return bool(one and two) and not one & two and _english(a) and _english(b)


def _english(title: Title) -> bool:
    words = title.words.split()
    return not _ENGLISH.isdisjoint(words) or words[0] in ("do", "is", "are", "can")


def _by_words(a: Title, b: Title) -> Likeness:
    """Each place where the words differ has two spellings of a word, or it makes another title."""
    found = {_exchange(x, y) for x, y in _differences(a, b)}
    return "different" if "different" in found else "similar" if "similar" in found else "spelt alike"


def _differences(a: Title, b: Title) -> Iterator[tuple[list[str], list[str]]]:
    """The words that differ, each with what stands there instead."""
    x: list[str] = []
    y: list[str] = []
    one, two = a.words.split(), b.words.split()
    for op in Levenshtein.opcodes(one, two):
        if op.tag == "equal":
            if x or y:
                yield x, y
            x, y = [], []
        else:
            x, y = x + one[op.src_start : op.src_end], y + two[op.dest_start : op.dest_end]
    if x or y:
        yield x, y


def _exchange(x: list[str], y: list[str]) -> Likeness:
    one, two = squeezed(x), squeezed(y)
    if one == two or _SMALL.issuperset(x + y):
        return "spelt alike"
    if any(one.replace(p, q, 1) == two or one.replace(q, p, 1) == two for p, q in _OPPOSITES):
        return "different"
    return "spelt alike" if ratio(one, two) >= WORD else "similar"
