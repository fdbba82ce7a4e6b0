"""Which judgement stands where one or more reviewers have given theirs (the rule: `pipeline/last_word.py`)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.last_word import Rule, last_word, person

Status = Literal["judged", "agreed", "adjudicated", "disagreement", "missing"]


@dataclass(frozen=True)
class Judgement:
    """What one line says of one item."""

    value: str
    reviewer: str
    date: datetime.date
    words: str = ""
    adjudicates: bool = False


@dataclass(frozen=True)
class Standing:
    """`value` is empty while the item is open (`status` disagreement or missing); `words` support the value."""

    value: str
    status: Status
    words: str = ""
    said: tuple[tuple[str, str], ...] = ()
    date: str = ""

    @property
    def reviewers(self) -> str:
        return " & ".join(dict.fromkeys(name for name, _ in self.said))

    @property
    def voices(self) -> str:
        """ "AB: low; CD: high"."""
        return "; ".join(f"{name}: {value}" for name, value in self.said)


MISSING = Standing("", "missing")


def standing(judgements: Iterable[Judgement]) -> Standing:
    """Of all that was said of an item, in any order; lines of one day count in the order given."""
    lines = sorted(judgements, key=lambda j: j.date)
    if not lines:
        return MISSING
    last = last_word(lines, _RULE)
    said = list({person(line.reviewer): line for line in lines}.values())
    if not last.agreed:
        return _standing("", "disagreement", last.standing, said)
    if last.decided:
        return _standing(last.standing[-1].value, "adjudicated", last.standing[-1:], said)
    return _standing(last.standing[-1].value, "agreed" if len(last.standing) > 1 else "judged", last.standing, said)


_RULE = Rule[Judgement](lambda j: person(j.reviewer), lambda a, b: a.value == b.value, lambda j, others: j.adjudicates)


def _standing(value: str, status: Status, behind: Sequence[Judgement], said: Sequence[Judgement]) -> Standing:
    return Standing(
        value=value,
        status=status,
        words="; ".join(dict.fromkeys(one.words for one in behind if one.words)),
        said=tuple((" ".join(one.reviewer.split()), one.value) for one in said),
        date=max(one.date for one in behind).isoformat(),
    )
