"""What each stage's process takes before it does anything, against one that imports numpy and pydantic."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from bench.meter import users_environment
from bench.timing import Bench, Timing

ROOT = Path(__file__).parent.parent
STAGES = ("parse", "extract", "link", "resolve", "pool", "audit", "release", "report")
#: seconds that a start may take, and that the reference takes on the same machine; extract needs spaCy
MOST, REFERENCE = 0.5, 0.35


def benches() -> Iterator[Bench]:
    """In starts per second."""
    for stage in STAGES:
        reference = partial(_python, "-c", "import numpy, pydantic")
        yield Bench(
            _name(stage),
            "starts",
            "import numpy, pydantic",
            REFERENCE / MOST,
            partial(_python, "-m", f"pipeline.{stage}", "--help"),
            reference,
            most_rounds=5,
        )


def notes(timings: Mapping[str, Timing]) -> Iterator[str]:
    """The same in seconds."""
    told = [f"{stage} {1 / timings[_name(stage)].ours:.2f}" for stage in STAGES if _name(stage) in timings]
    if told:
        yield f"seconds until a stage has started: {', '.join(told)}"


def _name(stage: str) -> str:
    return f"start of {stage}"


def _python(*arguments: str) -> int:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=users_environment(), check=True, capture_output=True)
    return 1
