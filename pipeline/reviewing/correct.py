"""`litpool correct STUDY FIELD VALUE`: a value of a study, an arm or an outcome is another one."""

from __future__ import annotations

import argparse

from pipeline.errors import UserError
from pipeline.records import Correction
from pipeline.resolve.cells import same_value
from pipeline.resolve.said import Said
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.now import Now, listed
from pipeline.reviewing.options import add_overrule, add_reason, add_signature, signature
from pipeline.reviewing.target import FIELDS, Asked, Target, find
from pipeline.reviewing.writing import write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", metavar="STUDY", help="as arnold-2010, or the record_id of one of its reports")
    told = "; ".join(f"of the {what}: {', '.join(fields)}" for what, fields in FIELDS.items())
    parser.add_argument("field", metavar="FIELD", help=told)
    parser.add_argument("value", metavar="VALUE", help="what counts from now on")
    parser.add_argument("--arm", metavar="ARM", help="key, number (A1), drugs or label, as in extracted/arms.csv")
    parser.add_argument("--outcome", metavar="NAME", help="as relapse, for a field of an outcome")
    parser.add_argument("--timepoint", metavar="TIME", help="where the outcome is told for several")
    parser.add_argument("--was", metavar="VALUE", help="what you saw, where the outcome stands in several rows")
    add_reason(parser)
    add_signature(parser, "correct arnold-2010 events 15 --arm A1 --outcome relapse --reason misread")
    add_overrule(parser)


def run(args: argparse.Namespace) -> int:
    """Adds a line to corrections.csv. Raises UserError."""
    signed = signature(args)
    now = Now.of(ReviewFolder(args.folder))
    target, value = find(now, _asked(args)), args.value.strip()
    if not value:
        raise UserError("VALUE is empty; what the report does not tell can be put aside with status review")
    others = now.others_than(target.spot, value, signed.reviewer)
    same = same_value(target.spot.field, now.value(target.spot), value)
    if same and not others and not now.stale(target.spot):
        raise UserError(f"{target.name} is {value} already; `litpool confirm` says that you agree")
    notes = _settle(now, target, others, args.overrule)
    row = Correction(
        study=target.study,
        arm=target.arm,
        outcome=target.outcome,
        timepoint=target.timepoint,
        field=target.spot.field,
        value=value,
        was=others[-1].value if others and args.overrule else now.of_machine(target.spot),
        seen=target.seen,
        reason=args.reason,
        reviewer=signed.reviewer,
        date=signed.date,
        adjudicated=bool(others and args.overrule),
    )
    write(now, "corrections.csv", [row], args, {target.spot}, notes)
    return 0


def _asked(args: argparse.Namespace) -> Asked:
    """A field may have its outcome before it, as relapse.events."""
    outcome, _, field = args.field.rpartition(".")
    return Asked(args.study, field, args.arm, args.outcome or outcome, args.timepoint, args.was)


def _settle(now: Now, target: Target, others: list[Said], overrule: bool) -> list[str]:
    """What to tell of other reviewers' lines. Raises UserError where they say otherwise and nobody overrules them."""
    if not others:
        return []
    if overrule:
        return [f"Overruled: {listed(others)}"]
    if now.is_asked_twice(target.spot.field):
        return [listed(others)]
    raise UserError(f"{target.name}: {listed(others)}; talk it over, then --overrule if yours is to count")
