"""Words of a table: their lines, the phrases in a line, and the strips of white that part its columns.

Units are points, y downwards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from statistics import median
from typing import NamedTuple

from pipeline.parse.pdf_chars import Run

#: words of a phrase stand nearer than this (share of their size)
_PHRASE = 0.45
#: smaller print beside larger is an exponent, an index or a mark
_SMALL = 0.86
#: columns stand at least so far apart (share of the size)
_STRIP = 0.32
#: a line of so many is allowed to cross a strip
_MAY_CROSS = 12
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")


class Word(NamedTuple):
    """A word with its box, as high as the font's size."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


class Phrase(NamedTuple):
    """Words of a line that stand a space apart."""

    text: str
    x0: float
    x1: float
    y: float
    words: tuple[Word, ...] = ()


def table_words(runs: Iterable[Run]) -> list[Word]:
    """The words of a page, y downwards, each with the small raised or lowered marks before and behind it."""
    words = [Word(run.text, run.x0, run.x1, -run.y1, -run.y0) for run in runs]
    attached: set[int] = set()
    ends = _by_place((word.x1, i) for i, word in enumerate(words))
    for i, word in sorted(enumerate(words), key=lambda item: item[1].x0):
        owner = _owner(words, ends, i, before=False)
        if owner is not None:
            words[owner] = _marked(words[owner], word)
            ends[int(word.x1) // 4].append(owner)
            attached.add(i)
    starts = _by_place((word.x0, i) for i, word in enumerate(words) if i not in attached)
    for i, word in enumerate(words):
        owner = None if i in attached else _owner(words, starts, i, before=True)
        if owner is not None:
            words[owner] = words[owner]._replace(text=_mark(words[owner], word) + words[owner].text, x0=word.x0)
            attached.add(i)
    return [word for i, word in enumerate(words) if i not in attached]


def _by_place(places: Iterable[tuple[float, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for x, i in places:
        found[int(x) // 4].append(i)
    return found


def _owner(words: Sequence[Word], places: dict[int, list[int]], i: int, *, before: bool) -> int | None:
    """The larger word that a small one stands right behind, or `before`; `places` are those of its other end."""
    small = words[i]
    x = small.x1 if before else small.x0
    near = [k for step in (-1, 0, 1) for k in places.get(int(x) // 4 + step, ())[-40:] if k != i]
    owners = [k for k in near if _carries(words[k], small, words[k].x0 - x if before else x - words[k].x1)]
    return min(owners, key=lambda k: abs(words[k].middle - small.middle), default=None)


def _carries(word: Word, small: Word, gap: float) -> bool:
    """Does the small word stand a little above or below the end of the larger one?"""
    if not -0.3 * word.size < gap < 0.25 * word.size or small.size >= _SMALL * word.size:
        return False
    shared = min(word.bottom, small.bottom) - max(word.top, small.top)
    return shared > 0.2 * small.size and abs(small.middle - word.middle) > 0


def _mark(word: Word, small: Word) -> str:
    """Raised digits stay raised, so that a note's number never becomes part of a value."""
    raised = small.middle < word.middle and re.fullmatch(r"[-−–+]?[\d,–-]+", small.text)
    return small.text.translate(_RAISED) if raised else small.text


def _marked(word: Word, small: Word) -> Word:
    return word._replace(text=word.text + _mark(word, small), x1=max(word.x1, small.x1))


def lines_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words of each visual line from left to right, lines from top to bottom."""
    lines: list[list[Word]] = []
    base = 0.0
    for word in sorted(words, key=lambda w: (w.bottom, w.x0)):
        if lines and word.bottom - base < 0.3 * word.size:
            lines[-1].append(word)
        else:
            lines.append([word])
            base = word.bottom
    return [sorted(line, key=lambda w: w.x0) for line in lines]


def phrases_of(line: Sequence[Word]) -> list[Phrase]:
    """Phrases of a line, from left to right."""
    groups: list[list[Word]] = []
    for word in line:
        if groups and word.x0 - max(w.x1 for w in groups[-1]) < _PHRASE * word.size:
            groups[-1].append(word)
        else:
            groups.append([word])
    base = median(word.bottom for word in line) if line else 0.0
    return [Phrase(" ".join(w.text for w in g), g[0].x0, max(w.x1 for w in g), base, tuple(g)) for g in groups]


def column_bounds(lines: Sequence[Sequence[Phrase]], x0: float, x1: float, size: float) -> list[float]:
    """Where columns part: strips of white that nearly all lines with several phrases leave free.

    Lines of one phrase narrow a strip when they end within it; those that run across it are headings over the table.
    """
    several = [phrase for line in lines if len(line) > 1 for phrase in line]
    several += _labels_beside(lines, min((phrase.x0 for phrase in several), default=x0))
    most = sum(len(line) > 1 for line in lines) // _MAY_CROSS
    strips = list(_free_strips(several, x0, x1, most))
    for phrase in (line[0] for line in lines if len(line) == 1):
        strips = [_narrowed(strip, phrase) for strip in strips]
    inner = [strip for strip in strips if strip[1] - strip[0] >= _STRIP * size]
    return [(a + b) / 2 for a, b in inner]


def _labels_beside(lines: Sequence[Sequence[Phrase]], left: float) -> list[Phrase]:
    """Phrases alone on their lines that stand left of all lines with several: labels of several rows each."""
    beside = [line[0] for line in lines if len(line) == 1 and line[0].x1 < left]
    return beside if len(beside) > 1 else []


def _free_strips(phrases: Sequence[Phrase], x0: float, x1: float, most: int) -> Iterator[tuple[float, float]]:
    """Strips between the outermost phrases that at most `most` phrases cover, in half points."""
    if not phrases:
        return
    left = max(x0 - 5, min(phrase.x0 for phrase in phrases))
    steps = max(1, int(2 * (min(x1 + 5, max(phrase.x1 for phrase in phrases)) - left)))
    change = [0] * (steps + 2)
    for phrase in phrases:
        change[min(steps, max(0, int(2 * (phrase.x0 - left))))] += 1
        change[min(steps, max(0, int(2 * (phrase.x1 - left)))) + 1] -= 1
    start: int | None = None
    for x, covered in enumerate(accumulate(change[: steps + 1])):
        if covered <= most and start is None:
            start = x
        elif covered > most and start is not None:
            if start > 0:
                yield left + start / 2, left + x / 2
            start = None


def _narrowed(strip: tuple[float, float], phrase: Phrase) -> tuple[float, float]:
    a, b = strip
    if a < phrase.x1 < b and phrase.x0 < a:
        a = phrase.x1
    elif a < phrase.x0 < b and phrase.x1 > b:
        b = phrase.x0
    return a, b


def columns_of(phrase: Phrase, bounds: Sequence[float]) -> tuple[int, int]:
    """The first and the last column that a phrase stands in."""
    return bisect_right(bounds, phrase.x0), max(bisect_right(bounds, phrase.x0), bisect_right(bounds, phrase.x1 - 0.5))
