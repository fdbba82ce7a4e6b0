"""Files for others to work with: a Frictionless data package, the included studies as RIS, all pooled results.

They lie beside the page in data/, and the page itself holds them, so that it can be passed on alone. The package's
shape: https://specs.frictionlessdata.io/tabular-data-package/.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from pipeline.link.ris import article
from pipeline.linked import LinkRow
from pipeline.parse.cited import Cited
from pipeline.report.inputs import Inputs
from pipeline.resolved import ArmRow, DecisionRow, OutcomeRow, StudyRow
from pipeline.tables.cells import Column, columns_of, write_cell

#: bytes of all files together, up to which the page holds them
MOST_HELD = 700_000
TYPES = {"whole": "integer", "number": "number", "percent": "number", "truth": "boolean", "date": "date"}


@dataclass(frozen=True)
class Download:
    """A file of data/: its text, and what it holds in a line."""

    name: str
    media: str
    about: str
    text: str

    @property
    def uri(self) -> str:
        """The file within a link."""
        return f"data:{self.media};base64,{base64.b64encode(self.text.encode('utf-8')).decode('ascii')}"

    @property
    def size(self) -> int:
        return len(self.text.encode("utf-8"))


def downloads(inputs: Inputs) -> list[Download]:
    """All files, the package's description first."""
    tables = [
        _table("studies", "each study, with the decision on it", StudyRow, inputs.studies),
        _table("arms", "arms of the included studies", ArmRow, inputs.arms),
        _table("outcomes", "each proportion, and whether it is pooled", OutcomeRow, inputs.outcomes),
        _table("links", "records that belong together", LinkRow, inputs.links),
        _table("decisions", "what each reviewer's line did", DecisionRow, inputs.decisions),
    ]
    results = json.dumps(
        [p.model_dump(mode="json") for p in inputs.pooled], indent=1, ensure_ascii=False, sort_keys=True
    )
    return [
        Download(
            "datapackage.json", "application/json", "what the tables hold, column by column", _package(inputs, tables)
        ),
        *(table for table, _ in tables),
        Download("results.json", "application/json", "all pooled results", results + "\n"),
        Download("included.ris", "application/x-research-info-systems", "the included studies", _ris(inputs)),
    ]


def held(files: Sequence[Download]) -> bool:
    """Whether the page holds them."""
    return sum(file.size for file in files) <= MOST_HELD


def _table(
    name: str, about: str, model: type[BaseModel], rows: Iterable[BaseModel]
) -> tuple[Download, type[BaseModel]]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = columns_of(model).values()
    writer.writerow(column.name for column in columns)
    writer.writerows([write_cell(getattr(row, column.name), column) for column in columns] for row in rows)
    return Download(f"{name}.csv", "text/csv", about, out.getvalue()), model


def _package(inputs: Inputs, tables: Sequence[tuple[Download, type[BaseModel]]]) -> str:
    described = {
        "profile": "tabular-data-package",
        "name": "litpool-review",
        "title": inputs.settings.config.review.title,
        "description": inputs.settings.config.review.question,
        "resources": [_resource(file, model) for file, model in tables],
    }
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


def _resource(file: Download, model: type[BaseModel]) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": file.name.removesuffix(".csv"),
        "path": file.name,
        "description": file.about,
        "mediatype": file.media,
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{hashlib.sha256(file.text.encode('utf-8')).hexdigest()}",
        "schema": {"fields": [_field(column, model) for column in columns_of(model).values()], "missingValues": [""]},
    }


def _field(column: Column, model: type[BaseModel]) -> dict[str, object]:
    field: dict[str, object] = {"name": column.name, "type": TYPES.get(column.kind, "string")}
    about = model.model_fields[column.name].description
    if about:
        field["description"] = about
    if column.kind == "choice":
        field["constraints"] = {"enum": [option for option in column.options if option]}
    return field


def _ris(inputs: Inputs) -> str:
    included = [
        inputs.linked[row.study] for row in inputs.studies if row.decision == "include" and row.study in inputs.linked
    ]
    return "".join(
        article(
            [
                Cited(
                    record_id=candidate.record_id,
                    file=candidate.source.file,
                    citation=candidate.citation,
                    abstract="",
                    length=0,
                    digest="",
                )
            ]
        )
        for candidate in (study.candidate for study in included)
    )
