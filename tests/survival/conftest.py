"""A small review and what one run makes of it; what was killed, told at the end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.survival.disturbed import made, run, small_review


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_review(tmp_path_factory.mktemp("survival") / "review")


@pytest.fixture(scope="module")
def whole(review: Path) -> dict[str, bytes]:
    done = run(review)
    assert done.returncode == 0, done.stderr
    return made(review)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each kind of process, also where the tests ran side by side."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    killed = Counter(str(what) for report in reports for name, what in report.user_properties if name == "killed")
    for what, times in sorted(killed.items()):
        terminalreporter.write_line(f"killed: {what}, {times}×")
