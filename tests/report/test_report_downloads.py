"""The files of the report: of the documented shape, beside the page and in it, and readable again."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from report_rendered import Rendered

from pipeline.limits import Limits
from pipeline.parse.cited import Cited, read_cited
from pipeline.resolved import OutcomeRow
from pipeline.tables import read_rows


def folder(report: Rendered) -> Path:
    return report.path.parent / "data"


def described(report: Rendered) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((folder(report) / "datapackage.json").read_text("utf-8"))
    return package


def table(report: Rendered, name: str) -> list[dict[str, str]]:
    with (folder(report) / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_page_holds_each_file_that_lies_beside_it(report: Rendered) -> None:
    (link,) = report.page.xpath("//section[@id='reproduce']//a[@download]")
    body = base64.b64decode(link.get("href").partition(";base64,")[2])
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert packed.testzip() is None
        held = {name: packed.read(name) for name in packed.namelist()}
    assert held == {path.name: path.read_bytes() for path in folder(report).iterdir()}
    named = report.page.xpath("//section[@id='reproduce']//ul/li/code/text()")
    assert set(named) == set(held)


def test_the_package_describes_every_table(report: Rendered) -> None:
    """Names, paths, profiles, types and hashes as specs.frictionlessdata.io documents them."""
    package = described(report)
    assert package["profile"] == "data-package"
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    files = {path.name for path in folder(report).iterdir()}
    assert {resource["path"] for resource in package["resources"]} == files - {"datapackage.json"}
    for resource in package["resources"]:
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
        body = (folder(report) / resource["path"]).read_bytes()
        assert resource["bytes"] == len(body)
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        if resource.get("profile") != "tabular-data-resource":
            continue
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == body.decode("utf-8").split("\n", 1)[0].split(",")
        assert {field["type"] for field in fields} <= {"string", "integer", "number", "boolean", "date"}


def test_types_are_those_of_the_columns(reports: dict[str, Rendered]) -> None:
    package = described(reports["itp"])
    outcomes = next(resource for resource in package["resources"] if resource["name"] == "outcomes")
    types = {field["name"]: field["type"] for field in outcomes["schema"]["fields"]}
    assert (types["events"], types["percent"], types["pooled"], types["study"]) == (
        "integer",
        "number",
        "boolean",
        "string",
    )
    authority = next(field for field in outcomes["schema"]["fields"] if field["name"] == "authority")
    assert "waiting" in authority["constraints"]["enum"]


def test_keys_hold(report: Rendered) -> None:
    """As a validator of data packages checks them: primary keys are unique, foreign keys are there."""
    resources = {r["name"]: r for r in described(report)["resources"] if "schema" in r}
    assert {"comparisons", "audit", "risk_of_bias", "certainty", "set_aside", "searches"} <= set(resources)
    for resource in resources.values():
        rows, schema = table(report, resource["path"]), resource["schema"]
        keys = [tuple(row[name] for name in schema.get("primaryKey", [])) for row in rows]
        assert "primaryKey" not in schema or len(set(keys)) == len(keys)
        for reference in schema.get("foreignKeys", []):
            there = reference["reference"]
            known = {tuple(r[f] for f in there["fields"]) for r in table(report, f"{there['resource']}.csv")}
            assert {tuple(row[f] for f in reference["fields"]) for row in rows} <= known


def test_no_cell_is_a_formula(report: Rendered) -> None:
    for path in folder(report).glob("*.csv"):
        for row in table(report, path.name):
            for cell in row.values():
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), (path.name, cell)
                assert not cell.startswith("-") or float(cell) < 0, (path.name, cell)


def test_revman_gets_each_pooled_arm_on_the_scale_of_the_analysis(reports: dict[str, Rendered]) -> None:
    """Log odds and its standard error by hand: 25 of 35 is log(25/10), √(1/25 + 1/10)."""
    rows = table(reports["itp"], "revman-data-rows.csv")
    assert len(rows) == sum(len(pooled.effects) for pooled in reports["itp"].inputs.pooled)
    row = next(row for row in rows if (row["Experimental cases"], row["Experimental N"]) == ("25", "35"))
    assert float(row["GIV Mean"]) == pytest.approx(math.log(25 / 10))
    assert float(row["GIV SE"]) == pytest.approx(math.sqrt(1 / 25 + 1 / 10))
    assert (row["Analysis number"], row["Analysis name"], row["Study"]) == ("1", "Overall response", "Untitled 1")
    full = next(row for row in rows if (row["Experimental cases"], row["Experimental N"]) == ("5", "5"))
    assert float(full["GIV Mean"]) == pytest.approx(math.log(5.5 / 0.5))


def test_the_page_shows_the_script_that_it_offers(report: Rendered) -> None:
    shown = report.page.get_element_by_id("metafor").text_content()
    assert shown == (folder(report) / "metafor.R").read_text("utf-8")


def test_tables_and_results_are_those_of_the_review(report: Rendered) -> None:
    rows = [row for _, row in read_rows(folder(report) / "outcomes.csv", OutcomeRow)]
    assert rows == report.inputs.outcomes
    results = json.loads((folder(report) / "results.json").read_text("utf-8"))
    assert [result["outcome"] for result in results] == [pooled.outcome for pooled in report.inputs.pooled]


def test_the_ris_file_reads_again_as_the_included_studies(reports: dict[str, Rendered]) -> None:
    found = [row for row in read_cited([folder(reports["itp"]) / "included.ris"], Limits()) if isinstance(row, Cited)]
    titles = {row.citation.title for row in found}
    included = [row for row in reports["itp"].inputs.studies if row.decision == "include"]
    assert {row.title for row in included if row.title} <= titles
    assert "19880491" in {row.citation.pmid for row in found}
