"""What `snakemake all` says to a person: a line for each job, and of a job that failed the lines of its log.

Snakemake's own words, with every input and reason, stay in the log file below .snakemake/log/. From the standard
library alone: it is imported at every start of Snakemake.
"""

from __future__ import annotations

import logging
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
        if _event(record) == "job_error":
            return _failed(str(getattr(record, "rule_name", "")), list(getattr(record, "log", None) or []))
        return self.usual.format(record)


def _failed(rule: str, logs: list[str]) -> str:
    """The job with its log file, and what that says."""
    said = [f"    {line}" for log in logs if Path(log).is_file() for line in _lines(Path(log))]
    return "\n".join([f"  failed: {rule} ({', '.join(logs)})", *said])


def _lines(log: Path) -> list[str]:
    return log.read_text("utf-8", errors="replace").splitlines()


def speak_plainly() -> None:
    """Let Snakemake's lines on the terminal be made by `Plain`; a logger plugin, if one is asked for, is left alone."""
    for handler in logging.getLogger("snakemake.logging").handlers:
        if handler.name == "DefaultStreamHandler" and not isinstance(handler.formatter, Plain):
            handler.setFormatter(Plain(handler.formatter))
            handler.addFilter(worth_saying)
