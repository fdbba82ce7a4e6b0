"""Answers that may be used again if the source says that they still hold: by address and validators (RFC 9111).

Bodies lie under the hash of their content, so equal ones lie there once. A key is no part of an address here.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

#: days that an answer is kept
DAYS = 90
#: what an answer says of its state → how it is asked whether that holds
_VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


class Kept(NamedTuple):
    """An answer from before, and the headers that ask whether it still holds."""

    body: bytes
    ask: dict[str, str]


class Cache:
    """In a folder; one that cannot be written keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, address: str) -> Kept | None:
        """None if there is none, or it is damaged."""
        try:
            said = json.loads(self._note(address).read_text("utf-8"))
            body = self._body(said["sha256"]).read_bytes()
            if said["address"] != address or hashlib.sha256(body).hexdigest() != said["sha256"]:
                return None
            return Kept(body, {ask: said[name] for name, ask in _VALIDATORS.items() if said.get(name)})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, address: str, headers: Mapping[str, str], body: bytes) -> None:
        """An answer that says nothing of its state, or asks not to be kept, is not kept."""
        said = {name: headers[name] for name in _VALIDATORS if name in headers}
        if not said or "no-store" in headers.get("cache-control", "").lower():
            return
        digest = hashlib.sha256(body).hexdigest()
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._body(digest), body)
            self._write(self._note(address), json.dumps({"address": address, "sha256": digest, **said}).encode())

    def prune(self) -> None:
        """Take away what has not been written for a season."""
        oldest = time.time() - DAYS * 86_400
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _write(self, path: Path, data: bytes) -> None:
        part = path.with_name(f"{path.name}.{os.getpid()}")
        part.write_bytes(data)
        part.replace(path)

    def _note(self, address: str) -> Path:
        return self._folder / f"{hashlib.sha256(address.encode()).hexdigest()}.json"

    def _body(self, digest: str) -> Path:
        return self._folder / f"{digest}.body"
