"""Where stages keep results that need not be made again, across runs, files and machines, and when they are thrown out.

A stage's results lie by their rules: the hash of all that decides what the stage makes of an input beside the input.
From the standard library alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.workflow import PACKAGE, closure, hash_of

#: names another folder than the review's own; empty, nothing is kept
VARIABLE = "LITPOOL_KEPT"
FOLDER = Path(".litpool/kept")
#: results of other rules are thrown away when they were not used for so many days,
DAYS = 30
#: and in a review's own folder, which no other review uses, also beyond so many
MOST = 5

_RULES = re.compile(r"[0-9a-f]{32}")


def folder_of() -> Path | None:
    """Where results are kept; None where the user wants none kept."""
    named = os.environ.get(VARIABLE)
    if named is None:
        return FOLDER
    return Path(named).expanduser() if named else None


def rules_of(module: str, libraries: Sequence[str], *further: object) -> str:
    """Hash of a program (what `pipeline.<module>` imports), the libraries that it rests on, and what else decides."""
    program = [(Path(p).relative_to(PACKAGE).as_posix(), hash_of(Path(p))) for p in closure(module)]
    told = [program, sys.implementation.name, sys.version, libraries, *further]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:32]


def installed(library: re.Pattern[str]) -> list[str]:
    """As "spacy-3.8.1.dist-info": the folders that tell what is installed. To ask importlib.metadata takes as long as
    500 results do."""
    folders = [path for path in sys.path if os.path.isdir(path)]
    return sorted(name for path in folders for name in os.listdir(path) if library.match(name))


def most_of(folder: Path) -> int | None:
    """Of how many rules a folder keeps the results at most."""
    return MOST if folder == FOLDER else None


def make(folder: Path, most: int | None) -> None:
    """The folder of a stage's results by some rules, for the first time: others make room for it. Git passes over all
    beside it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    prune(folder.parent, folder.name, most)


def prune(folder: Path, own: str, most: int | None) -> None:
    """Throws away the results of rules that were not used for long; `own` stay."""
    now = time.time()
    with suppress(OSError):
        found = [p for p in folder.iterdir() if _RULES.fullmatch(p.name) and p.name != own]
        used = sorted(((p.stat().st_mtime, p) for p in found), reverse=True)
        for rank, (when, path) in enumerate(used, start=2):
            if now - when > DAYS * 86_400 or (most is not None and rank > most):
                shutil.rmtree(path, ignore_errors=True)
