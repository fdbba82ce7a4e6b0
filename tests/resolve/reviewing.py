"""A study with two arms as the machine reads it, changed at will, and reviewers' lines about it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from pipeline.candidates import Arm, Candidate, Dose, Eligibility, Evidence, Outcome, Population, Size
from pipeline.config import Settings
from pipeline.linked import Report, Study
from pipeline.overrides.appending import append_rows
from pipeline.parsed import Citation, Source
from pipeline.records import Added, Confirmation, Correction, Exclusion, Inclusion
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import Tables, finish, machine_tables
from pipeline.resolved import DecisionRow, OutcomeRow

NAME = "arnold-2010"


def arm(name: str, *drugs: str, n: int | None = 35, dose: float | None = None, **more: str) -> Arm:
    doses = [Dose(drug=drugs[0], dose=dose, unit="mg")] if dose is not None else []
    cells = {"label": " + ".join(drugs), "role": "experimental"} | more
    return Arm.model_validate({"arm": name, "drugs": list(drugs), "regimen": doses, "n": n, **cells})


def response(of: str, events: int | None, n: int | None = 35, **more: Any) -> Outcome:
    cells = {"outcome": "overall_response", "name": "response", "percent": None, "denominator": "enrolled"}
    said = {"status": "accepted", "confidence": 0.95, "evidence": Evidence(start=0, end=2, text="14")}
    return Outcome.model_validate(cells | said | {"arm": of, "events": events, "n": n} | more)


ARMS = (arm("A1", "tretinoin"), arm("A2", "danazol", n=30, role="control"))
ROWS = (response("A1", 14), response("A2", 9, 30))


def study(
    arms: tuple[Arm, ...] = ARMS,
    rows: tuple[Outcome, ...] = ROWS,
    name: str = NAME,
    decision: str = "include",
    text_hash: str = "tsame",
) -> Study:
    candidate = Candidate(
        record_id=f"record-{name}",
        source=Source(file="corpus/a.txt", span=(0, 99)),
        text_hash=text_hash,
        citation=Citation(year=2010),
        eligibility=Eligibility.model_validate({"decision": decision, "reason": "machine's reason"}),
        design="randomised",
        population=Population(),
        n_total=Size(value=65, status="accepted", confidence=1),
        arms=list(arms),
        outcomes=list(rows),
    )
    report = Report(record_id=candidate.record_id, file="corpus/a.txt", kept=True)
    return Study(study=name, label=name, reports=[report], candidate=candidate)


Line = tuple[str, Any]


def _line(file: str, model: Any, cells: dict[str, Any], by: str, day: int) -> Line:
    who = {"study": NAME, "reviewer": by, "date": datetime.date(2026, 11, day)}
    return file, model.model_validate(who | cells)


def correct(value: str, was: str = "14", by: str = "AB", day: int = 1, **more: Any) -> Line:
    cells = {"arm": "tretinoin", "outcome": "overall_response", "field": "events", "reason": "misread"}
    return _line("corrections.csv", Correction, cells | {"value": value, "was": was} | more, by, day)


def confirm(value: str = "14 of 35", by: str = "AB", day: int = 1, **more: Any) -> Line:
    cells = {"arm": "tretinoin", "outcome": "overall_response", "value": value}
    return _line("confirmations.csv", Confirmation, cells | more, by, day)


def add(by: str = "AB", day: int = 1, **more: Any) -> Line:
    cells = {"arm": "tretinoin", "where": "page 3", "reason": "in a figure"}
    return _line("added.csv", Added, cells | more, by, day)


def exclude(by: str = "AB", day: int = 1, **more: Any) -> Line:
    return _line("exclusions.csv", Exclusion, {"reason": "not refractory"} | more, by, day)


def include(by: str = "AB", day: int = 1, **more: Any) -> Line:
    return _line("inclusions.csv", Inclusion, {"reason": "refractory"} | more, by, day)


def resolved(folder: Path, settings: Settings, machine: Study, *lines: Line) -> Tables:
    """The tables with the lines, written and read as a person's command would."""
    for path in folder.glob("*.csv"):
        path.unlink()
    for file, row in lines:
        append_rows(folder / file, type(row), [row])
    tables = machine_tables([machine, study(name="other-2011")], settings)
    apply_overrides(tables, folder, settings)
    return finish(tables, settings)


def rows(tables: Tables, arm: str = "A1") -> list[OutcomeRow]:
    return [r for r in tables.outcomes if (r.study, r.arm) == (NAME, arm)]


def row(tables: Tables, arm: str = "A1") -> OutcomeRow:
    (found,) = rows(tables, arm)
    return found


def effects(tables: Tables) -> list[str]:
    return [d.effect for d in tables.decisions]


def notes(tables: Tables) -> list[DecisionRow]:
    return [d for d in tables.decisions if d.note]
