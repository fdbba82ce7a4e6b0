"""A disk that is full or may not be written: one clear line, no half file, and the next run is as if nothing had been."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .disturbed import different, made, run, same_inputs

#: kB beside the inputs that are too few for what is made of them; `make test-survival` has more of them
SIZES = [int(size) for size in os.environ.get("LITPOOL_DISKS", "900").split()]
ENOUGH = "60m"


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(place)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def remount(place: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(place)], check=True)


@pytest.mark.parametrize("size", SIZES)
def test_a_full_disk_is_told_and_leaves_no_half_file(
    review: Path, whole: dict[str, bytes], tmp_path: Path, size: int
) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={ENOUGH}", "tmpfs") as disk:
        folder = same_inputs(review, disk / "review")
        remount(disk, f"size={shutil.disk_usage(disk).used // 1024 + size}k")
        done = run(folder)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr, done.stderr
        assert "make room on" in done.stderr
        there = made(folder)
        assert {name for name in there.keys() & whole.keys() if there[name] != whole[name]} == set()
        assert not list(disk.rglob(".*.part"))
        remount(disk, f"size={ENOUGH}")
        done = run(folder)
        assert done.returncode == 0, done.stderr
        assert different(folder, whole) == []


@pytest.mark.parametrize("part", ["extracted", "reports"])
def test_what_may_not_be_written_is_told(review: Path, whole: dict[str, bytes], tmp_path: Path, part: str) -> None:
    """Nothing to do needs nothing to be written; what is to be done is told by the file that cannot be written."""
    folder = tmp_path / "review"
    subprocess.run(["cp", "-a", str(review), str(folder)], check=True)
    with mounted(folder / part, "--bind", str(folder / part)) as place:
        remount(place, "bind,ro")
        lines = folder / "overrides/corrections.csv"
        before = lines.read_bytes()
        lines.write_bytes(before + b"\n")
        done = run(folder)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr, done.stderr
        line = next(line for line in done.stderr.splitlines() if f"{part}/" in line and "cannot be written" in line)
        assert "mount" in line
    lines.write_bytes(before)
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert different(folder, whole) == []
