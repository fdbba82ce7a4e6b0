"""The review's tables as a Frictionless data package: CSV files, and what each column of each holds.

Shape: https://specs.frictionlessdata.io/data-package/ (version 1). Keys say which rows belong together; a table has
only those that every review's rows keep.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from pipeline.linked import LinkRow, SetAsideRow
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
)
from pipeline.searched import SearchRow
from pipeline.tables.cells import Column, columns_of, write_cell

TYPES = {"whole": "integer", "number": "number", "percent": "number", "truth": "boolean", "date": "date"}


@dataclass(frozen=True)
class Reference:
    """Columns whose values are those of `key` in another table."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of one model; `key` tells them apart, where something does."""

    name: str
    about: str
    model: type[BaseModel]
    rows: Iterable[BaseModel]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @cached_property
    def text(self) -> str:
        """As CSV, with cells that a spreadsheet neither runs nor changes."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        columns = columns_of(self.model).values()
        writer.writerow(column.name for column in columns)
        writer.writerows([write_cell(getattr(row, column.name), column) for column in columns] for row in self.rows)
        return out.getvalue()


_STUDY = Reference(("study",), "studies", ("study",))
_ARM = Reference(("study", "arm"), "arms", ("study", "arm"))


def tables(inputs: Inputs) -> list[Table]:
    """All of the package, what is read first standing first."""
    return [
        Table("studies", "each study, with the decision on it", StudyRow, inputs.studies, ("study",)),
        Table("arms", "arms of the studies", ArmRow, inputs.arms, ("study", "arm"), (_STUDY,)),
        Table("outcomes", "each proportion, and whether it is pooled", OutcomeRow, inputs.outcomes, (), (_STUDY,)),
        Table("comparisons", "printed effects between two arms", ComparisonRow, inputs.comparisons, (), (_STUDY,)),
        Table("audit", "who stands behind each pooled number", AuditRow, inputs.audit, (), (_STUDY, _ARM)),
        Table("risk_of_bias", "judgements on each study", RiskOfBiasRow, inputs.risk_of_bias, (), (_STUDY,)),
        Table("certainty", "judgements on each body of evidence (GRADE)", CertaintyRow, inputs.certainty),
        Table("links", "records that belong together", LinkRow, inputs.links),
        Table("set_aside", "inputs that could not be read", SetAsideRow, inputs.set_aside),
        Table("decisions", "what each reviewer's line did", DecisionRow, inputs.decisions),
        Table("agreement", "how far reviewers agree", AgreementRow, inputs.agreement),
        Table("accuracy", "how right the machine was where reviewers decided", AccuracyRow, inputs.accuracy),
        Table("searches", "what was searched, when, and what it found", SearchRow, inputs.searches),
    ]


@dataclass(frozen=True)
class Plain:
    """A file of the package that is no table of declared rows."""

    name: str
    media: str
    about: str
    text: str


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
        **_bytes(file.text),
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
        **_bytes(table.text),
        "schema": schema,
    }


def _reference(reference: Reference) -> dict[str, object]:
    return {
        "fields": list(reference.columns),
        "reference": {"resource": reference.table, "fields": list(reference.key)},
    }


def _bytes(text: str) -> dict[str, object]:
    body = text.encode("utf-8")
    return {"bytes": len(body), "hash": f"sha256:{hashlib.sha256(body).hexdigest()}"}


def _field(column: Column, model: type[BaseModel]) -> dict[str, object]:
    field: dict[str, object] = {"name": column.name, "type": TYPES.get(column.kind, "string")}
    about = model.model_fields[column.name].description
    if about:
        field["description"] = about
    if column.kind == "choice":
        field["constraints"] = {"enum": [option for option in column.options if option]}
    return field
