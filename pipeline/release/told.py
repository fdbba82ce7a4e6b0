"""`litpool changes`: what is different since a version."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import UserError
from pipeline.pool.writing import as_json
from pipeline.release.changes import changes
from pipeline.release.now import read_now
from pipeline.release.places import Places
from pipeline.release.sentences import because, estimate_words, outcome_sentence, sentences, shown_steps, signed_points
from pipeline.release.since import since
from pipeline.release.versions import Kept, versions
from pipeline.released import Count, NumberChange, Since


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="NAME", help="any version; default: the last one that differs")
    parser.add_argument("--json", action="store_true", help="all of it as JSON")
    parser.add_argument("--folder", type=Path, default=Path("."), metavar="DIR", help="the review; default: here")


def run(args: argparse.Namespace) -> int:
    """Compares what `snakemake all` last made. Raises UserError."""
    places = Places.below(args.folder)
    kept = versions(places.versions)
    now = read_now(places)
    found = changes(now, kept).since if args.since is None else since(_named(args.since, kept), now)
    if args.json:
        print(as_json(None if found is None else found.model_dump(mode="json"), indent=1), end="")
    elif found is None:
        print("There is no version to compare with; `litpool release` makes one")
    else:
        print("\n".join(lines(found)))
    return 0


def _named(name: str, kept: list[Kept]) -> Kept:
    for version in kept:
        if version.release.name == name:
            return version
    have = ", ".join(v.release.name for v in kept) or "none"
    raise UserError(f'there is no version "{name}" (there are: {have})')


def lines(found: Since) -> Iterator[str]:
    yield f"Since version {found.name} of {found.date.isoformat()}:"
    told = sentences(found)
    outcomes = {outcome_sentence(change) for change in found.outcomes}
    yield from (f"  {text}" for text in told if text not in outcomes)
    for line in found.lines:
        said = line.line
        cell = " ".join(part for part in (said.study, said.arm, said.outcome, said.field) if part)
        before = f"{line.before} → " if line.before else ""
        yield f"  {line.change} line of {said.reviewer}: {cell}: {before}{said.value} ({said.reason or 'no reason'})"
    for number in found.numbers:
        yield f"  {_number(number)}"
    for change in found.outcomes:
        yield f"{change.label}: {estimate_words(change.before)} → {estimate_words(change.after)}"
        for step in shown_steps(change):
            moved = "" if step.shift is None else f": {signed_points(step.shift)} percentage points"
            yield f"  {because(step.why)} ({step.arms} {'arm' if step.arms == 1 else 'arms'}){moved}"
        yield f"  conclusion {change.matter.verdict} to change: {' '.join(change.matter.why)}"


def _number(n: NumberChange) -> str:
    why = f"; {n.reason}" if n.reason else ""
    return f"{n.label}, {n.arm}, {n.outcome}: {_count(n.before)} → {_count(n.after)} ({because(n.causes)}{why})"


def _count(count: Count | None) -> str:
    return "not pooled" if count is None else f"{count.events}/{count.n}"
