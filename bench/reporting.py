"""The report of 500 made-up studies by the command that people run, against lxml reading the page that comes out."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from bench.timing import Bench, Timing

ROOT = Path(__file__).parent.parent
STUDIES = 500
NAME = f"report, {STUDIES} studies"
#: seconds that the command may take on two cores, and that lxml takes for its page on the same machine
MOST, LXML = 20.0, 0.16


def benches() -> Iterator[Bench]:
    """In studies per second."""
    yield Bench(NAME, "studies", "lxml reads it", LXML / MOST, _render, _read, most_rounds=2)


def notes(timings: dict[str, Timing]) -> Iterator[str]:
    """How much memory the command took, of which the ratio says nothing."""
    if NAME in timings:
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        size = (_review() / "reports/index.html").stat().st_size / 1e6
        seconds = STUDIES / timings[NAME].ours
        yield f"{NAME}: {seconds:.1f} s, a page of {size:.1f} MB, no process of these benchmarks above {most} MB"


@cache
def _review() -> Path:
    """The tables of a made-up review, as the earlier stages leave them; tests make them, too."""
    sys.path.insert(0, str(ROOT / "tests/report"))
    from make_review import write_review
    from report_large import large

    folder = Path(mkdtemp(prefix="litpool-bench-"))
    write_review(large(STUDIES), folder)
    return folder


def _render() -> int:
    folders = {"extracted": "extracted", "config": "config", "corpus-parsed": "extracted/parsed", "corpus": "corpus"}
    given = [word for name, path in folders.items() for word in (f"--{name}", str(_review() / path))]
    command = [sys.executable, "-m", "pipeline.report", *given, "--out", str(_review() / "reports")]
    nothing_kept = {**os.environ, "LITPOOL_KEPT": ""}
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=nothing_kept)
    return STUDIES


def _read() -> int:
    from lxml import html

    html.document_fromstring((_review() / "reports/index.html").read_bytes())
    return STUDIES
