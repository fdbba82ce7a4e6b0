"""The checklists of PRISMA 2020 and of its extension for living reviews: where the page answers, and where it cannot.

Page MJ, McKenzie JE, Bossuyt PM, et al. BMJ 2021;372:n71 (CC BY 4.0). Akl EA, Khabsa J, Iannizzi C, et al. BMJ
2024;387:e079183. The topics here are litpool's short words.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.report.inputs import Inputs
from pipeline.report.section import Section
from pipeline.tables import read_rows

FOLDER = Path(__file__).parent
WORDS = {"page": "in the page", "partly": "in part; the rest is for the authors", "authors": "for the authors"}


class Item(BaseModel):
    """An item of a checklist; `where` holds anchors of the page, joined by |: a section, or "section-part"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str = Field(json_schema_extra={"cell": "id"})
    topic: str
    answered: Literal["page", "partly", "authors"]
    where: str
    note: str

    @property
    def anchors(self) -> list[str]:
        return self.where.split("|") if self.where else []


def items(name: str) -> list[Item]:
    return [row for _, row in read_rows(FOLDER / f"{name}.csv", Item)]


def data(inputs: Inputs) -> Mapping[str, object]:
    return {"prisma": items("prisma_2020"), "living": items("prisma_lsr"), "words": WORDS}


SECTION = Section("checklists", "Checklists", data)
