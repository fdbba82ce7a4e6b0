"""All that a study's page is made of: equal material makes equal pages, so that its hash tells whether one has changed.

What was read of the study, and its texts, are here as their lines, which are hashed as they stand, and read only for a
page that is rendered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b

from pydantic import BaseModel

from pipeline.linked import LinkRow, Study
from pipeline.parsed import ParsedRecord
from pipeline.report.asked import Asked
from pipeline.report.decision_lines import DecisionLine, decision_lines
from pipeline.report.inputs import Inputs
from pipeline.report.listing import listed_studies
from pipeline.report.on_demand import Unread
from pipeline.resolved import ArmRow, AuditRow, OutcomeRow, RiskOfBiasRow, StudyRow, WorkRow

Place = tuple[str, str]


@dataclass(frozen=True)
class Shared:
    """What all pages of a review say: its title, and its outcomes."""

    title: str
    asked: Asked


@dataclass(frozen=True, eq=False)
class Material:
    """`back`: the place in the report that the page leads back to. `texts` of reports whose parsed text is at hand."""

    shared: Shared
    row: StudyRow
    back: str
    arms: Sequence[ArmRow]
    outcomes: Sequence[OutcomeRow]
    audit: Sequence[AuditRow]
    waiting: Sequence[WorkRow]
    judged: Sequence[RiskOfBiasRow]
    links: Sequence[LinkRow]
    decided: Sequence[DecisionLine]
    linked: Unread[Study]
    texts: Mapping[Place, Unread[ParsedRecord]]

    @cached_property
    def study(self) -> Study:
        """Raises UserError if its line is not as litpool wrote it."""
        return self.linked.row()

    @cached_property
    def records(self) -> dict[Place, ParsedRecord]:
        """Raises UserError likewise."""
        return {place: text.row() for place, text in self.texts.items()}

    @cached_property
    def key(self) -> str:
        """Another whenever the page would be another, as far as that depends on the review."""
        told = repr([_told(getattr(self, part.name)) for part in fields(self)])
        return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _told(value: object) -> object:
    """What a part says, as plain values; a line by its hash."""
    match value:
        case BaseModel():
            return list(vars(value).values())
        case Unread():
            return blake2b(value.text).digest()
        case DecisionLine():
            return value.anchor, _told(value.row)
        case list():
            return list(map(_told, value))
        case dict():
            return [(key, _told(of_key)) for key, of_key in value.items()]
        case _:
            return value


class Materials:
    """Of each study of a review."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._shared = Shared(inputs.settings.config.review.title, inputs.asked)
        self._decided: dict[str, list[DecisionLine]] = defaultdict(list)
        for line in decision_lines(inputs):
            self._decided[line.row.study].append(line)

    def of(self, study: str) -> Material:
        inputs = self._inputs
        reports = inputs.reports[study]
        places = [reports.candidate.place, *(report.place for report in reports.further)]
        return Material(
            shared=self._shared,
            row=inputs.study[study],
            back=self._back(inputs.study[study]),
            arms=inputs.arms_of.get(study, []),
            outcomes=inputs.outcomes_of.get(study, []),
            audit=inputs.audit_of.get(study, []),
            waiting=inputs.worklist_of.get(study, []),
            judged=inputs.risk_of_bias_of.get(study, []),
            links=inputs.links_of.get(study, []),
            decided=self._decided.get(study, []),
            linked=inputs.linked.unread(study),
            texts={place: inputs.records.unread(place) for place in places if place in inputs.records},
        )

    def _back(self, row: StudyRow) -> str:
        if row.decision != "include":
            return "waiting"
        return f"study-{row.study}" if row.study in listed_studies(self._inputs) else "studies"
