"""What extraction said of texts, kept across runs, files and machines: an unchanged text is not extracted again.

Results lie under `<folder>/<rules>/<shard>`: `rules` is the hash of all that decides what extraction says beside the text
(see `rules`), a shard is a file of the results whose keys (see `moved.Place`) begin alike. Small files of one result each
would take 4 KB of a disk for 500 bytes, and a million of them is more than many file systems bear; one large file would
need a lock, which network drives do not give. A shard is short enough to be read for each result that is wanted.

A result is a line `KEY CHECK RESULT` that is appended in one write, its line break before it: what a full disk or a kill
cuts off is one result, which fails its check. So does one that two machines wrote over each other. A damaged or foreign
result is as good as none.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Self

from pipeline.files import sha256_of
from pipeline.kept import folder_of, installed, make, most_of, rules_of

_TABLES = ("drugs.csv", "outcomes.csv")
#: begins the first line of each shard; the number is another when shards or `moved.Place.kept` have another shape
_SHAPE = "litpool kept results, shape 1"
#: those that extraction and its rows rest on
_LIBRARY = re.compile(r"(?:spacy|pydantic|pydantic_core)-[^-]+\.(?:dist|egg)-info$")
#: 4,096 shards: of 300,000 results each holds 75
_SHARD = 3


def rules(config: Path) -> str | None:
    """Hash of what decides, beside a text, what extraction says of it: its program, the libraries, the review's config.

    None if a table of the config cannot be read, which whoever loads it will tell.
    """
    from pipeline.workflow import extracted_by

    try:
        tables = [sha256_of(config / name) for name in _TABLES]
    except OSError:
        return None
    return rules_of("extract.extractor", installed(_LIBRARY), extracted_by(config / "config.yaml"), tables)


class Kept:
    """The results of one set of rules. Nothing here ever fails a run: `notes` says what went wrong."""

    def __init__(self, folder: Path, rules: str, most: int | None = None) -> None:
        self.folder = folder / rules
        self.most = most
        self.damaged = 0
        self.trouble: str | None = None
        self._head = f"{_SHAPE}, rules {rules}".encode()
        with suppress(OSError):
            os.utime(self.folder)  # so that it counts as used

    @classmethod
    def of(cls, config: Path) -> Self | None:
        """Those of a review's rules; None where none are kept."""
        folder = folder_of()
        found = rules(config) if folder is not None else None
        return None if folder is None or found is None else cls(folder, found, most_of(folder))

    def get(self, key: str) -> bytes | None:
        """The result that was kept under the key. Where several were, the last that is sound."""
        try:
            with open(self._shard(key), "rb") as file:
                shard = file.read()
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged += 1
            return None
        if not shard.startswith(self._head):
            self.damaged += 1
            self._remove(key)
            return None
        return self._last(shard, key)

    def _last(self, shard: bytes, key: str) -> bytes | None:
        mark = b"\n%b " % key.encode()
        at = shard.rfind(mark)
        while at >= 0:
            end = shard.find(b"\n", at + 1)
            line = shard[at + len(mark) : end if end >= 0 else len(shard)]
            check, _, result = line.partition(b" ")
            if check == self._check(key, result):
                return result
            self.damaged += 1
            at = shard.rfind(mark, 0, at)
        return None

    def put(self, key: str, result: bytes) -> None:
        """Keeps a result, if that can be."""
        line = b"\n%b %b %b" % (key.encode(), self._check(key, result), result)
        try:
            try:
                self._append(key, line)
            except FileNotFoundError:
                self._start(key, line)
        except OSError as error:
            self.trouble = self.trouble or error.strerror or str(error)

    def _append(self, key: str, line: bytes) -> None:
        shard = os.open(self._shard(key), os.O_WRONLY | os.O_APPEND)
        try:
            os.write(shard, line)
        finally:
            os.close(shard)

    def _start(self, key: str, line: bytes) -> None:
        """A new shard. It has its name only when it is whole; of two that start it at once, one loses its result."""
        if not self.folder.is_dir():
            make(self.folder, self.most)
        new = self.folder / f".{key}.{os.getpid()}"
        try:
            new.write_bytes(self._head + line)
            new.replace(self._shard(key))
        except OSError:
            with suppress(OSError):
                new.unlink()
            raise

    def _remove(self, key: str) -> None:
        with suppress(OSError):
            os.unlink(self._shard(key))

    def _shard(self, key: str) -> str:
        return f"{self.folder}/{key[:_SHARD]}"

    def _check(self, key: str, result: bytes) -> bytes:
        """What only this result under this key and these rules has."""
        return hashlib.blake2b(b"%b %b %b" % (self._head, key.encode(), result), digest_size=8).hexdigest().encode()


def notes(folder: Path, damaged: int, trouble: str | None) -> list[str]:
    """What a user is told of kept results, a line each."""
    found = []
    if damaged:
        found.append(f"{folder}: {damaged} kept result{'s'[: damaged > 1]} damaged or foreign; extracted again")
    if trouble is not None:
        found.append(f"{folder}: results cannot be kept ({trouble}); the next run will extract them again")
    return found
