"""A small review that is built while something goes wrong, and what an undisturbed build of it comes to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil

from tests.workflow import ROOT, copy_review

#: sources of the embedded review: one that is parsed with its text, one whose text is the file
FEW = {"crickx-2020.xml", "pubmed.nbib"}
COMMAND = [sys.executable, "-m", "snakemake", "all"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def small_review(folder: Path, sources: set[str] = FEW) -> Path:
    copy_review(ROOT, folder)
    for path in (folder / "corpus").iterdir():
        if path.name not in sources:
            path.unlink()
    return folder


def same_inputs(review: Path, folder: Path) -> Path:
    """The review's inputs in a new place, without anything that was made of them."""
    made_of_them = shutil.ignore_patterns("extracted", "reports", "logs", ".snakemake", ".litpool")
    return shutil.copytree(review, folder, ignore=made_of_them, dirs_exist_ok=True)


def run(folder: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`snakemake all`, to its end."""
    return subprocess.run(
        COMMAND, cwd=folder, env=ENVIRONMENT | (environment or {}), capture_output=True, text=True, check=False
    )


def made(folder: Path) -> dict[str, bytes]:
    """What users see of a build: everything in extracted/ and reports/ but hidden files."""
    found = [p for base in ("extracted", "reports") for p in (folder / base).rglob("*") if p.is_file()]
    names = {p: p.relative_to(folder) for p in found}
    return {str(n): p.read_bytes() for p, n in names.items() if not any(part.startswith(".") for part in n.parts)}


def different(folder: Path, whole: dict[str, bytes]) -> list[str]:
    """Files that are not as in an undisturbed build."""
    there = made(folder)
    return sorted(name for name in there.keys() | whole.keys() if there.get(name) != whole.get(name))


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and all that it started, as far as they live."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
