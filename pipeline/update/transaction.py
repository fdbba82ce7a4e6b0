"""An export and its line in corpus/searches.csv come into corpus/ together, or not at all, whenever the power fails.

The export is written in a hidden folder, `corpus/.update/`. Then a note, `pending.json`, says which line is to be
written for it, the export is moved to its place, and the file of lines is replaced: that is the moment. Before it,
`pipeline.workflow.sources` does not see an export that the note names and no line does. What was cut short is completed
by the next update, from the note.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import UserError
from pipeline.overrides.appending import append_rows
from pipeline.searched import SearchRow, read_searches
from pipeline.update.export import digest_of, settle
from pipeline.workflow import PENDING

#: below corpus/
FOLDER = ".update"
#: in that folder, for good
LOCK, IGNORED = "lock", ".gitignore"


class Pending(BaseModel):
    """What `pending.json` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: name of the export below corpus/
    file: str
    row: SearchRow


@contextlib.contextmanager
def alone(corpus: Path) -> Iterator[Path]:
    """The hidden folder, empty, while no other update of this review runs. Raises UserError if one does.

    What an earlier one left half done is completed first. The system gives the lock back if the process dies; it is one
    that processes which read the exports do not inherit.
    """
    folder = corpus / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / IGNORED).write_text("*\n", encoding="utf-8")
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}") from None
    try:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise UserError(f"{corpus}: another update is running there; run this again when it is done") from None
        complete(corpus)
        _clear(corpus)
        yield folder
        _clear(corpus)
    finally:
        os.close(handle)


def commit(corpus: Path, staged: Path | None, row: SearchRow) -> None:
    """Put a written export and its line into corpus/; without an export, only the line. Raises UserError, OSError."""
    complete(corpus)  # of a search before, whose line could not be written
    if staged is None:
        append_rows(corpus / "searches.csv", SearchRow, [row])
        return
    settle(staged)
    _write(corpus / PENDING, Pending(file=row.file, row=row).model_dump_json().encode())
    complete(corpus)


def complete(corpus: Path) -> None:
    """Do what the note says, or what is left of it; without a note, nothing. Raises UserError, OSError."""
    note = corpus / PENDING
    try:
        pending = Pending.model_validate_json(note.read_bytes())
    except FileNotFoundError:
        return
    except ValidationError:
        raise UserError(f"{note}: is damaged; delete it and run the update again") from None
    staged, export = corpus / FOLDER / pending.file, corpus / pending.file
    if not any(row.file == pending.file for row in read_searches(corpus)):
        if staged.exists() and digest_of(staged) == pending.row.sha256:
            staged.replace(export)
            settle(corpus)
        if export.exists() and digest_of(export) == pending.row.sha256:
            append_rows(corpus / "searches.csv", SearchRow, [pending.row])
    note.unlink()


def free_name(corpus: Path, stem: str, suffix: str) -> str:
    """A name that no file has: a second export of one day gets a number."""
    number, name = 1, f"{stem}{suffix}"
    while (corpus / name).exists():
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    settle(part)
    part.replace(path)
    settle(path.parent)


def _clear(corpus: Path) -> None:
    """Takes away downloads that were cut short; not a note whose line could not be written, and its export."""
    if (corpus / PENDING).exists():
        return
    for path in (corpus / FOLDER).iterdir():
        if path.name in (LOCK, IGNORED):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
