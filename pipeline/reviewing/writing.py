"""Lines are tried on a copy, told, and then added."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pipeline.errors import UserError
from pipeline.overrides import FILES
from pipeline.overrides.appending import append_rows
from pipeline.parsed import Row
from pipeline.records import Correction
from pipeline.resolve.targets import Spot
from pipeline.reviewing.now import Now
from pipeline.reviewing.outlook import changes
from pipeline.reviewing.scratch import scratch
from pipeline.reviewing.terminal import wrapped
from pipeline.tables import header_columns
from pipeline.tables.dialect import decode, records

_T = TypeVar("_T")


def write(
    now: Now,
    name: str,
    rows: Sequence[Row],
    args: argparse.Namespace,
    spots: set[Spot] | None,
    notes: Sequence[str] = (),
) -> None:
    """Adds the rows to a file of overrides/ and prints them and what they do; with --dry-run it only prints. Raises
    UserError, and adds nothing, where a run would refuse a line, or take it for other cells than `spots`."""
    before = now.shown
    rows = [fitted(now.folder.overrides / name, row) for row in rows]
    trial = tried(now, name, rows, now.with_lines_of)
    applied = trial.found.applied
    meant = {spot for s, spot in applied.spots.items() if s.path.name == name and s.line >= trial.first}
    if spots is not None and meant != spots:
        raise UserError("the line would be taken for another row of the study; name it by the record_id of its report")
    told = [*changes(before, trial.found.tables), *notes]
    add_and_tell(now, name, rows, args, trial.lines, told or ["No number changes."])


@dataclass(frozen=True)
class Trial(Generic[_T]):
    """The lines as the file would have them, the number of the first one, and what came of the attempt."""

    lines: str
    first: int
    found: _T


def tried(now: Now, name: str, rows: Sequence[Row], attempt: Callable[[Path], _T]) -> Trial[_T]:
    """An attempt with the lines, on a copy. Raises UserError."""
    with scratch(now.folder.overrides) as copy:
        file = copy / name
        before = decode(file) if file.exists() else ""
        append_rows(file, FILES[name], rows)
        added = decode(file)[len(before) :].strip("\n")
        first = _next_line(before) + (not before.strip())
        try:
            found = attempt(copy)
        except UserError as error:
            raise UserError(_of_new(str(error), file, first)) from None
    return Trial(added if before.strip() else added.partition("\n")[2], first, found)


def fitted(path: Path, row: Row) -> Row:
    """The row as a file of earlier days has it: a field of an outcome has the outcome's name before it, and the text
    that was seen is not kept."""
    columns = _columns(path)
    if "outcome" not in columns and isinstance(row, Correction) and row.outcome:
        row = row.model_copy(update={"field": f"{row.outcome}.{row.field}", "outcome": ""})
    old = [name for name in ("seen", "was") if name in type(row).model_fields and name not in columns]
    return row.model_copy(update=dict.fromkeys(old, ""))


def _columns(path: Path) -> list[str]:
    """Of the file, or of a new one."""
    model = FILES[path.name]
    table = records(path, decode(path)) if path.exists() else []
    if not table:
        return list(model.model_fields)
    return [c.name for c in header_columns(f"{path}:{table[0][0]}", table[0][1], model) if c is not None]


def _next_line(text: str) -> int:
    """The number of the line that is added to a text."""
    return text.count("\n") + 1 + (text != "" and not text.endswith("\n"))


def _of_new(told: str, file: Path, line: int) -> str:
    """Problems of a line that is nowhere yet, without its place; in those of other lines its number is told."""
    said = []
    for problem in told.split("\n"):
        bare = re.sub(rf"^{re.escape(str(file))}:{line}: ", "", problem)
        new = bare == problem and re.search(rf"\bline(?:s [^:;]*)? (?:and )?{line}\b", problem)
        said.append(f"{bare} (line {line} is the one to be added)" if new else bare)
    return "\n".join(said)


def add_and_tell(
    now: Now, name: str, rows: Sequence[Row], args: argparse.Namespace, lines: str, told: Sequence[str]
) -> None:
    """Adds the rows, unless --dry-run is given, and prints what was added and what it does."""
    path = now.folder.overrides / name
    if not args.dry_run:
        append_rows(path, FILES[name], rows)
    print(f"{path} {'would get' if args.dry_run else 'has got'}")
    print("\n".join(f"  {line}" for line in lines.split("\n")))
    for line in told:
        print(wrapped(line))
    print("Nothing was added." if args.dry_run else "Run `snakemake all` to rebuild the report.")
