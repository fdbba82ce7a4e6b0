"""How sure the result is, in the page: other numbers and models, single arms, years, small studies."""

from __future__ import annotations

import math

import pytest
from lxml import html
from report_rendered import Rendered

from pipeline.report.plots.scales import Scale, number, share_scale, ticks
from pipeline.report.plots.specification_curve import panels

Reports = dict[str, Rendered]


def section(report: Rendered, name: str) -> html.HtmlElement:
    return report.page.get_element_by_id(name)


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize(
    ("name", "plots"),
    [
        ("sensitivity", ["others", "curve", "without", "cumulative"]),
        ("heterogeneity", ["bubble", "baujat"]),
        ("small_studies", ["funnel"]),
    ],
)
def test_each_plot_has_a_name_and_a_table_behind(reports: Reports, name: str, plots: list[str]) -> None:
    main = section(reports["sixty"], name).find("article")
    drawn = [svg.get("aria-labelledby", "").split("-")[0] for svg in main.iter("{*}svg", "svg")]
    assert [p for p in plots if p != "others"] == [d for d in drawn if d != "others"]
    assert len(main.xpath(".//details[@class='forest-data']//table")) == len(drawn)


def test_only_the_main_outcome_is_open(reports: Reports) -> None:
    found = section(reports["itp"], "sensitivity")
    assert [words_of(a.find("h3")) for a in found.findall("article")] == ["Overall response"]
    assert [words_of(d.find("summary")) for d in found.findall("details")] == ["Complete response"]


def test_the_table_behind_the_curve_lists_every_way(reports: Reports) -> None:
    main = reports["itp"].inputs.analyses[0]
    (table,) = [
        t for t in section(reports["itp"], "sensitivity").find("article").iter("table") if "ways" in words_of(t[0])
    ]
    rows = table.xpath("./tbody/tr")
    assert len(rows) == len(main.specifications)
    (chosen,) = table.xpath("./tbody/tr[@class='whole']")
    assert main.main is not None
    assert main.main.proportion is not None
    assert f"{100 * main.main.proportion:.1f} %" in words_of(chosen)


def test_the_panels_below_the_curve_mark_one_option_of_each_way(reports: Reports) -> None:
    main = reports["sixty"].inputs.analyses[0]
    svg = section(reports["sixty"], "sensitivity").xpath(".//*[local-name()='svg']")[0]
    marks = [path.get("d").count("M") for path in svg.iter("{*}path", "path")]
    heads = panels(main.specifications)
    assert len(marks) == sum(len(options) for _, options, _ in heads)
    assert sum(marks) == len(heads) * len(main.specifications)


def test_without_each_arm_has_a_line_for_each(reports: Reports) -> None:
    main = reports["itp"].inputs.pooled[0]
    (table,) = [
        t
        for t in section(reports["itp"], "sensitivity").find("article").iter("table")
        if words_of(t[0]).endswith("without each arm")
    ]
    named = [words_of(row.find("th")) for row in table.xpath("./tbody/tr")]
    assert named == [e.label for e in main.effects] + ["All arms"]


def test_what_is_not_done_says_why(reports: Reports) -> None:
    text = words_of(section(reports["itp"], "small_studies"))
    assert "Not done: at least 10 arms are needed for tests of asymmetry and trim and fill, there are" in text


def test_the_caveat_for_proportions_stands_before_the_tests(reports: Reports) -> None:
    text = words_of(section(reports["sixty"], "small_studies"))
    assert "even if every study was published" in text
    assert text.index("even if every study was published") < text.index("Peters' test")


def test_nothing_is_pooled(reports: Reports) -> None:
    assert "Nothing is pooled" in words_of(section(reports["barren"], "sensitivity"))
    assert "Nothing is pooled" in words_of(section(reports["barren"], "heterogeneity"))


def test_all_of_a_plot_lies_in_its_frame(reports: Reports) -> None:
    for name in ("sensitivity", "heterogeneity", "small_studies"):
        for svg in section(reports["sixty"], name).iter("{*}svg", "svg"):
            _, _, width, height = (float(v) for v in (svg.get("viewBox") or svg.get("viewbox")).split())
            for shape in svg.iter("{*}polygon", "polygon", "{*}polyline", "polyline"):
                places = [tuple(map(float, p.split(","))) for p in shape.get("points").split()]
                assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
            for circle in svg.iter("{*}circle", "circle"):
                assert 0 <= float(circle.get("cx")) <= width
                assert 0 <= float(circle.get("cy")) <= height


def test_ticks_are_round_and_within() -> None:
    assert ticks(0.0, 10.0) == [0, 2, 4, 6, 8, 10]
    assert ticks(1998.0, 2023.0, 5) == [2000, 2005, 2010, 2015, 2020]
    assert ticks(3.0, 3.0) == [3.0]
    assert number(-0.5) == "−0.5"


def test_a_scale_of_proportions_stays_within_0_and_1() -> None:
    scale = share_scale([0.0, 0.98], 0, 100)
    assert (scale.low, scale.high) == (0, 1)
    narrow = share_scale([0.7, 0.7], 0, 100)
    assert narrow.high - narrow.low >= 0.05
    assert math.isclose(Scale(0, 1, 0, 100).place(1.5), 100)
