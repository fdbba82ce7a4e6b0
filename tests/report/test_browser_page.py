"""The page in Chromium: no complaint, no request, no dead control, nothing wider than the window, text stays text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect
from report_browser import Visit, needs_chromium
from report_rendered import Rendered
from report_specs import HOSTILE

from pipeline.report.plain import plain

Reports = dict[str, Rendered]

pytestmark = needs_chromium


def pages_of(report: Rendered) -> list[Path]:
    """The report and one study's page."""
    return [report.path, *sorted((report.path.parent / "studies").iterdir())[:1]]


def test_complaints_and_requests_are_noticed(visit: Visit, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<script>alert(1); nothing.here()</script><img src='http://127.0.0.1:9/x.png'>", "utf-8")
    visited = visit(bad)
    assert {line.split(":")[0] for line in visited.complaints} == {"dialog", "uncaught", "error"}
    assert "http://127.0.0.1:9/x.png" in visited.requests
    strict = tmp_path / "strict.html"
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"
    strict.write_text(policy + "<script>1</script><img src='http://127.0.0.1:9/x.png'>", "utf-8")
    assert len(visit(strict).complaints) == 2


@pytest.mark.parametrize("name", ["itp", "sixty", "empty"])
def test_no_complaint_and_no_request_leaves_the_file(reports: Reports, visit: Visit, name: str) -> None:
    for path in pages_of(reports[name]):
        visited = visit(path)
        visited.open_every_part()
        visited.page.emulate_media(media="print")
        assert visited.complaints == []
        assert visited.requests == [path.as_uri()]


def test_hostile_text_is_shown_as_it_is(reports: Reports, visit: Visit) -> None:
    visited = visit(reports["sixty"].path)
    titles = visited.page.locator("#studies .title").all_text_contents()
    assert {" ".join(plain(text).split()) for text in HOSTILE} <= {" ".join(title.split()) for title in titles}
    assert visited.page.locator("main script, main img, main b b, main i i").count() == 0
    assert visited.page.locator("[href^='javascript:']").count() == 0
    assert visited.complaints == []


@pytest.mark.parametrize("name", ["itp", "sixty"])
def test_nothing_is_wider_than_the_window(reports: Reports, visit: Visit, name: str) -> None:
    for path in pages_of(reports[name]):
        visited = visit(path)
        visited.open_every_part()
        for width in (320, 360, 390, 768, 1280):
            visited.page.set_viewport_size({"width": width, "height": 900})
            assert visited.page.evaluate("document.documentElement.scrollWidth") == width


def test_dark_follows_the_reader(reports: Reports, visit: Visit) -> None:
    light, dark = (visit(reports["itp"].path, color_scheme=scheme).page for scheme in ("light", "dark"))
    ground = "getComputedStyle(document.body).backgroundColor"
    assert (light.evaluate(ground), dark.evaluate(ground)) == ("rgb(253, 253, 251)", "rgb(20, 24, 27)")


def test_without_script_all_is_there_and_nothing_is_dead(reports: Reports, visit: Visit) -> None:
    page = visit(reports["itp"].path, java_script_enabled=False).page
    expect(page.locator("button, select, input, fieldset")).to_have_count(0)
    headings = reports["itp"].page.xpath("//main//h2")
    assert page.locator("h2:visible").count() == len(headings) > 10
    for source in page.locator("#outcomes details").all()[:3]:
        expect(source.locator("blockquote")).to_be_hidden()
        source.locator("summary").click()
        expect(source.locator("blockquote")).to_be_visible()


def test_headings_descend_and_tables_and_drawings_are_named(report: Rendered) -> None:
    levels = [int(h.tag[1]) for h in report.page.xpath("//h1|//h2|//h3|//h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert levels.count(1) == 1
    tables = report.page.xpath("//table")
    assert [t for t in tables if not (t.xpath("caption") or t.xpath("ancestor::*[@aria-label]"))] == []
    assert report.page.xpath("//thead//th[not(@scope)]") == []
    drawings = report.page.xpath("//*[local-name()='svg'][not(@aria-hidden)][not(ancestor::*[local-name()='svg'])]")
    assert all(d.xpath("*[local-name()='title']") and d.get("role") in ("img", "group") for d in drawings)
