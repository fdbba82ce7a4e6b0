"""How wide a text will be, without a font at hand: estimated on the wide side, so that nothing overlaps."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"

#: where a line may break; a no-break space is none
_BREAKS = re.compile(r"[ \t\r\n]+")
_NARROW = frozenset("iljtfrI.,:;'|!()[]-/ \u00a0‘’·")
_WIDE = frozenset("mwMWQO@%—+=<>≥≤±")
_NARROW_EM, _WIDE_EM, _CAPITAL_EM, _LETTER_EM, _FULL_EM = 0.42, 0.95, 0.75, 0.63, 1.05


def width(text: str, size: float) -> float:
    """Estimated width of `text` in user units at font size `size`."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return _FULL_EM
    if character in _NARROW:
        return _NARROW_EM
    if character in _WIDE:
        return _WIDE_EM
    return _CAPITAL_EM if character.isupper() else _LETTER_EM


def wrap(text: str, size: float, room: float, lines: int) -> list[str]:
    """`text` in at most `lines` lines no wider than `room`; what does not fit ends in an ellipsis."""
    words = [word for word in _BREAKS.split(text) if word]
    done: list[str] = []
    while words and len(done) < lines - 1:
        taken = _fitting(words, size, room)
        if taken == 0:
            break
        done.append(" ".join(words[:taken]))
        words = words[taken:]
    if words:
        done.append(shorten(" ".join(words), size, room))
    return done or [""]


def _fitting(words: list[str], size: float, room: float) -> int:
    taken = 0
    while taken < len(words) and width(" ".join(words[: taken + 1]), size) <= room:
        taken += 1
    return taken


def shorten(text: str, size: float, room: float) -> str:
    """`text`, cut before an ellipsis where it is wider than `room`."""
    if width(text, size) <= room:
        return text
    used, kept = width(ELLIPSIS, size), []
    for character in text:
        used += width(character, size)
        if used > room:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ELLIPSIS
