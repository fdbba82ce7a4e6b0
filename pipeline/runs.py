"""One run at a time in a review's folder, and what a run that was killed leaves behind.

Snakemake keeps its lock in files, which stay when it is killed; and its last jobs go on writing then. So each run holds
a lock of the system's as well, which is given back when the process dies, whatever it dies of, and its jobs hold a
second one: a lock of Snakemake's that nobody stands behind is taken away, and a new run waits for those jobs. From the
standard library alone: it is imported at every start of Snakemake.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.files import not_written

STATE = Path(".snakemake")
#: below it: held by the run itself, and by each of its jobs
RUN, JOBS = "litpool.run", "litpool.jobs"
#: in the environment of a Snakemake that is only asked: the process that asks, and holds the lock meanwhile
ASKS = "LITPOOL_ASKS"
#: below it: Snakemake's own lock
LOCKS = "locks"
_AT_WORK = "the last jobs of a run that was killed are still at work"


def prepare(workflow: Any) -> None:
    """At each start of Snakemake: a lock that a killed run left goes; a job on another machine says that it runs."""
    if not workflow.is_main_process:
        _hold_as_job(STATE)
    elif not workflow.output_settings.dryrun:
        if not (STATE / RUN).exists():
            _sign(_own(STATE / RUN))
        forget_dead(STATE)
        if _free(STATE / RUN):
            _wait_for_jobs(STATE)


def begin(state: Path = STATE) -> None:
    """Before the first job: no other run of this folder goes on, and none of its jobs. Ends the process if one does."""
    run = _own(state / RUN)
    if not _locked(run, fcntl.LOCK_EX | fcntl.LOCK_NB):
        raise SystemExit(going_on(state))
    _sign(run)
    _wait_for_jobs(state)
    _hold_as_job(state)


def _wait_for_jobs(state: Path) -> None:
    """What they write later would be younger than what tells of the inputs now, and be taken for what these make."""
    jobs = _own(state / JOBS)
    if not _locked(jobs, fcntl.LOCK_EX | fcntl.LOCK_NB):
        print(f"  {_AT_WORK}; waiting for them", file=sys.stderr, flush=True)
        _locked(jobs, fcntl.LOCK_EX)
    os.close(jobs)


def forget_dead(state: Path) -> None:
    """Takes Snakemake's lock away if the run that made it is not there any more. One of another machine stays."""
    locks = state / LOCKS
    if not locks.is_dir() or not any(locks.iterdir()) or holder(state)[1] != _machine():
        return
    with contextlib.suppress(OSError):
        run = os.open(state / RUN, os.O_RDWR)
        if _locked(run, fcntl.LOCK_EX | fcntl.LOCK_NB):
            for lock in locks.iterdir():
                lock.unlink(missing_ok=True)
        os.close(run)


@cache
def at_rest(state: Path = STATE) -> bool:
    """Whether no run goes on here, nor a job of one that was killed, at the start of this process. The lock of one that
    only asks Snakemake is none."""
    asked = holder(state) == (os.environ.get(ASKS), _machine())
    return (asked or _free(state / RUN)) and _free(state / JOBS)


@contextlib.contextmanager
def none_goes_on(folder: Path) -> Iterator[None]:
    """While no run of this review goes on. Raises UserError if one does."""
    state = folder / STATE
    try:
        run = _open(state / RUN)
    except OSError as error:
        raise UserError(f"{state / RUN}: {error.strerror}") from None
    try:
        if not _locked(run, fcntl.LOCK_EX | fcntl.LOCK_NB):
            raise UserError(going_on(state))
        if not _free(state / JOBS):
            raise UserError(f"{_AT_WORK}; run this again when they are done")
        _sign(run)
        yield
    finally:
        os.close(run)


def going_on(state: Path = STATE) -> str:
    """What to say where another run stands in the way."""
    process, machine = holder(state)
    if machine in ("", _machine()):
        who = f" (process {process})" if process else ""
        return f"another run is going on in this folder{who}; run this again when it is done"
    return (
        f"a run on {machine} (process {process}) is going on in this folder; if it is not there any more, run "
        "`snakemake --unlock`, then this again"
    )


def holder(state: Path = STATE) -> tuple[str, str]:
    """Process and machine of the run that goes on, or was the last."""
    try:
        process, _, machine = (state / RUN).read_text("utf-8", errors="replace").strip().partition(" ")
    except OSError:
        return "", ""
    return process, machine


def _hold_as_job(state: Path) -> None:
    """This process and the shells that it starts hold the lock of the jobs, until the last of them ends."""
    from snakemake.shell import shell  # it is there where this is called

    jobs = _open(state / JOBS)
    _locked(jobs, fcntl.LOCK_SH)
    shell._process_args["pass_fds"] = (jobs,)


def _sign(run: int) -> None:
    """Writes into the file who has the lock: only to be told, so that a full disk does no harm."""
    with contextlib.suppress(OSError):
        os.ftruncate(run, 0)
        os.pwrite(run, f"{os.getpid()} {_machine()}\n".encode(), 0)


def _machine() -> str:
    return os.uname().nodename


def _free(path: Path) -> bool:
    """Whether no process has this lock."""
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return True
    free = _locked(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
    return free


def _own(path: Path) -> int:
    """Ends the process in one line where the folder is somebody else's, or may not be written."""
    try:
        return _open(path)
    except OSError as error:
        raise SystemExit(not_written(path, error)) from None


def _open(path: Path) -> int:
    path.parent.mkdir(exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def _locked(handle: int, how: int) -> bool:
    """Whether the lock was got; it also counts as got where a network drive knows no locks."""
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
