"""What `extract` says of one record: the contract that `litpool extract --json` prints, one object per line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from pipeline.files import new_text
from pipeline.parsed import Citation, Row, SetAside, Source, as_line

Decision = Literal["include", "exclude", "review"]
Status = Literal["accepted", "review"]
Design = Literal[
    "randomised",
    "non-randomised comparative",
    "single-arm prospective",
    "single-arm retrospective",
    "case series",
    "case report",
    "review",
    "meta-analysis",
    "other",
]
Age = Literal["adult", "paediatric", "mixed", "unspecified"]
Role = Literal["experimental", "control", "single", "subgroup", "pooled"]
Denominator = Literal["enrolled", "evaluable", "responders"]


#: the reason to exclude a report that was retracted; its numbers are still read
RETRACTED = "retracted"


class Evidence(Row):
    """The words behind a value: source[start:end] == text, in characters of the source text (see `parsed.Source`)."""

    start: int
    end: int
    text: str


class Eligibility(Row):
    decision: Decision
    reason: str
    evidence: Evidence | None = None


class Population(Row):
    age: Age = "unspecified"
    line: str | None = None
    text: str | None = None


class Size(Row):
    """A number of patients with the words it was read from; `confidence` is in [0, 1]."""

    value: int | None
    status: Status
    confidence: float
    evidence: Evidence | None = None


class Dose(Row):
    """One drug as given: `dose` in `unit` (as in "10 mg"), null where the text prints none."""

    drug: str
    dose: float | None = None
    unit: str | None = None
    schedule: str | None = None
    route: str | None = None
    duration: str | None = None


class Arm(Row):
    arm: str
    label: str
    role: Role
    drugs: list[str]
    regimen: list[Dose] = []
    n: int | None = None
    evidence: Evidence | None = None


class Outcome(Row):
    """One proportion: `events` of `n`; `percent` is as printed where printed, else computed with one decimal."""

    arm: str
    outcome: str
    name: str
    events: int | None
    n: int | None
    percent: float | None
    timepoint: str | None = None
    definition: dict[str, float | bool] = {}
    denominator: Denominator
    status: Status
    confidence: float
    checks: list[str] = []
    evidence: Evidence


class Comparison(Row):
    """A printed effect of `arms`: the first minus the second (RD, of 1), or the first over the second (OR, RR, HR)."""

    outcome: str
    name: str
    measure: Literal["RD", "OR", "RR", "HR"]
    estimate: float
    ci: tuple[float, float] | None = None
    #: of the interval, in percent
    level: float = 95
    p: float | None = None
    #: how the p-value is printed: "p < 0.001" says less than "p = 0.001"
    p_is: Literal["=", "<", ">"] | None = None
    #: null where the text does not say
    adjusted: bool | None = None
    analysis: str | None = None
    arms: list[str]
    status: Status
    checks: list[str] = []
    evidence: Evidence


class Fact(Row):
    """A number that describes the study or its patients, in `unit`; "review" where the text gives several."""

    name: str | None = None
    value: float
    unit: str
    status: Status
    evidence: Evidence


class Registration(Row):
    """A number in a trial register; without evidence where the database gave it."""

    id: str
    evidence: Evidence | None = None


class Definition(Row):
    """How the report defines an outcome class, in its own words; the evidence begins with the outcome's name."""

    outcome: str
    text: str
    evidence: Evidence


class Funding(Row):
    """What the report says of who paid; without evidence an agency that the database names."""

    text: str
    evidence: Evidence | None = None


class Window(Row):
    """When patients were taken in: the months (as "2005-03") of the first and of the last."""

    start: str
    end: str
    evidence: Evidence


class Centre(Row):
    """A hospital or institute that the text names."""

    name: str
    evidence: Evidence


class TrialName(Row):
    """A name such as "RAISE" or "PHOENIX 1", of this trial or of one that the text mentions."""

    name: str
    evidence: Evidence


class Kinship(Row):
    """What the record says of other reports of its patients, in the `title` or behind it."""

    kind: Literal["pooled", "extension", "later", "interim", "part", "registry", "protocol"]
    title: bool
    evidence: Evidence


class Candidate(Row):
    record_id: str
    source: Source
    #: fingerprint of the record's text: it changes with the words, not with blanks, signs or capitals
    text_hash: str = ""
    citation: Citation
    eligibility: Eligibility
    design: Design
    population: Population
    n_total: Size
    arms: list[Arm] = []
    outcomes: list[Outcome] = []
    comparisons: list[Comparison] = []
    registration: list[Registration] = []
    funding: list[Funding] = []
    definitions: list[Definition] = []
    enrolment: Window | None = None
    centre_count: Fact | None = None
    centres: list[Centre] = []
    trial_names: list[TrialName] = []
    kinship: list[Kinship] = []
    #: treatments that the title names (INN), also of a record that is kept out
    drugs_in_title: list[str] = []
    #: medians (or means) as the text states them
    followup_months: Fact | None = None
    time_to_response_days: Fact | None = None
    prior_lines_median: Fact | None = None
    #: severity of the disease before treatment, as a `name` with a value
    baseline: Fact | None = None
    problems: list[str] = []


_CANDIDATE: TypeAdapter[Candidate | SetAside] = TypeAdapter(
    Annotated[Candidate | SetAside, Field(union_mode="left_to_right")], config=ConfigDict(defer_build=True)
)


def write_candidates(path: Path, rows: Iterable[Candidate | SetAside]) -> None:
    with new_text(path) as out:
        out.writelines(as_line(row) for row in rows)


def as_row(line: bytes | str) -> Candidate | SetAside:
    """The row of a JSON line. Raises pydantic.ValidationError."""
    return _CANDIDATE.validate_json(line)


def read_candidates(path: Path) -> Iterator[Candidate | SetAside]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield as_row(line)
