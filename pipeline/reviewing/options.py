"""What the commands that add a line have in common: where the review is, who decides, when, why."""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UserError

#: the environment's name for who decides
REVIEWER = "LITPOOL_REVIEWER"

EPILOG = """\
example:
  litpool {example}

Names of studies, arms and outcomes are those of extracted/*.csv; for a name
that is not there, the nearest ones are told. The line is tried on the review
before it is added, and nothing else in the file changes. `snakemake all` then
rebuilds the report. docs/reviewing.md shows the whole way.
"""


@dataclass(frozen=True)
class Signature:
    """Who decides, and on which day."""

    reviewer: str
    date: datetime.date


def add_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, type=words, metavar="WORDS", help="why, for the audit")


def add_signature(parser: argparse.ArgumentParser, example: str) -> None:
    """Options of every command that adds a line; `example` is such a command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG.format(example=example)
    parser.add_argument("--reviewer", metavar="NAME", help=f"who decides; default: ${REVIEWER}, else git's user.name")
    parser.add_argument("--date", type=day, metavar="DAY", help="day of the decision, as 2026-11-21; default: today")
    parser.add_argument(
        "--folder", type=Path, default=Path("."), metavar="DIR", help="the review's folder; default: here"
    )
    parser.add_argument("--dry-run", action="store_true", help="show the line and what it would do, add nothing")


def add_overrule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--overrule", action="store_true", help="decide although another reviewer's line says otherwise"
    )


def day(text: str) -> datetime.date:
    """A day as ISO writes it. Raises ArgumentTypeError."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a day such as 2026-11-21') from None


def words(text: str) -> str:
    """Without blanks at the ends. Raises ArgumentTypeError for no words."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty; say why in a few words")
    return text.strip()


def signature(args: argparse.Namespace) -> Signature:
    """Of a command's options. Raises UserError where nobody says who decides."""
    return Signature(_reviewer(args.reviewer, args.folder), args.date or datetime.date.today())


def _reviewer(given: str | None, folder: Path) -> str:
    for name in (given, os.environ.get(REVIEWER), _git_name(folder)):
        if name is not None and name.strip():
            return " ".join(name.split())
    raise UserError(f"who decides? Give --reviewer NAME, or set {REVIEWER}, or git's user.name")


def _git_name(folder: Path) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "config", "user.name"], capture_output=True, text=True, check=False
        )
    except OSError:  # no git on this computer
        return None
    return done.stdout
