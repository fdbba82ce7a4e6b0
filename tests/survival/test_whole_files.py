"""Files are there as a whole or not at all, and a worker that is killed costs nothing."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import UserError, told
from pipeline.files import new_text, whole, write_text
from pipeline.limits import Limits
from pipeline.parse import Rows, parse
from pipeline.parse.worker import guarded
from pipeline.parsed import as_row

TEXT = "A note.\n\nTwelve patients were treated with danazol, and six of them responded.\n"
LIMITS = Limits(seconds=5, memory_mb=300)


def test_a_file_is_old_until_it_is_new(tmp_path: Path) -> None:
    path = tmp_path / "folder/table.csv"
    write_text(path, "old\n")
    with new_text(path) as out:
        out.write("new\n")
        out.flush()
        assert path.read_text() == "old\n"
    assert path.read_text() == "new\n"
    assert os.listdir(path.parent) == ["table.csv"]


def test_what_fails_midway_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_text(path, "old\n")
    with pytest.raises(ZeroDivisionError), new_text(path) as out:
        out.writelines(str(1 // n) for n in (1, 0))
    assert path.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["table.csv"]


@pytest.mark.parametrize(
    ("code", "remedy"), [(errno.ENOSPC, "make room on the disk"), (errno.EROFS, "the disk is mounted read-only")]
)
def test_why_it_cannot_be_written_is_one_line_with_the_way_out(tmp_path: Path, code: int, remedy: str) -> None:
    path = tmp_path / "table.csv"
    with pytest.raises(UserError) as told_, whole(path):
        raise OSError(code, os.strerror(code))
    said = str(told_.value)
    assert said.startswith(f"{path}: cannot be written ({os.strerror(code)}); {remedy}")
    assert "\n" not in said


def test_a_fault_of_another_file_is_not_taken_for_one_of_writing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), new_text(tmp_path / "out.csv"):
        (tmp_path / "gone.jsonl").read_text()


def test_the_longest_name_that_a_disk_takes_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 124 + ".jsonl")
    write_text(path, "x")
    assert path.read_text() == "x"
    assert len(os.listdir(tmp_path)) == 1


def test_a_file_that_went_away_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> int:
        Path("extracted/gone.csv").read_bytes()
        return 0

    assert told(main) == 2
    said = capsys.readouterr().err
    assert said.startswith("extracted/gone.csv: is not there any more")
    assert said.count("\n") == 1


def killed_after(rows: int, times: int, folder: Path) -> Callable[[Path], Rows]:
    """Reads as parse does, but its worker is killed, so often, when it has given that many rows."""

    def read(path: Path) -> Rows:
        for number, row in enumerate(parse(path, path.name)):
            kills = len(list(folder.glob("kill-*")))
            if number == rows and kills < times:
                (folder / f"kill-{kills}").touch()
                os.kill(os.getpid(), signal.SIGKILL)
            yield row

    return read


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.ris"
    path.write_text("".join(f"TY  - JOUR\nTI  - Title {i}\nAB  - {TEXT.split('.')[1]}\nER  - \n\n" for i in range(4)))
    return path


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_worker_that_was_killed_once_costs_nothing(tmp_path: Path, export: Path, rows: int) -> None:
    undisturbed = list(guarded([export], lambda path: parse(path, path.name), LIMITS))
    assert len(undisturbed) == 4
    assert list(guarded([export], killed_after(rows, 1, tmp_path), LIMITS)) == undisturbed


def test_a_worker_that_is_killed_again_and_again_costs_its_file(tmp_path: Path, export: Path) -> None:
    rows = [as_row(line) for line in guarded([export], killed_after(2, 9, tmp_path), LIMITS)]
    assert [type(row).__name__ for row in rows] == ["ParsedRecord", "ParsedRecord", "SetAside"]


def test_a_full_disk_is_no_fault_of_the_file_that_is_read(export: Path) -> None:
    def read(path: Path) -> Rows:
        yield from parse(path, path.name)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space left") as error:
        list(guarded([export], read, LIMITS))
    assert error.value.errno == errno.ENOSPC
