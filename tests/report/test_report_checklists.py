"""The checklists hold every item of the statements, and the methods say what was measured of the automation."""

from __future__ import annotations

import hashlib
from pathlib import Path

from report_rendered import Rendered

from pipeline.release.software import code
from pipeline.report.measured import measured
from pipeline.report.sections.checklists import WORDS, items
from pipeline.report.sections.methods import CALIBRATION, calibrated

ROOT = Path(__file__).parents[2]
CITATION = ROOT / "CITATION.cff"


def test_prisma_2020_has_its_27_items_in_order() -> None:
    found = [row.item for row in items("prisma_2020")]
    parts = {10: "ab", 13: "abcdef", 16: "ab", 20: "abcd", 23: "abcd", 24: "abc"}
    assert found == [f"{i}{part}" for i in range(1, 28) for part in (parts.get(i) or [""])]


def test_each_item_leads_to_a_place_or_says_who_must_answer(report: Rendered) -> None:
    """In every page, also where nothing could be pooled."""
    ids = set(report.page.xpath("//@id"))
    for row in (*items("prisma_2020"), *items("prisma_lsr")):
        assert set(row.anchors) <= ids, row
        assert bool(row.anchors) == (row.answered != "authors") or row.item == "2", row
        assert row.answered != "partly" or row.note or row.anchors
        assert WORDS[row.answered]


def test_what_only_authors_know_is_for_the_authors(report: Rendered) -> None:
    rows = report.page.xpath("//section[@id='checklists']//tbody/tr")
    told = {row.xpath("string(./th)"): row.xpath("string(./td[2])") for row in rows[:42]}
    for item in ("2", "3", "23a", "24a", "24b", "24c", "25", "26"):
        assert told[item] == "for the authors"


def test_the_page_shows_both_checklists(report: Rendered) -> None:
    tables = report.page.xpath("//section[@id='checklists']//table")
    assert [len(table.xpath("./tbody/tr")) for table in tables] == [42, len(items("prisma_lsr"))]


def test_the_measured_accuracy_is_that_of_the_labelled_rows() -> None:
    lines = [line.split(",") for line in CALIBRATION.read_text("utf-8").splitlines() if line[0].isdigit()]
    for threshold in (0.5, 0.9, 0.99):
        chosen = [line for line in lines if float(line[1]) >= threshold]
        found = calibrated(threshold)
        assert (found.accepted, found.right) == (sum(int(r[2]) for r in chosen), sum(int(r[3]) for r in chosen))
        assert found.rows == sum(int(line[2]) for line in lines)


def test_the_methods_tell_of_the_automation(report: Rendered) -> None:
    text = " ".join(report.page.get_element_by_id("methods").text_content().split())
    found = calibrated(report.inputs.settings.config.acceptance.threshold)
    assert f"{found.accepted} had a confidence that this threshold accepts, and {found.right} of these" in text
    rows = report.page.xpath("//table[contains(@class, 'measured')]/tbody/tr")
    assert [(row.xpath("string(./th)"), row.xpath("string(./td[3])")) for row in rows] == [
        (row.texts, f"{row.right} of {row.accepted}") for row in measured()
    ]


def test_the_accuracy_against_this_reviews_reviewers_is_told(reports: dict[str, Rendered]) -> None:
    """9 of 10 in the made-up review; its interval is Wilson's, 59.6 to 98.2 %."""
    text = " ".join(reports["itp"].page.get_element_by_id("methods-automation").getparent().text_content().split())
    assert "precision of accepted 9 of 10 (90.0 %; 95 % CI 59.6–98.2); recall 9 of 10" in text


def test_searches_are_told_with_their_queries(reports: dict[str, Rendered]) -> None:
    rows = reports["itp"].page.xpath("//section[@id='methods']//div[@aria-label='Searches']//tbody/tr")
    assert [row.xpath("string(./th)") for row in rows] == ["2026-10-01", "2026-11-20", "2026-11-19"]
    assert rows[2].xpath("string(./td[2])") == '=HYPERLINK("purpura")'
    text = reports["barren"].page.get_element_by_id("methods").text_content()
    assert "No search is listed in corpus/searches.csv" in text


def test_litpool_is_cited_as_its_citation_file_says(report: Rendered) -> None:
    text = " ".join(report.page.get_element_by_id("methods").text_content().split())
    said = dict(line.split(": ", 1) for line in CITATION.read_text("utf-8").splitlines() if ": " in line)
    title, version = said["title"].strip('"'), said["version"]
    assert f"The litpool authors. {title}, version {version}." in text
    assert "  - name: The litpool authors" in CITATION.read_text("utf-8")


def test_the_fingerprints_are_those_of_the_code(report: Rendered) -> None:
    text = " ".join(report.page.get_element_by_id("methods").text_content().split())
    for stage, sha in code().items():
        assert f"{stage} {sha}" in text


def test_the_lock_is_told_by_its_hash(report: Rendered) -> None:
    text = report.page.get_element_by_id("reproduce").text_content()
    assert hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest() in text


def test_inputs_are_told_by_their_hashes(reports: dict[str, Rendered]) -> None:
    names = reports["itp"].page.xpath("//div[@aria-label='Hashes']//tbody//th/code/text()")
    for name in ("config/config.yaml", "corpus/searches.csv", "extracted/pooled.json"):
        assert name in names
        said = reports["itp"].page.xpath(f"//tr[th/code='{name}']/td/code/text()")
        assert said == [hashlib.sha256((reports["itp"].folder / name).read_bytes()).hexdigest()]
