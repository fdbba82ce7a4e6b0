"""Who has the last word where several reviewers speak of one thing: one rule for values, decisions and judgements.

Lines are taken in the order of their dates. A reviewer's later line takes the place of the earlier. Two reviewers who
say two things disagree, and it stays open, unless a line decides: one that is marked as adjudicating, one that
knowingly overrules another, or one of a reviewer who comes, not having spoken before, to those who differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Line = TypeVar("Line")


@dataclass(frozen=True)
class Rule(Generic[Line]):
    """How the rule reads a line: whose it is, whether two say the same, and whether a line decides between `others`."""

    person: Callable[[Line], str]
    same: Callable[[Line, Line], bool]
    decides: Callable[[Line, Sequence[Line]], bool]


@dataclass(frozen=True)
class Fallen(Generic[Line]):
    """A line that no longer stands because of `by`, the same reviewer's (`own`) or one that decides."""

    line: Line
    by: Line
    own: bool


@dataclass(frozen=True)
class LastWord(Generic[Line]):
    """`standing` agree, or it is open; `decided` if a line decided between reviewers."""

    standing: tuple[Line, ...]
    fallen: tuple[Fallen[Line], ...]
    decided: bool
    agreed: bool


def person(reviewer: str) -> str:
    """The same for each way to write a name."""
    return " ".join(reviewer.split()).casefold()


def last_word(lines: Sequence[Line], rule: Rule[Line]) -> LastWord[Line]:
    """Of one or more lines on one thing, the earliest first."""
    standing: list[Line] = []
    fallen: list[Fallen[Line]] = []
    heard: set[str] = set()
    decided = False
    for line in lines:
        who = rule.person(line)
        fallen += [Fallen(x, line, own=True) for x in standing if rule.person(x) == who]
        standing = [x for x in standing if rule.person(x) != who]
        marked = rule.decides(line, standing)
        if marked or (who not in heard and not _agree(standing, rule)):
            losers = [x for x in standing if not rule.same(x, line)]
            fallen += [Fallen(x, line, own=False) for x in losers]
            standing = [x for x in standing if rule.same(x, line)]
            decided = decided or marked or bool(losers)
        standing.append(line)
        heard.add(who)
    return LastWord(tuple(standing), tuple(fallen), decided, _agree(standing, rule))


def _agree(lines: Sequence[Line], rule: Rule[Line]) -> bool:
    return all(rule.same(lines[0], other) for other in lines[1:])
