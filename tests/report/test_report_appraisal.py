"""The judgements of reviewers in the page: one table per tool, one of certainty, and the level beside the result."""

from __future__ import annotations

from lxml import html
from report_rendered import Rendered

Reports = dict[str, Rendered]


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def table(report: Rendered, caption: str) -> list[list[str]]:
    (found,) = [
        t for t in report.page.get_element_by_id("appraisal").iter("table") if caption in words_of(t.find("caption"))
    ]
    return [[words_of(cell) for cell in row] for row in found.iter("tr")]


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
    titles = section.xpath(".//td[contains(., 'reviewers differ')]/@title")
    assert titles == ["sealed envelopes; AB: low; CD: high"] * 2
    assert "9 included studies, 6 are not judged yet" in words_of(section)


def test_certainty_by_outcome_and_class(reports: Reports) -> None:
    rows = table(reports["itp"], "by GRADE")
    assert rows[0][2:] == ["Start", "Risk of bias", "Inconsistency", "Indirectness", "Imprecision", "Publication bias",
                           "Large effect", "Dose response", "Plausible confounding", "Certainty"]  # fmt: skip
    assert rows[1] == ["Overall response", "All regimens", "high", "not serious", "not serious", "not serious", "serious (−1)", "undetected",
                       "large (+1)", "—", "—", "high"]  # fmt: skip
    assert rows[2][2:] == ["low", "open", "open", "open", "very serious (−2)", "open", "—", "—", "—", "open"]


def test_the_level_stands_beside_the_result(reports: Reports) -> None:
    notes = [words_of(row) for row in reports["itp"].page.xpath("//section[@id='findings']//tr[@class='note']")]
    assert "Certainty of evidence (GRADE): all regimens high" in notes
    assert not [n for n in notes if "GRADE" in n and "ATRA" in n], "an open level is none"


def test_nothing_is_judged(reports: Reports) -> None:
    text = words_of(reports["barren"].page.get_element_by_id("appraisal"))
    assert "No reviewer has judged the risk of bias" in text
    assert "No reviewer has judged the certainty" in text
