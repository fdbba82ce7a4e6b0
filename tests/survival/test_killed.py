"""`kill -9` of any process of a run: the next run ends with the same bytes as if nothing had happened."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from .disturbed import COMMAND, ENVIRONMENT, different, family, made, run, same_inputs, small_review

#: how often; `make test-survival` for the full test
KILLS = int(os.environ.get("LITPOOL_KILLS", "1"))


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_review(tmp_path_factory.mktemp("killed") / "review")


@pytest.fixture(scope="module")
def whole(review: Path) -> tuple[dict[str, bytes], float]:
    """Of an undisturbed build: its files, and the seconds it took."""
    began = time.monotonic()
    done = run(review)
    assert done.returncode == 0, done.stderr
    return made(review), time.monotonic() - began


def killed(folder: Path, seconds: float, chance: random.Random) -> str:
    """Runs, kills one process of it after so many seconds, waits for Snakemake's end, and says what was killed."""
    log = folder.parent / f"{folder.name}.log"
    with log.open("w") as said, subprocess.Popen(COMMAND, cwd=folder, env=ENVIRONMENT, stderr=said) as process:
        time.sleep(seconds)
        alive = family(psutil.Process(process.pid)) if process.poll() is None else []
        if not alive:
            return "nothing"
        victim = chance.choice(alive)
        try:
            name = " ".join(victim.cmdline()[:4])
            victim.kill()
        except psutil.NoSuchProcess:
            return "nothing"
        process.wait()
    text = log.read_text()
    assert "Traceback" not in text, text
    return name


@pytest.mark.parametrize("number", range(KILLS))
def test_the_next_run_ends_as_if_nothing_had_happened(
    review: Path, whole: tuple[dict[str, bytes], float], tmp_path: Path, number: int
) -> None:
    chance = random.Random(number)
    folder = same_inputs(review, tmp_path / "killed")
    victim = killed(folder, whole[1] * (number + chance.random()) / KILLS, chance)
    complete = {name: data for name, data in made(folder).items() if name in whole[0]}
    assert {name for name, data in complete.items() if data != whole[0][name]} == set(), victim
    done = run(folder)
    assert done.returncode == 0, f"{victim}: {done.stderr}"
    assert different(folder, whole[0]) == [], victim
    print(f"killed: {victim}")
