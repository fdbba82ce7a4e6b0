"""Rows as resolve writes them, for the tests of the pool stage."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.config import Analysis, Config, OutcomeDefinition, Review, Settings
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow

#: study, arm, class, year, events, n
Spec = tuple[str, str, str, int | None, int | None, int | None]


def settings(**analysis: object) -> Settings:
    chosen = {"outcomes": ["overall_response"], **analysis}
    definition = OutcomeDefinition(
        outcome="overall_response",
        label="Overall response",
        phrases=["response"],
        verbs=[],
        abbreviations=[],
        denominator="enrolled",
        positive=True,
    )
    config = Config(review=Review(title="t", question="q"), analysis=Analysis.model_validate(chosen))
    return Settings(config=config, drugs=[], outcomes=[definition])


def tables(specs: Sequence[Spec], pooled: bool = True) -> tuple[list[OutcomeRow], list[ArmRow], list[StudyRow]]:
    studies = {s[0]: s[3] for s in specs}
    return (
        [outcome_row(study, arm, events, n, pooled) for study, arm, _, _, events, n in specs],
        [arm_row(study, arm, name, n) for study, arm, name, _, _, n in specs],
        [study_row(study, year) for study, year in studies.items()],
    )


def outcome_row(study: str, arm: str, events: int | None, n: int | None, pooled: bool = True) -> OutcomeRow:
    return OutcomeRow(
        study=study, arm=arm, outcome="overall_response", name="response", events=events, n=n, percent=None,
        timepoint="", denominator="enrolled", authority="accepted", confidence=1.0, checks="", pooled=pooled,
        not_pooled_because="" if pooled else "waits for a reviewer", evidence_start=0, evidence_end=1,
    )  # fmt: skip


def arm_row(study: str, arm: str, regimen_class: str, n: int | None) -> ArmRow:
    return ArmRow(
        study=study, arm=arm, label=f"arm {arm}", role="single", drugs="", regimen_class=regimen_class, regimen="",
        n=n, authority="accepted", evidence_start=None, evidence_end=None,
    )  # fmt: skip


def study_row(study: str, year: int | None) -> StudyRow:
    return StudyRow(
        study=study, label=study.title(), decision="include", reason="", authority="accepted", design="", age="",
        line="", n_total=None, n_total_authority="accepted", year=year, title="", journal="", doi="", pmid="",
        record_id=study, file="", reports=1, evidence_start=None, evidence_end=None,
    )  # fmt: skip
