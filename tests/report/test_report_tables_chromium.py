"""What script adds to plots and tables, used in a real browser: downloads, filters, order."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from lxml import etree
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
