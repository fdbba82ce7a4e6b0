"""The judgements of reviewers in the page: one table per tool, one of certainty, and the level beside the result."""

from __future__ import annotations

import pytest
from lxml import html
from report_rendered import Rendered

from pipeline.appraisal.bias_tools import tools
from pipeline.report.plots.judgement_bars import LEFT, RIGHT
from pipeline.report.plots.judgements import LOOKS
from pipeline.report.plots.traffic_light import Judged, Light, lights_csv, traffic_light

Reports = dict[str, Rendered]


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def table(report: Rendered, caption: str) -> list[list[str]]:
    (found,) = [
        t for t in report.page.get_element_by_id("appraisal").iter("table") if caption in words_of(t.find("caption"))
    ]
    return [[words_of(cell if cell.find("b") is None else cell.find("b")) for cell in row] for row in found.iter("tr")]


def test_a_table_for_each_tool(reports: Reports) -> None:
    robins = table(reports["itp"], "by ROBINS-I")
    assert robins[0] == ["Study", *(f"D{i}" for i in range(1, 8)), "Overall"]
    assert robins[1][1:] == ["serious", *["low"] * 5, "open", "open"]
    jbi = table(reports["itp"], "by JBI case series")
    assert jbi[1][0] == "Untitled 1"
    assert [i for i, answer in enumerate(jbi[1]) if answer == "no"] == [4]


def test_an_outcome_of_its_own_has_a_line(reports: Reports) -> None:
    rows = table(reports["itp"], "by RoB 2")
    assert [row[1:] for row in rows[1:]] == [
        ["reviewers differ", "open", "open", "open", "open", "open"],
        ["reviewers differ", "high", "open", "open", "open", "high"],
    ]
    assert rows[2][0].endswith("Relapse")


def test_high_risk_is_marked_and_words_are_behind(reports: Reports) -> None:
    section = reports["itp"].page.get_element_by_id("appraisal")
    high = [words_of(row.find("th")) for row in section.xpath(".//tr[@class='high']")]
    assert len(high) == 2
    assert any(name.endswith("Relapse") for name in high)
    support = [words_of(cell) for cell in section.xpath(".//td[b='reviewers differ']/span")]
    assert support == ["sealed envelopes; AB: low; CD: high"] * 2
    assert "9 included studies, 6 are not judged yet" in words_of(section)
    assert len(section.xpath(".//details[contains(summary, 'not judged yet')]//li")) == 6


def test_certainty_by_outcome_and_class(reports: Reports) -> None:
    rows = table(reports["itp"], "by GRADE")
    assert rows[0][2:] == ["Arms (patients)", "Pooled", "Start", "Risk of bias", "Inconsistency", "Indirectness", "Imprecision",
                           "Publication bias", "Large effect", "Dose response", "Plausible confounding", "Certainty"]  # fmt: skip
    assert rows[1][:3] == ["Overall response", "All regimens", "11 (446)"]
    assert rows[1][4:] == ["high", "not serious", "not serious", "not serious", "serious (−1)", "undetected",
                       "large (+1)", "—", "—", "⊕⊕⊕⊕ high1"]  # fmt: skip
    # of the ATRA class there are two arms, with 35 and 28 patients
    assert rows[2][2] == "2 (63)"
    assert rows[2][4:] == ["low2", "open", "open", "open", "very serious (−2)3", "open", "—", "—", "—", "open4"]


def test_reasons_are_footnotes(reports: Reports) -> None:
    section = reports["itp"].page.get_element_by_id("appraisal")
    notes = {item.get("id"): words_of(item) for item in section.xpath(".//ol[contains(@class, 'notes')]/li")}
    assert notes["grade-1"] == "Certainty: rated up though rated down, which GRADE advises against"
    assert notes["grade-3"] == "Imprecision: 28 patients"
    assert {f"#{ident}" for ident in notes} == set(section.xpath(".//sup/a/@href"))


# ---- plots ---------------------------------------------------------------------------------------------------------


def drawing(report: Rendered, ident: str) -> html.HtmlElement:
    return report.page.get_element_by_id(f"{ident}-title").getparent()


def test_each_judgement_is_a_light_with_its_sign(reports: Reports) -> None:
    svg = drawing(reports["itp"], "lights-robins-i")
    (row,) = svg.xpath(".//*[@id='lights-robins-i-rows']")
    lights = [c.get("class") for c in row.iter("circle")]
    assert lights == ["b-bad", *["b-good"] * 5, "b-open", "b-open"]
    assert [t.text for t in row.iter("text") if "b-sign" in (t.get("class") or "")] == ["×", *["+"] * 5]


def test_lights_of_a_column_stand_below_its_head(reports: Reports) -> None:
    svg = drawing(reports["itp"], "lights-jbi-case-series")
    heads = [float(t.get("x")) for t in svg.xpath(".//*[@id='lights-jbi-case-series-head']")[0].iter("text")][1:]
    lights = [float(c.get("cx")) for c in svg.xpath(".//*[@id='lights-jbi-case-series-rows']")[0].iter("circle")]
    assert lights == heads
    assert heads == sorted(heads)
    assert heads[-1] < 960


def test_bars_are_as_long_as_the_shares(reports: Reports) -> None:
    """Of RoB 2 two lines: D1 in disagreement twice, D2 once open and once high."""
    svg = drawing(reports["itp"], "bars-rob-2")
    bars = [(r.get("class"), float(r.get("width"))) for r in svg.iter("rect")]
    assert bars[:3] == [("b-open", RIGHT - LEFT), ("b-bad", (RIGHT - LEFT) / 2), ("b-open", (RIGHT - LEFT) / 2)]


@pytest.mark.parametrize("tool", sorted(tools()))
def test_every_answer_of_every_tool_has_a_look_of_its_own(tool: str) -> None:
    answers = {*tools()[tool].answers, *tools()[tool].overall}
    assert answers <= set(LOOKS)
    assert len({LOOKS[answer].sign for answer in tools()[tool].answers}) == len(tools()[tool].answers)


def test_sixty_studies_go_over_several_sheets() -> None:
    items = [(f"Q{i}", f"what {i} is about") for i in range(1, 11)] + [("Overall", "the whole")]
    lines = [Judged(f"Study {i} of a very long name " * 3, "", [Light("yes", "told")] * 11) for i in range(60)]
    drawn = traffic_light("x", "Title", items, lines)
    assert len(drawn.sheets) == 3
    assert len(lights_csv("JBI", items, lines).splitlines()) == 1 + 60 * 11
    assert not traffic_light("x", "Title", items, lines[:10]).sheets


def test_what_nobody_judged_stays_in_and_is_counted(reports: Reports) -> None:
    text = words_of(reports["itp"].page.get_element_by_id("sensitivity"))
    # arnold-2010 is at high risk for relapse alone, podolanczuk-2009 by a serious item
    assert "Risk of bias: 1 of 9 studies is at high risk; 8 are not judged as a whole yet, and stay in." in text
    assert "none could be left out for it" in words_of(reports["sixty"].page.get_element_by_id("sensitivity"))


def test_the_level_stands_beside_the_result(reports: Reports) -> None:
    """Judged high for all regimens; ATRA's is open."""
    heads = reports["itp"].page.xpath("//tbody[@id='finding-overall_response']/tr/th[@scope='row']")
    told = {words_of(head): head.xpath("string(./a[@class='certainty'])") for head in heads}
    assert [(head, level) for head, level in told.items() if level] == [
        ("All regimenshigh certainty", "high certainty")
    ]
    assert not reports["barren"].page.xpath("//a[@class='certainty']")


def test_nothing_is_judged(reports: Reports) -> None:
    text = words_of(reports["barren"].page.get_element_by_id("appraisal"))
    assert "No reviewer has judged the risk of bias" in text
    assert "No reviewer has judged the certainty" in text
