"""Every plot can be taken away: where its buttons come stands beside it, with the drawing's name and its numbers."""

from __future__ import annotations

import csv
import io

import pytest
from lxml import html
from report_rendered import Rendered

from pipeline.report.plots.numbers_csv import csv_text


def plots_of(page: html.HtmlElement) -> dict[str, list[dict[str, str]]]:
    places = page.xpath("//p[@data-plot]")
    return {p.get("data-plot"): list(csv.DictReader(io.StringIO(p.get("data-csv")))) for p in places}


def test_each_drawing_has_a_place_for_its_buttons(report: Rendered) -> None:
    drawings = [svg.get("aria-labelledby") for svg in report.page.iter("{*}svg", "svg") if svg.get("aria-labelledby")]
    assert sorted(f"{ident}-title {ident}-desc" for ident in plots_of(report.page)) == sorted(drawings)


@pytest.mark.parametrize(
    ("plot", "count"),
    [("without-overall_response", 12), ("cumulative-overall_response", 11), ("baujat-overall_response", 11)],
)
def test_the_numbers_are_those_of_the_analyses(reports: dict[str, Rendered], plot: str, count: int) -> None:
    assert len(plots_of(reports["itp"].page)[plot]) == count


def test_the_curve_names_every_choice_as_metafor_does(reports: dict[str, Rendered]) -> None:
    rows = plots_of(reports["itp"].page)["curve-overall_response"]
    (analysis,) = [a for a in reports["itp"].inputs.analyses if a.outcome == "overall_response"]
    assert [float(r["proportion"]) for r in rows] == pytest.approx(
        [c.proportion for c in analysis.specifications], rel=1e-5
    )
    assert [r["method"] for r in rows if r["main"] == "yes"] == ["REML"]


def test_boxes_of_the_flow_are_counted(reports: dict[str, Rendered]) -> None:
    rows = plots_of(reports["itp"].page)["flow-diagram"]
    assert [r["count"] for r in rows if r["box"] == "Records identified"] == ["17"]
    assert {r["way"] for r in rows if r["box"].startswith("Excluded")} == {"leaves"}


def test_a_cell_is_one_line_and_no_formula() -> None:
    text = csv_text(("a", "b", "c", "d"), [["=1+1", "two\nlines", 0.0, None], ["é", "x", True, 12]])
    assert text == "a,b,c,d\n'=1+1,two lines,0,\né,x,yes,12\n"
