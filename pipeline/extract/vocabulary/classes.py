"""Words for a class of substances ("corticosteroid", "antibiotic") and the substances that belong to it (`classes.csv`: names,
or with "*" the ending or the beginning of names). A class says nothing more beside one of its members, and where brackets
explain it ("heparin (dalteparin)"), it stands for these."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

HERE = Path(__file__).parent
#: characters between an opening bracket and the first member that it names; of the longest bracket
_LEAD, _LONGEST = 25, 200
_OPENING = re.compile(r"\s?\(")


class Named(Protocol):
    """A treatment's words in characters [start, end) and what they name."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def names(self) -> frozenset[str]: ...


Word = TypeVar("Word", bound=Named)


def belongs(drug: str, name: str) -> bool:
    """Whether a substance is a member of the class called `name`."""
    pattern = _members().get(name)
    return drug != name and pattern is not None and pattern.fullmatch(drug) is not None


def is_class(name: str) -> bool:
    return name in _members()


def without_classes(drugs: frozenset[str]) -> frozenset[str]:
    """The drugs without the classes of which they hold a member."""
    return frozenset(d for d in drugs if not any(belongs(other, d) for other in drugs))


def explained(text: str, terms: Sequence[Word]) -> dict[str, frozenset[str]]:
    """Class → its members that stand in brackets right behind it, for the classes that the text explains so."""
    found: dict[str, frozenset[str]] = {}
    for i, term in enumerate(terms):
        if len(term.names) == 1 and is_class(name := next(iter(term.names))):
            inside = frozenset().union(*_in_brackets(text, terms, i))
            members = frozenset(d for d in inside if belongs(d, name))
            if members:
                found[name] = found.get(name, frozenset()) | members
    return found


def _in_brackets(text: str, terms: Sequence[Word], i: int) -> Iterator[frozenset[str]]:
    """What the terms name that stand in the bracket right behind term i."""
    opening = _OPENING.match(text, terms[i].end)
    if opening is None:
        return
    close = text.find(")", opening.end(), opening.end() + _LONGEST)
    at = opening.end()
    for term in terms[i + 1 :]:
        if term.start - at > (_LEAD if at == opening.end() else _LONGEST) or term.end > max(close, 0):
            return
        yield term.names


@cache
def _members() -> dict[str, re.Pattern[str]]:
    with (HERE / "classes.csv").open(encoding="utf-8", newline="") as rows:
        return {row["class"]: re.compile(_either(row["members"])) for row in csv.DictReader(rows)}


def _either(members: str) -> str:
    return "|".join(re.escape(m).replace(r"\*", "[a-z0-9 -]+") for m in members.split("|"))
