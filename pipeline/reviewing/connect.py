"""`litpool link A B RELATION`: how two records relate, whatever the machine says."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from pipeline.appraisal.naming import Unknown, found
from pipeline.candidates import Candidate
from pipeline.errors import UserError
from pipeline.last_word import person
from pipeline.link.called import called
from pipeline.link.decisions import Decision, handles, read_decisions
from pipeline.linked import LinkRow, Relation
from pipeline.overrides.appending import append_rows
from pipeline.records import LinkDecision
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.now import Now
from pipeline.reviewing.options import add_reason, add_signature, signature
from pipeline.reviewing.writing import add_and_tell, tried

#: relation → what becomes of the two
MEANS = {
    "same record": "they become one record, found twice",
    "same study": "they become two reports of one study, whose patients count once",
    "shared cohort": "they stay two studies; one of them at a time is pooled (config's link.shared_cohorts)",
    "different": "they stay apart, and count each",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    name = "a record_id as in extracted/links.csv or studies.csv, a PMID, a DOI, or a study"
    parser.add_argument("a", metavar="A", help=name)
    parser.add_argument("b", metavar="B", help="the other one, likewise")
    parser.add_argument("relation", metavar="RELATION", help=", ".join(f'"{r}"' for r in get_args(Relation)))
    add_reason(parser)
    add_signature(parser, 'link arnold-2010 arnold-2012 "same study" --reason "one trial"')


def run(args: argparse.Namespace) -> int:
    """Adds a line to links.csv. Raises UserError."""
    signed = signature(args)
    now = Now.of(ReviewFolder(args.folder))
    records = now.folder.records()
    row = LinkDecision(
        record_a=_record(now, args.a),
        record_b=_record(now, args.b),
        relation=_relation(args.relation),
        reason=args.reason,
        reviewer=signed.reviewer,
        date=signed.date,
    )
    new = _alone(row, records)
    _check_new(new, read_decisions(now.folder.overrides / "links.csv", map(called, records)))
    trial = tried(now, "links.csv", [row], lambda copy: read_decisions(copy / "links.csv", map(called, records)))
    names = handles(records)
    a, b = (", ".join(names[i] for i in side) for side in (new.a, new.b))
    told = [f"The last run says of {a} and {b}: {_machine(now.links, a, b)}; now {MEANS[row.relation]}"]
    add_and_tell(now, "links.csv", [row], args, trial.lines, told)
    return 0


def _record(now: Now, name: str) -> str:
    """A study's main record; every other name as it is."""
    main = {study.study: study.candidate.record_id for study in now.studies}
    return main.get(name.strip(), name.strip())


def _relation(given: str) -> Relation:
    relations: tuple[Relation, ...] = get_args(Relation)
    try:
        name = found("relation", given, relations)
    except Unknown as unknown:
        raise UserError(str(unknown)) from None
    return next(r for r in relations if r == name)


def _alone(row: LinkDecision, records: Sequence[Candidate]) -> Decision:
    """Which records the row means. Raises UserError with the nearest names."""
    with TemporaryDirectory() as name:
        file = Path(name) / "links.csv"
        append_rows(file, LinkDecision, [row])
        try:
            (decision,) = read_decisions(file, map(called, records))
        except UserError as error:
            raise UserError(str(error).replace(f"{file}:2: ", "")) from None
    if not decision.known:
        raise UserError(decision.nearest)
    return decision


def _check_new(new: Decision, before: Sequence[Decision]) -> None:
    """Raises UserError where a line speaks of the same two: it must be changed, for both would count."""
    for earlier in before:
        if set(earlier.pairs()) & set(new.pairs()):
            who = "you" if person(earlier.row.reviewer) == person(new.row.reviewer) else earlier.row.reviewer
            same = earlier.row.relation == new.row.relation
            way = "there is nothing to add" if same else "change that line, or delete it and run this again"
            raise UserError(f"{earlier.place.place}: {who} decided on these two: {earlier.row.relation}; {way}")


def _machine(links: Sequence[LinkRow], a: str, b: str) -> str:
    """What the last run says of two records."""
    for link in links:
        if {link.record_a, link.record_b} == {a, b}:
            return f"{link.relation} ({link.status})"
    return "nothing in common"
