"""Processes of a run that may be killed: Snakemake, and of each stage the job's shell, the stage, and its workers."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import psutil

STAGES = ("parse", "extract", "link", "resolve", "pool", "audit", "release", "report")
#: seconds between two looks at the processes
LOOK = 0.01


class Victim(NamedTuple):
    """A kind of process; `stage` is "" of Snakemake, and of the whole family at once, as when the power fails."""

    kind: str
    stage: str = ""

    def __str__(self) -> str:
        return f"{self.kind} of {self.stage}" if self.stage else self.kind


SNAKEMAKE, ALL = Victim("Snakemake"), Victim("all at once")
#: what is killed, in turn; those without a stage more often, for they live through all of them
VICTIMS = (
    *(Victim("worker", stage) for stage in ("extract", "parse")),
    *(Victim(kind, stage) for stage in STAGES for kind in ("shell", "stage")),
    *[SNAKEMAKE, ALL] * 3,
)


def victim(process: psutil.Process) -> Victim | None:
    """What kind a process is; None of those that come and go, and of one that is only beginning."""
    command, above = _command(process), _command(_parent(process))
    stage = next((stage for stage in STAGES if f"-m pipeline.{stage} " in command), None)
    if stage is None:
        return None
    if _is_shell(command):
        return None if command == above else Victim("shell", stage)
    return Victim("stage" if _is_shell(above) else "worker", stage)


def _parent(process: psutil.Process) -> psutil.Process | None:
    try:
        return process.parent()
    except psutil.NoSuchProcess:
        return None


def _is_shell(command: str) -> bool:
    return Path(command.split(" ")[0]).name in {"bash", "sh"}


def _command(process: psutil.Process | None) -> str:
    """ "" of one that has ended."""
    try:
        return "" if process is None else " ".join(process.cmdline())
    except psutil.Error:
        return ""


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and all that it started, as far as they live."""
    try:
        found = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
    return [member for member in found if lives(member)]


def lives(process: psutil.Process) -> bool:
    """Also when it has ended, a process may be listed until somebody asks how."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def lives_of(process: psutil.Process) -> dict[Victim, list[float]]:
    """Watches a run to its end: of each kind, how many seconds its processes lived, in the order of their starts."""
    seen: dict[psutil.Process, tuple[Victim, float, float]] = {}
    while alive := family(process):
        now = time.monotonic()
        for member in alive:
            kind, first, _ = seen.get(member) or (victim(member), now, now)
            if kind is not None:
                seen[member] = kind, first, now
        time.sleep(LOOK)
    lasted = defaultdict(list)
    for kind, first, last in seen.values():
        lasted[kind].append(last - first)
    return lasted
