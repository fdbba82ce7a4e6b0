"""What is made again is decided by what inputs hold, whatever time their files carry."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.contents import FOLDER, KNOWN, of_files, of_sources
from pipeline.runs import at_rest
from tests.workflow import ROOT

#: as the rules of litpool, with stages that copy; between reading and writing they run during.sh, if it is there
WORKFLOW = """
from pipeline.console import speak_plainly
from pipeline.contents import keep_time, of_files, of_sources, tell_changes
from pipeline.runs import begin, prepare
from pipeline.workflow import sources
speak_plainly()
prepare(workflow)
keep_time()
onstart: begin()
onsuccess: tell_changes(SOURCES)
SOURCES = sources()
CONTENT = of_sources(SOURCES)
DURING = "test ! -f during.sh || sh during.sh"
rule all:
    default_target: True
    input: "reports/page"
rule parse:
    input: ancient("corpus/{source}"), CONTENT
    output: "extracted/parsed/{source}"
    message: "parse {wildcards.source}"
    shell: "cat {input[0]:q} > {output}.part; {DURING}; mv {output}.part {output}"
rule page:
    input: expand("extracted/parsed/{source}", source=SOURCES), of_files("config", ["config.yaml"])
    output: "reports/page"
    message: "page"
    shell: "cat {input} > {output}.part; {DURING}; mv {output}.part {output}"
"""
COMMAND = [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "host", "progress", "--rerun-incomplete"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
OLD = 1_000_000_000


def run(folder: Path) -> set[str]:
    """The jobs of a run, and what else it said to a person below them."""
    done = subprocess.run(
        COMMAND, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return {line.strip() for line in done.stderr.splitlines() if line.startswith("  ")}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "Snakefile").write_text(WORKFLOW)
    (tmp_path / "config.yaml").write_text("level: 95\n")
    (tmp_path / "corpus").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "corpus" / name).write_text(f"text of {name}\n")
    assert run(tmp_path) == {"parse a.txt", "parse b.txt", "page"}
    assert run(tmp_path) == set()
    return tmp_path


def during(folder: Path, *commands: str) -> None:
    """What happens once, while the next job is at work."""
    (folder / "during.sh").write_text("\n".join(["rm during.sh", *commands]))


def page(folder: Path) -> str:
    return (folder / "reports/page").read_text()


def test_a_changed_file_with_an_old_time_is_noticed(built: Path) -> None:
    """A copy of a backup, for instance, which keeps its time."""
    source = built / "corpus/a.txt"
    source.write_text("TEXT of a.txt\n")
    os.utime(source, (OLD, OLD))
    assert run(built) == {"parse a.txt", "page"}
    assert page(built).startswith("TEXT of a.txt")
    (built / "config.yaml").write_text("level: 90\n")
    os.utime(built / "config.yaml", (OLD, OLD))
    assert run(built) == {"page"}
    assert "level: 90" in page(built)
    assert run(built) == set()


def test_a_touched_file_costs_nothing(built: Path) -> None:
    os.utime(built / "corpus/a.txt")
    os.utime(built / "corpus/b.txt", (time.time() + 86_400, time.time() + 86_400))
    assert run(built) == set()


def test_what_changes_while_it_is_read_is_told_and_read_again(built: Path) -> None:
    (built / "corpus/a.txt").write_text("first\n")
    during(built, "echo more >> corpus/a.txt", "echo level: 90 > config.yaml")
    assert run(built) == {
        "parse a.txt",
        "page",
        "corpus/a.txt changed while this ran; run `snakemake all` again",
        "config.yaml changed while this ran; run `snakemake all` again",
    }
    assert run(built) == {"parse a.txt", "page"}
    assert page(built).startswith("first\nmore\n")
    assert "level: 90" in page(built)


def test_a_dry_run_beside_a_run_does_not_hide_a_change_from_the_next(built: Path) -> None:
    (built / "corpus/a.txt").write_text("first\n")
    during(built, "echo more >> corpus/a.txt", f"{sys.executable} -m snakemake --dry-run --quiet all")
    run(built)
    assert run(built) == {"parse a.txt", "page"}
    assert page(built).startswith("first\nmore\n")


def test_a_clock_that_was_ahead_hides_no_change(built: Path) -> None:
    """Of a run that ended after its first job, too: what it did not get to is older in truth, but not by its time."""
    ahead = time.time() + 86_400
    for path in [*(built / "extracted").rglob("*"), *(built / "reports").rglob("*")]:
        os.utime(path, (ahead, ahead))
    assert not [line for line in run(built) if "changed" in line]
    (built / "corpus/a.txt").write_text("now\n")
    (built / "config.yaml").write_text("level: 90\n")
    assert {"parse a.txt", "page"} <= run(built)
    assert page(built).startswith("now\n")
    assert "level: 90" in page(built)
    assert run(built) == set()


def test_an_interrupted_run_under_a_wrong_clock_is_completed(built: Path) -> None:
    ahead = time.time() + 86_400
    os.utime(built / "reports/page", (ahead, ahead))
    parsed = built / "extracted/parsed/a.txt"
    parsed.write_text("made by the run that was cut short\n")
    assert {"page"} <= run(built)
    assert page(built).startswith("made by the run that was cut short")


def test_only_what_looks_changed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    at_rest.cache_clear()
    read: list[Path] = []
    monkeypatch.setattr("pipeline.contents._digest", lambda path: read.append(path) or path.read_text())
    names = [f"{i}.txt" for i in range(50)]
    Path("corpus").mkdir()
    for name in names:
        Path("corpus", name).write_text(name)
    of_sources(names)
    assert len(read) == 50
    of_sources(names)
    assert len(read) == 50
    Path("corpus/7.txt").write_text("seven!")
    of_sources(names)
    assert read[50:] == [Path("corpus/7.txt")]
    (FOLDER / KNOWN).write_text('{"a": 1}')
    of_sources(names)
    assert len(read) == 101


def test_a_file_that_is_not_there_is_no_error_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its stage says what is wrong."""
    monkeypatch.chdir(tmp_path)
    at_rest.cache_clear()
    assert of_files("config", ["config/config.yaml"]) == ["config/config.yaml", "extracted/code/config"]
