"""Chromium for tests, driven through Playwright, and pages that keep what they complained of and asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here; `apt-get install chromium` brings it, `.ci/run` does so"
)

Visit = Callable[..., "Visited"]


class Visited:
    """A page in a window of its own, and all that it said and fetched since it was opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("dialog", self._dismiss)
        page.on("request", lambda request: self.requests.append(request.url))

    def _dismiss(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open_every_part(self) -> None:
        self.page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")

    def violations(self, options: dict[str, Any], where: str = "document") -> list[str]:
        """What axe-core finds under `options`, a line for each rule and its first places."""
        self.page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
        return list(self.page.evaluate(f"async (options) => {{ {_AXE.replace('WHERE', where)} }}", options))


_AXE = """
const found = await axe.run(WHERE, {resultTypes: ["violations"], ...options});
return found.violations.map((v) => `${v.id}: ${v.nodes.length} × ${v.help}: ${v.nodes.slice(0, 5).map((n) => n.target).join("  ")}`);
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine; Playwright brings none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu", "--disable-quic"])
        yield browser
        browser.close()


@contextmanager
def windows(browser: Browser) -> Iterator[Visit]:
    """A function that opens files in new windows, all closed in the end."""
    contexts = []

    def visit(path: Path, width: int = 1280, height: int = 900, **options: Any) -> Visited:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        visited = Visited(context.new_page())
        visited.page.goto(path.as_uri())
        return visited

    yield visit
    for context in contexts:
        context.close()
