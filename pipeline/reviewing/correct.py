"""`litpool correct STUDY FIELD VALUE`: a value of a study, an arm or an outcome is another one."""

from __future__ import annotations

import argparse

from pipeline.errors import UserError
from pipeline.records import Correction
from pipeline.resolve.cells import same_value
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.now import Now
from pipeline.reviewing.options import add_overrule, add_reason, add_signature, signature
from pipeline.reviewing.said import Said, listed, others_than
from pipeline.reviewing.target import FIELDS, Target, find
from pipeline.reviewing.writing import write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", metavar="STUDY", help="as arnold-2010, or the record_id of one of its reports")
    told = "; ".join(f"of the {what}: {', '.join(fields)}" for what, fields in FIELDS.items())
    parser.add_argument("field", metavar="FIELD", help=told)
    parser.add_argument("value", metavar="VALUE", help="what counts from now on")
    parser.add_argument("--arm", metavar="ARM", help="key, number (A1), drugs or label, as in extracted/arms.csv")
    parser.add_argument("--outcome", metavar="NAME", help="as relapse, for a field of an outcome")
    parser.add_argument("--timepoint", metavar="TIME", help="where the outcome is told for several")
    add_reason(parser)
    add_signature(parser)
    add_overrule(parser)


def run(args: argparse.Namespace) -> int:
    """Adds a line to corrections.csv. Raises UserError."""
    signed = signature(args)
    now = Now.of(ReviewFolder(args.folder))
    outcome, _, field = args.field.rpartition(".")
    target = find(now, args.study, args.arm, args.outcome or outcome, args.timepoint, field)
    value = args.value.strip()
    if not value:
        raise UserError("VALUE is empty; what the report does not tell can be put aside with status review")
    others = others_than(now.shown, now.folder.overrides, target.cell, value, signed.reviewer)
    if same_value(target.cell.field, target.shown, value) and not others:
        raise UserError(f"{target.name} is {value} already; `litpool confirm` says that you agree")
    notes = _settle(others, args.overrule, now.settings.config.reviewing.double_extraction, target)
    row = Correction(
        study=target.cell.study,
        arm=target.arm,
        outcome=target.cell.outcome,
        timepoint=target.cell.timepoint,
        field=target.cell.field,
        value=value,
        was=others[-1].value if others and args.overrule else target.machine,
        seen=target.seen,
        reason=args.reason,
        reviewer=signed.reviewer,
        date=signed.date,
        adjudicated=bool(args.overrule and others),
    )
    write(now, "corrections.csv", [row], args, notes)
    return 0


def _settle(others: list[Said], overrule: bool, double: bool, target: Target) -> list[str]:
    """What to tell of other reviewers' lines. Raises UserError where they say otherwise and nobody overrules them."""
    if not others:
        return []
    if overrule:
        return [f"Overruled: {listed(others)}"]
    if double:
        return [listed(others)]
    raise UserError(f"{target.name}: {listed(others)}; talk it over, then --overrule if yours is to count")
