"""What of studies.jsonl is kept out, told once and kept: between two searches reviewers change their lines many times,
and most of a run would be to read again what no line of theirs is about.

A screening lies under `<folder>/resolve`, by the hash of the studies and of all that decides. Its lines are JSON, each
of many studies; the last is the hash of the others, so that a file that is damaged or cut short is as good as none.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from pydantic_core import from_json, to_json

from pipeline.files import sha256_of
from pipeline.kept import DAYS, FOLDER, installed, rules_of
from pipeline.resolve.kept_out import Found, Out, screened

#: in a review's own folder so many stay: that of the studies of now, and that of before
MOST = 2
#: studies in a line
BLOCK = 500
_LIBRARY = re.compile(r"pydantic_core-[^-]+\.dist-info$")


def screening(path: Path, reasons: Mapping[str, str], folder: Path | None) -> Iterator[Found]:
    """`screened`, from what is kept in the folder where it is; None keeps nothing. What goes wrong with what is kept
    fails nothing, and is told on stderr."""
    if folder is None:
        return screened(path, reasons)
    rules = rules_of("resolve.kept_out", installed(_LIBRARY), sorted(reasons.items()))
    kept = folder / "resolve" / hashlib.sha256(f"{rules} {sha256_of(path)}".encode()).hexdigest()[:32]
    return _read(kept) if _is_sound(kept) or _keep(kept, screened(path, reasons)) else screened(path, reasons)


def _read(kept: Path) -> Iterator[Found]:
    with suppress(OSError):
        os.utime(kept)  # so that it counts as used
    with kept.open("rb") as lines:
        for line in lines:
            if line.startswith(b"["):
                yield from (one if isinstance(one, int) else Out(*one) for one in from_json(line, cache_strings="none"))


def _is_sound(kept: Path) -> bool:
    digest, last = hashlib.sha256(), b""
    try:
        with kept.open("rb") as lines:
            for line in lines:
                digest.update(last)
                last = line
    except FileNotFoundError:
        return False
    except OSError as error:
        last = str(error).encode()
    sound = last == digest.hexdigest().encode()
    if not sound:
        print(f"{kept}: is damaged; all studies are read again", file=sys.stderr)
    return sound


def _keep(kept: Path, found: Iterator[Found]) -> bool:
    """Whether that could be done. The file has its name only when it is whole."""
    new = kept.with_name(f".{kept.name}.{os.getpid()}")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        (kept.parent.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        _write(new, found)
        new.replace(kept)
    except OSError as error:
        print(f"{kept.parent}: cannot be written ({error.strerror}); the next run reads all again", file=sys.stderr)
        return False
    finally:
        with suppress(OSError):
            new.unlink()
    _prune(kept)
    return True


def _write(new: Path, found: Iterator[Found]) -> None:
    digest = hashlib.sha256()
    with new.open("wb") as file:
        while block := list(islice(found, BLOCK)):
            line = to_json(block) + b"\n"
            digest.update(line)
            file.write(line)
        file.write(digest.hexdigest().encode())


def _prune(kept: Path) -> None:
    """Throws away what was not used for long; in a review's own folder, all but the latest."""
    with suppress(OSError):
        used = sorted(((p.stat().st_mtime, p) for p in kept.parent.iterdir() if p != kept), reverse=True)
        for rank, (when, path) in enumerate(used, start=2):
            if time.time() - when > DAYS * 86_400 or (kept.parent.parent == FOLDER and rank > MOST):
                path.unlink()
