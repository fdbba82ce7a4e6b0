"""The flow diagram: every count of the lists, in frames that do not touch, with a way to each list."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import html
from report_rendered import Rendered

from pipeline.report.plots.prisma import Level, Line, flow_diagram
from pipeline.report.sections.flow import data
from pipeline.report.texts import Found

Drawing = html.HtmlElement


def drawing(report: Rendered) -> Drawing:
    return report.page.xpath("//section[@id='flow']//*[local-name()='svg']")[0]


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_diagram_counts_what_the_lists_count(report: Rendered) -> None:
    lists = report.page.xpath("//section[@id='flow']//*[contains(@class, 'box')]//b | //div[@class='box']/b")
    drawn = " ".join(words_of(text) for text in drawing(report).xpath(".//*[local-name()='text']"))
    counts = [int(n) for n in re.findall(r"\(n = (\d+)\)", drawn)]
    for count in lists:
        assert int(words_of(count)) in counts


def test_what_stays_is_what_came_less_what_left(reports: dict[str, Rendered]) -> None:
    # 17 records less 1 duplicate and 1 unreadable; 15 studies less 6 excluded
    drawn = " ".join(words_of(text) for text in drawing(reports["itp"]).xpath(".//*[local-name()='text']"))
    for words in (
        "Records identified (n = 17)",
        "Records removed before screening (n = 2)",
        "Reports screened (n = 15)",
        "Studies excluded (n = 6)",
        "by litpool’s rules 6, by reviewers 0",
        "Studies included in the review (n = 9)",
    ):
        assert words in drawn


def test_each_link_leads_to_a_list_of_as_many(reports: dict[str, Rendered]) -> None:
    page = reports["itp"].page
    links = drawing(reports["itp"]).xpath(".//*[local-name()='a']")
    assert len(links) == 13
    for link in links:
        entries = page.get_element_by_id(link.get("href")[1:]).findall("li")
        count = re.search(r"\(n = (\d+)\)", words_of(link))
        assert count is not None
        # the list of what was identified and of what was pooled is by source and by outcome
        if "identified" not in words_of(link) and "pooled" not in words_of(link):
            assert len(entries) == int(count[1])


def test_a_drawing_with_links_is_no_image(report: Rendered) -> None:
    assert drawing(report).get("role") == "group"


@pytest.mark.parametrize("words", ["short", "a long reason of a protocol " * 9, "<b>no</b> & markup"])
def test_frames_do_not_touch_and_hold_their_words(words: str) -> None:
    leaves = [[Line(words), Line(words)], [Line(words)]]
    svg = html.fragment_fromstring(
        str(flow_diagram("x", "t", "d", [Level("One", [Line(words)], leaves), Level("Two", [Line(words)])]))
    )
    frames = [
        [float(rect.get(side)) for side in ("x", "y", "width", "height")]
        for rect in svg.iter("rect")
        if rect.get("class") in {"p-stays", "p-leaves"}
    ]
    assert len(frames) == 4
    for i, (x, y, width, height) in enumerate(frames):
        assert x + width < 760
        for other_x, other_y, other_width, other_height in frames[:i]:
            beside = x >= other_x + other_width or other_x >= x + width
            below = y >= other_y + other_height or other_y >= y + height
            assert beside or below
        for text in svg.iter("text"):
            baseline = float(text.get("y"))
            if float(text.get("x")) == x + 11 and y <= baseline <= y + height:
                assert y + 8 < baseline < y + height - 4


def test_sources_are_told_with_their_database_and_the_rest_together(reports: dict[str, Rendered]) -> None:
    inputs = reports["itp"].inputs
    first = inputs.reports["arnold-2010"]
    many = [
        replace(first, study=f"s{i}", reports=[Found(record_id="r", file=f"f{i}", kept=True)] * (i + 1))
        for i in range(8)
    ]
    found = replace(
        inputs, reports={study.study: study for study in many}, databases={("f7", "r"): "Embase"}, set_aside=[]
    )
    box = data(found)["steps"][0].box  # type: ignore[index]
    told = [line.replace("\u00a0", " ") for line in box.lines]
    assert told == [
        "Embase, f7 (n = 8)",
        *(f"f{i} (n = {i + 1})" for i in range(6, 1, -1)),
        "2 further sources (n = 3)",
    ]
    assert len(box.entries) == 8
