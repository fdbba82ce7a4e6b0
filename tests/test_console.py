"""What the terminal says of jobs; the records are those that Snakemake logs."""

from __future__ import annotations

import logging
from enum import Enum
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.console import Plain, speak_plainly, worth_saying


class Event(Enum):
    """As snakemake_interface_logger_plugins.common.LogEvent."""

    JOB_INFO = "job_info"
    JOB_ERROR = "job_error"


def record(message: str, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("snakemake.logging", logging.INFO, "", 0, message, None, None)
    made.__dict__.update(more)
    return made


def test_the_events_are_snakemakes() -> None:
    from snakemake_interface_logger_plugins.common import LogEvent

    assert all(LogEvent(event.value).name == event.name for event in Event)


def test_a_job_is_its_message() -> None:
    job = record(" Rule: parse, Jobid: 3", event=Event.JOB_INFO, rule_msg="parse a.nbib", rule_name="parse")
    assert worth_saying(job)
    assert Plain(None).format(job) == "  parse a.nbib"


def test_the_last_target_is_no_job() -> None:
    assert not worth_saying(record("", event=Event.JOB_INFO, rule_msg=None, rule_name="all"))
    assert worth_saying(record("", event=Event.JOB_INFO, rule_msg=None, rule_name="mine"))


def test_a_failed_job_shows_its_log_and_no_inputs(tmp_path: Path) -> None:
    log = tmp_path / "resolve.log"
    log.write_bytes(b"overrides/corrections.csv:2: wrong\nand \xff more\n")
    said = Plain(None).format(
        record("Error", event=Event.JOB_ERROR, rule_name="resolve", input=["a"] * 300, log=[str(log), "gone.log"])
    )
    assert said.splitlines() == [
        f"  failed: resolve ({log}, gone.log)",
        "    overrides/corrections.csv:2: wrong",
        "    and � more",
    ]


def test_a_job_that_failed_without_a_word_was_killed_or_had_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pool.log").touch()
    job = record("Error", event=Event.JOB_ERROR, rule_name="pool", log=[str(tmp_path / "pool.log")])
    assert "somebody killed it, or memory ran out; run `snakemake all` again" in Plain(None).format(job)
    monkeypatch.setattr("pipeline.console.shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    assert "the disk is full; make room on it" in Plain(None).format(job)


def test_snakemakes_own_trouble_with_a_full_disk_is_one_line() -> None:
    words = "WorkflowError:\nError recording metadata ([Errno 28] No space left on device). Please ensure permissions"
    assert Plain(None).format(record(words)) == "  the disk is full; make room on it, then run `snakemake all` again"


def test_a_clock_that_was_set_back_is_told_in_one_line() -> None:
    words = "WorkflowError in rule a in file x:\nOutput b has older modification time (2025) than input c (2026). This could indicate a clock skew problem in your network"
    assert Plain(None).format(record(words)).startswith("  the clock was set back while this ran")


def test_a_protected_file_is_told_in_one_line() -> None:
    words = "ProtectedOutputException in rule pool in file x:\n    output: a, b\n    affected files:\n        a\n        b\n"
    said = Plain(None).format(record(words))
    assert said.startswith("  a, b: cannot be written; give yourself the right")
    assert "\n" not in said


def test_other_words_stay_as_they_are() -> None:
    for words in ("Nothing to be done (all requested files are present and up to date).", "MissingRuleException:\nx"):
        assert worth_saying(record(words))
        assert Plain(logging.Formatter("%(message)s")).format(record(words)) == words
    for words in ("Select jobs to execute...", "Execute 2 jobs...", "RuleException:\nCalledProcessError in file x"):
        assert not worth_saying(record(words))


def test_only_the_terminals_handler_speaks_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)
    logger = logging.getLogger("snakemake.logging")
    terminal, file = logging.StreamHandler(), logging.StreamHandler()
    terminal.name = "DefaultStreamHandler"
    logger.addHandler(terminal)
    logger.addHandler(file)
    try:
        speak_plainly()
        speak_plainly()
    finally:
        logger.removeHandler(terminal)
        logger.removeHandler(file)
    assert isinstance(terminal.formatter, Plain)
    assert terminal.filters == [worth_saying]
    assert file.formatter is None
    assert not logging.raiseExceptions
