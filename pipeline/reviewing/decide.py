"""`litpool exclude STUDY` and `litpool include STUDY`: a reviewer takes a study out, or in."""

from __future__ import annotations

import argparse

from pipeline.appraisal.naming import Unknown
from pipeline.appraisal.reasons import code_of
from pipeline.config import Settings
from pipeline.errors import UserError
from pipeline.records import Exclusion, Inclusion, StudyRow
from pipeline.reviewing.folder import ReviewFolder
from pipeline.reviewing.now import Now, find_study, study_row
from pipeline.reviewing.options import Signature, add_overrule, add_reason, add_signature, signature
from pipeline.reviewing.said import Cell, Said, listed, others_than
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
    add_signature(parser)
    add_overrule(parser)


def run(args: argparse.Namespace) -> int:
    """Adds a line to exclusions.csv or inclusions.csv. Raises UserError."""
    signed = signature(args)
    now = Now.of(ReviewFolder(args.folder))
    row = study_row(now.shown, find_study(now.shown, args.study).study)
    code = _code(args.code, now.settings)
    others = others_than(
        now.shown, now.folder.overrides, Cell(row.study, "", "", "", "decision"), args.command, signed.reviewer
    )
    if row.decision == args.command and not others and row.code in ("", code):
        raise UserError(f"{row.study} is {args.command}d already ({row.reason})")
    notes = _settle(row, others, args.overrule)
    name, model = FILE_OF[args.command]
    line = _line(model, row, code, args.reason, signed, adjudicated=bool(others))
    write(now, name, [line], args, notes)
    return 0


def _code(given: str, settings: Settings) -> str:
    reasons = settings.config.eligibility.reasons
    try:
        return code_of(given, reasons)
    except Unknown as unknown:
        raise UserError(f"{unknown}; they are set in config.yaml, eligibility.reasons") from None


def _settle(row: StudyRow, others: list[Said], overrule: bool) -> list[str]:
    """What to tell of other reviewers' lines. Raises UserError where they say otherwise and nobody overrules them."""
    if others and not overrule:
        raise UserError(f"{row.study}: {listed(others)}; talk it over, then --overrule if yours is to count")
    return [f"Overruled: {listed(others)}"] if others else []


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
