"""What was killed, told at the end."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each kind of process, also where the tests ran side by side."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    killed = Counter(str(what) for report in reports for name, what in report.user_properties if name == "killed")
    for what, times in sorted(killed.items()):
        terminalreporter.write_line(f"killed: {what}, {times}×")
