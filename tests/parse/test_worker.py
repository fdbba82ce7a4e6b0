"""A file that hangs, crashes or eats memory costs itself only."""

from __future__ import annotations

import ctypes
import os
import socket
import time
from pathlib import Path

import pytest

from pipeline.limits import Limits
from pipeline.parse import Rows, parse
from pipeline.parse.worker import guarded, read_files
from pipeline.parsed import ParsedRecord, SetAside, as_row

from .conftest import DATA

LIMITS = Limits(seconds=2, memory_mb=300)


def read(path: Path) -> Rows:
    """The plain file is read; the others are named after what goes wrong after their first record."""
    yield from parse(DATA / "plain.txt", path.name)
    if path.name == "hang":
        while True:
            pass
    if path.name == "native hang":
        ctypes.CDLL(None).pause()
    if path.name == "crash":
        ctypes.string_at(0)
    if path.name == "memory":
        bytearray(400_000_000)
    if path.name == "bug":
        raise LookupError("a bug")
    if path.name == "network":
        socket.create_connection(("localhost", 9))


REASONS = {
    "hang": "took more than 2 seconds",
    "native hang": "took more than 2 seconds",
    "crash": "the reader crashed on it (ended by SIGSEGV)",
    "memory": "needs more than 300 MB of memory",
    "bug": "the reader crashed on it (stopped by an error of its own)",
    "network": "the reader crashed on it (stopped by an error of its own)",
}


@pytest.mark.parametrize("name", REASONS)
def test_a_bad_file_costs_itself_only(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    files = [Path("good 1"), Path(name), Path("good 2")]
    rows = [as_row(line) for line in guarded(files, read, LIMITS)]
    kinds = [row.source.file if isinstance(row, ParsedRecord) else row.set_aside for row in rows]
    assert kinds == ["good 1", name, name, "good 2"]
    aside = rows[2]
    assert isinstance(aside, SetAside)
    assert aside.reason.startswith(REASONS[name])
    said = capfd.readouterr().err
    assert ("no network while parsing" in said) == (name == "network")
    assert ("LookupError: a bug" in said) == (name == "bug")


def test_the_clock_starts_again_with_each_record() -> None:
    def slow(path: Path) -> Rows:
        for _ in range(3):
            time.sleep(0.5)
            yield from parse(DATA / "plain.txt", path.name)

    rows = [as_row(line) for line in guarded([Path("slow")], slow, Limits(seconds=1, memory_mb=300))]
    assert [isinstance(row, ParsedRecord) for row in rows] == [True] * 3


def test_a_caller_that_stops_reading_leaves_no_process_behind() -> None:
    lines = guarded([Path("hang")], read, LIMITS)
    assert next(lines)
    lines.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_rows_are_those_of_this_process() -> None:
    files = sorted(DATA.iterdir())
    here = [row for path in files for row in parse(path, str(path))]
    assert list(read_files(files, Limits())) == here
