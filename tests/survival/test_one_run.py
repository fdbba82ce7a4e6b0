"""One run at a time in a folder; what a killed run leaves behind stands in nobody's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.runs import LOCKS, RUN, STATE, at_rest, begin, forget_dead, holder, none_goes_on
from tests.workflow import ROOT

#: a workflow of one job, which takes as long as the file `seconds` says
WORKFLOW = """
from pipeline.console import speak_plainly
from pipeline.runs import begin, prepare
speak_plainly()
prepare(workflow)
onstart: begin()
rule slow:
    output: "made.txt"
    message: "a slow job"
    shell: "touch started; sleep $(cat seconds); date +%s%N > {output}; touch ended"
"""
COMMAND = [sys.executable, "-m", "snakemake", "--cores", "1", "--rerun-incomplete", "--quiet", "host", "progress"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


@pytest.fixture
def review(tmp_path: Path) -> Path:
    (tmp_path / "Snakefile").write_text(WORKFLOW)
    (tmp_path / "seconds").write_text("60")
    return tmp_path


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120
    )


@contextmanager
def under_way(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run whose job has begun; it is killed in the end, with the job."""
    with subprocess.Popen(
        COMMAND, cwd=folder, env=ENVIRONMENT, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            until = time.monotonic() + 60
            while not (folder / "started").exists():
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_of_two_runs_at_once_one_says_that_another_goes_on(review: Path) -> None:
    with under_way(review) as first:
        second = run(review)
        said = second.stderr.splitlines()
        assert second.returncode == 1
        line = f"another run is going on in this folder (process {first.pid}); run this again when it is done"
        assert line in said
        assert not any("--unlock" in line or "Traceback" in line for line in said)
        assert run(review, "--dry-run").returncode == 0
        with pytest.raises(UserError, match="another run is going on"), none_goes_on(review):
            pass


def test_a_run_that_was_killed_locks_nobody_out(review: Path) -> None:
    (review / "seconds").write_text("4")
    with subprocess.Popen(COMMAND, cwd=review, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
        while not (review / "started").exists():
            time.sleep(0.05)
        process.kill()
    assert any((review / STATE / LOCKS).iterdir())
    assert not (review / "ended").exists()
    (review / "seconds").write_text("0")
    done = run(review)
    assert done.returncode == 0, done.stderr
    assert not (review / STATE / LOCKS).exists()
    assert run(review).stderr.splitlines()[-1].startswith("Nothing to be done")


def test_the_jobs_of_a_killed_run_are_waited_for(review: Path) -> None:
    """What they write later would be taken for what the new run made."""
    (review / "seconds").write_text("12")
    with subprocess.Popen(COMMAND, cwd=review, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
        while not (review / "started").exists():
            time.sleep(0.05)
        process.kill()
    (review / "seconds").write_text("0")
    at_rest.cache_clear()
    assert not at_rest(review / STATE)
    with pytest.raises(UserError, match="the last jobs of a run that was killed"), none_goes_on(review):
        pass
    done = run(review)
    assert done.returncode == 0, done.stderr
    waited = "the last jobs of a run that was killed are still at work; waiting for them" in done.stderr
    assert waited or (review / "ended").stat().st_mtime < (review / "started").stat().st_mtime
    assert int((review / "made.txt").read_text()) >= (review / "started").stat().st_mtime_ns


def test_a_lock_of_another_machine_is_left_alone(review: Path) -> None:
    (review / STATE / LOCKS).mkdir(parents=True)
    lock = review / STATE / LOCKS / "0.output.lock"
    lock.write_text("made.txt\n")
    (review / STATE / RUN).write_text("4711 elsewhere\n")
    done = run(review)
    assert done.returncode == 1
    assert "a run on elsewhere (process 4711) is going on in this folder; if it is not there any more" in done.stderr
    assert "snakemake --unlock" in done.stderr
    assert lock.exists()
    assert run(review, "--unlock").returncode == 0
    (review / "seconds").write_text("0")
    assert run(review).returncode == 0
    assert holder(review / STATE)[1] == os.uname().nodename


def test_a_folder_that_may_not_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(SystemExit, match=r"litpool\.run: cannot be written \(.*\); see that the folder is there"):
        begin(tmp_path / "state")


def test_without_a_lock_nothing_is_taken_away(tmp_path: Path) -> None:
    forget_dead(tmp_path / STATE)
    assert holder(tmp_path / STATE) == ("", "")
    assert list(tmp_path.iterdir()) == []
