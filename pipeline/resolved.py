"""What `resolve` and `audit` write: tables after the reviewers' lines, what waits, and how reviewers and machine agree.

One model per row; columns keep the order of the fields.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from pydantic import Field

from pipeline.parsed import Row

AnyRow = TypeVar("AnyRow", bound=Row)

#: who stands behind a value: the machine's proof, a reviewer who agrees, who changed it, who found it, or nobody yet
Authority = Literal["accepted", "confirmed", "corrected", "added", "waiting"]

BY_REVIEWER: frozenset[Authority] = frozenset({"confirmed", "corrected", "added"})

#: what a reviewer's line did. applied: it says what counts; redundant: the machine says the same; stale: it counts, and
#: what it was decided on has changed; overruled: a later line counts in its place; disagrees: two reviewers say two
#: things, and a third must decide
LineEffect = Literal["applied", "redundant", "stale", "overruled", "disagrees"]


def having(row: AnyRow, **values: object) -> AnyRow:
    """The row with these values; itself where it has them already, for copies cost more than most of what is said."""
    own = vars(row)
    return row if all(own[name] == value for name, value in values.items()) else row.model_copy(update=values)


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
    notices: str = Field(
        "", description="retractions, corrections and concerns published about its reports, joined by ' | '"
    )
    retracted: bool = Field(
        False, description="a report of it is retracted; then it is excluded, unless a reviewer took it in"
    )


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


class MachineRow(Row):
    """`extracted/machine.csv`: a number that the main analysis would pool had no reviewer said anything."""

    study: str
    arm: str
    outcome: str
    events: int
    n: int


class FullTextRow(Row):
    """`extracted/full_texts.csv`: a report of a study that can matter and that is a full text, not an abstract."""

    file: str
    record_id: str


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
