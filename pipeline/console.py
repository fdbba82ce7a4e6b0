"""What `snakemake all` says to a person: a line for each job, and of a job that failed the lines of its log.

Snakemake's own words, with every input and reason, stay in the log file below .snakemake/log/. From the standard
library alone: it is imported at every start of Snakemake.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import shutil
from pathlib import Path

from pipeline.runs import going_on

#: how Snakemake goes about it
_WORKINGS = (
    "Building DAG of jobs",
    "Using shell",
    "Conda environments",
    "Select jobs to execute",
    "Execute ",
    "Complete log",
    "RuleException:\nCalledProcessError",
    "Removing output files of failed job",
    "Shutting down",
    "Exiting because a job execution failed",
    "WorkflowError:\nAt least one job did not complete successfully",
)
#: how Snakemake quotes a disk that is full
_FULL = (f"[Errno {errno.ENOSPC}]", f"[Errno {errno.EDQUOT}]")
#: bytes without which not even a log can be written
_ROOM = 100_000
#: how Snakemake takes a file that is older than what it was made from
_SKEWED = "could indicate a clock skew problem"
CLOCK_SET_BACK = "the clock was set back while this ran; see that it is right, then run `snakemake all` again"
DISK_IS_FULL = "the disk is full; make room on it, then run `snakemake all` again"


def worth_saying(record: logging.LogRecord) -> bool:
    """Whether a person wants to read it: neither how Snakemake goes about it nor that it looked at the last target."""
    if _event(record) == "job_info":
        return bool(getattr(record, "rule_msg", None)) or getattr(record, "rule_name", "") != "all"
    return not record.getMessage().startswith(_WORKINGS)


def _event(record: logging.LogRecord) -> str:
    return str(getattr(getattr(record, "event", None), "value", ""))


class Plain(logging.Formatter):
    """Says jobs by their rule's message; what else Snakemake has to say is said by `usual`."""

    def __init__(self, usual: logging.Formatter | None) -> None:
        super().__init__()
        self.usual = usual or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        said = getattr(record, "rule_msg", None)
        if _event(record) == "job_info" and said:
            return f"  {said}"
        if record.getMessage().startswith("LockException"):
            return going_on()
        if record.getMessage().startswith("ProtectedOutputException"):
            return _protected(record.getMessage())
        if any(reason in record.getMessage() for reason in _FULL):
            return f"  {DISK_IS_FULL}"
        if _SKEWED in record.getMessage():
            return f"  {CLOCK_SET_BACK}"
        if _event(record) == "job_error":
            return _failed(str(getattr(record, "rule_name", "")), list(getattr(record, "log", None) or []))
        return self.usual.format(record)


def _protected(said: str) -> str:
    """Snakemake names what may not be written at the end, one file on a line."""
    files = ", ".join(line.strip() for line in said.partition("affected files:")[2].splitlines() if line.strip())
    return f"  {files}: cannot be written; give yourself the right (chmod u+w), or mount the disk for writing"


def _failed(rule: str, logs: list[str]) -> str:
    """The job with its log file, and what that says."""
    said = [f"    {line}" for log in logs if Path(log).is_file() for line in _lines(Path(log))]
    return "\n".join([f"  failed: {rule} ({', '.join(logs)})", *(said or [f"    {_without_a_word()}"])])


def _without_a_word() -> str:
    """Why the log of a job that failed is empty."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage(".").free < _ROOM:
            return DISK_IS_FULL
    return "ended without a word: somebody killed it, or memory ran out; run `snakemake all` again"


def _lines(log: Path) -> list[str]:
    return log.read_text("utf-8", errors="replace").splitlines()


def speak_plainly() -> None:
    """Let Snakemake's lines on the terminal be made by `Plain`; a logger plugin, if one is asked for, is left alone."""
    logging.raiseExceptions = False  # a full disk takes no log file, which would be told at each line with a traceback
    for handler in logging.getLogger("snakemake.logging").handlers:
        if handler.name == "DefaultStreamHandler" and not isinstance(handler.formatter, Plain):
            handler.setFormatter(Plain(handler.formatter))
            handler.addFilter(worth_saying)
