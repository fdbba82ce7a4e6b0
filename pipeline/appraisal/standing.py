"""Which judgement stands where one or more reviewers have given theirs.

The rule is that of `pipeline/resolve/agreement.py`: a reviewer's later word replaces the earlier one; two who differ
leave the judgement open, until a line that adjudicates, or a third reviewer's, decides.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

#: reviewers who judge on their own; a further one adjudicates
INDEPENDENT = 2

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
    first: dict[str, Judgement] = {}
    decided: Judgement | None = None
    for one in sorted(judgements, key=lambda j: j.date):
        name = person(one.reviewer)
        if one.adjudicates or (name not in first and len(first) >= INDEPENDENT):
            decided = one
        else:
            first[name] = one
    said = [*first.values(), *([decided] if decided is not None else [])]
    if not said:
        return MISSING
    values = {one.value for one in first.values()}
    if decided is not None:
        return _standing(decided.value, "adjudicated", [decided], said)
    if len(values) > 1:
        return _standing("", "disagreement", said, said)
    return _standing(said[0].value, "agreed" if len(said) > 1 else "judged", said, said)


def _standing(value: str, status: Status, behind: list[Judgement], said: list[Judgement]) -> Standing:
    return Standing(
        value=value,
        status=status,
        words="; ".join(dict.fromkeys(one.words for one in behind if one.words)),
        said=tuple((" ".join(one.reviewer.split()), one.value) for one in said),
        date=max(one.date for one in behind).isoformat(),
    )


def person(reviewer: str) -> str:
    """The same for each way to write a name."""
    return " ".join(reviewer.split()).casefold()
