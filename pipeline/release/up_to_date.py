"""Is the report that of its inputs? Snakemake knows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pipeline.errors import UserError
from pipeline.runs import ASKS
from pipeline.workflow import PACKAGE

_DONE = "Nothing to be done"
_SHOWN = 5


def check_up_to_date(folder: Path) -> None:
    """Raises UserError if `snakemake all` would do anything, or cannot say."""
    command = [sys.executable, "-m", "snakemake", "all", "--dry-run", "--nolock"]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode != 0:
        raise UserError(f"snakemake cannot say whether the report is up to date: {_last(said)}")
    if _DONE not in said:
        raise UserError("the report is not that of its inputs; run `snakemake all`, look at it, and release it then")


def _environment() -> dict[str, str]:
    """For the rules to be those of the program that runs, which holds the lock of runs."""
    path = os.environ.get("PYTHONPATH")
    here = os.pathsep.join([str(PACKAGE.parent), *([path] if path else [])])
    return os.environ | {"PYTHONPATH": here, ASKS: str(os.getpid())}


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return " ".join(lines[-_SHOWN:])
