"""docs/reviewing.md shows what its commands print, and what git does is what it says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.cli import main
from scripts.examples import PAGE, run
from tests.reviewing.commands import Review

GIT = ("git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")


def test_the_commands_print_what_the_page_shows(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    assert run(page, tmp_path) == page, "if that is meant: python -m scripts.examples"


def git(folder: Path, *words: str, check: bool = True) -> None:
    subprocess.run([*GIT, *words], cwd=folder, check=check, capture_output=True)


def two_people(review: Review) -> None:
    """Each adds a line on a branch, and the second joins the first's."""
    git(review.folder, "init", "-q")
    git(review.folder, "add", ".")
    git(review.folder, "commit", "-qm", "start")
    git(review.folder, "switch", "-qc", "bob")
    review.run("correct", "arnold-2010", "n_total", "66", "--reason", "r", reviewer="Bob")
    git(review.folder, "commit", "-qam", "bob")
    git(review.folder, "switch", "-q", "main")
    review.run("correct", "smith-2011", "n_total", "67", "--reason", "r", reviewer="Ada")
    git(review.folder, "commit", "-qam", "ada")
    git(review.folder, "merge", "-q", "bob", check=False)


def test_git_marks_a_conflict_and_both_lines_can_be_kept(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    two_people(review)
    path = review.folder / "overrides/corrections.csv"
    assert main(["check", str(review.folder)]) == 2
    assert "corrections.csv:2: two people changed the same lines" in capsys.readouterr().err
    signs = ("<<<<<<<", "=======", ">>>>>>>")
    kept = [line for line in path.read_text("utf-8").splitlines(keepends=True) if not line.startswith(signs)]
    path.write_text("".join(kept), encoding="utf-8")
    assert [row.reviewer for row in review.rows("corrections.csv")] == ["Ada", "Bob"]
    assert review.clean() == ""


def test_git_joins_lines_by_itself(review: Review) -> None:
    (review.folder / ".gitattributes").write_text("overrides/*.csv merge=union\n", encoding="utf-8")
    two_people(review)
    assert [row.reviewer for row in review.rows("corrections.csv")] == ["Ada", "Bob"]
    assert review.clean() == ""
