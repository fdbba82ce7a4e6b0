"""`kill -9` of `litpool release`: the version is there as a whole or not at all, and the next try keeps the same one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from .disturbed import ENVIRONMENT, run, small_review
from .victims import family

#: how often; `make test-survival` for the full test
KILLS = max(1, int(os.environ.get("LITPOOL_KILLS", "1")) // 5)
COMMAND = [
    sys.executable,
    "-m",
    "pipeline",
    "release",
    "--trigger",
    "a test",
    "--status",
    "updating",
    "--date",
    "2026-11-21",
]


def kept(folder: Path) -> dict[str, bytes]:
    """All below reports/versions/, with what is hidden."""
    base = folder / "reports/versions"
    return {str(p.relative_to(base)): p.read_bytes() for p in base.rglob("*") if p.is_file()}


def seen(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in kept(folder).items() if not name.startswith(".")}


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_review(tmp_path_factory.mktemp("release") / "review")
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def whole(review: Path) -> tuple[dict[str, bytes], float]:
    """What an undisturbed one keeps, and the seconds it takes."""
    folder = copy(review, review.with_name("whole"))
    began = time.monotonic()
    subprocess.run(COMMAND, cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)
    return kept(folder), time.monotonic() - began


def copy(review: Path, folder: Path) -> Path:
    subprocess.run(["cp", "-a", str(review), str(folder)], check=True)
    return folder


def killed(folder: Path, seconds: float, alone: bool) -> bool:
    """Whether it was still at work after so many seconds; then it is killed, alone or with what it had started."""
    with subprocess.Popen(COMMAND, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        alive = family(psutil.Process(process.pid))
        for member in alive[:1] if alone else alive:
            member.kill()
    return alive != []


@pytest.mark.parametrize("number", range(KILLS))
def test_a_version_is_kept_as_a_whole_or_not_at_all(
    review: Path, whole: tuple[dict[str, bytes], float], tmp_path: Path, number: int
) -> None:
    """The second half of the time is that in which it writes."""
    files, seconds = whole
    chance = random.Random(number)
    share = 0.4 + 0.6 * (number + chance.random()) / KILLS
    while not killed(folder := copy(review, tmp_path / f"{share}"), seconds * share, chance.random() < 0.5):
        share *= 0.9
    assert seen(folder) in ({}, files)
    if not seen(folder):
        subprocess.run(COMMAND, cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)
    assert kept(folder) == files
