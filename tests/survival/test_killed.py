"""`kill -9` of any process of a run: the next run ends with the same bytes as if nothing had happened."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from .disturbed import COMMAND, ENVIRONMENT, different, large_export, made, run, same_inputs, small_review
from .victims import ALL, LOOK, SNAKEMAKE, STAGES, VICTIMS, Victim, family, lives, lives_of, victim

#: how often; `make test-survival` for the full test
KILLS = int(os.environ.get("LITPOOL_KILLS", "1"))
#: with two cores, the export is shared out to workers
TWO_CORES = [*COMMAND, "--cores", "2"]
#: until a process was alive when it was killed
TRIES = 8


class Built(NamedTuple):
    """A review that was built undisturbed: what of it is to be, and how long the processes of each kind lived."""

    folder: Path
    files: dict[str, bytes]
    seconds: float
    lives: dict[Victim, list[float]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = small_review(tmp_path_factory.mktemp("killed") / "review")
    large_export(folder / "corpus/large.nbib")
    began = time.monotonic()
    with started(folder) as snakemake:
        lasted = lives_of(psutil.Process(snakemake.pid))
    assert snakemake.returncode == 0
    return Built(folder, made(folder), time.monotonic() - began, lasted)


@pytest.fixture(scope="module")
def edited(whole: Built, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same review when its config said something else."""
    folder = tmp_path_factory.mktemp("edited") / "review"
    subprocess.run(["cp", "-a", str(whole.folder), str(folder)], check=True)
    config = folder / "config/config.yaml"
    config.write_text(config.read_text("utf-8").replace("level: 95", "level: 90"), "utf-8")
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return whole._replace(folder=folder, files=made(folder))


def started(folder: Path) -> subprocess.Popen[bytes]:
    with folder.with_name(f"{folder.name}.log").open("w") as said:
        return subprocess.Popen(TWO_CORES, cwd=folder, env=ENVIRONMENT, stderr=said)


@pytest.mark.parametrize("number", range(KILLS))
def test_the_next_run_ends_as_if_nothing_had_happened(
    whole: Built,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    number: int,
    record_property: Callable[[str, object], None],
) -> None:
    """Killed is a first build, or one after an edit of the config, which has old files to make anew."""
    chance = random.Random(number)
    chosen = VICTIMS[number % len(VICTIMS)]
    late = STAGES.index(chosen.stage or chance.choice(STAGES)) > STAGES.index("extract")
    before: Built | None = request.getfixturevalue("edited") if late else None
    for attempt in range(TRIES):
        folder = tmp_path / str(attempt) / "review"
        begin(folder, whole, before)
        if killed(folder, chosen, whole, chance, patience=0.6**attempt):
            break
    else:
        pytest.fail(f"no {chosen} was alive when it was to be killed")
    there = made(folder)
    old = before.files if before is not None else {}
    assert {n for n in there.keys() & whole.files.keys() if there[n] not in (whole.files[n], old.get(n))} == set()
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert different(folder, whole.files) == []
    record_property("killed", str(chosen))


def begin(folder: Path, whole: Built, before: Built | None) -> None:
    """The review's inputs; with what a build of others left, if that is given."""
    folder.parent.mkdir()
    if before is None:
        same_inputs(whole.folder, folder)
        return
    subprocess.run(["cp", "-a", str(before.folder), str(folder)], check=True)
    (folder / "config/config.yaml").write_bytes((whole.folder / "config/config.yaml").read_bytes())


def killed(folder: Path, chosen: Victim, whole: Built, chance: random.Random, patience: float) -> bool:
    """Begins a run, kills one process of the kind at some moment of its life, and waits for Snakemake's end; whether
    it was alive. What that process had started ends with it, but for the jobs of a Snakemake, which go on."""
    moments = whole.lives.get(chosen, [whole.seconds])
    which = chance.randrange(len(moments))
    with started(folder) as process:
        snakemake = psutil.Process(process.pid)
        found = snakemake if chosen in (SNAKEMAKE, ALL) else nth(snakemake, chosen, which)
        time.sleep(moments[which] * chance.random() * patience)
        below = family(found) if found is not None and lives(found) else []
        for member in below if chosen == ALL else below[:1]:
            member.kill()
    assert chosen == SNAKEMAKE or ended(below), below
    text = folder.with_name(f"{folder.name}.log").read_text()
    assert "Traceback" not in text, text
    return below != []


def ended(processes: list[psutil.Process]) -> bool:
    """Within some seconds."""
    until = time.monotonic() + 5
    while any(map(lives, processes)) and time.monotonic() < until:
        time.sleep(LOOK)
    return not any(map(lives, processes))


def nth(snakemake: psutil.Process, chosen: Victim, which: int) -> psutil.Process | None:
    """The process of the kind that is the nth to begin."""
    seen: list[psutil.Process] = []
    while len(seen) <= which and lives(snakemake):
        seen += [process for process in family(snakemake) if process not in seen and victim(process) == chosen]
        time.sleep(LOOK)
    return seen[which] if len(seen) > which else None
