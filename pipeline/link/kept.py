"""Leaves kept across runs, files and machines: what is made of records that did not change is not made again.

A leaf is a file `<folder>/link/<rules>/<key>`, written whole: `rules` is the hash of the program that makes leaves, the
key that of the records' lines. One that is damaged or foreign fails its check, and is as good as none.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Self

from pipeline.kept import DAYS, folder_of, installed, make, most_of, rules_of

#: another number when leaves have another shape
_SHAPE = "litpool kept leaf, shape 1"
#: those that leaves rest on
_LIBRARY = re.compile(r"(?:pydantic|pydantic_core)-[^-]+\.(?:dist|egg)-info$")
_LEAF = re.compile(r"[0-9a-f]{40}")
#: of leaves that were not used, in a review's own folder, which no other review uses
_DAYS_OWN = 1


class Kept:
    """The leaves of one set of rules. Nothing here ever fails a run: `notes` says what went wrong."""

    def __init__(self, folder: Path, rules: str, most: int | None = None) -> None:
        self.folder = folder / rules
        self.most = most
        self.damaged = 0
        self.trouble: str | None = None
        with suppress(OSError):
            os.utime(self.folder)  # so that it counts as used

    @classmethod
    def of_user(cls) -> Self | None:
        """Those that are kept where the user wants them; None where none are."""
        folder = folder_of()
        if folder is None:
            return None
        return cls(folder / "link", rules_of("link.leaves", installed(_LIBRARY)), most_of(folder))

    def has(self, key: str) -> bool:
        """Is there one? It counts as used."""
        path = self.folder / key
        try:
            os.utime(path)
        except OSError:
            return path.exists()  # of another user, or on a disk that is only read
        return True

    def get(self, key: str) -> bytes | None:
        """The leaf that was kept under the key, if it is sound."""
        try:
            found = (self.folder / key).read_bytes()
        except OSError:
            found = b""
        head = self._head(key)
        check, packed = found[len(head) : len(head) + _CHECK], found[len(head) + _CHECK :]
        if found.startswith(head) and check == _check(packed):
            return packed
        self.damaged += 1
        return None

    def put(self, key: str, packed: bytes) -> str | None:
        """Keeps a leaf, if that can be; else why not."""
        new = self.folder / f".{key}.{os.getpid()}"
        try:
            if not self.folder.is_dir():
                make(self.folder, self.most)
            new.write_bytes(self._head(key) + _check(packed) + packed)
            new.replace(self.folder / key)
        except OSError as error:
            with suppress(OSError):
                new.unlink()
            return error.strerror or str(error)
        return None

    def _head(self, key: str) -> bytes:
        return f"{_SHAPE}, rules {self.folder.name}, key {key}\n".encode()

    def clear(self) -> None:
        """Throws away what was not used for long."""
        before = time.time() - (DAYS if self.most is None else _DAYS_OWN) * 86_400
        with suppress(OSError):
            for entry in os.scandir(self.folder):
                if _LEAF.fullmatch(entry.name.strip(".")[:40]) and entry.stat().st_mtime < before:
                    os.unlink(entry)

    def notes(self) -> list[str]:
        """What a user is told of kept leaves, a line each."""
        found = []
        if self.damaged:
            of = "files are" if self.damaged > 1 else "file is"
            found.append(f"{self.folder}: {self.damaged} kept {of} damaged or foreign; the records are read again")
        if self.trouble is not None:
            found.append(f"{self.folder}: records cannot be kept ({self.trouble}); the next run will read them again")
        return found


#: bytes of `_check`
_CHECK = 16


def _check(packed: bytes) -> bytes:
    return blake2b(packed, digest_size=_CHECK).digest()
