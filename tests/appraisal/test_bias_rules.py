"""The rule of the worst domain by brute force: what is open may become each of its values, and no other."""

from __future__ import annotations

from itertools import product

import pytest

from pipeline.appraisal.bias_rules import overall
from pipeline.appraisal.bias_tools import Tool, tools

OPEN = ""


def small(name: str, items: int) -> Tool:
    """The tool with fewer domains: the rule is the same for any number."""
    whole = tools()[name]
    return whole.model_copy(update={"items": dict(list(whole.items.items())[:items])})


def complete(answers: tuple[str, ...]) -> str:
    """The tables of the authors, row by row."""
    if "high" in answers or "some concerns" in answers:
        return "high" if "high" in answers else "some concerns"
    for answer in ("critical", "serious", "no information", "moderate"):
        if answer in answers:
            return answer
    return "low"


@pytest.mark.parametrize(("name", "items"), [("RoB 2", 5), ("ROBINS-I", 4)])
def test_what_is_told_is_what_every_answer_to_the_open_items_gives(name: str, items: int) -> None:
    tool = small(name, items)
    for said in product((*tool.answers, OPEN), repeat=items):
        outcomes = {complete(full) for full in product(*((a,) if a else tool.answers for a in said))}
        verdict = overall({item: a for item, a in zip(tool.items, said, strict=True) if a}, tool)
        assert set(verdict.possible) == outcomes, said
        assert verdict.value == (outcomes.pop() if len(outcomes) == 1 else ""), said
