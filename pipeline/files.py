"""Files: which the user means, how a name is shown, what their bytes are known by, and how they are written."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from pipeline.errors import UserError

#: control characters and marks that turn the direction of writing: they could forge a line on a terminal
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
#: bytes of a file's name, on every system that counts
_LONGEST = 255
#: what to do where a file cannot be written, by the system's reason
_REMEDIES = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room, your share of the disk is used up",
    errno.EROFS: "the disk is mounted read-only: mount it for writing, or move the review",
    errno.EACCES: "give yourself the right to write there (chmod u+w)",
    errno.EPERM: "it is protected: take the protection away (chattr -i, chflags nouchg)",
}


def find(paths: Iterable[Path]) -> list[Path]:
    """The paths, with folders replaced by all files in them (sorted, hidden ones left out)."""
    return [file for path in paths for file in (_files(path) if path.is_dir() else [path])]


def _files(folder: Path) -> list[Path]:
    found = (p for p in folder.rglob("*") if p.is_file())
    return sorted(p for p in found if not any(part.startswith((".", "~$")) for part in p.relative_to(folder).parts))


def printable(name: str) -> str:
    r"""The name for people and for JSON: characters that cannot be shown are written as escapes such as `\n`."""
    return _UNPRINTABLE.sub(lambda m: m[0].encode("unicode_escape", "surrogatepass").decode("ascii"), name)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def leads_out(path: Path) -> bool:
    """Is a relative path, followed through links, outside the folder that it starts with?"""
    return not path.is_absolute() and not path.resolve().is_relative_to(Path(path.parts[0]).resolve())


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A hidden file to write beside `path`, which takes its place when it is done: nobody ever sees half of it.

    Raises UserError where it cannot be written; what is at `path` then stays.
    """
    part = path.with_name(_part(path.name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        if error.filename not in {None, str(path), str(part), str(path.parent)}:
            raise  # it is about another file, which was read meanwhile
        raise UserError(not_written(path, error)) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _part(name: str) -> str:
    part = f".{name}.part"
    return part if len(os.fsencode(part)) <= _LONGEST else f".{hashlib.sha256(os.fsencode(name)).hexdigest()}.part"


@contextlib.contextmanager
def new_text(path: Path) -> Iterator[TextIO]:
    """A text file (UTF-8, LF) to write, which is there as a whole or not at all. Raises UserError."""
    with whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as out:
        yield out


def write_text(path: Path, text: str) -> None:
    """Writes the text (UTF-8, LF) as a whole or not at all. Raises UserError."""
    with new_text(path) as out:
        out.write(text)


def not_written(path: Path, error: OSError) -> str:
    """Why a file could not be written, and the way out, in one line."""
    remedy = _REMEDIES.get(error.errno or 0, "see that the folder is there and may be written to")
    return f"{printable(str(path))}: cannot be written ({error.strerror}); {remedy}, and run this again"
