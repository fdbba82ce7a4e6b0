"""Settling a text costs as much as the text is long, counted in steps of the program and not in seconds."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pipeline.config import Settings
from pipeline.extract import Extractor, settle
from pipeline.extract.printed_sizes import printed_sizes
from pipeline.extract.told_arms import ArmNames
from pipeline.parsed import Citation, ParsedRecord, Section, Source

EXTRACT = str(Path(settle.__file__).parent)
STUDY = (
    "Patients were randomised: 4000 patients received rituximab plus dexamethasone, and 3000 patients received "
    "dexamethasone alone. "
)


def results(i: int) -> str:
    """A results section with numbers of its own; later ones are no larger, for a test of two arms costs what it counts."""
    a, b, c = 400 + 7 * (i * 37 % 61), 300 + 11 * (i * 41 % 61), 50 + 3 * (i * 23 % 61)
    return (
        f"A response was seen in {a} of 4000 patients ({a / 40:.1f}%) with rituximab plus dexamethasone and in {b} of "
        f"3000 ({b / 30:.1f}%) with dexamethasone alone (p = 0.0{i % 9 + 1}). A complete response was seen in {a // 2} "
        f"and {b // 2} patients, and a partial response in {a - a // 2} and {b - b // 2}, in the rituximab plus "
        "dexamethasone and the dexamethasone alone groups, respectively. Of the responders to dexamethasone alone, "
        f"{c} relapsed, and the other {b - c} remained in remission. Relapse occurred in {c % 61 + 1}% of patients "
        f"treated with rituximab plus dexamethasone and in {c % 61 + 2}% of those treated with dexamethasone alone. "
    )


def record(sections: int) -> ParsedRecord:
    text = STUDY + "".join(map(results, range(sections)))
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=[Section(title="Results", start=0, end=len(text))],
    )


class Steps:
    """Counts the lines of the extract stage that are run within it, each turn of a loop as one."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Steps:
        self._before = sys.gettrace()
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        return self._step if frame.f_code.co_filename.startswith(EXTRACT) else None

    def _step(self, frame: FrameType, event: str, arg: Any) -> Any:
        self.count += event == "line"
        return self._step


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def test_steps_count_the_turns_of_a_loop(extractor: Extractor) -> None:
    few, many = Steps(), Steps()
    with few:
        ArmNames([], [])
    found = extractor.find(record(3))
    with many:
        ArmNames(found.arms, found.rows * 50)
    assert few.count < 20
    assert many.count > len(found.rows) * 50


def test_four_times_the_text_takes_four_times_the_steps(extractor: Extractor) -> None:
    steps, sizes = [], []
    for sections in (5, 20):
        found = extractor.find(record(sections))
        printed = printed_sizes(found.readings)
        with Steps() as counted:
            rows = settle.settle(found.shares, found.arms, found.n_total, printed)
            ArmNames(found.arms, rows)
        steps.append(counted.count)
        sizes.append((len(found.shares), len(rows)))
    assert sizes[1][0] > 3.5 * sizes[0][0] > 130
    assert sizes[1][1] > 3 * sizes[0][1], "the numbers differ, so that few rows are merged"
    assert steps[1] < 5 * steps[0], "linear is 4, quadratic is 16"
