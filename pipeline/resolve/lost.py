"""Arms that only a reviewer's lines know any longer: what the machine has in their place waits, so that nobody counts
the same patients twice."""

from __future__ import annotations

from pipeline.resolve.tables import Tables
from pipeline.resolved import BY_REVIEWER, OutcomeRow


def doubted(tables: Tables, lost: set[tuple[str, str]], of_machine: int) -> list[OutcomeRow]:
    """The outcomes; those of the machine wait where a lost arm with one of the arm's drugs holds the outcome."""
    drugs = {(a.study, a.arm): set(a.drugs.split(" + ")) - {""} for a in tables.arms}
    held = [(r.study, r.arm, r.outcome) for r in tables.outcomes if (r.study, r.arm) in lost]
    out = list(tables.outcomes)
    for i, row in enumerate(tables.outcomes[:of_machine]):
        if row.authority in BY_REVIEWER or row.authority == "waiting":
            continue
        for study, arm, outcome in held:
            shared = drugs[study, arm] & drugs[row.study, row.arm]
            if (study, outcome) == (row.study, row.outcome) and arm != row.arm and shared:
                out[i] = _waiting(row, arm)
    return out


def _waiting(row: OutcomeRow, arm: str) -> OutcomeRow:
    doubt = f"doubt: a reviewer's value stands for the arm {arm}, which the machine no longer has; is it this one?"
    return row.model_copy(update={"authority": "waiting", "checks": "; ".join(filter(None, [row.checks, doubt]))})
