"""The page in a real browser: no error in the console, nothing wider than the window, its script at work."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree
from report_rendered import Rendered

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; `apt-get install chromium` brings it")

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --enable-logging=stderr --virtual-time-budget=2000 "
    "--allow-file-access-from-files --window-size=1400,900"
).split()


def browse(page: Path, profile: Path, *more: str) -> tuple[str, list[str]]:
    """The page's DOM after its script ran, and the lines of its console."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *(more or ("--dump-dom",)), page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, re.findall(r".*:CONSOLE.*", done.stderr)


def test_the_console_is_watched(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<script>nothing.here()</script>", "utf-8")
    assert browse(bad, tmp_path / "profile")[1]


@pytest.mark.parametrize("name", ["itp", "sixty"])
def test_no_console_error_and_a_copy_button_for_each_line(
    reports: dict[str, Rendered], tmp_path: Path, name: str
) -> None:
    dom, console = browse(reports[name].path, tmp_path / "profile")
    assert console == []
    assert dom.count(">Copy</button>") == len(reports[name].inputs.worklist) > 0


def test_nothing_is_wider_than_the_window(reports: dict[str, Rendered], tmp_path: Path) -> None:
    measure = (
        "<body><script>const room = f => f.contentDocument.documentElement; "
        "onload = () => {{ for (const f of document.querySelectorAll('iframe')) "
        "document.body.append(`[${{room(f).clientWidth}}:${{room(f).scrollWidth}}]`) }}</script>{}</body>"
    )
    frames = "".join(
        f'<iframe width="{width}" height="800" src="{reports[name].path.as_uri()}"></iframe>'
        for name in ("itp", "sixty")
        for width in (360, 390, 1280)
    )
    page = tmp_path / "frames.html"
    page.write_text(measure.format(frames), "utf-8")
    sizes = re.findall(r"\[(\d+):(\d+)\]", browse(page, tmp_path / "profile")[0])
    assert len(sizes) == 6
    assert all(int(room) > 300 for room, _ in sizes)
    assert [needed for _, needed in sizes] == [room for room, _ in sizes]


def test_print_has_every_section_and_every_source(reports: dict[str, Rendered], tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here; `apt-get install poppler-utils` brings it")
    out = tmp_path / "print.pdf"
    browse(reports["itp"].path, tmp_path / "profile", "--no-pdf-header-footer", f"--print-to-pdf={out}")
    text = " ".join(subprocess.run(["pdftotext", out, "-"], capture_output=True, text=True, check=True).stdout.split())
    for heading in ("What was asked", "Flow of records", "Forest plots", "Studies", "Methods", "Reproduce"):
        assert heading in text
    assert text.count("count matches percent") >= 23
    assert "90 of 112 patients (80.4 %) had a overall response" in text
    # pdftotext takes hyphens at line ends for hyphenation
    assert "https://doi.org/10.1182/blood200906222448" in text.replace(" ", "").replace("-", "")


FETCH = """<body><script>onload = async () => {
const win = document.querySelector("iframe").contentWindow, blobs = [];
win.URL.createObjectURL = (blob) => { blobs.push(blob); return "#"; };
win.HTMLAnchorElement.prototype.click = function () { document.body.append(`[name ${this.download}]`); };
win.document.querySelectorAll("#plot-overall_response .downloads button").forEach((button) => button.click());
for (let i = 0; i < 40 && blobs.length < 3; i++) await new Promise((done) => setTimeout(done, 200));
for (const blob of blobs) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  document.body.append(`[${blob.type.split(";")[0]} ${btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""))}]`);
}
}</script><iframe width="1200" height="900" src="SRC"></iframe></body>"""


def test_a_plot_downloads_as_svg_png_and_csv(reports: dict[str, Rendered], tmp_path: Path) -> None:
    page = tmp_path / "fetch.html"
    page.write_text(FETCH.replace("SRC", reports["itp"].path.as_uri()), "utf-8")
    dom, console = browse(page, tmp_path / "profile", "--virtual-time-budget=30000", "--dump-dom")
    assert console == []
    assert sorted(re.findall(r"\[name ([\w.-]+)\]", dom)) == [
        f"forest-overall_response.{e}" for e in ("csv", "png", "svg")
    ]
    got = {kind: base64.b64decode(body) for kind, body in re.findall(r"\[(\w+/[\w+]+) ([^\]]*)\]", dom)}
    svg = etree.fromstring(got["image/svg+xml"])
    assert "Arnold 2010" in "".join(svg.itertext())
    assert "var(" not in got["image/svg+xml"].decode("utf-8")
    assert {e.get("fill") for e in svg.iter("{*}polygon")} >= {"#fdfdfb"}
    assert got["image/png"].startswith(b"\x89PNG")
    assert len(got["image/png"]) > 20_000
    assert "study,tretinoin,Untitled 1,25,35,0.714286" in got["text/csv"].decode("utf-8-sig")


USE = """<body><script>onload = () => {
const page = document.querySelector("iframe").contentDocument, win = page.defaultView;
const bar = page.querySelector("#studies .filters");
const control = (name) => [...bar.querySelectorAll("label")].find((l) => l.firstChild.data === name).lastChild;
const use = (name, value) => { control(name).value = value; control(name).dispatchEvent(new win.Event("input")); };
const say = (what) => {
  const shown = [...page.querySelectorAll("#studies tbody")].filter((t) => !t.hidden).map((t) => t.id.slice(6));
  document.body.append(`[${what}: ${shown.join(" ")}; ${bar.querySelector("[role=status]").textContent}]`);
};
use("Design", "randomised"); say("randomised");
use("Design", ""); use("Year from", "2010"); use("Order", "year down"); say("late");
bar.querySelector("button").click(); say("all");
}</script><iframe width="1200" height="900" src="SRC"></iframe></body>"""


def test_studies_are_filtered_and_ordered_and_nothing_pooled_changes(
    reports: dict[str, Rendered], tmp_path: Path
) -> None:
    page = tmp_path / "use.html"
    page.write_text(USE.replace("SRC", reports["itp"].path.as_uri()), "utf-8")
    dom, console = browse(page, tmp_path / "profile")
    assert console == []
    said = dict(re.findall(r"\[(randomised|late|all): ([^\]]*)\]", dom))
    kept = "Pooled results, plots and counts are still those of the full set: nothing is computed again."
    assert said["randomised"] == f"wu-2022; 1 of 9 studies shown. {kept}"
    assert said["late"] == f"wu-2022 ito-2021 crickx-2020 arnold-2010; 4 of 9 studies shown. {kept}"
    included = [row.study for row in reports["itp"].inputs.studies if row.decision == "include"]
    assert said["all"] == f"{' '.join(included)}; "
