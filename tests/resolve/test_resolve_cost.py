"""What resolve costs: it starts without statistics, and its work grows with the review and no faster."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from reviewing import correct, include, study

from pipeline.config import Settings
from pipeline.overrides.appending import append_rows
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import finish, machine_tables
from pipeline.resolve.worklist import worklist

HEAVY = "{'scipy', 'pandas', 'spacy', 'matplotlib', 'statsmodels'}"


def steps(work: Callable[[], object]) -> int:
    """Instructions of Python that it takes."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., object]:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def cost(folder: Path, settings: Settings, count: int) -> int:
    """Of so many studies that wait, each with lines of two reviewers, who took half of them in."""
    studies = [study(name=f"name-{i:04}", decision="review") for i in range(count)]
    corrections = [correct("15", study=s.study, by=by)[1] for s in studies for by in ("AB", "CD")]
    inclusions = [include(study=s.study)[1] for s in studies[::2]]
    folder.mkdir()
    append_rows(folder / "corrections.csv", type(corrections[0]), corrections)
    append_rows(folder / "inclusions.csv", type(inclusions[0]), inclusions)

    def resolve() -> None:
        tables = machine_tables(studies, settings)
        applied = apply_overrides(tables, folder, settings)
        assert worklist(finish(tables, settings), studies, settings, (), applied)

    return steps(resolve)


def test_twice_the_studies_and_lines_are_twice_the_work(tmp_path: Path, settings: Settings) -> None:
    cost(tmp_path / "first", settings, 5)
    once, twice = (cost(tmp_path / str(count), settings, count) for count in (50, 100))
    assert twice <= 2 * once


def test_it_starts_without_the_libraries_of_statistics() -> None:
    told = f"import sys, pipeline.resolve.__main__; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
