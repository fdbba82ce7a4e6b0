"""The workflow that a new review gets: valid, no more than it needs, and its steps do what it says (with stand-ins)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.skeleton import REVIEW, new

STEPS = ("Go on where the last search is not merged yet", "Search", "Rebuild the report", "Write what the pull request says",
         "Open the pull request")  # fmt: skip
#: `litpool update` finds a file; `gh` notes what it is asked for
STANDINS = {
    "litpool": "echo 'itp: PubMed: 3 records fit, 1 new `@someone`'; echo x >> corpus/2026-11-21-itp-pubmed.xml; exit ${CODE:-0}",
    "snakemake": "mkdir -p extracted && cp ../worklist.csv extracted/worklist.csv",
    "gh": 'echo "$@" >> ../gh.log; [ "$2" != view ] || { [ -f ../open ] && echo OPEN; }; [ "$2" != create ] || touch ../open',
    "python": f'exec "{sys.executable}" "$@"',
}
WORKLIST = 'study,arm,field,value,why\narnold-2010,A1,relapse,"5 of ?","<b>a `lone`\nnumber</b>"\n'


def workflow() -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load((REVIEW / "schedule.yml").read_text("utf-8"))
    return loaded


def steps() -> dict[str, dict[str, Any]]:
    return {step["name"]: step for step in workflow()["jobs"]["search"]["steps"] if "name" in step}


def test_it_runs_by_the_clock_and_by_hand_alone() -> None:
    on = workflow()[True]  # YAML 1.1 reads the key `on` as true
    assert set(on) == {"schedule", "workflow_dispatch"}
    (at,) = on["schedule"]
    minute, hour, day, month, weekday = at["cron"].split()
    assert (int(minute) % 60, int(hour) < 24, 1 <= int(day) <= 28, month, weekday) == (17, True, True, "*", "*")


def test_it_may_no_more_than_open_a_pull_request() -> None:
    assert workflow()["permissions"] == {"contents": "write", "pull-requests": "write"}
    text = (REVIEW / "schedule.yml").read_text("utf-8")
    commands = "\n".join(step.get("run", "") for step in workflow()["jobs"]["search"]["steps"])
    assert not any(word in commands for word in ("gh pr merge", "litpool release", "--force", "gh-pages"))
    assert "${{" not in commands, "what others may write never becomes part of a script"
    assert text.count("secrets.") == 2
    assert "secrets" in str(steps()["Search"]["env"]), "keys are there for the search alone"


def test_a_new_review_gets_it_where_it_does_not_run(tmp_path: Path) -> None:
    new(tmp_path / "review")
    assert (tmp_path / "review" / "schedule.yml").is_file()
    assert not (tmp_path / "review" / ".github").exists()


@pytest.mark.parametrize("name", STEPS)
def test_every_script_is_one(name: str) -> None:
    subprocess.run(["bash", "-n"], input=steps()[name]["run"], text=True, check=True)


class Place:
    """A clone of a repository with stand-ins for the programs that the steps call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clone = folder / "clone"
        (folder / "bin").mkdir()
        for name, script in STANDINS.items():
            path = folder / "bin" / name
            path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
            path.chmod(0o755)
        (folder / "worklist.csv").write_text(WORKLIST, encoding="utf-8")
        self.git("init", "-q", "--bare", "-b", "main", "origin.git", at=folder)
        self.git("clone", "-q", "origin.git", "clone", at=folder)
        (self.clone / "corpus" / ".update").mkdir(parents=True)
        (self.clone / "corpus" / ".update" / "half").write_text("x")
        (self.clone / "corpus" / "a.txt").write_text("a")
        self.git("switch", "-q", "-C", "main")
        self.git("add", "corpus/a.txt")
        self.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "first")
        self.git("push", "-q", "origin", "main")

    def git(self, *words: str, at: Path | None = None) -> str:
        done = subprocess.run(["git", *words], cwd=at or self.clone, check=True, capture_output=True, text=True)
        return done.stdout

    def run(self, code: int = 0) -> int:
        """All steps, as the runner does: a shell for each that stops at the first failure."""
        for name in STEPS:
            env = os.environ | {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "BRANCH": "litpool-search",
                                "BASE": "main", "CODE": str(code)}  # fmt: skip
            script = ["bash", "-eo", "pipefail", "-c", steps()[name]["run"]]
            done = subprocess.run(script, cwd=self.clone, env=env, capture_output=True, check=False)
            if done.returncode:
                return done.returncode
        return 0

    def asked(self) -> list[str]:
        log = self.folder / "gh.log"
        return [line.split(" --")[0] for line in log.read_text("utf-8").splitlines()] if log.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_steps_open_a_pull_request_with_what_is_new(place: Place) -> None:
    assert place.run() == 0
    assert place.asked() == ["pr view litpool-search", "pr create"]
    files = place.git("diff", "--name-only", "origin/main", "origin/litpool-search").split()
    assert files == ["corpus/2026-11-21-itp-pubmed.xml"], "neither logs nor half an update"
    body = (place.clone / "body.md").read_text("utf-8")
    assert "itp: PubMed: 3 records fit, 1 new @someone\n" in body
    assert "arnold-2010 · A1 · relapse · 5 of ? · <b>a 'lone' number</b>\n1 in all\n" in body
    assert body.count("```") == 4, "words of documents cannot end the block that they stand in"


def test_the_next_month_goes_on_with_what_is_not_merged(place: Place) -> None:
    place.run()
    place.git("switch", "-q", "main")
    assert place.run() == 0
    assert place.asked()[2:] == ["pr view litpool-search", "pr edit litpool-search"]
    assert (place.clone / "corpus" / "2026-11-21-itp-pubmed.xml").read_text("utf-8") == "x\nx\n"


def test_a_source_that_failed_does_not_lose_the_others(place: Place) -> None:
    assert place.run(code=1) == 0
    assert "pr create" in place.asked()


def test_what_must_be_fixed_stops_everything(place: Place) -> None:
    assert place.run(code=2) != 0
    assert place.asked() == []
    assert place.git("ls-remote", "--heads", "origin", "litpool-search") == ""
