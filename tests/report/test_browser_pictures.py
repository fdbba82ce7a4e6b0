"""docs/report.md shows the pictures that scripts/pictures.py takes, of parts that the page still has."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser
from report_browser import needs_chromium
from report_rendered import Rendered

from scripts.pictures import FOLDER, PICTURES, take

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_shows_each_picture_and_no_other() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(pictures/(\w+)\.png\)", (DOCS / "report.md").read_text("utf-8"))
    assert shown == [picture.name for picture in PICTURES]
    assert {path.stem for path in FOLDER.iterdir()} == set(shown)
    assert all(path.stat().st_size < 150_000 for path in FOLDER.iterdir())


@needs_chromium
def test_each_picture_can_be_taken_again(reports: dict[str, Rendered], browser: Browser) -> None:
    for picture in PICTURES:
        assert take(browser, reports["itp"].path, picture).startswith(b"\x89PNG")
