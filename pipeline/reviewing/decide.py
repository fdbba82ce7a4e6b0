"""`litpool exclude STUDY` and `litpool include STUDY`: a reviewer takes a study out, or in."""

from __future__ import annotations

import argparse

from pipeline.appraisal.naming import Unknown
from pipeline.appraisal.reasons import code_of
from pipeline.config import Settings
from pipeline.errors import UserError
from pipeline.last_word import person
from pipeline.records import Exclusion, Inclusion
from pipeline.resolve.said import Said
from pipeline.resolve.targets import Spot
from pipeline.resolved import StudyRow
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.names import find_study, study_at
from pipeline.reviewing.now import Now, listed
from pipeline.reviewing.options import Signature, add_overrule, add_reason, add_signature, signature
from pipeline.reviewing.writing import write

#: command → the file that its lines are for, and their row
FILE_OF: dict[str, tuple[str, type[Exclusion] | type[Inclusion]]] = {
    "exclude": ("exclusions.csv", Exclusion),
    "include": ("inclusions.csv", Inclusion),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", metavar="STUDY", help="as arnold-2010, or the record_id of one of its reports")
    parser.add_argument(
        "--code", default="", metavar="CODE", help="reason by the protocol, one of config's eligibility.reasons"
    )
    add_reason(parser)
    add_signature(parser, 'exclude arnold-2010 --code population --reason "children only"')
    add_overrule(parser)


def run(args: argparse.Namespace) -> int:
    """Adds a line to exclusions.csv or inclusions.csv. Raises UserError."""
    signed = signature(args)
    now = Now.of(ReviewFolder(args.folder))
    at = study_at(now.shown, find_study(now.shown, args.study).study)
    row, spot = now.shown.studies[at], Spot("studies", at, "decision")
    code = _code(args.code, now.settings)
    others = now.others_than(spot, args.command, signed.reviewer)
    _check_new(now, spot, row, args.command, code, signed.reviewer)
    notes = _settle(row, others, args.overrule or now.is_asked_twice("decision"))
    name, model = FILE_OF[args.command]
    line = _line(model, row, code, args.reason, signed, adjudicated=bool(others and args.overrule))
    write(now, name, [line], args, {spot}, notes)
    return 0


def _check_new(now: Now, spot: Spot, row: StudyRow, decision: str, code: str, reviewer: str) -> None:
    """Raises UserError where there is nothing to add: the study is decided so, and no second word is asked for."""
    mine = any(s.person == person(reviewer) and s.value == decision for s in now.said(spot))
    said = mine or not now.is_asked_twice("decision")
    if row.decision == decision and said and row.code in ("", code) and not now.stale(spot):
        raise UserError(f"{row.study} is {decision}d already ({row.reason})")


def _code(given: str, settings: Settings) -> str:
    reasons = settings.config.eligibility.reasons
    try:
        return code_of(given, reasons)
    except Unknown as unknown:
        raise UserError(f"{unknown}; they are set in config.yaml, eligibility.reasons") from None


def _settle(row: StudyRow, others: list[Said], accepted: bool) -> list[str]:
    """What to tell of other reviewers' lines. Raises UserError where they say otherwise and that is not accepted."""
    if others and not accepted:
        raise UserError(f"{row.study}: {listed(others)}; talk it over, then --overrule if yours is to count")
    return [f"Otherwise: {listed(others)}"] if others else []


def _line(
    model: type[Exclusion] | type[Inclusion],
    row: StudyRow,
    code: str,
    reason: str,
    signed: Signature,
    adjudicated: bool,
) -> Exclusion | Inclusion:
    return model(
        study=row.study,
        code=code,
        reason=reason,
        was=row.decision,
        reviewer=signed.reviewer,
        date=signed.date,
        adjudicated=adjudicated,
    )
