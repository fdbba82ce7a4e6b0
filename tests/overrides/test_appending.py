"""Lines are added to the file as it is; what stands there stays, byte by byte."""

from __future__ import annotations

import datetime
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.overrides import appending
from pipeline.overrides.appending import append_rows, new_file
from pipeline.overrides.reading import read_lines
from tests.overrides.models import Decision

HEADER = "study,value,reason,date\n"
OLD = "arnold-2010,14,Müller’s table,2026-11-01\n"
DAY = datetime.date(2026, 11, 21)
NEW = Decision(study="b", value="5/12", reason='=1+1, "so"\nand so; on', date=DAY)


def appended(tmp_path: Path, data: bytes, *rows: Decision) -> bytes:
    """What was added to the file, which is read back."""
    path = tmp_path / "decisions.csv"
    path.write_bytes(data)
    append_rows(path, Decision, rows or [NEW])
    after = path.read_bytes()
    assert after.startswith(data)
    assert [row for _, row in read_lines(path, Decision)][-len(rows or [NEW]) :] == list(rows or [NEW])
    return after[len(data) :]


def refused(path: Path, *rows: Decision, patience: float = 0.1) -> str:
    before = path.read_bytes()
    with pytest.raises(UserError) as error:
        append_rows(path, Decision, rows or [NEW], patience)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir() if p.name.startswith(".decisions")] == []
    assert "\n" not in str(error.value)
    return str(error.value).replace(f"{path.parent}/", "")


QUOTED = '"=1+1, ""so""\nand so; on"'.replace('"=', "\"'=")
LINE = f"b,'5/12,{QUOTED},2026-11-21"


@pytest.mark.parametrize(
    ("before", "added"),
    [
        ((HEADER + OLD).encode(), (LINE + "\n").encode()),
        ((HEADER + OLD).encode("utf-8-sig"), (LINE + "\n").encode()),
        ((HEADER + OLD).rstrip("\n").encode(), ("\n" + LINE).encode()),
        ((HEADER + OLD).replace("\n", "\r\n").encode("cp1252"), (LINE + "\r\n").encode("cp1252")),
        ((HEADER + OLD).replace("\n", "\r").encode(), (LINE + "\r").encode()),
        ((HEADER + OLD).replace(",", ";").encode(), (f"b;'5/12;{QUOTED};2026-11-21\n").encode()),
        ((HEADER + OLD).replace(",", "\t").encode("utf-16"), f"b\t'5/12\t{QUOTED}\t2026-11-21\n".encode("utf-16-le")),
        (b"sep=;\r\n" + HEADER.strip().replace(",", ";").encode() + b"\r\n", f"b;'5/12;{QUOTED};2026-11-21\r\n".encode()),
        (b'"study","value","reason","date"\n', f'"b","\'5/12",{QUOTED},"2026-11-21"\n'.encode()),
        (b"date,reason,study,value,,\n,,,,,\n", f"2026-11-21,{QUOTED},b,'5/12,,\n".encode()),
        (b"", b"\xef\xbb\xbf" + (HEADER + LINE + "\n").encode()),
        (b"\r\n\r\n", (HEADER + LINE + "\n").replace("date\n", "date\r\n").replace("21\n", "21\r\n").encode()),
    ],
    ids=["plain", "bom", "no newline at the end", "cp1252 crlf", "cr", "semicolons", "utf-16 tabs", "sep=", "all quoted", "other columns", "empty", "blank"],
)  # fmt: skip
def test_the_dialect_is_kept(tmp_path: Path, before: bytes, added: bytes) -> None:
    assert appended(tmp_path, before) == added


def test_a_new_file_is_one_that_excel_reads_rightly(tmp_path: Path) -> None:
    path = tmp_path / "overrides" / "decisions.csv"
    append_rows(path, Decision, [NEW])
    assert path.read_bytes() == new_file(Decision) + (LINE + "\n").encode()
    assert new_file(Decision) == b"\xef\xbb\xbf" + HEADER.encode()
    assert [row for _, row in read_lines(path, Decision)] == [NEW]
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_nothing_to_add_makes_no_file(tmp_path: Path) -> None:
    append_rows(tmp_path / "decisions.csv", Decision, [])
    assert list(tmp_path.iterdir()) == []


def test_permissions_stay_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "decisions.csv"
    real.write_text(HEADER)
    real.chmod(0o640)
    link.symlink_to(real)
    append_rows(link, Decision, [NEW])
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert len(read_lines(link, Decision)) == 1


def test_an_old_file_without_an_optional_column(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text("study,date,value\n")
    append_rows(path, Decision, [Decision(study="b", value="1", date=DAY)])
    assert path.read_text() == "study,date,value\nb,2026-11-21,1\n"
    assert 'decisions.csv:1: has no column "reason"' in refused(path)


REFUSED = {
    "a conflict": (HEADER + "<<<<<<< HEAD\n=======\n>>>>>>> x\n", "decisions.csv:2: two people changed the same lines"),
    "an unknown column": ("study,value,reason,date,colour\n", 'unknown column "colour"'),
    "an open quote": (HEADER + 'a,1,"r,2026-11-21\n', "opens a quotation mark"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_added_to(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(text)
    assert message in refused(path)


def test_what_the_encoding_lacks(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_bytes((HEADER + OLD).encode("cp1252"))
    told = refused(path, Decision(study="b", reason="γ-globulin", date=DAY))
    assert told.startswith("decisions.csv: is saved as cp1252, which has no '\\u03b3'; open it in a spreadsheet, save")


@pytest.mark.parametrize("reason", ["so\n<<<<<<< HEAD\nor so", "x" * 200_000])
def test_what_would_not_be_read_back(tmp_path: Path, reason: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER)
    assert "would not be read back" in refused(path, Decision(study="b", reason=reason, date=DAY))


@pytest.mark.parametrize("lock", ["~$decisions.csv", "~$decisions.xlsx", ".~lock.decisions.csv#"])
def test_a_file_that_is_open_in_a_spreadsheet(tmp_path: Path, lock: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER)
    (tmp_path / lock).write_text("Anna")
    assert f"is open in a spreadsheet ({lock} is there)" in refused(path)


def test_another_litpool_that_writes(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER)
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    assert "another litpool is writing there" in refused(path)
    os.close(other)
    append_rows(path, Decision, [NEW])


def test_a_file_that_changes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER)
    added = appending._added

    def slowly(*args: object) -> bytes:
        after: bytes = added(*args)  # type: ignore[arg-type]
        path.write_text(HEADER + OLD)
        return after

    monkeypatch.setattr(appending, "_added", slowly)
    with pytest.raises(UserError, match="was changed by somebody else at this moment"):
        append_rows(path, Decision, [NEW])
    assert path.read_text() == HEADER + OLD


def test_a_write_protected_file(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER)
    path.chmod(0o444)
    assert refused(path).startswith("decisions.csv: is write-protected; make it writable")


def test_a_folder_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER)

    def mkstemp(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", mkstemp)
    assert "its folder cannot be written to (Permission denied)" in refused(path)


def test_a_full_disk_leaves_the_file_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER)

    def fsync(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    assert "cannot be written (No space left on device); nothing was added" in refused(path)


WRITER = """
import datetime, pathlib, sys
from pipeline.overrides.appending import append_rows
from tests.overrides.models import Decision
for i in range(50):
    row = Decision(study=f"{sys.argv[2]}-{i}", date=datetime.date(2026, 11, 21))
    append_rows(pathlib.Path(sys.argv[1]), Decision, [row], patience=60)
"""


def test_two_who_add_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    root = Path(__file__).parent.parent.parent
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], cwd=root) for name in ("anna", "ben")]
    assert [w.wait(120) for w in writers] == [0, 0]
    studies = [row.study for _, row in read_lines(path, Decision)]
    for name in ("anna", "ben"):
        assert [s for s in studies if s.startswith(name)] == [f"{name}-{i}" for i in range(50)]
    assert len(studies) == 100
