"""Whether two phrases of time, such as "12 months" and "one year", mean the same visit."""

from __future__ import annotations

import re

_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_TIME = re.compile(rf"(\d{{1,4}}(?:\.\d{{1,2}})?|{'|'.join(_WORDS)})[\s-]{{0,3}}(day|week|month|year)", re.IGNORECASE)
#: six months and 24 weeks are one visit
NEAR = 0.1


def same_time(a: str, b: str) -> bool:
    """A phrase that is empty may be any time; of two that cannot be read only equal ones are the same."""
    one, other = (" ".join(t.lower().split()) for t in (a, b))
    if one == other or not one or not other:
        return True
    first, second = days(one), days(other)
    return first is not None and second is not None and abs(first - second) <= NEAR * max(first, second)


def days(text: str) -> float | None:
    """None where the text names no time, or several that differ."""
    found = {_number(m[1].lower()) * _DAYS[m[2].lower()] for m in _TIME.finditer(text)}
    return found.pop() if len(found) == 1 else None


def _number(text: str) -> float:
    return _WORDS.index(text) + 1.0 if text in _WORDS else float(text)
