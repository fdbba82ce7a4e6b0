"""What `link` hands on: studies with their reports, what relates records, and the inputs that were set aside."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.candidates import Candidate
from pipeline.parsed import Row


class Report(Row):
    """A record as found: several reports may belong to one study, several records may be the same report."""

    record_id: str
    file: str
    kept: bool = Field(description="false for a duplicate of the record that is kept")
    report: str = Field("", description="record_id of the record that is kept for its report")


class Study(Row):
    """`extracted/studies.jsonl`: one study, counted once, with all its reports.

    `candidate` is the extraction of the main report, `further` those of the other reports, best first; a report with
    duplicates is the record of it that is kept.
    """

    study: str = Field(description="short name that overrides use, as arnold-2010")
    label: str = Field(description="name in tables and plots, as Arnold 2010")
    reports: list[Report]
    candidate: Candidate
    further: list[Candidate] = []
    names: list[str] = Field([], description="names that would fit; overrides may use one that fits no other study")


Relation = Literal["same record", "same study", "shared cohort", "different"]


class LinkRow(Row):
    """`extracted/links.csv`: two records, what relates them, and who says so."""

    record_a: str
    record_b: str
    relation: Relation
    status: Literal["sure", "possible", "decided"]
    likelihood: float | None = Field(description="that the relation holds, where the machine says so")
    evidence: str
    study_a: str = Field("", description="the study that record_a belongs to")
    study_b: str = ""
    used: bool = Field(description="whether studies are formed, or cohorts flagged, by this row")
    note: str = Field("", description="why it is not used")
    decided_by: str = Field("", description="reviewer, for a line of overrides/links.csv; the fields below likewise")
    date: str = ""
    file: str = Field("", description="the file of overrides/ that the line stands in")
    line: int | None = None
    machine: str = Field("", description="what the machine says of the two without the line")
    effect: Literal["applied", "redundant", "stale", ""] = ""


class SetAsideRow(Row):
    """`extracted/set_aside.csv`: inputs, or records of them, that could not be read."""

    file: str
    record: str
    reason: str
    remedy: str
