"""docs/extraction.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.config import Acceptance
from pipeline.extract import comparisons
from pipeline.extract.calibration import STEPS
from pipeline.extract.effect_counts import Agreement
from pipeline.extract.proofs import WEIGHTS, WEIGHTS_BY_KIND, Check, Doubt

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/extraction.md").read_text("utf-8")


def tables(heading: str) -> list[list[list[str]]]:
    """Cells of the tables under a heading, without their heads."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    blocks = [block.strip().splitlines() for block in section.split("\n\n") if block.lstrip().startswith("|")]
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in block[2:]] for block in blocks]


def table(heading: str) -> list[list[str]]:
    """Cells of the only table under a heading."""
    (only,) = tables(heading)
    return only


def test_the_checks_and_their_weights_by_kind() -> None:
    kinds = [{check: float(weight) for check, weight, _ in rows} for rows in tables("Checks")]
    assert kinds == list(WEIGHTS_BY_KIND)
    assert set(WEIGHTS) == set(Check)


def test_the_doubts() -> None:
    assert {doubt for doubt, _ in table("Doubts")} == set(Doubt)


def test_what_is_said_of_comparisons() -> None:
    doubts = {f"doubt: {doubt}" for doubt in comparisons.Doubt}
    assert {says for says, _ in table("Comparisons of arms")} == set(Agreement) | doubts


def test_the_steps_are_those_of_the_file() -> None:
    lines = [line for line in STEPS.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert table("Calibration") == [line.split(",") for line in lines[1:]]


def test_the_figures_are_those_of_the_file() -> None:
    comment = "".join(line for line in STEPS.read_text("utf-8").splitlines() if line.startswith("#"))
    section = " ".join(PAGE.split("## Calibration\n", 1)[1].split("\n## ", 1)[0].split())
    rows, records, wrong = re.findall(r"(\d+) response rows of (\d+) labelled records, (\d+) of them wrong", comment)[0]
    assert f"{rows} response rows of {records} labelled records, {wrong} of them wrong" in section
    for brier in re.findall(r"0\.\d{4}", comment):
        assert brier in section


def test_the_default_threshold() -> None:
    assert f"`acceptance.threshold` ({Acceptance().threshold:g})" in PAGE


def test_the_hand_check_counts_its_wrong_rows() -> None:
    rows = table("Hand check")
    wrong = [row for row in rows if row[3].startswith("wrong")]
    assert all(row[3].startswith(("right", "wrong")) for row in rows)
    assert f"{len(rows) - len(wrong)} of {len(rows)} right" in PAGE
