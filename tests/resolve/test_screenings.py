"""Which studies are kept out is told once of a studies.jsonl, and kept: the tables are the same, whatever is kept."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings as trying, strategies as st
from reviewing import exclude, include, study
from test_kept_out import CONFIG, KEPT_OUT, STUDIES, out, rows, write

from pipeline.config import Settings
from pipeline.linked import Study
from pipeline.resolve.__main__ import resolve
from pipeline.resolve.kept_out import screened
from pipeline.resolve.screenings import BLOCK, MOST, screening

CALLED_IN = include(study="bell-1991-dogs", day=2)


@pytest.fixture
def review(tmp_path: Path) -> Path:
    write(tmp_path, STUDIES, CALLED_IN, exclude(study="ford-1995"))
    return tmp_path


def tables(review: Path, kept: Path | None) -> dict[str, bytes]:
    resolve(review / "studies.jsonl", review / "links.csv", review / "overrides", CONFIG, review / "out", kept)
    return {path.name: path.read_bytes() for path in (review / "out").iterdir()}


def screenings(kept: Path) -> list[Path]:
    return [path for path in (kept / "resolve").iterdir() if not path.name.startswith(".")]


def test_the_tables_are_those_without_anything_kept(review: Path) -> None:
    kept = review / "kept"
    anew = tables(review, None)
    assert tables(review, kept) == anew
    (one,) = screenings(kept)
    before = one.read_bytes()
    assert tables(review, kept) == anew
    assert [path.read_bytes() for path in screenings(kept)] == [before]


@trying(max_examples=20)
@given(st.lists(st.sampled_from(STUDIES), unique_by=lambda s: s.study))
def test_what_is_kept_of_any_studies_is_what_they_say(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, studies: list[Study]
) -> None:
    folder = tmp_path_factory.mktemp("review")
    write(folder, studies)
    path, reasons = folder / "studies.jsonl", settings.config.eligibility.reasons
    for _ in range(2):
        assert list(screening(path, reasons, folder / "kept")) == list(screened(path, reasons))


def test_more_studies_than_a_line_of_what_is_kept_holds(tmp_path: Path, settings: Settings) -> None:
    write(tmp_path, [out(f"name-{i:04}") if i % 9 else study(name=f"name-{i:04}") for i in range(2 * BLOCK + 1)])
    path, reasons = tmp_path / "studies.jsonl", settings.config.eligibility.reasons
    for _ in range(2):
        assert list(screening(path, reasons, tmp_path / "kept")) == list(screened(path, reasons))


def test_other_studies_are_screened_again(review: Path) -> None:
    tables(review, review / "kept")
    path = review / "studies.jsonl"
    path.write_text(path.read_text("utf-8").replace("dunn-1993", "dunn-1994"), encoding="utf-8")
    assert b"\ndunn-1994," in tables(review, review / "kept")["studies.csv"]


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


@pytest.mark.parametrize("spoil", [cut, lambda whole: whole.replace(b"cook", b"look"), lambda whole: b""])
def test_what_is_damaged_is_noticed_and_made_again(
    review: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[bytes], bytes]
) -> None:
    anew = tables(review, review / "kept")
    (one,) = screenings(review / "kept")
    one.write_bytes(spoil(whole := one.read_bytes()))
    capsys.readouterr()
    assert tables(review, review / "kept") == anew
    assert capsys.readouterr().err == f"{one}: is damaged; all studies are read again\n"
    assert one.read_bytes() == whole


def test_where_nothing_can_be_kept_the_tables_are_the_same(
    review: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    anew = tables(review, None)
    monkeypatch.setattr("pipeline.resolve.screenings._write", full)
    assert tables(review, review / "kept") == anew
    assert "cannot be written (No space left on device); the next run reads all again" in capsys.readouterr().err
    assert screenings(review / "kept") == []


def test_a_review_keeps_the_latest(review: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.chdir(review)
    kept, made = Path(".litpool/kept"), list[Path]()
    for number in range(MOST + 2):
        path = review / f"{number}.jsonl"
        path.write_bytes((review / "studies.jsonl").read_bytes() * number)
        assert len(list(screening(path, settings.config.eligibility.reasons, kept))) == number * len(STUDIES)
        made += set(screenings(kept)) - set(made)
        os.utime(made[-1], (time.time(), time.time() - 100 + number))
    assert sorted(screenings(kept)) == sorted(made[-MOST:])


def test_one_that_is_kept_out_and_called_by_a_name_is_read_whole(review: Path) -> None:
    kept = review / "kept"
    tables(review, kept)
    assert tables(review, kept)
    decisions = {name: row.decision for name, row in rows(review / "out").items()}
    assert list(decisions) == [s.study for s in STUDIES]
    assert [s.study for s in KEPT_OUT if decisions[s.study] != "exclude"] == ["bell-1991"]
