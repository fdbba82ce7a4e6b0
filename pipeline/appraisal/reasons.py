"""Why studies are left out: codes of the protocol, on reviewers' lines and on what the machine leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from pipeline.appraisal.naming import Unknown, found
from pipeline.resolved import StudyRow, having
from pipeline.tables import read_rows


class MachineReason(BaseModel):
    """A row of machine_reasons.csv: what extract says, and the code it has if the protocol has such a code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str
    code: str


@dataclass(frozen=True)
class Excluded:
    """How many studies are left out for a reason; `code` is empty where none is known, and `words` are the line's."""

    code: str
    words: str
    count: int


@cache
def machine_codes() -> dict[str, str]:
    rows = read_rows(Path(__file__).parent / "machine_reasons.csv", MachineReason)
    return {row.reason: row.code for _, row in rows}


def code_of(code: str, reasons: Mapping[str, str]) -> str:
    """The protocol's code that `code` is: itself, or its words; empty if empty. Raises Unknown."""
    return found("code", code, reasons, {words: key for key, words in reasons.items()}) if code.strip() else ""


def problems(codes: Iterable[tuple[str, str]], reasons: Mapping[str, str]) -> list[str]:
    """A line for each (place, code) that the protocol does not have."""
    told = []
    for place, code in codes:
        try:
            code_of(code, reasons)
        except Unknown as unknown:
            told.append(f"{place}: {unknown}; they are set in config.yaml, eligibility.reasons")
    return told


def coded(studies: Iterable[StudyRow], reasons: Mapping[str, str]) -> list[StudyRow]:
    """Studies with the code of what leaves them out, as far as one is known; none for those that are not excluded."""
    return [having(study, code=_code(study, reasons)) for study in studies]


def _code(study: StudyRow, reasons: Mapping[str, str]) -> str:
    if study.decision != "exclude":
        return ""
    try:
        given = code_of(study.code, reasons)
    except Unknown:
        given = ""
    return given or machine_code(study.reason, reasons)


def machine_code(reason: str, reasons: Mapping[str, str]) -> str:
    """The code of what extract says, if the protocol has it."""
    code = machine_codes().get(reason, "")
    return code if code in reasons else ""


class Decided(Protocol):
    """What is decided of a study, and why."""

    @property
    def decision(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def reason(self) -> str: ...


def excluded(studies: Iterable[Decided], reasons: Mapping[str, str]) -> list[Excluded]:
    """For the flow diagram: by code, in the protocol's order, then by the words of those without one."""
    out = [study for study in studies if study.decision == "exclude"]
    codes = Counter(study.code for study in out if study.code)
    words = Counter(study.reason for study in out if not study.code)
    told = dict.fromkeys([*reasons, *sorted(codes)])
    by_code = [Excluded(code, reasons.get(code, code), codes[code]) for code in told if code in codes]
    return by_code + [Excluded("", reason, n) for reason, n in sorted(words.items(), key=lambda i: (-i[1], i[0]))]
