"""Who has the last word, by its own statement of the rule: values and judgements go by the same."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.appraisal.standing import Judgement, standing
from pipeline.last_word import Rule, last_word, person
from pipeline.parsed import Row
from pipeline.resolve.said import Said
from pipeline.resolve.verdicts import verdict

DAY = datetime.date(2026, 11, 1)


@dataclass(frozen=True)
class Told:
    who: str
    value: str
    marked: bool = False
    at: int = 0


RULE = Rule[Told](lambda t: person(t.who), lambda a, b: a.value == b.value, lambda t, others: t.marked)


def told(*lines: str) -> list[Told]:
    """As "AB 3"; "AB 3!" is marked as adjudicating."""
    parts = [(line.rstrip("!").rpartition(" "), line.endswith("!")) for line in lines]
    return [Told(who, value, marked, i) for i, ((who, _, value), marked) in enumerate(parts)]


@pytest.mark.parametrize(
    ("lines", "value", "decided"),
    [
        (["AB 3"], "3", False),
        (["AB 3", "AB 4"], "4", False),
        (["AB 3", "CD 3"], "3", False),
        (["AB 3", "CD 4"], None, False),
        # one gives in
        (["AB 3", "CD 4", "AB 4"], "4", False),
        (["AB 3", "CD 4", "EF 4"], "4", True),
        (["AB 3", "CD 4", "EF 5"], "5", True),
        (["AB 3", "CD 4", "AB 5!"], "5", True),
        # a third who differs from two who agree does not decide
        (["AB 3", "CD 3", "EF 4"], None, False),
        (["AB 3", "CD 3", "EF 4!"], "4", True),
        # who has spoken before is no third
        (["AB 3", "CD 4", "EF 4", "AB 3"], None, True),
        (["AB 3", "CD 4", "EF 4", "AB 3", "GH 3"], "3", True),
        (["AB 3", " ab 4"], "4", False),
    ],
)
def test_the_last_word(lines: list[str], value: str | None, decided: bool) -> None:
    found = last_word(told(*lines), RULE)
    assert (found.standing[-1].value if found.agreed else None, found.decided) == (value, decided)


def test_each_line_stands_or_has_fallen_to_another() -> None:
    found = last_word(told("AB 3", "CD 4", "AB 5", "EF 4"), RULE)
    assert [(f.line.at, f.by.at, f.own) for f in found.fallen] == [(0, 2, True), (2, 3, False)]
    assert [t.at for t in found.standing] == [1, 3]


SAID = st.tuples(st.sampled_from("ABC"), st.sampled_from(["low", "high", "serious"]), st.booleans())


@settings(max_examples=200, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=7))
def test_values_and_judgements_go_by_one_rule(lines: list[tuple[str, str, bool]]) -> None:
    days = [DAY + datetime.timedelta(i) for i in range(len(lines))]
    judgements = [Judgement(v, who, day, adjudicates=a) for (who, v, a), day in zip(lines, days, strict=True)]
    cells = [
        Said(path=Path("x.csv"), line=i, kind="corrected", study="s", field="design", value=v, was=None, reason="",
             reviewer=who, date=day, adjudicated=a, of=Row())
        for i, ((who, v, a), day) in enumerate(zip(lines, days, strict=True))
    ]  # fmt: skip
    assert (standing(judgements).value or None) == verdict(cells, None).value
