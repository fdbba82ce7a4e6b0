"""Filters, order, drawers, copies and downloads, by mouse and by keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Download, Locator, Page, expect
from report_browser import Visit, needs_chromium
from report_rendered import Rendered

Reports = dict[str, Rendered]

pytestmark = needs_chromium

KEPT = "Pooled results, plots and counts are still those of the full set: nothing is computed again."


def shown(page: Page) -> list[str]:
    bodies = page.locator("#studies tbody:visible")
    return [str(ident).removeprefix("study-") for ident in bodies.evaluate_all("(all) => all.map((b) => b.id)")]


def said(page: Page) -> Locator:
    return page.locator("#studies .filters [role=status]")


def test_studies_are_filtered_and_ordered_and_nothing_pooled_changes(reports: Reports, visit: Visit) -> None:
    page = visit(reports["itp"].path).page
    pooled = page.locator("#findings").inner_text()
    bar = page.locator("#studies .filters")
    bar.get_by_label("Design").select_option("randomised")
    assert shown(page) == ["wu-2022"]
    expect(said(page)).to_have_text(f"1 of 9 studies shown. {KEPT}")
    bar.get_by_label("Design").select_option("all")
    bar.get_by_label("Year from").fill("2010")
    bar.get_by_label("Order").select_option("year, descending")
    assert shown(page) == ["wu-2022", "ito-2021", "crickx-2020", "arnold-2010"]
    expect(said(page)).to_have_text(f"4 of 9 studies shown. {KEPT}")
    assert page.locator("#findings").inner_text() == pooled
    bar.get_by_role("button").click()
    assert shown(page) == [row.study for row in reports["itp"].inputs.studies if row.decision == "include"]
    expect(said(page)).to_have_text("")


def test_by_keyboard_alone(reports: Reports, visit: Visit) -> None:
    page = visit(reports["itp"].path).page
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    bar = page.locator("#studies .filters")
    bar.get_by_label("Year from").focus()
    page.keyboard.type("2021")
    assert shown(page) == ["ito-2021", "wu-2022"]
    page.keyboard.press("Tab")
    expect(bar.get_by_label("to", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("year, d")
    assert shown(page) == ["wu-2022", "ito-2021"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert len(shown(page)) == 9


def test_a_drawer_opens_and_closes_by_keys(reports: Reports, visit: Visit) -> None:
    page = visit(reports["itp"].path).page
    source = page.locator("#outcomes details").first
    summary, words = source.locator("summary"), source.locator("mark")
    summary.focus()
    page.keyboard.press("Enter")
    expect(words).to_be_visible()
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()
    expect(summary).to_be_focused()


#: where the focus is: its place in the document, and whether something shows it
FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  return [[...document.querySelectorAll("*")].indexOf(e), s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1,
          e.outerHTML.slice(0, 90)];
}"""

STOPS = """() => [...document.querySelectorAll("a[href], button, summary, select, input, [tabindex='0']")]
  .filter((e) => e.checkVisibility()).length"""


def test_tab_goes_through_all_in_order_and_its_place_is_seen(reports: Reports, visit: Visit) -> None:
    page = visit(reports["itp"].path).page
    stops = page.evaluate(STOPS)
    seen: list[Any] = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUS))
    places = [place for place, _, _ in seen]
    assert places == sorted(set(places))
    assert [html for _, visible, html in seen if not visible] == []
    assert stops > 50


def test_a_link_opens_what_it_leads_into(reports: Reports, visit: Visit) -> None:
    page = visit(reports["itp"].path).page
    link = page.locator("#flow svg a").first
    target = page.locator(str(link.get_attribute("href")))
    expect(target).to_be_hidden()
    link.click()
    expect(target).to_be_in_viewport()


def test_a_line_is_copied(reports: Reports, visit: Visit) -> None:
    report = reports["itp"]
    page = visit(report.path).page
    buttons = page.locator("#waiting .line button")
    expect(buttons).to_have_count(len(report.inputs.worklist))
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text }")
    buttons.first.click()
    expect(buttons.first).to_have_text("Copied")
    assert page.evaluate("window.copied") in {row.line for row in report.inputs.worklist}


@pytest.fixture
def downloads(reports: Reports, visit: Visit, tmp_path: Path) -> dict[str, bytes]:
    visited = visit(reports["itp"].path, color_scheme="dark")
    found = {}
    for kind in ("SVG", "PNG", "CSV"):
        with visited.page.expect_download() as waiting:
            visited.page.locator("#plot-overall_response").get_by_role("button", name=kind).click()
        download: Download = waiting.value
        assert download.suggested_filename == f"forest-overall_response.{kind.lower()}"
        download.save_as(tmp_path / kind)
        found[kind] = (tmp_path / kind).read_bytes()
    assert visited.complaints == []
    return found


def test_a_plot_downloads_as_svg_png_and_csv(downloads: dict[str, bytes]) -> None:
    svg = etree.fromstring(downloads["SVG"])
    assert "Arnold 2010" in "".join(svg.itertext())
    assert "var(" not in downloads["SVG"].decode("utf-8")
    assert {e.get("fill") for e in svg.iter("{*}polygon")} >= {"#fdfdfb"}
    assert downloads["PNG"].startswith(b"\x89PNG")
    assert len(downloads["PNG"]) > 20_000
    assert "study,tretinoin,Untitled 1,25,35,0.714286" in downloads["CSV"].decode("utf-8-sig")
