"""`litpool confirm STUDY`: a reviewer looked, and agrees with what is there."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass

from pipeline.errors import UserError
from pipeline.last_word import person
from pipeline.records import Confirmation
from pipeline.resolve.cells import same_value
from pipeline.resolve.targets import Spot
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.names import (
    Named,
    arm_name,
    best,
    called,
    find_arm,
    find_outcome,
    find_study,
    outcomes_of,
    rows_meant,
    study_at,
    timepoint_in_line,
)
from pipeline.reviewing.now import Now, listed
from pipeline.reviewing.options import Signature, add_signature, signature
from pipeline.reviewing.outlook import counts
from pipeline.reviewing.writing import write


@dataclass(frozen=True)
class Item:
    """A line to write and the cells that it is of."""

    row: Confirmation
    spots: tuple[Spot, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", metavar="STUDY", help="as arnold-2010; all of it, unless --arm or --outcome is given")
    parser.add_argument("--arm", metavar="ARM", help="only this arm: key, number (A1), drugs or label")
    parser.add_argument("--outcome", metavar="NAME", help="only this outcome, as relapse")
    parser.add_argument("--timepoint", metavar="TIME", help="only this time point of the outcome")
    parser.add_argument("--note", default="", metavar="WORDS", help="anything worth keeping, as the page you looked at")
    add_signature(parser, 'confirm arnold-2010 --arm A1 --note "page 4"')


def run(args: argparse.Namespace) -> int:
    """Adds a line to confirmations.csv for each value. Raises UserError."""
    signed = signature(args)
    now = Now.of(ReviewFolder(args.folder))
    named = find_study(now.shown, args.study)
    if args.timepoint is not None and args.outcome is None:
        raise UserError("a time point is one of an outcome: give --outcome, too")
    found, alike = _apart(_numbers(now, _rows(now, named, args)), now)
    items = [_of_row(now, named, i, args.note, signed) for i in found]
    if args.arm is None and args.outcome is None:
        items = [*_of_size(now, named, args.note, signed), *items]
    if not items:
        raise UserError(f"{named.study}: nothing to confirm there; `litpool add` adds what the machine missed")
    new = [item for item in items if not _is_said(now, item, signed.reviewer)]
    if not new:
        raise UserError(f"{named.study}: you have said so already; to say otherwise, `litpool correct`")
    notes = [f"Left out, as lines cannot tell them apart: {', '.join(alike)}"] if alike else []
    write(now, "confirmations.csv", [i.row for i in new], args, {spot for i in new for spot in i.spots}, notes)
    return 0


# ---- what is there --------------------------------------------------------------------------------------------------


def _rows(now: Now, named: Named, args: argparse.Namespace) -> list[int]:
    """Indices of the rows that the options name, of the best report of each outcome and time point. Raises UserError
    for names that are not there."""
    tables = now.shown
    of_study = [i for i, arm in enumerate(tables.arms) if arm.study == named.study]
    arms = of_study if args.arm is None else [find_arm(tables, named, args.arm)]
    outcome = None if args.outcome is None else find_outcome(args.outcome, now.settings, tables.outcomes)
    found: list[int] = []
    for arm in (tables.arms[i] for i in arms):
        rows = outcomes_of(tables, named, arm)
        has = any(tables.outcomes[i].outcome == outcome for i in rows)
        if outcome is not None and args.timepoint is None and has:
            rows = [i for i in rows if tables.outcomes[i].outcome == outcome]
        elif outcome is not None and (has or args.arm is not None):
            rows = rows_meant(tables, rows, outcome, args.timepoint, f"{arm_name(arm)} of {named.study}")
        elif outcome is not None:
            rows = []
        found += _best_of_each(now, rows)
    return found


def _best_of_each(now: Now, rows: list[int]) -> list[int]:
    groups: dict[tuple[str, str], list[int]] = {}
    for i in rows:
        row = now.shown.outcomes[i]
        groups.setdefault((row.outcome, row.timepoint), []).append(i)
    return [i for group in groups.values() for i in best(group, now.shown)]


def _numbers(now: Now, rows: list[int]) -> list[int]:
    """Those that say how many of how many."""
    return [i for i in rows if now.shown.outcomes[i].events is not None and now.shown.outcomes[i].n is not None]


def _apart(rows: list[int], now: Now) -> tuple[list[int], list[str]]:
    """Rows that a line can name by what it says, and the names of the others."""
    said = {
        i: (r.arm, r.outcome, r.timepoint, r.record_id, r.file, counts(r))
        for i, r in ((i, now.shown.outcomes[i]) for i in rows)
    }
    times = Counter(said.values())
    alike = [f"{outcome} {value}" for (_, outcome, _, _, _, value), n in times.items() if n > 1]
    return [i for i in rows if times[said[i]] == 1], alike


def _of_row(now: Now, named: Named, i: int, note: str, signed: Signature) -> Item:
    tables, row = now.shown, now.shown.outcomes[i]
    arm = next(a for a in tables.arms if (a.study, a.arm) == (row.study, row.arm))
    line = Confirmation(
        study=called(tables, row),
        arm=arm_name(arm),
        outcome=row.outcome,
        value=counts(row),
        timepoint=timepoint_in_line(tables, outcomes_of(tables, named, arm), row),
        note=note,
        seen=row.text_hash,
        reviewer=signed.reviewer,
        date=signed.date,
    )
    return Item(line, (Spot("outcomes", i, "events"), Spot("outcomes", i, "n")))


def _of_size(now: Now, named: Named, note: str, signed: Signature) -> list[Item]:
    at = study_at(now.shown, named.study)
    row = now.shown.studies[at]
    if row.n_total is None:
        return []
    line = Confirmation(
        study=row.study,
        field="n_total",
        value=str(row.n_total),
        note=note,
        seen=row.text_hash,
        reviewer=signed.reviewer,
        date=signed.date,
    )
    return [Item(line, (Spot("studies", at, "n_total"),))]


# ---- what was said --------------------------------------------------------------------------------------------------


def _is_said(now: Now, item: Item, reviewer: str) -> bool:
    """Has the reviewer said so of each cell? Raises UserError where somebody says otherwise, or said so of something
    else than what the machine now says."""
    said = {spot: now.said(spot) for spot in item.spots}
    against = [s for spot, all_ in said.items() for s in all_ if not same_value(spot.field, s.value, now.value(spot))]
    if against:
        raise UserError(f"{_name(item)}: {listed(against)}; `litpool correct … --overrule` decides")
    for spot in item.spots:
        if now.stale(spot) and not same_value(spot.field, now.of_machine(spot), now.value(spot)):
            way = f"`litpool correct` with the right one, also if it is still {now.value(spot)}"
            raise UserError(f"{_name(item)}, {spot.field}: {now.stale(spot)}; {way}")
    return all(person(reviewer) in {s.person for s in all_} and not now.stale(spot) for spot, all_ in said.items())


def _name(item: Item) -> str:
    row = item.row
    return ", ".join(part for part in (row.study, row.arm, row.outcome, row.timepoint) if part)
