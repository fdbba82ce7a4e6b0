"""The page says what is new since the last version, and which version it is."""

from __future__ import annotations

from report_rendered import Rendered

from pipeline.report.plain import plain


def words_of(element: object) -> str:
    return " ".join(element.text_content().split())  # type: ignore[attr-defined]


def test_the_head_tells_version_status_search_and_what_the_update_did(reports: dict[str, Rendered]) -> None:
    (living,) = reports["itp"].page.find_class("living")
    assert words_of(living) == (
        "Changed since version 2026.1 of 2026-10-21, not released: updating; trigger: monthly search; next search "
        "2026-12-21. Searched: PubMed 2026-10-21. Since version 2026.1: +7.6 percentage points; the conclusion is likely "
        "to change."
    )


def test_without_a_version_the_page_says_so(reports: dict[str, Rendered]) -> None:
    page = reports["empty"].page
    assert words_of(page.find_class("living")[0]) == "Not released yet. No search is on record."
    assert "No version was released yet" in words_of(page.get_element_by_id("whats_new"))


def test_results_then_and_now_and_the_steps_between(reports: dict[str, Rendered]) -> None:
    section = reports["itp"].page.get_element_by_id("whats_new")
    first, steps = (
        [[words_of(cell) for cell in row] for row in table.xpath(".//tbody/tr")]
        for table in section.xpath(".//table")[:2]
    )
    assert first == [
        ["Overall response", "70.0 (60.0–78.0)", "77.6 (70.0–84.0)", "+7.6"],
        ["Conclusion likely to change. monthly search"],
    ]
    assert steps == [
        ["Changed software and changed settings of the review", "1", "71.0 (61.0–79.0)", "+1.0"],
        ["New records", "2", "77.6 (70.0–84.0)", "+6.6"],
    ]
    text = words_of(section)
    assert "Evidence moved it by +6.6 percentage points" in text
    assert "acceptance.threshold: 0.9 → 0.8." in text
    assert "1 new file in corpus/" in text


def test_studies_numbers_lines_and_searches_are_listed(reports: dict[str, Rendered]) -> None:
    section = reports["itp"].page.get_element_by_id("whats_new")
    rows = [" | ".join(words_of(cell) for cell in row) for row in section.xpath(".//tbody/tr")]
    assert "monthly search | monthly search | Overall response | — | 25/35 | new records" in rows
    assert (
        "changed | arnold-2010 A1 Overall response | events: 24 → 25 | monthly search | monthly search, 2026-11-02 | corrections.csv"
        in rows
    )
    assert "before the first search on record | 4 | 60.0 % | 40.0–80.0 % | 4" in rows
    assert section.xpath(".//a/@href") == ["#study-arnold-2010"]
    plots = section.xpath(".//*[local-name()='svg']/@id | .//p[@class='downloads']/@data-plot")
    assert {"since-overall_response", "by-search-overall_response"} <= set(plots)


def test_what_people_wrote_is_text(reports: dict[str, Rendered]) -> None:
    hostile = reports["sixty"]
    section = hostile.page.get_element_by_id("whats_new")
    said = plain(hostile.inputs.changes.versions[0].trigger)
    assert "<script>" in said
    assert words_of(section).count(" ".join(said.split())) >= 6
    assert not section.xpath(".//script")
