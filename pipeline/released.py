"""What `litpool release` keeps of a version, and what the release stage says changed since: `release.json` in
`reports/versions/NAME/`, and `extracted/changes.json`.

Proportions are on [0, 1].
"""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from pipeline.parsed import Row

#: what a living review does next, as PRISMA-LSR has it
Status = Literal["updating", "waiting", "retired"]
STATUSES: dict[Status, str] = {
    "updating": "the review is kept up to date",
    "waiting": "the next update waits",
    "retired": "the review is no longer kept up to date",
}

Interval = tuple[float, float]

# ---- a version -----------------------------------------------------------------------------------------------------


class Searched(Row):
    """What was searched in one source until now."""

    source: str = Field(description="database or register, as PubMed")
    last: datetime.date = Field(description="day of the last search")
    searches: int = Field(description="how often")
    hits: int | None = Field(None, description="records that fit, as the source said in the last search")


class KeptLine(Row):
    """A reviewer's line as it stood; `key` is the fingerprint of all its cells."""

    key: str
    file: str = Field(description="the file of overrides/ that it belongs to")
    study: str = Field("", description="study or, of links, the two records")
    arm: str = ""
    outcome: str = ""
    field: str = ""
    value: str = ""
    reviewer: str = ""
    date: str = ""
    reason: str = ""


class KeptRecord(Row):
    """`records.csv` of a version: a record that was there."""

    file: str
    record_id: str
    study: str
    text_hash: str = Field("", description="fingerprint of its words; empty for a duplicate, whose text is not read")


class Method(Row):
    """How it was pooled: `analysis` of the config."""

    measure: str
    method: str
    test: str
    level: float


class Release(Row):
    """`release.json`: what PRISMA-LSR asks of a version, and fingerprints of what it was made from."""

    name: str
    number: int = Field(ge=1, description="1 for the first version")
    date: datetime.date
    trigger: str = Field(description="what led to this version")
    status: Status
    next_search: datetime.date | None = None
    note: str = ""
    previous: str = Field("", description="the version before; empty for the first")
    changed: list[str] = Field([], description="changes in methods and results since then, in sentences")
    searches: list[Searched] = []
    waiting: int = Field(0, description="values that waited for a reviewer")
    included: int = Field(0, description="studies")
    software: dict[str, str] = Field({}, description="versions of litpool and of the packages results rest on")
    code: dict[str, str] = Field({}, description="stage → fingerprint of its code")
    config: dict[str, str] = Field({}, description="key of config.yaml → value, as JSON")
    method: Method
    files: dict[str, str] = Field({}, description="config/ and corpus/: file → SHA-256")
    overrides: list[KeptLine] = []
    tables: dict[str, str] = Field({}, description="files of this version → SHA-256")
    state: str = Field(description="fingerprint of all that the report says: the same state is the same version")


# ---- what changed --------------------------------------------------------------------------------------------------

#: why something is not as it was. Each difference between two versions has one of these, in the order in which they
#: are taken when a result is led from then to now
Cause = Literal["software", "settings", "unknown", "override", "updated", "removed", "new", "method"]
CAUSES: dict[Cause, str] = {
    "software": "changed software",
    "settings": "changed settings of the review",
    "unknown": "a cause that is not known",
    "override": "reviewers’ decisions",
    "updated": "updated records",
    "removed": "records taken out of the corpus",
    "new": "new records",
    "method": "another method of pooling",
}

#: what a reader may take for news of the world; the rest is how the review reads it
EVIDENCE: frozenset[Cause] = frozenset({"updated", "removed", "new"})


class LineChange(Row):
    """A reviewer's line that is new, changed (the same cell by the same reviewer says something else) or withdrawn."""

    change: Literal["new", "changed", "withdrawn"]
    line: KeptLine
    before: str = Field("", description="the value of a changed line then")


class SettingChange(Row):
    key: str = Field(description="as analysis.measure, or a file of config/")
    before: str
    after: str
    method: bool = Field(description="how it is pooled, not what")


class CodeChange(Row):
    """A stage whose code, or a package whose version, is another."""

    what: str
    before: str = Field("", description="of a package: its version")
    after: str = ""


class StudyChange(Row):
    """A study that came in, went out, or has other numbers."""

    study: str
    label: str
    title: str
    change: Literal["in", "out", "numbers"]
    causes: list[Cause]
    reason: str = Field("", description="of a study that is out: why")
    retracted: bool = False


class Count(Row):
    events: int
    n: int


class NumberChange(Row):
    """A pooled number; None where it was, or is, not pooled."""

    study: str
    label: str
    arm: str = Field(description="label of the arm")
    outcome: str
    before: Count | None
    after: Count | None
    causes: list[Cause]
    reason: str = Field("", description="of a number that is no longer pooled: why")


class Estimate(Row):
    k: int
    studies: int
    n: int
    proportion: float
    ci: Interval | None
    pi: Interval | None = None


class Step(Row):
    """The result after one cause, and how far that moved it. `why` names causes that cannot be told apart."""

    why: list[Cause]
    arms: int = Field(description="arms that came, went or changed in this step")
    k: int
    proportion: float | None = Field(description="None where nothing is left to pool")
    ci: Interval | None
    shift: float | None


class Crossed(Row):
    """A threshold of config's living.thresholds, and on which side the result and its interval were and are."""

    proportion: float
    meaning: str
    before: Literal["above", "below", "across", "no interval"]
    after: Literal["above", "below", "across", "no interval"]
    turned: bool = Field(description="the estimate went from one side to the other")


class Matter(Row):
    """Whether the conclusion is likely to change, and what speaks for it; `shift` is after − before."""

    verdict: Literal["likely", "unlikely", "first", "gone"]
    shift: float | None = None
    of_interval: float | None = Field(None, description="the shift as a share of half the interval of then")
    in_interval: bool | None = Field(None, description="whether the result of now lies in the interval of then")
    in_prediction: bool | None = Field(None, description="… in the prediction interval of then")
    limit: float | None = Field(None, description="config's living.shift")
    thresholds: list[Crossed] = []
    why: list[str] = Field([], description="sentences")


class OutcomeChange(Row):
    outcome: str
    label: str
    before: Estimate | None
    after: Estimate | None
    steps: list[Step] = []
    matter: Matter


class BySearch(Row):
    """The result of the arms that were known after the search of a day; no day for what no search is told for."""

    date: datetime.date | None
    k: int
    new: int = Field(description="arms that this search brought")
    proportion: float
    ci: Interval


class CumulativeOutcome(Row):
    outcome: str
    label: str
    steps: list[BySearch]


class Version(Row):
    """Of an earlier version what a reader is told."""

    name: str
    date: datetime.date
    trigger: str
    status: Status
    next_search: datetime.date | None
    note: str
    waiting: int
    studies: int = Field(description="included")


class Since(Row):
    """All that is different from version `name`."""

    name: str
    date: datetime.date
    software: list[CodeChange] = []
    settings: list[SettingChange] = []
    lines: list[LineChange] = []
    studies: list[StudyChange] = []
    numbers: list[NumberChange] = []
    outcomes: list[OutcomeChange] = []
    new_files: list[str] = Field([], description="files of corpus/ that were not there")
    new_records: list[tuple[str, str]] = Field([], description="(file, record_id) of new records in files of then")
    updated_records: int = 0
    removed_records: int = 0
    included_before: int = 0
    reports_before: int = 0
    waiting_before: int = 0


class Changes(Row):
    """`extracted/changes.json`."""

    version: str = Field("", description="the version that this is; empty if it is none, or has changed since")
    versions: list[Version] = Field([], description="all, the first one first")
    since: Since | None = Field(None, description="against the version before; None if there is none")
    searches: list[Searched] = []
    exports: dict[str, str] = Field({}, description="file of corpus/ → its search, as PubMed, 2026-11-21")
    by_hand: int = Field(0, description="files of corpus/ that no search is told for")
    cumulative: list[CumulativeOutcome] = Field([], description="by day of search, where there are at least two")
