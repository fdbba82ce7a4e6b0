"""Runs reviews as users do: a folder, and `snakemake` in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipeline.skeleton import REVIEW

ROOT = Path(__file__).parent.parent
PARTS = ("config", "corpus", "overrides")
PER_SOURCE = ("parse", "extract")


def copy_review(source: Path, folder: Path) -> Path:
    """A review's own folders in a new place, with the Snakefile that `litpool new` gives."""
    shutil.copytree(REVIEW, folder, ignore=shutil.ignore_patterns("config", "__pycache__"))
    for part in PARTS:
        shutil.copytree(source / part, folder / part)
    return folder


def snakemake(folder: Path, *options: str, package: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`snakemake` in the review, with the package that lies in `package`."""
    environment = os.environ | {"PYTHONPATH": str(package)}
    command = [sys.executable, "-m", "snakemake", *(options or ("all",))]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def jobs(folder: Path, package: Path = ROOT) -> dict[str, list[str]]:
    """What a dry run would do: rule → sources of its jobs (or "")."""
    done = snakemake(folder, "all", "--dry-run", package=package)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = {}
    for rule, rest in re.findall(r"^  (\w+)(.*)$", done.stdout + done.stderr, re.M):
        found.setdefault(rule, []).append(rest.strip() if rule in PER_SOURCE else "")
    return {rule: sorted(set(sources)) for rule, sources in found.items()}


def pooled(folder: Path) -> dict[str, Any]:
    """extracted/pooled.json by outcome."""
    rows = json.loads((folder / "extracted/pooled.json").read_text("utf-8"))
    return {row["outcome"]: row for row in rows}
