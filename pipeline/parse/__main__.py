"""`python -m pipeline.parse SOURCE OUT.jsonl TEXT.txt`: parse one source for the workflow.

TEXT.txt gets the source text that spans of PDF and XML records point into, records one after the other with a blank
line between; for text formats, whose source text is the file itself, it stays empty. Exit 0 also when the file is set
aside: its line in OUT.jsonl says why, and the run goes on.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from pipeline.errors import UserError, told
from pipeline.files import leads_out, printable, whole
from pipeline.limits import Limits, limits_of
from pipeline.parse import BETWEEN, Rows, parse, writes_text
from pipeline.parse.large import Large
from pipeline.parse.pieces import Torn
from pipeline.parse.worker import guarded
from pipeline.parsed import ParsedRecord, SetAside, as_line, aside

LIMITS = "parse: of config/config.yaml; several may stand in one argument, quoted as for a shell"


def main(argv: list[str] | None = None) -> int:
    """Parse one source into OUT.jsonl and TEXT.txt; 0, or 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.parse", description="Parse one source.")
    parser.add_argument("source", type=Path, help="file to read, as corpus/x.nbib; the records name it so")
    parser.add_argument("out", type=Path, help="records, one JSON object per line")
    parser.add_argument("text", type=Path, help="source text of PDF and XML records; empty for text formats")
    parser.add_argument("--limits", nargs="*", default=[], metavar="KEY=VALUE", help=LIMITS)
    parser.add_argument("--cores", type=int, default=1, help="processes that read a large export side by side")
    args = parser.parse_args(argv)
    try:
        limits = _limits(args.limits)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    with whole(args.text) as text, whole(args.out) as out:
        found = _parse(args.source, out, text, limits, args.cores)
    for row in found:
        print(row.message, file=sys.stderr)
    return 0


def _parse(source: Path, out: Path, text: Path, limits: Limits, cores: int) -> list[SetAside]:
    """Returns what was set aside."""
    text.write_bytes(b"")
    large = Large.of(source, limits) if cores > 1 and not leads_out(source) else None
    if large is not None:
        with suppress(Torn), closing(large.rows(cores)) as rows:
            told = _with_text(rows, text) if large.reader.writes_text else rows
            return _write(out, (as_line(row).encode() for row in told))
    with closing(guarded([source], partial(_read, text=text, limits=limits), limits)) as lines:
        return _write(out, lines)


def _write(out: Path, lines: Iterable[bytes]) -> list[SetAside]:
    found = []
    with out.open("wb") as records:
        for line in lines:
            records.write(line)
            row = aside(line)
            if row is not None:
                found.append(row)
    return found


def _limits(given: list[str]) -> Limits:
    try:
        pairs = [pair for words in given for pair in shlex.split(words)]
    except ValueError as error:
        raise UserError(
            f"--limits: {' '.join(given)} cannot be split into KEY=VALUE ({error}); quote it as for a shell"
        ) from None
    values = dict(pair.partition("=")[::2] for pair in pairs)
    return limits_of(values, {key: f"config/config.yaml: parse.{key}" for key in values})


def _read(source: Path, text: Path, limits: Limits) -> Rows:
    if leads_out(source):
        yield SetAside(
            set_aside=printable(str(source)),
            reason=f"is a link to a place outside {source.parts[0]}/",
            remedy="put a copy of the file there, so that the review holds what it rests on",
        )
        return
    rows = parse(source, str(source), limits)
    yield from _with_text(rows, text) if writes_text(source) else rows


def _with_text(rows: Rows, path: Path) -> Iterator[ParsedRecord | SetAside]:
    """Pass the rows on and write the text that their spans point into."""
    separator = ""
    with path.open("w", encoding="utf-8", newline="\n") as text:
        for row in rows:
            if isinstance(row, ParsedRecord):
                text.write(separator + row.raw)
                text.flush()  # a record that is handed on has its text, whatever the next one does
                separator = BETWEEN
            yield row


if __name__ == "__main__":
    raise SystemExit(told(main))
