"""Rows of studies with several arms, as resolve writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pool_rows import outcome_row, settings, study_row

from pipeline.compared import Comparative
from pipeline.pool.comparative import comparative
from pipeline.pool.other_rows import Tables
from pipeline.resolved import ArmRow, ComparisonRow


@dataclass(frozen=True)
class ArmSpec:
    study: str
    treatment: str
    events: int | None
    n: int | None
    role: str = "experimental"
    drugs: str = ""
    label: str = ""
    timepoint: str = ""
    denominator: str = "enrolled"
    pooled: bool = True
    why: str = "waits for a reviewer"
    sensitivity: str = ""


def control(study: str, treatment: str, events: int, n: int, **more: object) -> ArmSpec:
    return ArmSpec(study, treatment, events, n, "control", **more)  # type: ignore[arg-type]


def tables_of(
    arms: Sequence[ArmSpec],
    designs: dict[str, str] | None = None,
    totals: dict[str, int] | None = None,
    comparisons: Sequence[ComparisonRow] = (),
) -> Tables:
    """Studies are randomised unless `designs` says otherwise; arms are numbered within their study."""
    numbers: dict[str, int] = {}
    arm_rows, outcomes = [], []
    for spec in arms:
        numbers[spec.study] = numbers.get(spec.study, 0) + 1
        name = f"A{numbers[spec.study]}"
        arm_rows.append(_arm(spec, name))
        row = outcome_row(spec.study, name, spec.events, spec.n, spec.pooled)
        told = {"timepoint": spec.timepoint, "denominator": spec.denominator, "sensitivity": spec.sensitivity}
        outcomes.append(row.model_copy(update=told | {"not_pooled_because": "" if spec.pooled else spec.why}))
    studies = [
        study_row(s, 2000 + i).model_copy(
            update={"design": (designs or {}).get(s, "randomised"), "n_total": (totals or {}).get(s)}
        )
        for i, s in enumerate(numbers)
    ]
    return Tables(studies, arm_rows, outcomes, comparisons=comparisons)


def _arm(spec: ArmSpec, name: str) -> ArmRow:
    label = spec.label or f"{spec.treatment} arm"
    return ArmRow(
        study=spec.study, arm=name, label=label, role=spec.role, drugs=spec.drugs or spec.treatment,
        regimen_class=spec.treatment, regimen="", n=spec.n, authority="accepted", evidence_start=None,
        evidence_end=None,
    )  # fmt: skip


def compare(given: Tables, positive: bool = True, **analysis: object) -> Comparative:
    asked = settings(comparative=analysis)
    (definition,) = asked.outcomes
    asked = asked.model_copy(update={"outcomes": [definition.model_copy(update={"positive": positive})]})
    return comparative("overall_response", given, asked)
