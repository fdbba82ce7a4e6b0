"""What inputs hold, told by small files below extracted/code/ that change when it does.

Snakemake runs a job again where an input is newer than an output. That misses a file whose time is older than what it
holds (a copy of a backup, a clock that was set back) and one that changed while a job read it. So rules take these
files, too: they are written at a start of Snakemake, when what the inputs hold is another than at the run before, never
while a run goes on. From the standard library alone: it is imported at every start of Snakemake.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.files import not_written, sha256_of
from pipeline.runs import at_rest
from pipeline.workflow import write_if_other

FOLDER = Path("extracted/code")
#: below it: a small file for each source; and by what each source is known without being read, as git does it
SOURCES, KNOWN = "corpus", ".sources"
#: below it: its time is that of this start
CLOCK = ".clock"
#: never changed by anything here
VERSIONS = Path("reports/versions")

#: size, times and place of a file
State = list[int]

#: what `of_files` read, and what its hash was then
_read: dict[Path, str] = {}
_MOST_TOLD = 5
#: the first second of 1970, in nanoseconds; Snakemake takes 0 for "no time"
_OLD = 10**9


def of_files(name: str, paths: Sequence[str], folder: Path = FOLDER) -> list[str]:
    """The files, with one small file that is another whenever one of them is. For few and small ones: all are read."""
    digests = {path: _digest(Path(path)) for path in paths}
    _read.update((Path(path), digest) for path, digest in digests.items())
    written = folder / name
    _write(written, "".join(f"{digest}  {path}\n" for path, digest in digests.items()))
    return [*paths, str(written)]


def of_sources(names: Sequence[str], corpus: Path = Path("corpus"), folder: Path = FOLDER) -> str:
    """A small file for each source, and where they are, as a pattern. Only what looks changed is read."""
    if at_rest():
        known = _known(folder / KNOWN)
        now = {name: _entry(name, corpus, known.get(name)) for name in names}
        for name, (_, digest) in now.items():
            if known.get(name, (None, ""))[1] != digest or not (folder / SOURCES / name).is_file():
                _write(folder / SOURCES / name, f"{digest}\n")
        if now != known:
            _write(folder / KNOWN, json.dumps(now))
    return f"{folder}/{SOURCES}/{{source}}"


def tell_changes(names: Iterable[str], corpus: Path = Path("corpus"), folder: Path = FOLDER) -> None:
    """After a run: says which inputs are not as they were when it began."""
    known = _known(folder / KNOWN)
    changed = [str(corpus / name) for name in names if name in known and _state(corpus / name) != known[name][0]]
    changed += [str(path) for path, digest in _read.items() if _digest(path) != digest]
    for path in changed[:_MOST_TOLD]:
        print(f"  {path} changed while this ran; run `snakemake all` again", file=sys.stderr)
    if len(changed) > _MOST_TOLD:
        print(f"  and {len(changed) - _MOST_TOLD} more", file=sys.stderr)


def keep_time(made: Sequence[str] = ("extracted", "reports"), folder: Path = FOLDER) -> None:
    """Where the clock was ahead and is set right, files are of the future, and newer than all that will be written:
    those that were made count as old then, those of `folder` as of now, for nothing tells which of them is which."""
    if not at_rest() or (now := _now(folder / CLOCK)) is None:
        return
    if max((_time(path) for base in made for path in _top(Path(base))), default=0) <= now:
        return
    ahead = [p for base in made for p in Path(base).rglob("*") if _time(p) > now and VERSIONS not in p.parents]
    for path in ahead:
        old = path.is_file() and not path.is_relative_to(folder)
        os.utime(path, ns=(_OLD, _OLD) if old else (now, now))
    print("  the clock was ahead when files were made; those that may be old are made again", file=sys.stderr)


def _now(clock: Path) -> int | None:
    """The time by which the disk dates new files; None where nothing can be written."""
    try:
        clock.parent.mkdir(parents=True, exist_ok=True)
        clock.touch()
    except OSError:
        return None
    return _time(clock)


def _top(folder: Path) -> list[Path]:
    """What is in a folder and in the folders in it, where a file that was made leaves its time."""
    return [folder, *(folder.iterdir() if folder.is_dir() else [])]


def _time(path: Path) -> int:
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return 0


def _write(path: Path, text: str) -> None:
    try:
        write_if_other(path, text)
    except OSError as error:
        raise SystemExit(not_written(path, error)) from None


def _known(path: Path) -> dict[str, tuple[State, str]]:
    """Source → its state and the hash of what it held; empty where that is not known."""
    try:
        return {name: (state, digest) for name, (state, digest) in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _entry(name: str, corpus: Path, known: tuple[State, str] | None) -> tuple[State, str]:
    state = _state(corpus / name)
    return known if known is not None and known[0] == state else (state, _digest(corpus / name))


def _state(path: Path) -> State:
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _digest(path: Path) -> str:
    """The hash of a file; none of one that cannot be read: its stage says why."""
    try:
        return sha256_of(path)
    except OSError:
        return "-"
