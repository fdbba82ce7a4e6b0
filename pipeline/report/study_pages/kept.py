"""Pages of studies that did not change, kept across runs: only the others are rendered.

A page lies under `<folder>/pages/<rules>/<key>.<check>`: `rules` is the hash of the program that renders, `key` that of
all that the page is made of (see `material`), `check` that of its bytes. In the report it is the same file under
another name, where the file system can do that. What was edited there, or damaged, fails its check and is rendered
again.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Self

from pipeline.errors import UserError
from pipeline.files import whole
from pipeline.kept import DAYS, FOLDER, folder_of, installed, make
from pipeline.workflow import hashes

_LIBRARY = re.compile(r"(?:jinja2|markupsafe|pydantic|pydantic_core)-[^-]+\.(?:dist|egg)-info$", re.IGNORECASE)
#: programs of which a review's own folder has pages: it needs only those of one
_MOST = 1


def rules() -> str:
    """Hash of all that decides, beside its material, what a page is."""
    told = repr((hashes("report"), sys.version, installed(_LIBRARY)))
    return blake2b(told.encode(), digest_size=16).hexdigest()


@dataclass
class Use:
    """Names of the kept pages that stand in a report; how many were damaged; why some could not be kept."""

    names: list[str] = field(default_factory=list)
    damaged: int = 0
    trouble: str = ""

    def __iadd__(self, other: Use) -> Self:
        self.names += other.names
        self.damaged += other.damaged
        self.trouble = self.trouble or other.trouble
        return self


class KeptPages:
    """The pages of one program. Nothing here ever fails a run: `use` says what went wrong."""

    def __init__(self, folder: Path, rules: str, alone: bool = False) -> None:
        """`alone`: no other review keeps pages in the folder, so that those which are not used are of no use."""
        self.folder = folder / "pages" / rules
        self.use = Use()
        self._alone = alone
        self._names: dict[str, str] = {}
        with suppress(OSError):
            self._names = {name.partition(".")[0]: name for name in os.listdir(self.folder)}
            os.utime(self.folder)  # so that it counts as used

    @classmethod
    def of_review(cls) -> Self | None:
        """None where the user wants none kept."""
        folder = folder_of()
        return None if folder is None else cls(folder, rules(), folder == FOLDER)

    def place(self, key: str, target: Path) -> bool:
        """Puts the kept page there; false where none is kept that is sound."""
        name = self._names.get(key)
        page = None if name is None else self._read(key, name)
        if name is None or page is None:
            return False
        with whole(target) as part:
            if not _linked(self.folder / name, part):
                part.write_bytes(page)
        self.use.names.append(name)
        return True

    def _read(self, key: str, name: str) -> bytes | None:
        with suppress(OSError):
            page = (self.folder / name).read_bytes()
            if name == _name(key, page):
                return page
        self.use.damaged += 1
        with suppress(OSError):
            os.unlink(self.folder / name)
        return None

    def keep(self, key: str, page: bytes, written: Path) -> None:
        """Keeps the page that was written there, if that can be."""
        name = _name(key, page)
        try:
            if not self.folder.is_dir():
                make(self.folder, _MOST if self._alone else None)
            if not _linked(written, self.folder / name):
                with whole(self.folder / name) as part:
                    part.write_bytes(page)
        except (OSError, UserError) as error:
            self.use.trouble = self.use.trouble or str(error)
        else:
            self.use.names.append(name)

    def used(self) -> Use:
        """What was used since this was asked."""
        use, self.use = self.use, Use()
        return use

    def tidy(self, uses: Iterable[Use]) -> None:
        """Of all that wrote a report: throws away pages that no report needs any more."""
        for use in uses:
            self.use += use
        needed = set(self.use.names)
        with suppress(OSError):
            for found in os.scandir(self.folder):
                if found.name not in needed and (self._alone or _is_old(found)):
                    os.unlink(found)

    def notes(self) -> Iterator[str]:
        """What a user is told, a line each."""
        n = self.use.damaged
        if n:
            yield f"{self.folder}: {n} kept page{'s'[: n > 1]} damaged or foreign; rendered again"
        if self.use.trouble:
            yield f"{self.folder}: pages cannot be kept ({self.use.trouble}); the next run will render them again"


def _name(key: str, page: bytes) -> str:
    return f"{key}.{blake2b(page, digest_size=8).hexdigest()}"


def _linked(page: Path, name: Path) -> bool:
    """Whether the page has this name, too, now: not every file system can do that."""
    try:
        name.unlink(missing_ok=True)
        name.hardlink_to(page)
    except OSError:
        return False
    return True


def _is_old(page: os.DirEntry[str]) -> bool:
    """Not used for long: a link that is made or taken away counts as use."""
    return time.time() - page.stat().st_ctime > DAYS * 86_400
