"""axe-core finds nothing to object to, in light and dark, with every part open; and it would find it."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_browser import Visit, Visited, needs_chromium
from report_large import large
from report_rendered import Rendered

pytestmark = needs_chromium

#: every rule and tag that axe has, best practices too; contrast takes most of the time and is looked at by itself
BUT_CONTRAST = {"preload": False, "rules": {"color-contrast": {"enabled": False}}}
CONTRAST = {"preload": False, "runOnly": ["color-contrast"]}

#: the first element with words of its own for each colour on each ground, in each size and weight
EACH_COLOUR = """(() => {
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
  };
  const found = new Map();
  for (const e of document.body.querySelectorAll("*")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const s = getComputedStyle(e);
    const key = [s.color, s.fill, s.fontSize, s.fontWeight, ground(e)].join(" ");
    if (!found.has(key)) found.set(key, e);
  }
  return [...found.values()];
})()"""

#: rows are alike: of each long table the first ten are looked at, of each drawing the first hundred parts
THIN_OUT = """() => {
  for (const table of document.querySelectorAll("table")) {
    const rows = table.tBodies.length > 1 ? [...table.tBodies] : [...table.querySelectorAll("tbody tr")];
    for (const row of rows.slice(10)) row.remove();
  }
  for (const svg of document.querySelectorAll("svg")) {
    for (const part of [...svg.querySelectorAll("text, line, rect, circle")].slice(100)) part.remove();
  }
  for (const list of document.querySelectorAll("ul, ol")) for (const item of [...list.children].slice(40)) item.remove();
}"""

BAD = """<!doctype html><html lang="en"><title>bad</title><body><main><h1>Bad</h1>
<img src="data:,"><button></button><p style="color: #999; background: #fff">pale</p></main></body></html>"""


def objections(visited: Visited) -> list[str]:
    visited.open_every_part()
    visited.page.evaluate(THIN_OUT)
    found = visited.violations(BUT_CONTRAST)
    for scheme in ("light", "dark"):
        visited.page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {line}" for line in visited.violations(CONTRAST, EACH_COLOUR)]
    return found


def test_a_bad_page_is_found_out(visit: Visit, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(BAD, "utf-8")
    rules = [line.split(":")[0] for line in objections(visit(page))]
    assert rules == ["button-name", "image-alt", "light", "dark"]


@pytest.mark.parametrize("name", ["itp", "sixty", "empty"])
def test_the_report(reports: dict[str, Rendered], visit: Visit, name: str) -> None:
    assert objections(visit(reports[name].path)) == []


def test_the_report_of_100_studies(visit: Visit, tmp_path: Path) -> None:
    assert objections(visit(Rendered(large(100), tmp_path).path)) == []


def test_on_a_phone(reports: dict[str, Rendered], visit: Visit) -> None:
    visited = visit(reports["itp"].path, width=360)
    visited.open_every_part()
    visited.page.evaluate(THIN_OUT)
    assert visited.violations(BUT_CONTRAST) == []


@pytest.mark.parametrize("name", ["itp", "sixty"])
def test_a_study_page(reports: dict[str, Rendered], visit: Visit, name: str) -> None:
    page = min((reports[name].path.parent / "studies").iterdir())
    assert objections(visit(page)) == []
