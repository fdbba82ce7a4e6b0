"""A job's processes end with the one that started them: its shell, the stage, those that the stage shares work with.

Where one of them is killed alone, Snakemake takes the job for failed and may start it again at once; those below it
would write over, or into, what the new one makes. Where the kernel gives no such notice (it is Linux's), the lock of
`pipeline.runs` still makes the next run wait for them.
"""

from __future__ import annotations

import os
import signal
import sys

#: in the environment of what a run starts (`rules/all.smk`), and of nothing that a person starts
JOB = "LITPOOL_PYTHON"
#: of prctl(2): the signal for a process whose parent ended
_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Of a job, lets the kernel kill this process when its parent, which has this id, ends; at once if it has ended."""
    if JOB not in os.environ or sys.platform != "linux":
        return
    import ctypes  # 2 ms, for jobs alone

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
