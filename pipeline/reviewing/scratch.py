"""A copy of overrides/ to try things on, so that the real one is only ever added to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import UserError
from pipeline.tables.dialect import decode, records


@contextmanager
def scratch(overrides: Path) -> Iterator[Path]:
    """A copy of the files that a run reads. UserErrors from within name the real files."""
    with TemporaryDirectory() as name:
        copy = Path(name) / "overrides"
        copy.mkdir()
        for path in sorted(overrides.iterdir() if overrides.is_dir() else []):
            if path.is_file() and path.suffix.lower() in (".csv", ".xlsx") and not path.name.startswith((".", "~$")):
                shutil.copyfile(path, copy / path.name)
        try:
            yield copy
        except UserError as error:
            raise UserError(real(str(error), copy, overrides)) from None


def real(text: str, copy: Path, overrides: Path) -> str:
    """A text that names files of the copy, with the real ones."""
    return text.replace(str(copy), str(overrides))


def blank(copy: Path, overrides: Path, problems: Iterable[str]) -> None:
    """Empties the lines that the problems are told of, so that the others can be read. A file that is not read for
    another reason, such as its header, is taken out."""
    told = list(problems)
    for path in sorted(copy.iterdir()):
        lines = _lines_of(overrides / path.name, told)
        if lines is None or (lines and path.suffix != ".csv"):
            path.unlink()
        elif lines:
            _blank(path, lines)


def _lines_of(path: Path, problems: list[str]) -> set[int] | None:
    """The numbers of the lines of the file that problems are told of; None if one is of the file as a whole."""
    found = set()
    for problem in problems:
        place = re.match(rf"{re.escape(str(path))}(?::(\d+))?\b", problem)
        if place and place[1] in (None, "1"):
            return None
        if place:
            found.add(int(place[1]))
    return found


def _blank(path: Path, bad: set[int]) -> None:
    """Takes the text of these lines away, not the lines, so that all others keep their numbers."""
    text = decode(path)
    try:
        starts = [line for line, _ in records(path, text)]
    except UserError:
        path.unlink()
        return
    lines = text.split("\n")
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        if start in bad:
            lines[start - 1 : end - 1] = [""] * (end - start)
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
