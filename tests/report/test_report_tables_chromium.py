"""What script adds to plots and tables, used in a real browser: downloads, filters, order."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from lxml import etree, html
from report_rendered import Rendered
from test_report_chromium import CHROMIUM, browse

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; `apt-get install chromium` brings it")

TAKE = """<body><script>onload = async () => {
const win = document.querySelector("iframe").contentWindow, texts = [], names = [];
win.Blob = function (parts) { texts.push(parts[0]); };
win.URL.createObjectURL = () => "#";
win.HTMLAnchorElement.prototype.click = function () { names.push(this.download); };
const buttons = [...win.document.querySelectorAll(".downloads button")].filter((b) => b.textContent === "SVG");
for (const button of buttons) button.click();
for (let i = 0; i < 40 && names.length < buttons.length; i++) await new Promise((done) => setTimeout(done, 100));
for (const [i, text] of texts.entries()) {
  const bytes = new TextEncoder().encode(text);
  document.body.append(`[${names[i]} ${btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""))}]`);
}
}</script><iframe width="1200" height="900" src="SRC"></iframe></body>"""


def in_frame(page: Path, script: str, tmp_path: Path) -> str:
    """The DOM of `script`'s page after it has used the page in its frame."""
    holder = tmp_path / "holder.html"
    holder.write_text(script.replace("SRC", page.as_uri()), "utf-8")
    dom, console = browse(holder, tmp_path / "profile", "--virtual-time-budget=30000", "--dump-dom")
    assert console == []
    return dom


def test_every_plot_downloads_as_a_drawing_that_stands_alone(reports: dict[str, Rendered], tmp_path: Path) -> None:
    dom = in_frame(reports["itp"].path, TAKE, tmp_path)
    got = {name: base64.b64decode(body) for name, body in re.findall(r"\[([\w-]+\.svg) ([^\]]*)\]", dom)}
    assert set(got) == {f"{p}.svg" for p in reports["itp"].page.xpath("//p/@data-plot")}
    for name, body in got.items():
        svg = etree.fromstring(body)
        assert "var(" not in body.decode("utf-8"), name
        assert not svg.xpath("//@href"), name
        assert all(mark.get("fill") or mark.get("stroke") for mark in svg.iter("{*}rect", "{*}circle", "{*}polygon")), (
            name
        )


USE = """<body><script>onload = async () => {
const page = document.querySelector("iframe").contentDocument, win = page.defaultView, names = [], texts = [];
win.Blob = function (parts) { texts.push(parts.join("")); };
win.URL.createObjectURL = () => "#";
win.HTMLAnchorElement.prototype.click = function () { names.push(this.download); };
const bar = page.querySelector("#forest .filters"), plot = page.querySelector("#plot-overall_response");
const control = (name) => [...bar.querySelectorAll("label")].find((l) => l.firstChild.data === name).lastChild;
const use = (name, value) => { control(name).value = value; control(name).dispatchEvent(new win.Event("input")); };
const words = (g) => g.querySelector("text").textContent;
const top = (g) => g.getBoundingClientRect().top;
const say = (what) => {
  const shown = [...plot.querySelector("svg").querySelectorAll("g[data-top]")].filter((g) => !g.matches("[hidden]"));
  const rows = [...plot.querySelectorAll("tbody tr")].filter((r) => !r.hidden && r.dataset.study);
  const order = shown.filter((g) => g.querySelector("rect")).sort((a, b) => top(a) - top(b)).map(words);
  const last = plot.querySelector("svg > text");
  document.body.append(`[${what}] ${order.join(" | ")} # ${shown.length} # ${rows.map((r) => r.dataset.study).join(" ")} # ${bar.querySelector("[role=status]").textContent} # ${last ? last.textContent : ""} # ${plot.querySelector("svg").getAttribute("viewBox")}[end]`);
};
say("whole");
use("Design", "randomised"); say("randomised");
for (const button of plot.querySelectorAll(".downloads button")) if (button.textContent !== "PNG") button.click();
for (let i = 0; i < 40 && names.length < 2; i++) await new Promise((done) => setTimeout(done, 100));
document.body.append(`[files] ${names.join(" ")} # ${texts.join(" # ")}[end]`);
win.dispatchEvent(new win.Event("beforeprint")); say("paper");
win.dispatchEvent(new win.Event("afterprint")); say("after");
bar.querySelector("button").click(); say("all");
use("Order", "percent down"); say("order");
}</script><iframe width="1200" height="900" src="SRC"></iframe></body>"""


def test_a_filtered_forest_plot_hides_rows_refits_nothing_and_says_so(
    reports: dict[str, Rendered], tmp_path: Path
) -> None:
    dom = in_frame(reports["itp"].path, USE, tmp_path)
    said = {
        what: html.fromstring(f"<p>{words}</p>").text_content().split(" # ")
        for what, words in re.findall(r"\[(\w+)\] (.*?)\[end\]", dom, re.DOTALL)
    }
    order, shown, studies, note, inside, box = said["randomised"]
    assert order == "Wu 2022, low-dose rituximab | Wu 2022, ATRA plus low-dose"
    assert studies == "wu-2022 wu-2022"
    # two classes and an arm of each; all, prediction, GLMM and the test; the class of two arms keeps what is pooled
    assert shown == "9"
    assert note.startswith(
        "4 of 15 arms shown in these plots. Pooled results, plots and counts are still those of the full"
    )
    assert inside == "Filtered view: 2 of 11 arms shown. Pooled rows, weights and tests are those of the full set."
    assert float(box.split()[3]) < float(said["whole"][5].split()[3])
    assert said["after"] == said["randomised"]
    assert said["all"] == said["paper"] == said["whole"]
    names, drawing, table = said["files"]
    assert names == "forest-overall_response-filtered.svg forest-overall_response-filtered.csv"
    assert "Arnold" not in drawing
    assert inside in table
    assert "Arnold" not in table
    # of one class: 46 of 57 in 2007, and 35 of 42 in 2021
    ig = [
        [name[:4] for name in said[what][0].split(" | ") if name.startswith(("Robak", "Ito 2021, 1998"))]
        for what in ("whole", "order")
    ]
    assert ig == [["Roba", "Ito "], ["Ito ", "Roba"]]
