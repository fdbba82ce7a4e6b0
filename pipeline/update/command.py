"""`litpool update`: run the searches of config/searches.yaml and put what is new into corpus/."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import UserError
from pipeline.searched import SearchRow, read_searches
from pipeline.searches import Search, Searches, load_searches
from pipeline.update import SOURCES

if TYPE_CHECKING:
    from pipeline.update.client import Client

#: told how many of how many records came
Progress = Callable[[int, int], None]

#: exit code of a command that Ctrl-C ended
STOPPED = 130

EPILOG = """\
Each search of config/searches.yaml asks for what came into its source, or changed there, since its last line in
corpus/searches.csv. What corpus/ does not hold yet, or holds in another state, comes into a dated export that never
changes, with a line in corpus/searches.csv; `snakemake all` does the rest. Keys are read from the environment only
(NCBI_API_KEY). Exit 0: all went well, 1: a source failed and the others went well, 2: something to fix
(docs/living.md).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("."), metavar="FOLDER", help="the review's folder; default: here"
    )
    parser.add_argument("--search", metavar="NAME", help="only the search of this name")
    parser.add_argument("--source", metavar="SOURCE", choices=list(SOURCES), help="only in this source")
    parser.add_argument("--dry-run", action="store_true", help="only say how many records fit, and are not there yet")
    parser.add_argument("--date", type=_day, metavar="DAY", help="the day of the search, as 2026-11-21; default: today")


def run(args: argparse.Namespace) -> int:
    """One line for each search. Raises UserError for what must be fixed before any is run."""
    config = load_searches(args.folder / "config", SOURCES)
    searches = _chosen(config, args.search, args.source)
    corpus: Path = args.folder / "corpus"
    if not corpus.is_dir():
        raise UserError(f"{corpus}: no such folder; `litpool new DIR` makes a review")
    try:
        day = args.date or datetime.date.today()
        return _update(config, searches, corpus, args.folder / ".litpool", day, args.dry_run)
    except KeyboardInterrupt:
        print("stopped; corpus/ is as it was, or holds what was told", file=sys.stderr)
        return STOPPED


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-11-21") from None


def _chosen(config: Searches, name: str | None, source: str | None) -> list[Search]:
    found = [s for s in config.searches if name in (None, s.name) and source in (None, s.source)]
    if not found:
        there = ", ".join(f"{s.name} in {s.source}" for s in config.searches)
        raise UserError(f"config/searches.yaml has no such search (it has {there})")
    return found


def _update(
    config: Searches, searches: list[Search], corpus: Path, hidden: Path, today: datetime.date, dry: bool
) -> int:
    from pipeline.update import load_source
    from pipeline.update.cache import Cache
    from pipeline.update.client import Client
    from pipeline.update.known import read_known
    from pipeline.update.run import Folders, asked, look, update
    from pipeline.update.transaction import alone

    _ignored(hidden)
    worst, cache = 0, Cache(hidden / "cache")
    cache.prune()
    with alone(corpus) as staging, Client(config.network, config.contact, cache) as client:
        known = read_known(corpus, read_searches(corpus), hidden / "known")
        for search in searches:
            of = load_source(search.source)
            with _told(client, search) as outcome, _progress(f"{search.name} {of.label}") as progress:
                what = asked(search, of, read_searches(corpus), today, corpus.parent)
                if dry:
                    outcome.said = look(of, what, client, known)
                else:
                    outcome.said = told(update(of, what, client, known, Folders(corpus, staging), today, progress))
            worst = max(worst, outcome.code)
    return worst


@dataclass
class _Outcome:
    """Of one search: the line on it, and its exit code."""

    said: str = ""
    code: int = 0


@contextmanager
def _told(client: Client, search: Search) -> Iterator[_Outcome]:
    """Says what became of a search; one that fails leaves corpus/ as it was and does not stop the others."""
    from pipeline.update.client import SourceFailed

    outcome = _Outcome()
    try:
        yield outcome
    except SourceFailed as failure:
        print(f"{search.name}: {client.tidy(str(failure))}; corpus/ is as it was", file=sys.stderr)
        outcome.code = 1
    except UserError as error:
        print(error, file=sys.stderr)
        outcome.code = 2
    except OSError as error:
        print(f"{search.name}: {error.filename or 'corpus/'}: {error.strerror}; corpus/ is as it was", file=sys.stderr)
        outcome.code = 2
    else:
        print(outcome.said, flush=True)


def _ignored(folder: Path) -> None:
    """What the folder holds is no part of a repository."""
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def told(row: SearchRow) -> str:
    """One line on what a search found."""
    came = f"{row.new} new, {row.updated} updated" if row.file else "nothing new"
    where = f" → corpus/{row.file}" if row.file else ""
    since = f" since {row.since}" if row.since else ""
    note = f" ({row.note})" if row.note else ""
    return f"{row.search}: {row.source}: {row.hits} records fit{since}, {came}{where}{note}"


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    """A bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bars, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
