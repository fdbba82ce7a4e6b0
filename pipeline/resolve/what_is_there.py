"""What a study has, in the words of an error about a line that means something else."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from pipeline.records import Added
from pipeline.resolve.arm_keys import is_number
from pipeline.resolve.reports import NumberedReport
from pipeline.resolve.said import Said, Unclear
from pipeline.resolved import ArmRow, StudyRow


def no_arm(s: Said, study: StudyRow, report: NumberedReport | None, arms: Sequence[ArmRow]) -> str:
    whose = f"report {report.report.record_id} of {study.study}" if report is not None else f"study {study.study}"
    near = get_close_matches(s.arm, [a.key for a in arms], 1, 0.5)
    hint = f'nearest: "{near[0]}"; ' if near else ""
    wants = "; a new arm has a name in words, and its drugs" if isinstance(s.of, Added) else ""
    have = ", ".join(report.arms) if report is not None and is_number(s.arm) else _listed(arms)
    return f'arm "{s.arm}" is not in {whose} ({hint}it has {have or "no arms"}){wants}'


def fill_arm(arms: Sequence[ArmRow]) -> str:
    return f"fill it (arms: {_listed(arms) or 'none'})"


def _listed(arms: Sequence[ArmRow]) -> str:
    """Numbers with their keys."""
    return ", ".join(a.arm if a.key in ("", a.arm) else f'{a.arm} "{a.key}"' for a in arms)


def at_time(timepoint: str) -> str:
    return f" at {timepoint}" if timepoint else ""


def allowed(name: str, names: Sequence[str], where: str) -> None:
    """Raises Unclear for a field that is not one of the names."""
    if name not in names:
        raise Unclear(f'"{name}" is not a field of {where} (fields: {", ".join(names)})')
