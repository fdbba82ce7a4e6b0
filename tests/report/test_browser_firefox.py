"""The report in Firefox: its script at work, nothing wider than the window, all of it on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2
import pytest
from report_firefox import Firefox, firefox, needs_firefox
from report_rendered import Rendered

Reports = dict[str, Rendered]

pytestmark = needs_firefox


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox") / "profile") as started:
        yield started


@pytest.mark.parametrize("name", ["itp", "sixty"])
def test_nothing_is_wider_than_the_window(reports: Reports, window: Firefox, name: str) -> None:
    for width in (500, 1280):
        window.open(reports[name].path, width)
        needed, room = window.run(
            "for (const part of document.querySelectorAll('details')) part.open = true;"
            "return [document.documentElement.scrollWidth, document.documentElement.clientWidth];"
        )
        assert needed == room


def test_script_is_let_run_and_filters(reports: Reports, window: Firefox) -> None:
    window.open(reports["itp"].path, 1280)
    shown = window.run("""
const bar = document.querySelector("#studies .filters");
const design = [...bar.querySelectorAll("label")].find((label) => label.firstChild.data === "Design").lastChild;
design.value = "randomised";
design.dispatchEvent(new Event("input"));
return [...document.querySelectorAll("#studies tbody")].filter((body) => body.checkVisibility()).map((body) => body.id);
""")
    assert shown == ["study-wu-2022"]
    assert len(window.run("return [...document.querySelectorAll('#waiting .line button')].map(String)")) == len(
        reports["itp"].inputs.worklist
    )


def test_a_link_opens_the_list_it_leads_to(reports: Reports, window: Firefox) -> None:
    window.open(reports["itp"].path, 1280)
    window.run("document.querySelector('#flow svg a').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    assert window.run(
        "const link = document.querySelector('#flow svg a').getAttribute('href');"
        "return document.querySelector(link).closest('details').open"
    )


def test_nothing_is_fetched(reports: Reports, window: Firefox) -> None:
    window.open(reports["sixty"].path, 1280)
    assert window.run("return performance.getEntriesByType('resource').map((entry) => entry.name)") == []


def test_all_of_it_is_on_paper(reports: Reports, window: Firefox) -> None:
    window.open(reports["itp"].path, 1280)
    document = pypdfium2.PdfDocument(window.paper())
    text = " ".join(" ".join(sheet.get_textpage().get_text_bounded() for sheet in document).split())
    for heading in reports["itp"].page.xpath("//main//h2"):
        assert heading.text_content() in text
    assert len(re.findall("patients had had other treatment|had a overall response", text)) > 10
