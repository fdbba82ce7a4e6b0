"""docs/extraction.md says what the code does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from pipeline.config import Acceptance
from pipeline.extract import extractor, settle
from pipeline.extract.calibration import STEPS
from pipeline.extract.settle import WEIGHTS

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/extraction.md").read_text("utf-8")


def table(heading: str) -> list[list[str]]:
    """Cells of the first table under a heading, without its head."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def doubts_in_the_code() -> set[str]:
    """The words of every doubt that is raised, what is put into them as "…"."""
    found: set[str] = set()
    for node in (n for path in (settle.__file__, extractor.__file__) for n in ast.walk(ast.parse(source(path)))):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "doubt" for t in node.targets):
            found |= words(node.value)
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "why" for t in node.targets):
            found |= words(node.value)
        if isinstance(node, ast.Tuple) and any(isinstance(e, ast.Starred) and named(e.value) for e in node.elts):
            found |= {w for e in node.elts for w in words(e)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and named(node.func.value):
            found |= {w for e in node.args for w in words(e)}
    return found


def source(path: str | None) -> str:
    return Path(path or "").read_text("utf-8")


def named(node: ast.expr) -> bool:
    """`doubts` or `row.doubts`."""
    return "doubts" in {getattr(node, "id", ""), getattr(node, "attr", "")}


def words(node: ast.expr) -> set[str]:
    """Texts in an expression; what an f-string puts in is "…"."""
    if isinstance(node, ast.JoinedStr):
        return {"".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)}
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.IfExp):
        return words(node.body) | words(node.orelse)
    return {w for e in node.elts for w in words(e)} if isinstance(node, ast.Tuple) else set()


def test_the_checks_and_their_weights() -> None:
    assert {check: float(weight) for check, weight, _ in table("Checks")} == WEIGHTS


def test_the_doubts() -> None:
    found = doubts_in_the_code()
    assert {doubt for doubt, _ in table("Doubts")} == found
    assert len(found) > 8


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


def test_the_hand_check_has_fifty_rows_and_counts_the_wrong_ones() -> None:
    rows = table("Hand check")
    wrong = [row for row in rows if row[3].startswith("wrong")]
    assert len(rows) == 50
    assert all(row[3].startswith(("right", "wrong")) for row in rows)
    assert f"{len(rows) - len(wrong)} of 50 right" in PAGE
