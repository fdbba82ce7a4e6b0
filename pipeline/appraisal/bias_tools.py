"""Tools to judge a study's risk of bias: items, answers and rules, as data (tools.csv, tool_items.csv)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.appraisal.naming import found
from pipeline.tables import read_rows

HERE = Path(__file__).parent
#: the item of a line that judges the study as a whole
OVERALL = "overall"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolRow(_Data):
    """A row of tools.csv. Answers go from best to worst where they have an order; `short` holds abbreviations."""

    tool: str
    also: list[str]
    answers: list[str]
    short: list[str]
    overall: list[str]
    rule: str
    source: str


class ItemRow(_Data):
    """A row of tool_items.csv."""

    tool: str
    item: str
    about: str


class Tool(_Data):
    """A tool with its items, name → what it is about, in the tool's order."""

    name: str
    also: tuple[str, ...]
    answers: tuple[str, ...]
    short: dict[str, str]
    overall: tuple[str, ...]
    rule: str
    source: str
    items: dict[str, str]

    def item(self, name: str) -> str:
        """The item that `name` is: "D1", "1", or its words. Raises Unknown."""
        numbers = {item[1:]: item for item in self.items}
        words = {about: item for item, about in self.items.items()}
        return found(f"item of {self.name}", name, [*self.items, OVERALL], numbers | words)

    def answer(self, item: str, judgement: str) -> str:
        """The answer that `judgement` is. Raises Unknown."""
        known = self.overall if item == OVERALL else self.answers
        short = {letter: word for letter, word in self.short.items() if word in known}
        return found(f"judgement of {self.name} {item}", judgement, known, short)


@cache
def tools() -> dict[str, Tool]:
    """Every tool by name."""
    items = [row for _, row in read_rows(HERE / "tool_items.csv", ItemRow)]
    return {
        row.tool: Tool(
            name=row.tool,
            also=tuple(row.also),
            answers=tuple(row.answers),
            short={letter: word for letter, _, word in (s.partition("=") for s in row.short)},
            overall=tuple(row.overall),
            rule=row.rule,
            source=row.source,
            items={i.item: i.about for i in items if i.tool == row.tool},
        )
        for _, row in read_rows(HERE / "tools.csv", ToolRow)
    }


def tool(name: str) -> Tool:
    """The tool that `name` is. Raises Unknown."""
    known = tools()
    return known[found("tool", name, known, {other: t.name for t in known.values() for other in t.also})]
