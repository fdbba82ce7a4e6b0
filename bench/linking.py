"""`litpool dedupe` on large exports, from the files to its lines, against rispy, which only reads the same file.

The command runs as users run it, in a process of its own, so that its start counts and its memory can be told.
LITPOOL_BENCH_MILLION=1 adds 1,000,000 records, which take some ten minutes and 2 GB of disk.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.exports import write
from bench.timing import Bench, Timing

#: 100,000 records in 60 seconds is what is wanted; rispy reads so many a second of such a file on the same machine
WANTED, RISPY = 100_000 / 60, 30_000
SIZES = [10_000, 100_000]
MILLION = 1_000_000

#: name of a benchmark → megabytes of its largest process
_memory: dict[str, float] = {}


def benches(corpora: Path) -> Iterator[Bench]:
    """All benchmarks of this stage, on exports made up of the words of a real one."""
    real = corpora / "citations/pubmed_export.nbib"
    for size in [*SIZES, *([MILLION] if os.environ.get("LITPOOL_BENCH_MILLION") else [])]:
        yield _bench(real, size)


def notes(timings: Mapping[str, Timing]) -> Iterator[str]:
    """How time grows with the number of records, and the memory of each run."""
    run = [(size, timings[_name(size)]) for size in (*SIZES, MILLION) if _name(size) in timings]
    for (few, before), (many, after) in pairwise(run):
        seconds = (many / after.ours) / (few / before.ours)
        yield f"dedupe: time grows as n^{math.log(seconds, many / few):.2f} from {few:,} to {many:,} records"
    for size, timing in run:
        yield f"dedupe {size:,}: {size / timing.ours:.0f} s, largest process {_memory[_name(size)]:,.0f} MB"


def _name(size: int) -> str:
    return f"dedupe {size:,}"


def _bench(real: Path, size: int) -> Bench:
    return Bench(
        _name(size),
        "records",
        "rispy",
        WANTED / RISPY,
        lambda: _dedupe(_export(real, size), size),
        lambda: _rispy(_export(real, size)),
        most_rounds=3 if size <= SIZES[0] else 1,
    )


def _dedupe(export: Path, size: int) -> int:
    command = [sys.executable, "-m", "pipeline", "dedupe", str(export), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    _memory[_name(size)] = used.ru_maxrss / 1024
    return size


def _rispy(export: Path) -> int:
    import rispy

    with export.open(encoding="utf-8") as file:
        return len(rispy.load(file))


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="litpool-bench-")


@cache
def _export(real: Path, size: int) -> Path:
    return write(real, Path(_folder().name) / f"{size}.ris", size)
