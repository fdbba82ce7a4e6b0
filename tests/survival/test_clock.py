"""The clock jumps by a year, ahead or back, while a review is built: the next run ends with the same bytes.

libfaketime fakes it for all processes of a run; the dates that the disk gives by itself are left as they are, as where
it is another machine's. What a wrong clock does to the dates of all files: `test_content_decides.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from pipeline.console import CLOCK_SET_BACK

from .disturbed import COMMAND, ENVIRONMENT, different, run, same_inputs

#: days; `make test-survival` has both
JUMPS = os.environ.get("LITPOOL_JUMPS", "-365").split()
pytestmark = pytest.mark.skipif(
    shutil.which("faketime") is None, reason="needs faketime (Debian: apt-get install faketime)"
)


def faked(clock: Path) -> dict[str, str]:
    """An environment in which the clock is off by what the file says, from one moment to the next."""
    shown = subprocess.run(
        ["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"], capture_output=True, text=True, check=True
    )
    settings = {
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "NO_FAKE_STAT": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    return ENVIRONMENT | settings | {"LD_PRELOAD": shown.stdout.strip()}


@pytest.mark.parametrize("days", JUMPS)
def test_a_clock_that_jumps_while_it_runs_changes_nothing(
    review: Path, whole: dict[str, bytes], tmp_path: Path, days: str
) -> None:
    """The run goes through, or says why not; then the clock is set right."""
    folder, clock = same_inputs(review, tmp_path / "review"), tmp_path / "clock"
    clock.write_text("+0d\n")
    with subprocess.Popen(COMMAND, cwd=folder, env=faked(clock), stderr=subprocess.PIPE, text=True) as process:
        while not list((folder / "extracted").glob("candidates/*.jsonl")):
            assert process.poll() is None
            time.sleep(0.05)
        clock.write_text(f"{int(days):+d}d\n")
        _, said = process.communicate()
    assert process.returncode == 0 or CLOCK_SET_BACK in said, said
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert different(folder, whole) == []
