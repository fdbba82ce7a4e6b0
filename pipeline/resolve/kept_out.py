"""Studies that the machine keeps out and that no reviewer names: most of what a search finds. Nothing but their row of
studies.csv comes of them, so that of each only this row is made, and kept as its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import from_json

from pipeline.appraisal.reasons import machine_code
from pipeline.candidates import RETRACTED
from pipeline.linked import Study
from pipeline.resolve.accuracy import Status
from pipeline.resolved import StudyRow
from pipeline.tables import line_writer

#: a line of studies.jsonl that has not both in it is of a study to read whole
_EXCLUDED, _ALONE = b'"decision":"exclude"', b'"further":[]'


class Out(NamedTuple):
    """A study that is kept out: where its line of studies.jsonl starts, in bytes, its line of studies.csv, where its
    n_total stands if it has one, its records, and all that `Lookup` finds it by."""

    start: int
    study: str
    line: str
    n_total: Status | None
    records: list[str]
    names: list[str]


#: a study that is kept out, or where the line of another starts
Found = Out | int


def screened(path: Path, reasons: Mapping[str, str]) -> Iterator[Found]:
    """Each study of studies.jsonl, in its order. `reasons`: the protocol's codes."""
    line_of, start = line_writer(StudyRow), 0
    with path.open("rb") as lines:
        for line in lines:
            out = _out(line, start, reasons, line_of) if _EXCLUDED in line and _ALONE in line else None
            yield start if out is None else out
            start += len(line)


@dataclass
class KeptOut:
    """`lines` are (study, line of studies.csv); `records` what lines of reviewers may call their reports."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    records: set[str] = field(default_factory=set)
    totals: Counter[tuple[str, Status]] = field(default_factory=Counter)

    @property
    def studies(self) -> list[str]:
        return [study for study, _ in self.lines]

    def others(self, path: Path, found: Iterable[Found], named: Set[str]) -> Iterator[Study]:
        """The studies of studies.jsonl that are not kept out, or that are called by one of the names; `found` is what
        `screened` says of it."""
        with path.open("rb") as lines:
            for one in found:
                if isinstance(one, Out) and named.isdisjoint(one.names):
                    self._take(one)
                else:
                    lines.seek(one.start if isinstance(one, Out) else one)
                    yield Study.model_validate_json(lines.readline())

    def lines_with(self, rows: Iterable[StudyRow]) -> list[str]:
        """The lines of studies.csv, by study, with those of the other studies."""
        line_of = line_writer(StudyRow)
        return [line for _, line in sorted([*self.lines, *((row.study, line_of(vars(row))) for row in rows)])]

    def _take(self, out: Out) -> None:
        self.lines.append((out.study, out.line))
        self.records.update(out.records)
        self.totals["decision", "accepted"] += 1
        if out.n_total is not None:
            self.totals["n_total", out.n_total] += 1


def _out(
    line: bytes, start: int, reasons: Mapping[str, str], line_of: Callable[[Mapping[str, Any]], str]
) -> Out | None:
    """The study of a line of studies.jsonl; None where it is not kept out."""
    told = from_json(line, cache_strings="keys")
    try:
        if not _is_empty(told):
            return None
        values = _values(told, reasons)
        records, names = [record["record_id"] for record in told["reports"]], _names(told)
    except KeyError:  # the line of a version that had fewer fields: the models know what is then meant
        return None
    status = None if values["n_total"] is None else values["n_total_authority"]
    return Out(start, told["study"], line_of(values), status, records, names)


def _is_empty(told: Mapping[str, Any]) -> bool:
    """Whether nothing of the study could be of use: excluded for what it is, without arms, numbers or notices."""
    report = told["candidate"]
    why = report["eligibility"]
    read = report["arms"] or report["outcomes"] or report["comparisons"] or report["citation"]["notices"]
    return not (told["further"] or read) and why["decision"] == "exclude" and why["reason"] != RETRACTED


def _names(told: Mapping[str, Any]) -> list[str]:
    """All that `Lookup` finds the study by."""
    records = [record["record_id"] for record in told["reports"]]
    of_files = [f"{record['file']}#{record['record_id']}" for record in told["reports"]]
    return list(dict.fromkeys([told["study"], told["candidate"]["record_id"], *told["names"], *records, *of_files]))


def _values(told: Mapping[str, Any], reasons: Mapping[str, str]) -> dict[str, Any]:
    """Those of the row that the whole study has when all is done; models have checked them as they were written."""
    c = told["candidate"]
    citation, eligibility, n_total = c["citation"], c["eligibility"], c["n_total"]
    why = eligibility["evidence"] or n_total["evidence"] or {"start": None, "end": None}
    return {
        "study": told["study"],
        "label": told["label"],
        "decision": "exclude",
        "reason": eligibility["reason"],
        "authority": "accepted",
        "design": c["design"],
        "age": c["population"]["age"],
        "line": c["population"]["line"],
        "n_total": n_total["value"],
        "n_total_authority": "accepted" if n_total["status"] == "accepted" else "waiting",
        "year": citation["year"],
        "title": citation["title"],
        "journal": citation["journal"],
        "doi": citation["doi"],
        "pmid": citation["pmid"],
        "record_id": c["record_id"],
        "file": c["source"]["file"],
        "reports": len(told["reports"]),
        "evidence_start": why["start"],
        "evidence_end": why["end"],
        "code": machine_code(eligibility["reason"], reasons),
        "text_hash": c["text_hash"],
        "notices": "",
        "retracted": False,
    }
