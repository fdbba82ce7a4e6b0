"""Authors as they are compared: family name and initials, given names where both reports print them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.link.names import surname
from pipeline.link.titles import folded

_WORD = re.compile(r"[^\W\d_]+")
#: family names borne by millions, with which initials tell little
COMMON = frozenset(
    """wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he gao lin luo liang song tang xie han
    feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren shen yao lee
    kim park choi jung kang cho yoon jang lim nguyen tran le pham singh kumar sharma gupta khan ahmed ali
    hassan garcia rodriguez martinez lopez gonzalez hernandez perez sanchez fernandez smith johnson williams
    brown jones miller davis wilson taylor anderson thomas moore martin suzuki tanaka sato takahashi watanabe
    ito yamamoto nakamura kobayashi silva santos muller schmidt rossi russo ivanov""".split()
)
#: authors of a report that are looked at: of a long list the first and the last
_FIRST, _LAST = 25, 10


@dataclass(frozen=True, slots=True)
class Person:
    family: str
    initials: str
    #: the first given name, "" where only initials are printed
    given: str

    @property
    def key(self) -> str:
        return f"{self.family} {self.initials[:1]}"

    @property
    def common(self) -> bool:
        return self.family in COMMON

    def fits(self, other: Person) -> bool:
        """May two names of one key be of one person? Neither initials nor given names contradict."""
        a, b = self.initials, other.initials
        alike = a.startswith(b) or b.startswith(a)
        return alike and (not (self.given and other.given) or self.given == other.given)


def people(authors: Sequence[str]) -> list[Person]:
    """The persons among the authors, in order."""
    chosen = authors if len(authors) <= _FIRST + _LAST else [*authors[:_FIRST], *authors[-_LAST:]]
    found = (_person(author) for author in chosen if len(author) < 100)
    return [person for person in found if person is not None]


@lru_cache(maxsize=50_000)
def _person(author: str) -> Person | None:
    last = surname(author)
    family = "".join(_WORD.findall(folded(last)))
    rest = author.replace(",", " ")
    at = rest.find(last)
    given = rest[:at] + " " + rest[at + len(last) :] if at >= 0 else rest
    words = _WORD.findall(given)
    initials = "".join(w.lower() if w.isupper() and len(w) <= 4 else w[0].lower() for w in words)
    whole = next((folded(w) for w in words[:1] if len(w) > 2 and not w.isupper()), "")
    return Person(family, folded(initials), whole) if len(family) > 1 and initials else None


@dataclass(frozen=True, slots=True)
class Shared:
    """Authors of both reports; `rare` of them have a name that few bear."""

    names: tuple[str, ...]
    rare: int
    first: bool
    last: bool


def shared(a: Sequence[Person], b: Sequence[Person]) -> Shared:
    there = {person.key: person for person in reversed(b)}
    both = [p for p in a if p.key in there and p.fits(there[p.key])]
    by_key = {p.key: p for p in both}
    first = bool(a and b) and a[0].key == b[0].key and a[0].fits(b[0])
    last = len(a) > 1 and len(b) > 1 and a[-1].key == b[-1].key and a[-1].fits(b[-1])
    names = tuple(sorted(p.family.capitalize() for p in by_key.values()))
    return Shared(names, sum(not p.common for p in by_key.values()), first, last)
