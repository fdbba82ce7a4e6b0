"""What the commands of a review cost: seconds by the clock, and by stage seconds of the processor and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

STAGES = ("update", "parse", "extract", "link", "resolve", "pool", "audit", "release", "report")
#: Python reads this when a process starts; what it took, with its children, is told when it ends
_TELLS = """
import atexit, os, resource, sys

@atexit.register
def told():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(u.ru_utime + u.ru_stime for u in used)
    with open(os.environ["LITPOOL_LEDGER"], "a") as ledger:
        ledger.write(f"{seconds} {max(u.ru_maxrss for u in used) // 1024} {sys.argv[0]}\\n")
"""


def users_environment() -> dict[str, str]:
    """This one without what few users set: results kept elsewhere, and no compiled modules, so that each process would
    compile all of them again."""
    return {k: v for k, v in os.environ.items() if k not in ("LITPOOL_KEPT", "PYTHONDONTWRITEBYTECODE")}


class Meter:
    """Runs commands of litpool in a review, on the code of the current folder and without results kept elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = folder / "ledger"
        folder.mkdir(parents=True)
        (folder / "sitecustomize.py").write_text(_TELLS)
        self.ledger.write_text("")

    def run(self, review: Path, *command: str, **more: str) -> float:
        """Seconds by the clock that `python -m COMMAND` takes there. Raises CalledProcessError, its words printed."""
        here = {
            "PYTHONPATH": f"{Path.cwd()}:{self.folder}",
            "NO_PROXY": "127.0.0.1",
            "LITPOOL_LEDGER": str(self.ledger),
        }
        environment = users_environment() | here | more
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=review, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stdout[-3000:], done.stderr[-3000:], sep="\n", file=sys.stderr)
            done.check_returncode()
        return time.perf_counter() - begin

    def seconds(self) -> dict[str, float]:
        """Of the processor, by stage, since this was last asked."""
        return {stage: round(seconds, 2) for stage, (seconds, _) in self.used().items()}

    def used(self) -> dict[str, tuple[float, int]]:
        """By stage: seconds of the processor, and megabytes of its largest process; the ledger is emptied."""
        spent = dict.fromkeys(STAGES, (0.0, 0))
        for line in self.ledger.read_text("utf-8").splitlines():
            seconds, megabytes, program = line.split(" ", 2)
            stage = Path(program).parent.name
            if stage in spent:
                before, most = spent[stage]
                spent[stage] = (before + float(seconds), max(most, int(megabytes)))
        self.ledger.write_text("")
        return spent
