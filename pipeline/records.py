"""The rows of every table after `extract`: what link, resolve and pool write, and what reviewers write in overrides.

One model per row; the models are the only place where a column is declared. Columns keep the order of the fields.
"""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from pipeline.candidates import Candidate, Denominator, Role
from pipeline.parsed import Row
from pipeline.tables.cells import ID, VALUE

# ---- link --------------------------------------------------------------------------------------------------------


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


# ---- resolve -----------------------------------------------------------------------------------------------------

#: who stands behind a value: the machine's proof, a reviewer who agrees, who changed it, who found it, or nobody yet
Authority = Literal["accepted", "confirmed", "corrected", "added", "waiting"]

BY_REVIEWER: frozenset[Authority] = frozenset({"confirmed", "corrected", "added"})

#: what a reviewer's line did. applied: it says what counts; redundant: the machine says the same; stale: it counts, and
#: what it was decided on has changed; overruled: a later line counts in its place; disagrees: two reviewers say two
#: things, and a third must decide
LineEffect = Literal["applied", "redundant", "stale", "overruled", "disagrees"]


class StudyRow(Row):
    """`extracted/studies.csv`."""

    study: str
    label: str
    decision: Literal["include", "exclude", "review"]
    reason: str
    authority: Authority
    design: str
    age: str
    line: str
    n_total: int | None
    n_total_authority: Authority
    year: int | None
    title: str
    journal: str
    doi: str
    pmid: str
    record_id: str
    file: str
    reports: int
    evidence_start: int | None
    evidence_end: int | None
    code: str = Field("", description="of config's eligibility.reasons, for a study that is excluded")
    text_hash: str = Field("", description="fingerprint of the text that it was read from; `seen` in reviewers' lines")


class ArmRow(Row):
    """`extracted/arms.csv`."""

    study: str
    arm: str
    label: str
    role: str
    drugs: str = Field(description="INN names, joined by ' + '")
    regimen_class: str
    regimen: str
    n: int | None
    authority: Authority
    evidence_start: int | None
    evidence_end: int | None
    record_id: str = Field("", description="report that it was read from; empty for the main one")
    file: str = ""
    key: str = Field(
        "",
        description="what was given, and as far as needed the dose, role or label: the name of the arm in reviewers' "
        "lines, as it does not change with the machine's numbers",
    )
    text_hash: str = Field("", description="fingerprint of the text that it was read from; `seen` in reviewers' lines")


#: a sensitivity analysis: studies that share patients are counted otherwise than in the main one
SHARED = "shared cohorts"
#: another: without studies at high risk of bias
HIGH_RISK = "high risk of bias"


class OutcomeRow(Row):
    """`extracted/outcomes.csv`: one proportion after the overrides, and whether it feeds the main analysis."""

    study: str
    arm: str
    outcome: str
    name: str
    events: int | None
    n: int | None
    percent: float | None
    timepoint: str
    denominator: str
    authority: Authority
    confidence: float
    checks: str
    pooled: bool
    not_pooled_because: str
    evidence_start: int | None
    evidence_end: int | None
    record_id: str = Field("", description="report that it was read from; empty for the main one")
    file: str = ""
    sensitivity: str = Field(
        "", description="analyses, joined by ' + ', that do with the row what the main one does not"
    )
    verified: bool = Field(
        False,
        description="two reviewers gave the same, or one decided between them, in each field of config's "
        "reviewing.fields",
    )
    reviewers: str = Field("", description="who stands behind it, joined by '; '")
    decided: str = Field("", description="day of the last of their lines that stand")
    reason: str = ""
    machine: str = Field("", description='what the machine alone says, where reviewers spoke: "14 of 35"')
    machine_accepted: bool = Field(False, description="whether the machine alone would have accepted it")
    text_hash: str = Field("", description="fingerprint of the text that it was read from; `seen` in reviewers' lines")


class ComparisonRow(Row):
    """`extracted/comparisons.csv`: a printed effect of two arms, `first_arm` minus (RD) or over `second_arm`."""

    study: str
    outcome: str
    name: str
    measure: str
    estimate: float
    ci_low: float | None
    ci_high: float | None
    level: float
    p: float | None
    p_is: str
    adjusted: bool | None
    analysis: str
    first_arm: str
    second_arm: str
    status: str
    checks: str
    evidence_start: int
    evidence_end: int
    record_id: str = Field("", description="report that it was read from; empty for the main one")
    file: str = ""


class DecisionRow(Row):
    """`extracted/decisions.csv`: what each reviewer's line did."""

    file: str
    line: int
    study: str
    arm: str
    outcome: str = ""
    timepoint: str = ""
    field: str
    machine: str = Field(description="what the pipeline says without the lines")
    was: str = Field(description="what the reviewer saw")
    value: str
    effect: LineEffect
    reason: str
    reviewer: str
    date: str
    note: str = Field("", description="why it is stale, overruled or in disagreement")


class AuditRow(Row):
    """`extracted/audit.csv`: who stands behind each number that is pooled, and what the result rests on it."""

    study: str
    arm: str
    outcome: str
    timepoint: str
    events: int
    n: int
    authority: Authority
    who: str = Field(description="reviewers; empty for the machine")
    when: str
    why: str = Field(description="the reviewers' reasons; of the machine, the checks")
    was: str = Field(description='what the machine alone says, as "14 of 35"; empty if nothing')
    result: float | None = Field(None, description="the outcome's main result, a proportion")
    without: float | None = Field(None, description="the same without the row")
    with_machine: float | None = Field(None, description="the same with what the machine alone would pool in its place")


class WorkRow(Row):
    """`extracted/worklist.csv`: what waits for a person, with the words and a line ready for a file of overrides/."""

    study: str
    arm: str
    field: str
    value: str
    why: str
    evidence: str
    file: str
    start: int | None
    end: int | None
    line: str
    line_for: str = Field("corrections.csv", description="the file of overrides/ that the line is for")
    outcome: str = ""
    timepoint: str = ""
    shift: float | None = Field(None, description="how far it could move the outcome's main result, as a proportion")


class ToDecideRow(Row):
    """`extracted/to_decide.csv`: how much of what waits must be decided until the rest cannot move the result much."""

    outcome: str
    waiting: int = Field(description="rows that wait and could be pooled")
    needed: int = Field(description="of these, the first of the worklist, so that the rest moves it by less")
    tolerance: float = Field(description="than this, as a proportion (config: reviewing.tolerance)")
    result: float | None = Field(description="the main result now")
    low: float | None = Field(description="where it can come to lie, whatever the rows turn out to be")
    high: float | None


class SetAsideRow(Row):
    """`extracted/set_aside.csv`: inputs, or records of them, that could not be read."""

    file: str
    record: str
    reason: str
    remedy: str


# ---- overrides: written by people --------------------------------------------------------------------------------
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
        description="of a study: n_total, design, age, line; of an arm: n, drugs, label, role; of an outcome of the "
        "arm: events, n, denominator, status (accepted or review)",
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


# ---- pool --------------------------------------------------------------------------------------------------------


class Effect(Row):
    """One arm in a pooled analysis; proportions and their interval (Clopper-Pearson) are on [0, 1]."""

    study: str
    label: str = Field(description="as in the forest plot: Arnold 2010, with the arm's label where a study has several")
    arm: str
    regimen_class: str
    year: int | None
    events: int
    n: int
    proportion: float
    ci: tuple[float, float]
    weight: float = Field(description="share in the random-effects model, in percent")


class Pooled(Row):
    """One set of arms pooled; `fits` holds what `pipeline.stats` answers, `to_dict()` of each model by its name."""

    name: str = Field(description='"overall" or the regimen class')
    k: int
    events: int
    n: int
    fits: dict[str, dict[str, object]] = Field(description='"iv" (two-step) and "glmm" (binomial-normal, one-step)')
    warnings: list[str] = []


class PooledOutcome(Row):
    """`extracted/pooled.json` holds a list of these, in the config's order."""

    outcome: str
    label: str
    effects: list[Effect]
    overall: Pooled | None = Field(description="null where no arm can be pooled")
    by_class: list[Pooled]
    class_test: dict[str, float] | None = Field(description="Q_between, df, p; null with fewer than two classes")
    sensitivity: list[Pooled] = Field([], description="the same otherwise: with other rows, as `name` says")


# ---- reviewers measured ------------------------------------------------------------------------------------------


class AgreementRow(Row):
    """`extracted/agreement.csv`: how far reviewers agreed before they talked, per field and pair of reviewers."""

    field: str
    kind: Literal["count", "category", "text"]
    reviewers: str = Field(description='"AB & CD", or "all" where more than two took part')
    cells: int = Field(description="cells that two of them judged independently")
    agreeing: int = Field(description="cells in which they said the same")
    share: float = Field(description="agreeing / cells, with Wilson's interval")
    share_low: float
    share_high: float
    statistic: str = Field(description="Cohen's kappa, Fleiss' kappa, ICC(1,1), or none for text")
    value: float | None = Field(description="empty where it is not defined; `note` says why")
    value_low: float | None
    value_high: float | None
    ac1: float | None = Field(description="Gwet's AC1, which does not fall where almost all cells are of one category")
    note: str


class AccuracyRow(Row):
    """`extracted/accuracy.csv`: the machine measured by the cells that people decided; not a random sample of cells."""

    field: str = Field(description='"all" for all fields together')
    period: str = Field(description='"all", a quarter of the reviewer\'s date as 2026-Q4, or all "until 2026-Q4"')
    measure: Literal["precision of accepted", "precision of waiting", "recall", "recall by accepted", "calibration"]
    confidence: str = Field(description="the bin of confidence, in rows of calibration")
    mean_confidence: float | None = Field(description="of the machine's values among `of`")
    right: int
    of: int = Field(
        description="cells that people decided; precision: with a value of the machine, recall: that hold one"
    )
    share: float = Field(description="right / of, with Wilson's interval")
    low: float
    high: float
    total: int | None = Field(
        description="values of that status in the tables, seen by a person or not; empty if not asked"
    )


# ---- reviewers' judgements ---------------------------------------------------------------------------------------

#: of an item: who stands behind it, or why it is open; derived: by the tool's rule from the other rows
JudgementStatus = Literal["judged", "agreed", "adjudicated", "disagreement", "missing", "derived"]


class RiskOfBiasRow(Row):
    """`extracted/risk_of_bias.csv`: each item of each tool that a study is judged by, then the study as a whole."""

    study: str
    outcome: str = Field(description="empty for all outcomes that have no judgements of their own")
    tool: str
    item: str = Field(description='as in overrides/risk_of_bias.csv; "overall" comes last')
    about: str
    judgement: str = Field(description="empty while it is open")
    status: JudgementStatus
    support: str
    said: str = Field(description='what each reviewer says last: "AB: low; CD: high"')
    reviewers: str
    date: str
    high: bool = Field(description="whether the study counts as one of high risk, however open items turn out")
    note: str


class CertaintyRow(Row):
    """`extracted/certainty.csv`: GRADE's domains for an outcome and class of regimens, then the certainty itself."""

    outcome: str
    regimen_class: str = Field(description='"overall" for all classes together')
    domain: str = Field(description='"start" comes first, "certainty" last')
    judgement: str = Field(description="of certainty: high, moderate, low, very low; empty while it is open")
    levels: int | None = Field(
        description="what the judgement adds or takes; of start and certainty: 4 high to 1 very low"
    )
    status: JudgementStatus
    explanation: str
    said: str
    reviewers: str
    date: str
    note: str
