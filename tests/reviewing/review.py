"""A small review as a run leaves it: two trials, each with two arms, and what reviewers have written so far."""

from __future__ import annotations

from pathlib import Path

from pipeline.candidates import (
    Arm,
    Candidate,
    Eligibility,
    Evidence,
    Outcome,
    Population,
    Size,
    write_candidates,
)
from pipeline.linked import LinkRow, Report, Study
from pipeline.overrides import FILES
from pipeline.parsed import Citation, Source, as_line
from pipeline.skeleton import new
from pipeline.tables import write_rows

WORDS = Evidence(start=0, end=2, text="14")


def outcome(arm: str, of: str, events: int | None, n: int | None, status: str = "accepted", **more: object) -> Outcome:
    told: dict[str, object] = {
        "arm": arm, "outcome": of, "name": of, "events": events, "n": n, "percent": None,
        "denominator": "enrolled", "status": status, "confidence": 0.95, "evidence": WORDS,
    }  # fmt: skip
    return Outcome.model_validate(told | more)


def candidate(record: str, *outcomes: Outcome, decision: str = "include", pmid: str | None = None) -> Candidate:
    arms = [Arm(arm="A1", label="tretinoin", role="experimental", drugs=["tretinoin"], n=35),
            Arm(arm="A2", label="danazol", role="control", drugs=["danazol"], n=30)]  # fmt: skip
    return Candidate(
        record_id=record,
        source=Source(file=f"corpus/{record}.txt", span=(0, 99)),
        text_hash=f"t-{record}",
        citation=Citation(year=2010, title=f"A trial called {record}", pmid=pmid),
        eligibility=Eligibility.model_validate({"decision": decision, "reason": "r"}),
        design="randomised",
        population=Population(),
        n_total=Size(value=65, status="accepted", confidence=1),
        arms=arms,
        outcomes=list(outcomes),
    )


def study(name: str, record: Candidate, *further: Candidate) -> Study:
    reports = [Report(record_id=r.record_id, file=r.source.file, kept=True) for r in (record, *further)]
    return Study(study=name, label=name, reports=reports, candidate=record, further=list(further))


RECORDS = {
    "arnold-2010": candidate(
        "arnold",
        outcome("A1", "overall_response", 14, 35),
        outcome("A2", "overall_response", 9, 30, "review"),
        outcome("A1", "relapse", 8, 14, denominator="responders"),
        pmid="20200202",
    ),
    "smith-2011": candidate(
        "smith", outcome("A1", "overall_response", 20, 35), outcome("A1", "complete_response", 0, 35)
    ),
    "weber-2012": candidate("weber", decision="exclude"),
}


def make_review(folder: Path, built: bool = True) -> Path:
    """As `litpool new` makes it, and as a run leaves extracted/ (as far as reviewers' commands look at it)."""
    new(folder)
    if built:
        build(folder, *(study(name, record) for name, record in RECORDS.items()))
    return folder


def build(folder: Path, *studies: Study) -> None:
    """What a run leaves."""
    extracted = folder / "extracted"
    (extracted / "candidates").mkdir(parents=True, exist_ok=True)
    (extracted / "studies.jsonl").write_text("".join(as_line(s) for s in studies), encoding="utf-8")
    for record in (r for s in studies for r in (s.candidate, *s.further)):
        write_candidates(extracted / "candidates" / f"{record.record_id}.txt.jsonl", [record])
    write_rows(extracted / "links.csv", LinkRow, [])


def written(folder: Path, name: str, *lines: str) -> None:
    """Adds lines to a file of overrides/, given as COLUMN=VALUE;…, other columns empty."""
    path = folder / "overrides" / name
    columns = list(FILES[name].model_fields)
    text = path.read_text("utf-8-sig") if path.exists() else ",".join(columns) + "\n"
    for line in lines:
        cells = dict(cell.split("=", 1) for cell in line.split(";"))
        assert not set(cells) - set(columns), f"{name} has no {set(cells) - set(columns)}"
        text += ",".join(cells.get(c, "") for c in columns) + "\n"
    path.write_text(text, encoding="utf-8")
