"""docs/appraisal.md says what the data say, and its example gives what it shows."""

from __future__ import annotations

from pathlib import Path

from pipeline.appraisal.bias import Names, read_said, risk_of_bias
from pipeline.appraisal.bias_tools import tools
from pipeline.appraisal.certainty import domains
from pipeline.config import REASONS
from pipeline.records import RiskOfBias
from pipeline.tables import read_rows

PAGE = (Path(__file__).parent.parent.parent / "docs/appraisal.md").read_text("utf-8")


def rows_after(head: str) -> list[list[str]]:
    """Cells of the table whose first line starts with `head`."""
    lines = PAGE.split(f"\n{head}", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def block(start: str) -> list[str]:
    """Lines of the block that starts with these words."""
    return PAGE.split(f"\n{start}", 1)[1].split("\n```", 1)[0].splitlines()


def test_the_tools() -> None:
    said = [
        [t.name, f"{next(iter(t.items))} to {list(t.items)[-1]}", ", ".join(t.answers), ", ".join(t.overall), t.rule]
        for t in tools().values()
    ]
    assert rows_after("| tool |") == said


def test_the_domains() -> None:
    said = [[n, ", ".join(f"{r.judgement} {r.levels:+d}" for r in found).replace("+0", "0")] for n, found in domains().items()]  # fmt: skip
    assert rows_after("| domain |") == said


def test_the_reasons() -> None:
    assert rows_after("| code |") == [[code, words] for code, words in REASONS.items()]


def test_the_example(tmp_path: Path) -> None:
    path = tmp_path / "risk_of_bias.csv"
    path.write_text("\n".join(block("```csv\n")), "utf-8")
    names = Names(lambda name: name, ["relapse"])
    rows = risk_of_bias(read_said([(f"{path}:{line}", row) for line, row in read_rows(path, RiskOfBias)], names))
    shown = [f"{r.outcome:16} {r.item:8} {r.judgement:14} {r.status:13} {r.note}".rstrip() for r in rows]
    assert block("for    ")[1:] == shown
