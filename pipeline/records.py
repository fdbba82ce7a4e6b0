"""What reviewers write in overrides/: one model per row, the only place where a column is declared.

Columns keep the order of the fields.
"""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from pipeline.candidates import Denominator, Role
from pipeline.linked import Relation
from pipeline.parsed import Row
from pipeline.tables.cells import ID, VALUE

# A column of text says what spreadsheets may do to it: json_schema_extra=ID for names and numbers of records, VALUE for
# what may be a count or a share, PERCENT for a number of percent; none for plain words. See `pipeline/tables/cells.py`.


class Correction(Row):
    """`overrides/corrections.csv`: one cell per line."""

    study: str = Field(
        min_length=1,
        json_schema_extra=ID,
        description="study name as in extracted/studies.csv, for instance arnold-2010; or the record_id of one of its "
        "reports, and then the arm as that report numbers it",
    )
    arm: str = Field(
        "",
        json_schema_extra=ID,
        description="arm by its key in extracted/arms.csv, as amoxicillin, or its number, as A1 (which may change as "
        "the machine reads better); empty for a field of the study",
    )
    outcome: str = Field(
        "",
        json_schema_extra=ID,
        description="outcome as in extracted/outcomes.csv, as relapse; empty for a field of the study or the arm",
    )
    field: str = Field(
        min_length=1,
        json_schema_extra=ID,
        description="of a study: n_total, design, age, line, notices; of an arm: n, drugs, label, role; of an outcome "
        "of the arm: events, n, denominator, status (accepted or review)",
    )
    value: str = Field(min_length=1, json_schema_extra=VALUE, description="the value that counts from now on")
    was: str = Field(
        "", json_schema_extra=VALUE, description="the value you saw when you decided; empty if there was none"
    )
    reason: str = Field(min_length=1, description="why, for the audit")
    reviewer: str = Field(min_length=1, description="your name or initials")
    date: datetime.date = Field(description="day of the decision, as 2026-11-21")
    timepoint: str = Field(
        "", json_schema_extra=VALUE, description="as in extracted/outcomes.csv, where the outcome is told for several"
    )
    seen: str = Field(
        "",
        json_schema_extra=ID,
        description="fingerprint of the text that you saw (text_hash in extracted/); ready lines and commands fill it",
    )
    adjudicated: bool = Field(False, description="yes if this line decides between reviewers who differ")


class Added(Row):
    """`overrides/added.csv`: an arm, or an outcome of an arm, that the machine missed; one outcome per line."""

    study: str = Field(min_length=1, json_schema_extra=ID, description="study name as in extracted/studies.csv")
    arm: str = Field(
        min_length=1,
        json_schema_extra=ID,
        description="arm as in extracted/arms.csv (key or number), or a name of your own for an arm that is not there",
    )
    drugs: str = Field("", description="of a new arm: INN names joined by +, as amoxicillin + omeprazole")
    role: Role | None = Field(None, description="of a new arm: experimental, control, single, subgroup or pooled")
    arm_n: int | None = Field(None, ge=0, description="of a new arm: its patients")
    outcome: str = Field(
        "", json_schema_extra=ID, description="outcome as in config/outcomes.csv; empty to add the arm only"
    )
    events: int | None = Field(None, ge=0, description="patients with the outcome")
    n: int | None = Field(None, ge=1, description="of how many")
    timepoint: str = Field("", json_schema_extra=VALUE, description="when, as 6 months")
    denominator: Denominator | None = Field(
        None,
        description="whom n counts: enrolled, evaluable or responders; empty for whom config/outcomes.csv asks for",
    )
    where: str = Field(min_length=1, description="where it stands: page, table or figure")
    reason: str = Field(min_length=1, description="why, for the audit")
    reviewer: str = Field(min_length=1, description="your name or initials")
    date: datetime.date = Field(description="day of the decision, as 2026-11-21")
    adjudicated: bool = Field(False, description="yes if this line decides between reviewers who differ")


class _Decision(Row):
    study: str = Field(min_length=1, json_schema_extra=ID, description="study name as in extracted/studies.csv")
    code: str = Field(
        "", json_schema_extra=ID, description="reason by the protocol: a code of config's eligibility.reasons"
    )
    reason: str = Field(min_length=1, description="why, for the flow diagram and the audit")
    reviewer: str = Field(min_length=1, description="your name or initials")
    date: datetime.date = Field(description="day of the decision, as 2026-11-21")
    was: str = Field("", json_schema_extra=VALUE, description="the decision you saw: include, exclude or review")
    adjudicated: bool = Field(False, description="yes if this line decides between reviewers who differ")


class Exclusion(_Decision):
    """`overrides/exclusions.csv`: studies that a reviewer takes out."""


class Inclusion(_Decision):
    """`overrides/inclusions.csv`: studies that a reviewer takes in."""


class Confirmation(Row):
    """`overrides/confirmations.csv`: a reviewer looked and agrees. What was seen counts, whatever the machine says
    later."""

    study: str = Field(min_length=1, json_schema_extra=ID, description="study name as in extracted/studies.csv")
    arm: str = Field("", json_schema_extra=ID, description="arm as in corrections.csv; empty for a field of the study")
    outcome: str = Field("", json_schema_extra=ID, description="outcome; empty for a field of the study or the arm")
    field: str = Field(
        "", json_schema_extra=ID, description="as in corrections.csv; empty for events and n of an outcome at once"
    )
    value: str = Field(
        min_length=1, json_schema_extra=VALUE, description='what you saw; with an empty field, as "25 of 35"'
    )
    reviewer: str = Field(min_length=1, description="your name or initials")
    date: datetime.date = Field(description="day of the decision, as 2026-11-21")
    note: str = Field("", description="anything worth keeping")
    timepoint: str = Field("", json_schema_extra=VALUE, description="as in corrections.csv")
    seen: str = Field("", json_schema_extra=ID, description="as in corrections.csv")


class LinkDecision(Row):
    """`overrides/links.csv`: how two records relate, whatever the machine says."""

    record_a: str = Field(
        min_length=1,
        json_schema_extra=ID,
        description="a record_id as in extracted/links.csv or studies.csv, or its PMID or DOI",
    )
    record_b: str = Field(min_length=1, json_schema_extra=ID, description="the other record, likewise")
    relation: Relation = Field(
        description="same record (duplicates), same study (two reports of the same patients), shared cohort (two "
        "studies with some of the same patients), or different (no patient in common)"
    )
    reason: str = Field(min_length=1, description="why, for the audit")
    reviewer: str = Field(min_length=1, description="your name or initials")
    date: datetime.date = Field(description="day of the decision, as 2026-11-21")


class RiskOfBias(Row):
    """`overrides/risk_of_bias.csv`: what a reviewer judges of one item of a tool, for a study."""

    study: str = Field(min_length=1, json_schema_extra=ID, description="study name as in extracted/studies.csv")
    tool: str = Field(
        min_length=1, description="RoB 2 (randomised trials), ROBINS-I (non-randomised) or JBI case series"
    )
    item: str = Field(
        min_length=1,
        json_schema_extra=ID,
        description="domain or question of the tool: D1 to D5 (RoB 2), D1 to D7 (ROBINS-I), Q1 to Q10 (JBI); overall "
        "for the study as a whole, which otherwise follows from the items by the tool's rule",
    )
    judgement: str = Field(
        min_length=1,
        description="RoB 2: low, some concerns, high; ROBINS-I: low, moderate, serious, critical, no information; JBI: "
        "yes, no, unclear, not applicable, and overall low, moderate, high",
    )
    support: str = Field("", description="why, best with the report's words and page")
    reviewer: str = Field(min_length=1, description="your name or initials; two may judge the same item")
    date: datetime.date = Field(description="day of the judgement, as 2026-11-21")
    outcome: str = Field(
        "",
        json_schema_extra=ID,
        description="outcome as in config/outcomes.csv that the judgement is for; empty for all that have none of "
        "their own",
    )
    adjudicated: bool = Field(False, description="yes if this line decides between reviewers who differ")


class Certainty(Row):
    """`overrides/certainty.csv`: what a reviewer judges of the evidence for an outcome, in one of GRADE's domains."""

    outcome: str = Field(min_length=1, json_schema_extra=ID, description="outcome as in config/outcomes.csv")
    regimen_class: str = Field("", description="class of regimens as in extracted/arms.csv; empty for all together")
    domain: str = Field(
        min_length=1,
        description="risk of bias, inconsistency, indirectness, imprecision, publication bias; to rate up: large "
        "effect, dose response, plausible confounding",
    )
    judgement: str = Field(
        min_length=1,
        description="not serious, serious, very serious, for risk of bias and imprecision also extremely serious; "
        "publication bias: undetected, strongly suspected, very strongly suspected; large effect: no, large, very "
        "large; dose response and plausible confounding: no, yes",
    )
    start: Literal["high", "low"] | None = Field(
        None, description="where the certainty starts, once for each outcome and class; empty: config's certainty.start"
    )
    explanation: str = Field("", description="why, as a footnote of the summary of findings")
    reviewer: str = Field(min_length=1, description="your name or initials; two may judge the same domain")
    date: datetime.date = Field(description="day of the judgement, as 2026-11-21")
    adjudicated: bool = Field(False, description="yes if this line decides between reviewers who differ")
