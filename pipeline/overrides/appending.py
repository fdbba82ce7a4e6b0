"""Lines are added to a file of overrides/ for the person who runs a command; what stands there stays, byte by byte.

The file keeps its encoding, delimiter, line ends, quotes and order of columns. The new file is written beside the old
one and takes its place at once, so that nobody ever sees half of it; one litpool at a time writes to a folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import UserError
from pipeline.tables import Model, header_columns
from pipeline.tables.cells import Column, write_cell
from pipeline.tables.dialect import NEW, Dialect, NotText, Record, dialect_of, one_newline, records, text_of

#: seconds to wait for another litpool that writes
PATIENCE = 10.0


def append_rows(path: Path, model: type[Model], rows: Sequence[Model], patience: float = PATIENCE) -> None:
    """Add rows to a CSV file, which is made if it is not there. Raises UserError, and then nothing is changed, for
    git's conflict markers, a header that does not fit, a file that is open elsewhere, changed meanwhile, or may not be
    written."""
    if not rows:
        return
    path = path.resolve()
    _check_open(path)
    with _alone(path.parent, patience):
        before = _bytes(path)
        _replace(path, before, _added(path, before, model, rows))


def new_file(model: type[Model]) -> bytes:
    """A file without lines: its header, in the dialect that Excel reads rightly."""
    return _added(Path("new.csv"), b"", model, [])


def _added(path: Path, before: bytes, model: type[Model], rows: Sequence[Model]) -> bytes:
    """The file's bytes followed by those of the rows."""
    dialect, text = _dialect(path, before)
    table = records(path, text)
    header = table[0][1] if table else list(model.model_fields)
    columns = header_columns(f"{path}:{table[0][0] if table else 1}", header, model)
    _check_columns(path, model, columns, rows)
    comma = dialect.delimiter == ";"
    added = [["" if c is None else write_cell(getattr(row, c.name), c, comma) for c in columns] for row in rows]
    lines = dialect.lines(added if table else [header, *added])
    ended = text.endswith("\n") or not text
    tail = lines if ended else dialect.newline + lines.removesuffix(dialect.newline)
    after = before + _encoded(path, dialect, tail, start=not before)
    _check_readable(path, after, table if table else [(1, header)], added)
    return after


def _dialect(path: Path, data: bytes) -> tuple[Dialect, str]:
    try:
        return (dialect_of(data), text_of(data)) if data else (NEW, "")
    except NotText as error:
        raise UserError(f"{path}: {error}") from None


def _encoded(path: Path, dialect: Dialect, text: str, start: bool) -> bytes:
    try:
        return dialect.encode(text, start)
    except UnicodeEncodeError as error:
        odd = error.object[error.start : error.end][:1]
        raise UserError(
            f"{path}: is saved as {dialect.encoding}, which has no {odd!a}; open it in a spreadsheet, save it as CSV "
            "UTF-8, then run this again"
        ) from None


def _check_columns(path: Path, model: type[Model], columns: Sequence[Column | None], rows: Sequence[Model]) -> None:
    """Raises UserError where a row says something for which the file has no column."""
    there = {c.name for c in columns if c is not None}
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if name not in there and any(getattr(row, name) != default for row in rows):
            raise UserError(f'{path}:1: has no column "{name}" for what is to be added; add it to the first line')


def _check_readable(path: Path, after: bytes, table: list[Record], added: list[list[str]]) -> None:
    """Raises UserError for text that would not be read back, such as a line that looks like git's markers."""
    try:
        again = [cells for _, cells in records(path, text_of(after))]
    except (UserError, NotText):
        again = []
    if again != [cells for _, cells in table] + [[one_newline(c) for c in cells] for cells in added]:
        raise UserError(f"{path}: what is to be added would not be read back from CSV; shorten it, or put it in words")


# ---- the file ----------------------------------------------------------------------------------------------------


def _check_open(path: Path) -> None:
    """Raises UserError while Excel or LibreOffice has the file, or the workbook of the same name, open."""
    for name in (path.name, f"{path.stem}.xlsx"):
        for lock in (path.with_name(f"~${name}"), path.with_name(f".~lock.{name}#")):
            if lock.exists():
                raise UserError(
                    f"{path.with_name(name)}: is open in a spreadsheet ({lock.name} is there); save and close it there "
                    "first, or delete that file if nobody has it open"
                )


@contextlib.contextmanager
def _alone(folder: Path, patience: float) -> Iterator[None]:
    """While no other litpool writes to the folder. The system gives the lock back if a process dies."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}") from None
    try:
        _lock(handle, folder, patience)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise UserError(f"{folder}: another litpool is writing there; run this again when it is done") from None
            time.sleep(0.02)
        except OSError:  # some network drives know no locks; that the file is unchanged is checked in any case
            return


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


def _replace(path: Path, before: bytes, after: bytes) -> None:
    """Puts the new file in the place of the old one, with its permissions. Raises UserError."""
    state = _state(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise UserError(f"{path}: its folder cannot be written to ({error.strerror})") from None
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(after)
            out.flush()
            _allow(out.fileno(), state)
            os.fsync(out.fileno())
        if _bytes(path) != before:
            raise UserError(f"{path}: was changed by somebody else at this moment; nothing was added, run this again")
        os.replace(name, path)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); nothing was added") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
    _settle(path.parent)


def _state(path: Path) -> os.stat_result | None:
    """Permissions and owner of the file; None for a new one. Raises UserError for a protected file."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    if not state.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise UserError(f"{path}: is write-protected; make it writable (chmod u+w) if lines may be added")
    return state


def _allow(handle: int, state: os.stat_result | None) -> None:
    """The permissions and owner of the old file; a new one may be read as any file that the user makes."""
    if state is None:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    os.fchmod(handle, stat.S_IMODE(state.st_mode))
    with contextlib.suppress(PermissionError):  # a file of somebody else becomes that of who adds to it
        os.fchown(handle, state.st_uid, state.st_gid)


def _settle(folder: Path) -> None:
    """The new name is on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    with contextlib.suppress(OSError):  # not all systems can, and the file itself is written
        os.fsync(handle)
    os.close(handle)
