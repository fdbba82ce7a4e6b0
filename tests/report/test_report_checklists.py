"""The checklists hold every item of the statements, and the methods say what was measured of the automation."""

from __future__ import annotations

from report_rendered import Rendered

from pipeline.report.sections import SECTIONS
from pipeline.report.sections.checklists import items
from pipeline.report.sections.methods import CALIBRATION, calibrated


def test_prisma_2020_has_its_27_items_in_order() -> None:
    found = [row.item for row in items("prisma_2020")]
    parts = {10: "ab", 13: "abcdef", 16: "ab", 20: "abcd", 23: "abcd", 24: "abc"}
    assert found == [f"{i}{part}" for i in range(1, 28) for part in (parts.get(i) or [""])]


def test_each_item_leads_to_a_section_or_says_who_must_answer() -> None:
    idents = {section.ident for section in SECTIONS} | {"answer"}
    for row in (*items("prisma_2020"), *items("prisma_lsr")):
        assert set(row.anchors) <= idents
        assert row.anchors or row.answered == "authors"


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
    assert "How to cite" in text
