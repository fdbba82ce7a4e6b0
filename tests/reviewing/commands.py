"""Runs a command of a reviewer on a small review."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.overrides import FILES
from pipeline.overrides.reading import read_lines

#: the two arms of the review, by number and by what was given
TRETINOIN, DANAZOL = ("A1", "tretinoin"), ("A2", "danazol")


@dataclass(frozen=True)
class Done:
    """How a command ended; names of files are relative to the review."""

    code: int
    out: str
    told: str

    @property
    def flat(self) -> str:
        """What was printed, without the breaks of lines."""
        return " ".join(self.out.split())


@dataclass(frozen=True)
class Review:
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str, reviewer: str | None = "AB") -> Done:
        signed = ["--reviewer", reviewer] if reviewer is not None else []
        code = main([*words, "--folder", str(self.folder), *signed])
        told = self.capsys.readouterr()
        return Done(code, told.out.replace(f"{self.folder}/", ""), told.err.replace(f"{self.folder}/", ""))

    def refused(self, *words: str, reviewer: str | None = "AB") -> str:
        """What is told of a command that adds nothing."""
        before = self.bytes()
        done = self.run(*words, reviewer=reviewer)
        assert (done.code, done.out) == (2, ""), done
        assert self.bytes() == before
        assert done.told.count("\n") == 1
        return done.told.rstrip("\n")

    def bytes(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in (self.folder / "overrides").iterdir()}

    def rows(self, name: str) -> list[Any]:
        return [row for _, row in read_lines(self.folder / "overrides" / name, FILES[name])]

    def clean(self) -> str:
        """Warnings of a check that finds no problem."""
        code = main(["check", str(self.folder)])
        told = self.capsys.readouterr()
        assert code == 0, told.err
        return told.err.replace(f"{self.folder}/", "")
