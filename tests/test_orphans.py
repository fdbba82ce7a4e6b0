"""A stage whose job's shell is killed ends with it; what a person started in a shell goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pipeline.orphans import JOB
from tests.conftest import ROOT
from tests.survival.victims import lives

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells a process of its parent's end")

#: a stage that shares work out, and says when it is at it
STAGE = """
import time
from pathlib import Path
from pipeline.cores import in_order
from pipeline.errors import told

def work(number):
    Path(f"{number}").touch()
    time.sleep(60)

raise SystemExit(told(lambda: len(list(in_order(work, range(4), 2)))))
"""


@pytest.mark.parametrize("of_a_run", [True, False])
def test_what_a_job_started_ends_with_its_shell(tmp_path: Path, of_a_run: bool) -> None:
    (tmp_path / "stage.py").write_text(STAGE)
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | ({JOB: sys.executable} if of_a_run else {})
    shell = subprocess.Popen(["sh", "-c", f'"{sys.executable}" stage.py; true'], cwd=tmp_path, env=environment)
    while not (tmp_path / "1").exists():
        assert shell.poll() is None
        time.sleep(0.02)
    below = psutil.Process(shell.pid).children(recursive=True)
    shell.kill()
    shell.wait()
    _, alive = psutil.wait_procs(below, timeout=5 if of_a_run else 0.5)
    going_on = [process for process in alive if lives(process)]
    for process in going_on:
        process.kill()
    assert len(below) == 3
    assert len(going_on) == (0 if of_a_run else 3)
