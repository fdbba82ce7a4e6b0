"""Records as `extract` leaves them, and relations as told, for tests of what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.candidates import Arm, Candidate, Eligibility, Evidence, Outcome, Population, Size
from pipeline.link.relations import Relation
from pipeline.parsed import Citation, Source

HEADER = "record_a,record_b,relation,reason,reviewer,date\n"
LONG = 20_000


def record(record_id: str, *, length: int = 900, events: int | None = None, n: int = 40, decision: str = "include",
           file: str = "", **citation: object) -> Candidate:  # fmt: skip
    """A report of one arm of `n` patients; with `events`, of its responses too."""
    words = Evidence(start=3, end=9, text=f"{events}/{n}")
    arm = Arm(arm="A1", label="treated", role="single", drugs=["danazol"], n=n, evidence=words)
    response = Outcome(arm="A1", outcome="overall_response", name="responded", events=events, n=n, percent=None,
                       denominator="enrolled", status="accepted", confidence=0.99, evidence=words)  # fmt: skip
    return Candidate(
        record_id=record_id,
        source=Source(file=file or f"corpus/{record_id}.txt", span=(0, length)),
        citation=Citation.model_validate({"title": f"Danazol in centre {record_id}"} | citation),
        eligibility=Eligibility.model_validate({"decision": decision, "reason": "as told"}),
        design="other",
        population=Population(),
        n_total=Size(value=n, status="accepted", confidence=1),
        arms=[arm] if events is not None else [],
        outcomes=[response] if events is not None else [],
    )


def told(*relations: tuple[str, str, str, str, float]) -> Callable[[Sequence[Candidate]], list[Relation]]:
    """Finds these relations (record, record, kind, status, likelihood) among the reports that are there."""

    def relate(reports: Sequence[Candidate]) -> list[Relation]:
        at = {r.record_id: i for i, r in enumerate(reports)}
        found = []
        for one, other, kind, status, likelihood in relations:
            if one in at and other in at:
                a, b = sorted((at[one], at[other]))
                found.append(Relation(a, b, kind, status, likelihood, ("as told",)))  # type: ignore[arg-type]
        return sorted(found, key=lambda r: (r.a, r.b))

    return relate


def decided(folder: Path, *lines: str) -> Path:
    """overrides/ with a links.csv of these lines: "a,b,relation"."""
    folder.mkdir(exist_ok=True)
    text = HEADER + "".join(f"{line},seen,AB,2026-11-20\n" for line in lines)
    (folder / "links.csv").write_text(text, encoding="utf-8")
    return folder
