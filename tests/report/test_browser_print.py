"""On paper: every section and source, links spelled out, and no plot cut by a page's end."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from report_browser import Visit, needs_chromium
from report_rendered import Rendered

Reports = dict[str, Rendered]

pytestmark = needs_chromium

#: small words at the top and at the foot of each drawing that is on paper
MARK = """() => {
  let count = 0;
  for (const svg of document.querySelectorAll("svg:not(svg svg)")) {
    if (!svg.getClientRects().length) continue;
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    for (const [word, y] of [["TOP", 8], ["END", height]]) {
      const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
      text.setAttribute("x", 4); text.setAttribute("y", y); text.textContent = `${word}${count}X`;
      svg.append(text);
    }
    count += 1;
  }
  return count;
}"""


def on_paper(visit: Visit, path: Path, marked: bool = False) -> tuple[list[str], int]:
    """The text of each page of A4, and how many drawings were marked."""
    page = visit(path).page
    page.emulate_media(media="print")
    count = page.evaluate(MARK) if marked else 0
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    return [sheet.get_textpage().get_text_bounded() for sheet in document], count


def test_every_section_every_source_and_every_address(reports: Reports, visit: Visit) -> None:
    report = reports["itp"]
    text = " ".join(" ".join(on_paper(visit, report.path)[0]).split())
    for heading in report.page.xpath("//main//h2"):
        assert heading.text_content() in text
    assert text.count("count matches percent") >= 23
    assert "90 of 112 patients (80.4 %) had a overall response" in text
    # what is of no use on paper stays folded
    assert "library(metafor)" not in text
    assert "drugs are known" in text
    assert "(some class)" not in text
    # words are hyphenated at the ends of lines
    assert "https://doi.org/10.1182/blood200906222448" in text.replace(" ", "").replace("-", "").replace("\ufffe", "")


@pytest.mark.parametrize("name", ["itp", "sixty"])
def test_no_drawing_is_cut_by_the_end_of_a_page(reports: Reports, visit: Visit, name: str) -> None:
    pages, count = on_paper(visit, reports[name].path, marked=True)
    assert count > 3
    for number in range(count):
        tops = [i for i, text in enumerate(pages) if f"TOP{number}X" in text]
        ends = [i for i, text in enumerate(pages) if f"END{number}X" in text]
        assert len(tops) == 1
        assert tops == ends


def test_a_study_page_prints(reports: Reports, visit: Visit) -> None:
    path = min((reports["itp"].path.parent / "studies").iterdir())
    assert "What was read" in on_paper(visit, path)[0][0]
