"""Files: which the user means, how a name is shown, and what their bytes are known by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

#: control characters and marks that turn the direction of writing: they could forge a line on a terminal
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


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
