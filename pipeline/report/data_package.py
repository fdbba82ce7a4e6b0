"""The review's tables as a Frictionless data package: CSV files, and what each column of each holds.

Shape: https://specs.frictionlessdata.io/data-package/ (version 1). Keys say which rows belong together; a table has
only those that every review's rows keep.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from pipeline.linked import LinkRow, SetAsideRow
from pipeline.parsed import Row
from pipeline.report.bodies import Body
from pipeline.report.inputs import Inputs
from pipeline.resolved import (
    AccuracyRow,
    AgreementRow,
    ArmRow,
    AuditRow,
    CertaintyRow,
    ComparisonRow,
    DecisionRow,
    OutcomeRow,
    RiskOfBiasRow,
    StudyRow,
    WorkRow,
)
from pipeline.searched import SearchRow
from pipeline.tables import line_writer
from pipeline.tables.cells import Column, columns_of

TYPES = {"whole": "integer", "number": "number", "percent": "number", "truth": "boolean", "date": "date"}


@dataclass(frozen=True)
class Reference:
    """Columns whose values are those of `key` in another table."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of one model, as CSV; `key` tells them apart, where something does."""

    name: str
    about: str
    model: type[BaseModel]
    body: Body
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()


class RecordRow(Row):
    """A record as it was found."""

    record_id: str
    file: str
    study: str = Field(description="the study that it belongs to")
    kept: bool = Field(description="false for a duplicate of the record that is kept")
    report: str = Field("", description="record_id of the record that is kept for its report, for a duplicate")


def as_csv(model: type[BaseModel], rows: Iterable[Mapping[str, object]]) -> str:
    """Rows by column, with cells that a spreadsheet neither runs nor changes."""
    return ",".join(columns_of(model)) + "\n" + "".join(map(line_writer(model), rows))


_STUDY = Reference(("study",), "studies", ("study",))
_ARM = Reference(("study", "arm"), "arms", ("study", "arm"))


def tables(inputs: Inputs) -> list[Table]:
    """All of the package, what is read first standing first."""

    def made(
        name: str, about: str, model: type[BaseModel], key: tuple[str, ...] = (), references: tuple[Reference, ...] = ()
    ) -> Table:
        return Table(name, about, model, Body(inputs.extracted / f"{name}.csv"), key, references)

    records = Body(as_csv(RecordRow, _records(inputs)))
    searches = Body(as_csv(SearchRow, map(vars, inputs.searches)))
    return [
        made("studies", "each study, with the decision on it", StudyRow, ("study",)),
        made("arms", "arms of the studies", ArmRow, ("study", "arm"), (_STUDY,)),
        made("outcomes", "each proportion, and whether it is pooled", OutcomeRow, (), (_STUDY,)),
        made("comparisons", "printed effects between two arms", ComparisonRow, (), (_STUDY,)),
        made("audit", "who stands behind each pooled number", AuditRow, (), (_STUDY, _ARM)),
        made("worklist", "what waits for a reviewer, in the order of its use", WorkRow),
        made("risk_of_bias", "judgements on each study", RiskOfBiasRow, (), (_STUDY,)),
        made("certainty", "judgements on each body of evidence (GRADE)", CertaintyRow),
        Table("reports", "each record as found, and the study that it belongs to", RecordRow, records, (), (_STUDY,)),
        made("links", "records that belong together", LinkRow),
        made("set_aside", "inputs that could not be read", SetAsideRow),
        made("decisions", "what each reviewer's line did", DecisionRow),
        made("agreement", "how far reviewers agree", AgreementRow),
        made("accuracy", "how right the machine was where reviewers decided", AccuracyRow),
        Table("searches", "what was searched, when, and what it found", SearchRow, searches),
    ]


def _records(inputs: Inputs) -> Iterator[dict[str, object]]:
    for study in inputs.reports.values():
        for r in study.reports:
            yield {"record_id": r.record_id, "file": r.file, "study": study.study, "kept": r.kept, "report": r.report}


@dataclass(frozen=True)
class Plain:
    """A file of the package that is no table of declared rows."""

    name: str
    media: str
    about: str
    body: Body


def description(inputs: Inputs, given: Sequence[Table], others: Sequence[Plain]) -> str:
    """datapackage.json."""
    review = inputs.settings.config.review
    described = {
        "profile": "data-package",
        "name": "litpool-review",
        "title": review.title,
        "description": review.question,
        "contributors": [{"title": author, "role": "author"} for author in review.authors],
        "resources": [_table(table) for table in given] + [_plain(file) for file in others],
    }
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


def _plain(file: Plain) -> dict[str, object]:
    return {
        "name": file.name.lower(),
        "path": file.name,
        "description": file.about,
        "mediatype": file.media,
        "encoding": "utf-8",
        **_bytes(file.body),
    }


def _table(table: Table) -> dict[str, object]:
    schema: dict[str, object] = {
        "fields": [_field(column, table.model) for column in columns_of(table.model).values()],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.references:
        schema["foreignKeys"] = [_reference(reference) for reference in table.references]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "description": table.about,
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_bytes(table.body),
        "schema": schema,
    }


def _reference(reference: Reference) -> dict[str, object]:
    return {
        "fields": list(reference.columns),
        "reference": {"resource": reference.table, "fields": list(reference.key)},
    }


def _bytes(body: Body) -> dict[str, object]:
    return {"bytes": body.size, "hash": f"sha256:{body.sha256}"}


def _field(column: Column, model: type[BaseModel]) -> dict[str, object]:
    field: dict[str, object] = {"name": column.name, "type": TYPES.get(column.kind, "string")}
    about = model.model_fields[column.name].description
    if about:
        field["description"] = about
    if column.kind == "choice":
        field["constraints"] = {"enum": [option for option in column.options if option]}
    return field
