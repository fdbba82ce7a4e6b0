"""A small review that is built while something goes wrong, and what an undisturbed build of it comes to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def large_export(path: Path, records: int = 160, size: int = 26_000) -> Path:
    """A source that is read and extracted on two cores: few records, each with a long note that nobody reads."""
    drugs = ("rituximab", "danazol", "eltrombopag", "romiplostim")
    lines = [
        f"PMID- {90_000 + i}\nTI  - Trial {i} of {drugs[i % 4]} for immune thrombocytopenia.\n"
        f"AB  - {i + 20} adults with refractory ITP received {drugs[i % 4]}. Of the {i + 20} patients, {i + 7} responded.\n"
        f"DP  - {1980 + i % 40}\nGN  - {'note ' * (size // 5)}\n\n"
        for i in range(records)
    ]
    path.write_text("".join(lines), "utf-8")
    return path


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
