"""The files of the report: of the documented shape, beside the page and in it, and readable again."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from report_rendered import Rendered

from pipeline.limits import Limits
from pipeline.parse.cited import Cited, read_cited
from pipeline.resolved import OutcomeRow
from pipeline.tables import read_rows


def folder(report: Rendered) -> Path:
    return report.path.parent / "data"


def test_the_page_holds_each_file_that_lies_beside_it(report: Rendered) -> None:
    links = report.page.xpath("//section[@id='reproduce']//a[@download]")
    assert {link.get("download") for link in links} == {path.name for path in folder(report).iterdir()}
    for link in links:
        body = base64.b64decode(link.get("href").partition(";base64,")[2])
        assert body == (folder(report) / link.get("download")).read_bytes()


def test_the_package_describes_every_table(report: Rendered) -> None:
    """Names, paths, profiles, types and hashes as specs.frictionlessdata.io documents them."""
    package = json.loads((folder(report) / "datapackage.json").read_text("utf-8"))
    assert package["profile"] == "tabular-data-package"
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    for resource in package["resources"]:
        assert resource["profile"] == "tabular-data-resource"
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
        body = (folder(report) / resource["path"]).read_bytes()
        assert resource["bytes"] == len(body)
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == body.decode("utf-8").split("\n", 1)[0].split(",")
        assert {field["type"] for field in fields} <= {"string", "integer", "number", "boolean", "date"}


def test_types_are_those_of_the_columns(reports: dict[str, Rendered]) -> None:
    package = json.loads((folder(reports["itp"]) / "datapackage.json").read_text("utf-8"))
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
