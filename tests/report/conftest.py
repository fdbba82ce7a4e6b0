"""Rendered reports, once per run, and a browser to look at them in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from report_browser import Visit, chromium, windows
from report_rendered import Rendered
from report_specs import REVIEWS


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rendered]:
    return {name: Rendered(name, tmp_path_factory.mktemp(name)) for name in REVIEWS}


@pytest.fixture(params=sorted(REVIEWS))
def report(request: pytest.FixtureRequest, reports: dict[str, Rendered]) -> Rendered:
    return reports[request.param]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each test file: its event loop must not outlive the tests that need it."""
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with windows(browser) as opened:
        yield opened
