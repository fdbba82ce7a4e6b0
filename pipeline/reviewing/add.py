"""`litpool add STUDY`: an arm, or an outcome of an arm, that the machine missed."""

from __future__ import annotations

import argparse
from typing import get_args

from pipeline.appraisal.naming import plain
from pipeline.candidates import Denominator, Role
from pipeline.errors import UserError
from pipeline.records import Added
from pipeline.resolve.said import Said
from pipeline.resolve.targets import Spot
from pipeline.resolved import ArmRow
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.names import Named, arm_name, find_arm, find_outcome, find_study, outcomes_of
from pipeline.reviewing.now import Now, listed
from pipeline.reviewing.options import Signature, add_overrule, add_reason, add_signature, signature
from pipeline.reviewing.outlook import counts
from pipeline.reviewing.writing import write

EXAMPLE = """\
add arnold-2010 --arm A1 --outcome relapse --events 4 --n 15 \\
    --where "Figure 2" --reason "only in the figure"\
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", metavar="STUDY", help="as arnold-2010, or the record_id of one of its reports")
    parser.add_argument(
        "--arm", required=True, metavar="ARM", help="as in extracted/arms.csv, or the name of a new one"
    )
    new = parser.add_argument_group("for an arm that is not there")
    new.add_argument("--drugs", default="", metavar="NAMES", help="joined by +, as amoxicillin + omeprazole")
    new.add_argument("--role", choices=get_args(Role), metavar="ROLE", help=", ".join(get_args(Role)))
    new.add_argument("--arm-n", type=whole, metavar="N", help="its patients")
    outcome = parser.add_argument_group("for an outcome")
    outcome.add_argument("--outcome", default="", metavar="NAME", help="as relapse, one of config/outcomes.csv")
    outcome.add_argument("--events", type=whole, metavar="N", help="patients with the outcome")
    outcome.add_argument("--n", type=whole, metavar="N", help="of how many")
    outcome.add_argument("--timepoint", default="", metavar="TIME", help='when, as "6 months"')
    outcome.add_argument(
        "--denominator",
        choices=get_args(Denominator),
        metavar="WHOM",
        help=f"whom n counts: {', '.join(get_args(Denominator))}; default: whom config/outcomes.csv asks for",
    )
    parser.add_argument("--where", required=True, metavar="PLACE", help="page, table or figure that it stands in")
    add_reason(parser)
    add_signature(parser, EXAMPLE)
    add_overrule(parser)


def whole(text: str) -> int:
    """A count. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number of 0 or more')
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Adds a line to added.csv. Raises UserError."""
    signed = signature(args)
    now = Now.of(ReviewFolder(args.folder))
    named = find_study(now.shown, args.study)
    arm = _arm(now, named, args)
    outcome = find_outcome(args.outcome, now.settings, now.shown.outcomes) if args.outcome else ""
    _check(args, arm, named.study)
    there = _rows(now, named, arm, outcome, args.timepoint) if arm is not None else []
    others = _others(now, there, args, signed.reviewer)
    _check_new(now, there, others, args.overrule)
    row = _row(args, named.study, arm, outcome, signed, adjudicated=bool(others))
    write(now, "added.csv", [row], args, None, [f"Overruled: {listed(others)}"] if others else [])
    return 0


def _arm(now: Now, named: Named, args: argparse.Namespace) -> ArmRow | None:
    """The one that is there; None for a new one, which has drugs. Raises UserError where it is neither."""
    try:
        return now.shown.arms[find_arm(now.shown, named, args.arm)]
    except UserError as error:
        if args.drugs and " may be each of " not in str(error):
            return None
        raise UserError(f"{error}; a new arm needs --drugs") from None


def _check(args: argparse.Namespace, arm: ArmRow | None, study: str) -> None:
    """Raises UserError for options that say too little, too much or what cannot be."""
    numbers = args.events is not None or args.n is not None
    if arm is not None and (args.drugs or args.role or args.arm_n is not None):
        raise UserError(f"arm {arm_name(arm)} is in {study} already: --drugs, --role, --arm-n are for a new one")
    if numbers and not args.outcome:
        raise UserError("--events and --n are of an outcome: give --outcome, too")
    if arm is not None and not args.outcome:
        raise UserError(f"arm {arm_name(arm)} is in {study} already: give --outcome, --events and --n to add to it")
    if args.outcome and (args.events is None or args.n is None):
        raise UserError("an outcome needs --events and --n")
    if numbers and not (args.n > 0 and args.events <= args.n):
        raise UserError(f"{args.events} of {args.n} patients is not possible")


def _rows(now: Now, named: Named, arm: ArmRow, outcome: str, timepoint: str) -> list[int]:
    """Indices of rows that say the same outcome at the same time."""
    rows = [(i, now.shown.outcomes[i]) for i in outcomes_of(now.shown, named, arm)]
    return [i for i, r in rows if r.outcome == outcome and plain(r.timepoint) == plain(timepoint)]


def _others(now: Now, rows: list[int], args: argparse.Namespace, reviewer: str) -> list[Said]:
    """Lines of other reviewers, with other numbers."""
    values = {"events": args.events, "n": args.n}
    spots = [(Spot("outcomes", i, field), str(value)) for i in rows for field, value in values.items()]
    return [s for spot, value in spots for s in now.others_than(spot, value, reviewer)]


def _check_new(now: Now, rows: list[int], others: list[Said], overrule: bool) -> None:
    """Raises UserError for an outcome that is there, unless another reviewer's line is overruled."""
    if not rows or (others and overrule):
        return
    row = now.shown.outcomes[rows[0]]
    name = ", ".join(part for part in (row.study, row.arm, row.outcome, row.timepoint) if part)
    if others:
        raise UserError(f"{name}: {listed(others)}; talk it over, then --overrule")
    raise UserError(f"{name} is there ({counts(row)}): `litpool confirm` agrees, `litpool correct` changes it")


def _row(
    args: argparse.Namespace, study: str, arm: ArmRow | None, outcome: str, signed: Signature, adjudicated: bool
) -> Added:
    return Added(
        study=study,
        arm=arm_name(arm) if arm is not None else args.arm,
        drugs=args.drugs,
        role=args.role,
        arm_n=args.arm_n,
        outcome=outcome,
        events=args.events,
        n=args.n,
        timepoint=args.timepoint,
        denominator=args.denominator,
        where=args.where,
        reason=args.reason,
        reviewer=signed.reviewer,
        date=signed.date,
        adjudicated=adjudicated,
    )
