"""What script adds to plots and tables, used in a real browser: downloads, filters, order."""

from __future__ import annotations

from lxml import etree
from playwright.sync_api import Page
from report_browser import Visit, needs_chromium
from report_rendered import Rendered

pytestmark = needs_chromium

#: what buttons would save stays in the page, as `files` of name and text
SAVED = """() => {
window.files = [];
const texts = new Map();
window.Blob = function (parts) { texts.set(this, parts.join("")); };
URL.createObjectURL = (blob) => { window.last = texts.get(blob); return "#"; };
HTMLAnchorElement.prototype.click = function () { window.files.push([this.download, window.last]); };
}"""

TAKE = """async () => {
const buttons = [...document.querySelectorAll(".downloads button")].filter((b) => b.textContent === "SVG");
for (const button of buttons) button.click();
for (let i = 0; i < 40 && files.length < buttons.length; i++) await new Promise((done) => setTimeout(done, 100));
return files;
}"""


def page_of(reports: dict[str, Rendered], visit: Visit) -> Page:
    page = visit(reports["itp"].path).page
    page.evaluate(SAVED)
    return page


def test_every_plot_downloads_as_a_drawing_that_stands_alone(reports: dict[str, Rendered], visit: Visit) -> None:
    got = {name: text.encode("utf-8") for name, text in page_of(reports, visit).evaluate(TAKE)}
    assert set(got) == {f"{p}.svg" for p in reports["itp"].page.xpath("//p/@data-plot")}
    for name, body in got.items():
        svg = etree.fromstring(body)
        assert "var(" not in body.decode("utf-8"), name
        assert not svg.xpath("//@href"), name
        assert all(mark.get("fill") or mark.get("stroke") for mark in svg.iter("{*}rect", "{*}circle", "{*}polygon")), (
            name
        )


USE = """async () => {
const said = {};
const bar = document.querySelector("#forest .filters"), plot = document.querySelector("#plot-overall_response");
const control = (name) => [...bar.querySelectorAll("label")].find((l) => l.firstChild.data === name).lastChild;
const use = (name, value) => { control(name).value = value; control(name).dispatchEvent(new Event("input")); };
const words = (g) => g.querySelector("text").textContent;
const top = (g) => g.getBoundingClientRect().top;
const say = (what) => {
  const shown = [...plot.querySelector("svg").querySelectorAll("g[data-top]")].filter((g) => !g.matches("[hidden]"));
  const rows = [...plot.querySelectorAll("tbody tr")].filter((r) => !r.hidden && r.dataset.study);
  const order = shown.filter((g) => g.querySelector("rect")).sort((a, b) => top(a) - top(b)).map(words);
  const last = plot.querySelector("svg > text");
  said[what] = [order.join(" | "), `${shown.length}`, rows.map((r) => r.dataset.study).join(" "),
    bar.querySelector("[role=status]").textContent, last ? last.textContent : "", plot.querySelector("svg").getAttribute("viewBox")];
};
say("whole");
use("Design", "randomised"); say("randomised");
for (const button of plot.querySelectorAll(".downloads button")) if (button.textContent !== "PNG") button.click();
for (let i = 0; i < 40 && files.length < 2; i++) await new Promise((done) => setTimeout(done, 100));
said.files = files;
dispatchEvent(new Event("beforeprint")); say("paper");
dispatchEvent(new Event("afterprint")); say("after");
bar.querySelector("button").click(); say("all");
use("Order", "percent down"); say("order");
return said;
}"""


def test_a_filtered_forest_plot_hides_rows_refits_nothing_and_says_so(
    reports: dict[str, Rendered], visit: Visit
) -> None:
    said = page_of(reports, visit).evaluate(USE)
    order, shown, studies, note, inside, box = said["randomised"]
    assert order == "Wu 2022, low-dose rituximab | Wu 2022, ATRA plus low-dose"
    assert studies == "wu-2022 wu-2022"
    # two classes and an arm of each; all, prediction, GLMM, heterogeneity and the test; the class of two arms keeps what is pooled
    assert shown == "10"
    assert note.startswith(
        "4 of 15 arms shown in these plots. Pooled results, plots and counts are still those of the full"
    )
    assert inside == "Filtered view: 2 of 11 arms shown. Pooled rows, weights and tests are those of the full set."
    assert float(box.split()[3]) < float(said["whole"][5].split()[3])
    assert said["after"] == said["randomised"]
    assert said["all"] == said["paper"] == said["whole"]
    (first, drawing), (second, table) = said["files"]
    assert [first, second] == ["forest-overall_response-filtered.svg", "forest-overall_response-filtered.csv"]
    assert "Arnold" not in drawing
    assert inside in table
    assert "Arnold" not in table
    # of one class: 46 of 57 in 2007, and 35 of 42 in 2021
    ig = [
        [name[:4] for name in said[what][0].split(" | ") if name.startswith(("Robak", "Ito 2021, 1998"))]
        for what in ("whole", "order")
    ]
    assert ig == [["Roba", "Ito "], ["Ito ", "Roba"]]
