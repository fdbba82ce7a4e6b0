"""An update that is killed, whenever, leaves the corpus as it was or as it is after; the next one completes it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UserError
from pipeline.searched import read_searches
from pipeline.update import transaction
from pipeline.workflow import sources
from tests.update.conftest import DAY, Review
from tests.update.entrez import Article, Entrez
from tests.update.server import Server, late

ROOT = Path(__file__).parents[2]
#: how often it is killed; `LITPOOL_KILLS=50` for the full test
KILLS = int(os.environ.get("LITPOOL_KILLS", "12"))

#: what a rebuild sees: exports with their bytes, and the lines
State = tuple[dict[str, bytes], list[object]]


class Killed(BaseException):
    """In the place of a signal."""


def seen(review: Review) -> State:
    exports = {name: (review.corpus / name).read_bytes() for name in sources(review.corpus)}
    return exports, [(row.file, row.sha256, row.hits) for row in read_searches(review.corpus)]


@pytest.fixture
def states(review: Review, server: Server, entrez: Entrez, tmp_path: Path) -> tuple[State, State]:
    """Of a review with one update behind it: now, and after the next update, which has two new records."""
    review.update("2026-10-01")
    entrez.add(*(Article(300 + i, "Rituximab for thrombocytopenia", DAY(2026, 10, 20)) for i in range(2)))
    undisturbed = review.copy(tmp_path / "undisturbed")
    undisturbed.update("2026-11-01")
    old, new = seen(review), seen(undisturbed)
    assert len(new[0]) == len(old[0]) + 1
    assert len(new[1]) == len(old[1]) + 1
    return old, new


def assert_completed(review: Review, new: State) -> None:
    """By the next update, which may find that all is done."""
    assert review.update("2026-11-01") == 0
    exports, lines = seen(review)
    assert exports == new[0]
    assert lines[: len(new[1])] == new[1]
    assert [line for line in lines[len(new[1]) :] if line[0]] == []  # type: ignore[index]
    left = {p.name for p in (review.corpus / transaction.FOLDER).iterdir()}
    assert left == {transaction.LOCK, transaction.IGNORED}


def command(review: Review) -> list[str]:
    return [sys.executable, "-m", "pipeline.update", str(review.folder), "--date", "2026-11-01"]


def test_killed_at_random_moments(review: Review, server: Server, states: tuple[State, State], tmp_path: Path) -> None:
    old, new = states
    server.always = {path: late(0.15) for path in ("/esearch.fcgi", "/efetch.fcgi", "/epost.fcgi")}
    began = time.monotonic()
    whole = review.copy(tmp_path / "whole")
    subprocess.run(command(whole), cwd=ROOT, check=True, capture_output=True, timeout=60)
    takes = time.monotonic() - began
    chance = random.Random(9)
    found = set()
    for number in range(KILLS):
        one = review.copy(tmp_path / f"killed-{number}")
        with subprocess.Popen(command(one), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(takes * (number + chance.random()) / KILLS)
            process.kill()
        state = seen(one)
        assert state in (old, new), f"killed number {number}"
        found.add(state == new)
        server.always.clear()
        assert_completed(one, new)
        server.always = {path: late(0.15) for path in ("/esearch.fcgi", "/efetch.fcgi", "/epost.fcgi")}
    assert False in found


def test_killed_at_each_step_on_the_disk(
    review: Review,
    server: Server,
    states: tuple[State, State],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each renaming, deletion and write-through, one run for each, which ends just before it."""
    old, new = states
    found = []
    for step in range(1, 100):
        one = review.copy(tmp_path / f"step-{step}")
        with monkeypatch.context() as patch:
            count = _killed_at(patch, step)
            try:
                one.update("2026-11-01")
                ended = True
            except Killed:
                ended = False
        if ended:
            break
        state = seen(one)
        assert state in (old, new), f"step {step}"
        found.append(state == new)
        assert_completed(one, new)
    assert count[0] == len(found) >= 8
    assert found == sorted(found), "once it is new, it stays new"
    assert set(found) == {False, True}


def _killed_at(patch: pytest.MonkeyPatch, step: int) -> list[int]:
    """Raises Killed before that step; the number of steps so far is counted."""
    count = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if "known" in str(args[0]):  # the index is no part of it
                return real(*args, **kwargs)
            count[0] += 1
            if count[0] == step:
                raise Killed
            return real(*args, **kwargs)

        return call

    for owner, name in ((os, "replace"), (os, "fsync"), (Path, "replace"), (Path, "unlink")):
        patch.setattr(owner, name, counted(getattr(owner, name)))
    return count


def test_two_updates_at_once(review: Review, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.trouble.append(late(1.5))
    with subprocess.Popen(command(review), cwd=ROOT, stdout=subprocess.DEVNULL) as first:
        while not server.asked:
            assert first.poll() is None
            time.sleep(0.02)
        assert review.update() == 2
        assert "another update is running there" in capsys.readouterr().err
        assert first.wait(60) == 0
    assert review.update() == 0
    assert len(read_searches(review.corpus)) == 2


def test_a_table_of_searches_that_is_open_in_a_spreadsheet(
    review: Review, server: Server, states: tuple[State, State], capsys: pytest.CaptureFixture[str]
) -> None:
    """What was fetched is not lost, and not seen before its line can be written."""
    old, new = states
    lock = review.corpus / ".~lock.searches.csv#"
    lock.touch()
    assert review.update("2026-11-01") == 2
    assert "is open in a spreadsheet" in capsys.readouterr().err
    assert seen(review) == old
    assert review.update("2026-11-01") == 2
    lock.unlink()
    assert_completed(review, new)


def test_a_damaged_note_is_told(review: Review, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    review.update()
    (review.corpus / ".update/pending.json").write_text("{")
    assert review.update() == 2
    assert "pending.json: is damaged; delete it and run the update again" in capsys.readouterr().err


def test_a_corpus_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "corpus").touch()
    with pytest.raises(UserError, match="corpus"), transaction.alone(tmp_path / "corpus"):
        pass
