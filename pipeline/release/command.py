"""`litpool release`: keeps the review as it stands as a version, under reports/versions/NAME/."""

from __future__ import annotations

import argparse
import datetime
import re
from pathlib import Path

from pipeline.errors import UserError
from pipeline.release.changes import changes
from pipeline.release.freezing import Facts, freeze
from pipeline.release.now import read_now
from pipeline.release.places import Places
from pipeline.release.up_to_date import check_up_to_date
from pipeline.release.versions import Kept, versions
from pipeline.released import STATUSES
from pipeline.runs import none_goes_on

EPILOG = """\
The version is a folder: release.json (what led to it, searches, fingerprints of what it was made from), the tables of
what was pooled, config/ and overrides/ as they were, and the report. It is written whole or not at all, and never
changed later; put it under version control. Run `snakemake all` before it, and after it: the report then says which
version it is. Exit 0: done, 2: something to fix.
"""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,60}", re.ASCII)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("name", nargs="?", metavar="NAME", help="default: the year and a number, as 2026.1")
    parser.add_argument("--trigger", required=True, metavar="TEXT", help='what led to it, as "monthly search"')
    parser.add_argument(
        "--status", required=True, choices=list(STATUSES), help="; ".join(f"{s}: {w}" for s, w in STATUSES.items())
    )
    parser.add_argument("--next-search", type=_day, metavar="DATE", help="day of the next search, as 2026-12-21")
    parser.add_argument("--note", default="", metavar="TEXT", help="anything to tell readers about it")
    parser.add_argument("--date", type=_day, metavar="DATE", help="day of the version; default: today")
    parser.add_argument("--folder", type=Path, default=Path("."), metavar="DIR", help="the review; default: here")


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a day as 2026-12-21') from None


def run(args: argparse.Namespace) -> int:
    """Raises UserError where there is nothing to keep, or no place for it."""
    places = Places.below(args.folder)
    kept = versions(places.versions)
    day = args.date or datetime.date.today()
    name = _name(args.name, day, kept)
    facts = Facts(name, day, args.trigger.strip(), args.status, args.next_search, args.note.strip())
    _check(facts, places)
    with none_goes_on(args.folder):
        check_up_to_date(args.folder)
        folder = _keep(places, kept, facts)
    print(f"{folder}: version {name}; run `snakemake all` for the report to say so, and commit the folder")
    return 0


def _keep(places: Places, kept: list[Kept], facts: Facts) -> Path:
    now = read_now(places)
    last = kept[-1].release if kept else None
    if last is not None and last.state == now.state and last.status == facts.status:
        raise UserError(f"nothing changed since version {last.name}, nor its status; there is no new version to keep")
    return freeze(now, kept, changes(now, kept), facts)


def _check(facts: Facts, places: Places) -> None:
    if not facts.trigger:
        raise UserError('--trigger is empty; say what led to this version, as --trigger "monthly search"')
    if facts.next_search is not None and facts.status == "retired":
        raise UserError("--next-search: a review that is retired has no next search; leave one of the two out")
    if facts.next_search is not None and facts.next_search < facts.date:
        raise UserError(f"--next-search: {facts.next_search} is before the day of the version, {facts.date}")
    if (places.versions / facts.name).exists():
        raise UserError(f"{places.versions / facts.name} exists; a version is never changed, choose another name")


def _name(given: str | None, day: datetime.date, kept: list[Kept]) -> str:
    taken = {v.release.name for v in kept} | {v.folder.name for v in kept}
    if given is None:
        return next(name for i in range(1, len(taken) + 2) if (name := f"{day.year}.{i}") not in taken)
    if not _NAME.fullmatch(given):
        raise UserError(f'"{given}" cannot be a folder\'s name everywhere; use letters, digits, dots and hyphens')
    if given in taken:
        raise UserError(f"version {given} exists; a version is never changed, choose another name")
    return given
