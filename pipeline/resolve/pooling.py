"""Which rows feed the main analysis, and the class of an arm's regimen."""

from __future__ import annotations

from pipeline.config import OutcomeDefinition, Settings
from pipeline.records import ArmRow, OutcomeRow, StudyRow

_DENOMINATORS = ("enrolled", "evaluable", "responders")


def regimen_class(drugs: str, settings: Settings) -> str:
    """The first of config's regimen classes whose drugs and drug classes the arm all holds; else its drug classes."""
    names = set(drugs.split(" + ")) - {""}
    if not names:
        return "not stated"
    class_of = {d.name: d.drug_class for d in settings.drugs}
    classes = {class_of.get(name, name) for name in names}
    for wanted in settings.config.analysis.regimen_classes:
        if names >= set(wanted.drugs) and classes >= set(wanted.classes):
            return wanted.name
    return " + ".join(sorted(classes))


def mark_pooled(
    studies: list[StudyRow], arms: list[ArmRow], outcomes: list[OutcomeRow], settings: Settings
) -> list[OutcomeRow]:
    """Each row with `pooled`, or why not. One row per study, arm and outcome: of all enrolled before evaluable before
    responders, then the larger n, then the first in the text."""
    study_of = {s.study: s for s in studies}
    arm_of = {(a.study, a.arm): a for a in arms}
    definition = {o.outcome: o for o in settings.outcomes}
    why = [_why_not(r, study_of[r.study], arm_of[r.study, r.arm], definition) for r in outcomes]
    best: dict[tuple[str, str, str], int] = {}
    for i, row in enumerate(outcomes):
        key = (row.study, row.arm, row.outcome)
        if not why[i] and (key not in best or _rank(row) < _rank(outcomes[best[key]])):
            best[key] = i
    for i, row in enumerate(outcomes):
        chosen = best.get((row.study, row.arm, row.outcome))
        if not why[i] and chosen != i:
            why[i] = "another row of this arm and outcome is used"
    apart = {(outcomes[i].study, outcomes[i].outcome) for i in best.values() if _role(outcomes[i], arm_of) != "pooled"}
    for i, row in enumerate(outcomes):
        if not why[i] and _role(row, arm_of) == "pooled" and (row.study, row.outcome) in apart:
            why[i] = "its arms are pooled one by one"
    return [r.model_copy(update={"pooled": not w, "not_pooled_because": w}) for r, w in zip(outcomes, why, strict=True)]


def _role(row: OutcomeRow, arm_of: dict[tuple[str, str], ArmRow]) -> str:
    return arm_of[row.study, row.arm].role


def _rank(row: OutcomeRow) -> tuple[int, int, int]:
    return _DENOMINATORS.index(row.denominator), -(row.n or 0), row.evidence_start


def _why_not(row: OutcomeRow, study: StudyRow, arm: ArmRow, definition: dict[str, OutcomeDefinition]) -> str:
    if study.decision != "include":
        return "the study is not included"
    if row.authority == "waiting":
        return "waits for a reviewer"
    if row.events is None or row.n is None:
        return "its counts are not known"
    if arm.role == "subgroup":
        return "a subgroup of another arm"
    asked = definition[row.outcome].denominator if row.outcome in definition else "any"
    fits = {"enrolled": ("enrolled", "evaluable"), "responders": ("responders",), "any": _DENOMINATORS}[asked]
    return "" if row.denominator in fits else f"a share of the {row.denominator}, not of the {asked}"
