"""Takes the pictures of docs/report.md in Chromium: `snakemake all`, then `python -m scripts.pictures`.

tests/report/test_browser_pictures.py holds that each part shown is still in the page.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/pictures"


@dataclass(frozen=True)
class Picture:
    """`selector`: the part of the page that is shown, else its top; `opened`: what is unfolded before."""

    name: str
    selector: str = ""
    opened: str = ""
    width: int = 1280
    height: int = 800
    dark: bool = False


PICTURES = (
    Picture("report"),
    Picture("flow", "#flow svg"),
    Picture("forest", "#forest article"),
    Picture("number", "#outcomes tbody.number", "#outcomes tbody.number details"),
    Picture("phone", width=390, height=760, dark=True),
)


def take(browser: Browser, report: Path, picture: Picture) -> bytes:
    scheme = "dark" if picture.dark else "light"
    size = {"width": picture.width, "height": picture.height}
    page = browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=1.5)
    page.goto(report.as_uri())
    if picture.opened:
        page.locator(picture.opened).first.evaluate("(part) => { part.open = true }")
    taken = part(page, picture.selector).screenshot() if picture.selector else page.screenshot()
    page.close()
    return small(taken)


def part(page: Page, selector: str) -> Locator:
    """Brought into the window; what is far from it is laid out only then, which moves what follows."""
    found = page.locator(selector).first
    found.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    return found


def small(png: bytes) -> bytes:
    """In 64 colours: a page of letters loses nothing by it."""
    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for picture in PICTURES:
            (FOLDER / f"{picture.name}.png").write_bytes(take(browser, ROOT / "reports/index.html", picture))
        browser.close()


if __name__ == "__main__":
    main()
