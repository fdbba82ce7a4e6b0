"""What speaks for a number and what against it, told apart: checks that hold, and doubts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BETWEEN = re.compile(r"\s*[|;]\s*")
#: what a check that leaves a reading open begins with (pipeline/extract/proofs.py)
_DOUBT = "doubt: "


@dataclass(frozen=True)
class Proofs:
    checks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


#: of what is read without checks
NONE = Proofs()


def proofs(checks: Iterable[str]) -> Proofs:
    """Of a candidate's list of checks."""
    told = [check for check in checks if check]
    doubts = tuple(check.removeprefix(_DOUBT) for check in told if check.startswith(_DOUBT))
    return Proofs(tuple(check for check in told if not check.startswith(_DOUBT)), doubts)


def proofs_of_row(checks: str) -> Proofs:
    """Of the column `checks` of extracted/outcomes.csv."""
    return proofs(_BETWEEN.split(checks))
