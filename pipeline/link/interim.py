"""Relations of reports, as the judge of them will answer; none yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.candidates import Candidate


@dataclass(frozen=True)
class Relation:
    a: int
    b: int
    kind: Literal["same study", "shared cohort"]
    status: Literal["sure", "possible"]
    likelihood: float
    evidence: tuple[str, ...]


def relations(reports: Sequence[Candidate]) -> list[Relation]:
    return []
