"""The files of overrides/ as declared: what each column is to a spreadsheet."""

from __future__ import annotations

from pipeline.overrides import FILES
from pipeline.tables.cells import columns_of

#: columns that name something, and columns that hold a value of any field; a file that has one declares it so
IDS = {"study", "arm", "field", "record", "record_a", "record_b", "record_id", "pmid", "doi"}
VALUES = {"value", "was"}


def test_names_and_values_are_declared_as_such() -> None:
    found = [
        (file, c)
        for file, model in FILES.items()
        for c in columns_of(model).values()
        if c.kind not in ("choice", "list")
    ]
    assert [(file, c.name) for file, c in found if c.name in IDS and c.kind != "id"] == [], "json_schema_extra=ID"
    assert [(file, c.name) for file, c in found if c.name in VALUES and c.kind != "value"] == [], (
        "json_schema_extra=VALUE"
    )
    assert {file.rpartition(".")[2] for file in FILES} == {"csv"}
