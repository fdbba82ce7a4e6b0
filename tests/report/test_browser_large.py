"""A review of 100 studies: small enough, quick in the browser, and its longest plots whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from report_browser import Visit, needs_chromium
from report_large import large
from report_rendered import Rendered

from pipeline.report.page import lean

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return Rendered(large(100), tmp_path_factory.mktemp("hundred"))


def test_the_page_is_under_two_megabytes_and_names_every_study(hundred: Rendered) -> None:
    assert hundred.path.stat().st_size < 2_000_000
    assert len(hundred.page.xpath("//section[@id='studies']//tbody")) == 100


def test_end_tags_and_isolation_go_where_they_mean_nothing() -> None:
    assert lean("<tr><td><bdi>a &amp; b</bdi></td></tr>") == "<tr><td>a &amp; b"
    assert lean("<p><bdi>שלום</bdi> <bdi><b>a</b></bdi></p>") == "<p><bdi>שלום</bdi> <bdi><b>a</b></bdi></p>"


def seconds_of_pages(browser: Browser) -> float:
    """Processor time that the browser's pages took so far: other processes may have the machine, clocks would tell of them."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return float(sum(process["cpuTime"] for process in found if process["type"] == "renderer"))


def test_it_can_be_used_within_a_second(hundred: Rendered, browser: Browser, visit: Visit, tmp_path: Path) -> None:
    """In the window of an empty page, whose own start does not count."""
    empty = tmp_path / "empty.html"
    empty.touch()
    taken = []
    for _ in range(3):
        page = visit(empty).page
        before = seconds_of_pages(browser)
        page.goto(hundred.path.as_uri())
        taken.append(seconds_of_pages(browser) - before)
    assert 0 < min(taken) < 1


def test_a_filter_takes_less_than_opening_the_page(
    hundred: Rendered, browser: Browser, visit: Visit, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.html"
    empty.touch()
    page = visit(empty).page
    before = seconds_of_pages(browser)
    page.goto(hundred.path.as_uri())
    opening = seconds_of_pages(browser) - before
    design = page.locator("#studies .filters").get_by_label("Design")
    taken = []
    for value in ("randomised", "case series", "all"):
        before = seconds_of_pages(browser)
        design.select_option(value)
        page.evaluate("document.body.offsetHeight")
        taken.append(seconds_of_pages(browser) - before)
    assert min(taken) < opening
    assert page.locator("#studies tbody:visible").count() == 100


def labels(page: Page, ident: str) -> list[str]:
    """Words of the drawing that are within it, seen by the reader, and not painted over."""
    return list(page.locator(f"svg[aria-labelledby^='{ident}-title']").first.evaluate(
        """(svg) => {
          const whole = svg.getBoundingClientRect();
          return [...svg.querySelectorAll("text")].filter((text) => {
            const box = text.getBoundingClientRect();
            return box.width > 0 && box.left >= whole.left && box.right <= whole.right + 1
              && box.top >= whole.top && box.bottom <= whole.bottom;
          }).map((text) => text.firstChild.data);
        }"""
    ))  # fmt: skip


def test_the_longest_forest_plot_has_every_row(hundred: Rendered, visit: Visit) -> None:
    result = max(hundred.inputs.pooled, key=lambda outcome: len(outcome.effects))
    page = visit(hundred.path).page
    seen = labels(page, f"forest-{result.outcome}")
    assert len(result.effects) > 100
    fractions = [f"{effect.events}/{effect.n}" for effect in result.effects]
    assert [f for f in fractions if seen.count(f) < fractions.count(f)] == []
    whole = page.locator(f"svg[aria-labelledby^='forest-{result.outcome}-title'] text").count()
    assert len(seen) == whole


def test_a_picture_of_a_long_plot_shows_its_last_rows(hundred: Rendered, visit: Visit, tmp_path: Path) -> None:
    """The lower quarter of the picture is as dark as the others; a picture that is cut or loses its letters is not."""
    result = max(hundred.inputs.pooled, key=lambda outcome: len(outcome.effects))
    plot = visit(hundred.path).page.locator(f"svg[aria-labelledby^='forest-{result.outcome}-title']").first
    plot.screenshot(path=tmp_path / "plot.png")
    image = Image.open(tmp_path / "plot.png").convert("L")
    wide, high = image.size
    assert high > 3000
    ink = [sum(image.crop((0, high * i // 8, wide // 3, high * (i + 1) // 8)).histogram()[:128]) for i in range(8)]
    assert min(ink) > 0.4 * max(ink)
