"""Pieces of a job on many cores: their order, errors, and processes that are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.cores import in_order, meanwhile
from pipeline.errors import UserError
from pipeline.extract.kept import Kept
from pipeline.extract.stage import Lines, extracted
from pipeline.parse import parse
from pipeline.parsed import as_line
from pipeline.workflow import cores_for
from tests.conftest import ROOT


def slow_first(n: int) -> int:
    time.sleep(0.2 if n == 0 else 0)
    return n * n


@pytest.mark.parametrize("cores", [1, 2, 3])
@pytest.mark.parametrize("many", [0, 1, 2, 50])
def test_answers_come_in_the_order_of_the_pieces(cores: int, many: int) -> None:
    assert list(in_order(slow_first, range(many), cores)) == [n * n for n in range(many)]


def test_pieces_are_taken_as_they_are_needed() -> None:
    taken = 0

    def given() -> Iterator[int]:
        nonlocal taken
        for n in range(1_000):
            taken += 1
            yield n

    answers = in_order(slow_first, given(), 2)
    assert next(answers) == 0
    assert taken <= 20
    answers.close()  # type: ignore[attr-defined]


def failing(n: int) -> int:
    if n == 3:
        raise UserError("config.yaml: wrong")
    if n == 4:
        raise ZeroDivisionError
    if n == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


@pytest.mark.parametrize(
    ("last", "said"),
    [(3, "config.yaml: wrong"), (4, "stopped by an error of its own"), (5, "ended by SIGKILL")],
)
def test_a_failure_is_told_and_loses_nothing_silently(last: int, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    answers = in_order(failing, [0, 1, 2, last], 2)
    with pytest.raises(UserError, match=said):
        list(answers)
    assert ("ZeroDivisionError" in capfd.readouterr().err) == (last == 4)


@pytest.mark.parametrize("cores", [1, 2])
def test_what_is_done_meanwhile_is_answered_when_it_is_asked_for(cores: int) -> None:
    answer = meanwhile(os.getpid, cores)
    assert (answer() == os.getpid()) == (cores == 1)


@pytest.mark.parametrize("cores", [1, 2])
def test_what_fails_meanwhile_is_told_when_it_is_asked_for(cores: int) -> None:
    answer = meanwhile(lambda: failing(3), cores)
    with pytest.raises(UserError, match=r"config\.yaml: wrong"):
        answer()


def test_processes_end_with_the_one_that_asked(tmp_path: Path) -> None:
    code = (
        "import os, time\n"
        "from pipeline.cores import in_order\n"
        "def do(n):\n"
        "    os.write(1, b'%d\\n' % os.getpid())\n"
        "    return time.sleep(0.05)\n"
        "list(in_order(do, range(100_000), 2))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as asking:
        assert asking.stdout is not None
        children = {int(asking.stdout.readline()) for _ in range(6)}
        asking.kill()
        assert len(children) == 2
        assert asking.stdout.read() is not None  # it ends when the last process that could write is gone


def test_a_source_extracted_on_two_cores_is_the_same(tmp_path: Path) -> None:
    rows = [as_line(row).encode() for row in parse(ROOT / "corpus/conference.ris", "a.ris")]
    times = 1 + 150 // len(rows)
    (tmp_path / "a.jsonl").write_bytes(b"".join(rows) * times)
    wanted = [*map(Lines(ROOT / "config", None), rows)] * times
    extract = Lines(ROOT / "config", Kept(tmp_path / "kept", "0" * 32))
    for cores in (2, 1):
        with (tmp_path / "a.jsonl").open("rb") as records:
            done = list(extracted(extract, records, cores))
        assert len(done) > 4
        assert [line for piece in done for line in piece.lines] == wanted
        assert not any(piece.damaged or piece.trouble for piece in done)


def test_damage_that_other_processes_found_is_counted(tmp_path: Path) -> None:
    records = tmp_path / "a.jsonl"
    [row] = parse(ROOT / "corpus/atra-charts-2012.txt", "a.txt")
    records.write_bytes(as_line(row).encode() * 100)
    extract = Lines(ROOT / "config", Kept(tmp_path / "kept", "0" * 32))
    (tmp_path / "kept").write_text("a file where the folder would be")
    with records.open("rb") as lines:
        done = list(extracted(extract, lines, 2))
    assert [bool(piece.trouble) for piece in done] == [True] * 4


@pytest.mark.parametrize("cores", [1, 2])
def test_the_command_prints_the_same_on_any_number_of_cores(
    cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    text = "".join(f"PMID- {i}\nTI  - Danazol.\nAB  - {i} of 900 patients responded.\n\n" for i in range(1, 151))
    (tmp_path / "many.nbib").write_text(text, "utf-8")
    monkeypatch.setattr("pipeline.cores.available", lambda: cores)
    assert cli.main(["extract", str(tmp_path), "--json", "--config", str(ROOT / "config")]) == 1
    said = capsys.readouterr()
    assert "empty.txt: set aside: is empty" in said.err
    path = str(tmp_path / "many.nbib")
    wanted = [
        Lines(ROOT / "config", None)(as_line(row).encode()).decode() for row in islice(parse(Path(path), path), 2)
    ]
    told = said.out.splitlines(keepends=True)
    assert told[:2] == wanted
    assert [json.loads(line)["record_id"] for line in told] == [f"many-{i}" for i in range(1, 151)]


class Job:
    def __init__(self, source: str) -> None:
        self.source = source


def test_a_large_export_asks_for_cores_and_nothing_else_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    for name, size in {"small.nbib": 900_000, "large.NBIB": 21_000_000, "scan.PDF": 21_000_000}.items():
        with (tmp_path / "corpus" / name).open("wb") as file:
            file.truncate(size)
    names = ["small.nbib", "large.NBIB", "scan.PDF", "gone.ris"]
    assert [cores_for(Job(name)) for name in names] == [1, 10, 1, 1]
