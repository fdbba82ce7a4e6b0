"""Which rows feed the main analysis, and the class of an arm's regimen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from functools import cache

from pipeline.config import OutcomeDefinition, RegimenClass, Settings
from pipeline.resolved import BY_REVIEWER, ArmRow, OutcomeRow, StudyRow, having

#: drugs of an arm, joined by " + " → its class
ClassOf = Callable[[str], str]

#: share of the patients of the largest count that a later or fuller report must count to be used in its place; below,
#: it is a report of some of them
NEARLY_ALL = 0.9
#: the class of an arm whose drugs are not known
NOT_STATED = "not stated"
#: why a row is not pooled that could be, were another of its arm and outcome not better
ANOTHER_ROW = "another row of this arm and outcome is used"
_DENOMINATORS = ("enrolled", "evaluable", "responders")


def classes(settings: Settings) -> ClassOf:
    """The class of an arm's regimen by its drugs; many arms have the same."""
    class_of = {d.name: d.drug_class for d in settings.drugs}
    return cache(lambda drugs: _regimen_class(drugs, class_of, settings.config.analysis.regimen_classes))


def _regimen_class(drugs: str, class_of: Mapping[str, str], asked: Iterable[RegimenClass]) -> str:
    """The first of config's regimen classes whose drugs and drug classes the arm all holds; else its drug classes."""
    names = set(drugs.split(" + ")) - {""}
    if not names:
        return NOT_STATED
    found = {class_of.get(name, name) for name in names}
    for wanted in asked:
        if names >= set(wanted.drugs) and found >= set(wanted.classes):
            return wanted.name
    return " + ".join(sorted(found))


def mark_pooled(
    studies: list[StudyRow],
    arms: list[ArmRow],
    outcomes: list[OutcomeRow],
    settings: Settings,
    retracted: Set[tuple[str, str]] = frozenset(),
) -> list[OutcomeRow]:
    """Each row with `pooled`, or why not. One row per study, arm and outcome: of the best report that has it; there, of
    all enrolled before evaluable before responders, then the larger n, then the first in the text. `retracted`: reports
    (record_id, file) that feed nothing."""
    study_of = {s.study: s for s in studies}
    arm_of = {(a.study, a.arm): a for a in arms}
    verified = settings.config.reviewing.pool == "verified"
    definition = {o.outcome: o for o in settings.outcomes}
    why = [
        "its report is retracted"
        if _report(r) in retracted
        else _why_not(r, study_of[r.study], arm_of[r.study, r.arm], definition, verified)
        for r in outcomes
    ]
    fit: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    for i, row in enumerate(outcomes):
        if not why[i]:
            fit[row.study, row.arm, row.outcome].append(i)
    best = {key: _best(outcomes, rows) for key, rows in fit.items()}
    for key, rows in fit.items():
        for i in rows:
            why[i] = "" if i == best[key] else _instead(outcomes[i], outcomes[best[key]])
    apart = {(outcomes[i].study, outcomes[i].outcome) for i in best.values() if _role(outcomes[i], arm_of) != "pooled"}
    for i, row in enumerate(outcomes):
        if not why[i] and _role(row, arm_of) == "pooled" and (row.study, row.outcome) in apart:
            why[i] = "its arms are pooled one by one"
    return [having(r, pooled=not w, not_pooled_because=w) for r, w in zip(outcomes, why, strict=True)]


def _best(outcomes: list[OutcomeRow], rows: list[int]) -> int:
    """Of rows that all may be pooled, best report first: the row of the first report that counts nearly all patients
    whom any report counts; a report where a reviewer set the number goes first."""
    most = max(outcomes[i].n or 0 for i in rows)
    whole = [i for i in rows if (outcomes[i].n or 0) >= NEARLY_ALL * most]
    first = min(whole, key=lambda i: outcomes[i].authority not in ("corrected", "added"))
    return min((i for i in rows if _report(outcomes[i]) == _report(outcomes[first])), key=lambda i: _rank(outcomes[i]))


def _instead(row: OutcomeRow, best: OutcomeRow) -> str:
    if _report(row) == _report(best):
        return ANOTHER_ROW
    return f"another report of this study is used ({best.record_id})"


def _report(row: OutcomeRow) -> tuple[str, str]:
    return row.record_id, row.file


def _role(row: OutcomeRow, arm_of: dict[tuple[str, str], ArmRow]) -> str:
    return arm_of[row.study, row.arm].role


def _rank(row: OutcomeRow) -> tuple[int, int, bool, int]:
    return (
        _DENOMINATORS.index(row.denominator),
        -(row.n or 0),
        row.authority not in BY_REVIEWER,
        row.evidence_start or 0,
    )


def _why_not(
    row: OutcomeRow, study: StudyRow, arm: ArmRow, definition: dict[str, OutcomeDefinition], verified: bool
) -> str:
    if study.decision != "include":
        return "the study is not included"
    if row.authority == "waiting" or arm.authority == "waiting":
        return "waits for a reviewer"
    if verified and not row.verified:
        return "two reviewers have not yet given the same"
    if row.events is None or row.n is None:
        return "its counts are not known"
    if arm.record_id and (arm.record_id, arm.file) != (study.record_id, study.file):
        return f"the main report of this study ({study.record_id}) has no such arm"
    if arm.role == "subgroup":
        return "a subgroup of another arm"
    asked = definition[row.outcome].denominator if row.outcome in definition else "any"
    fits = {"enrolled": ("enrolled", "evaluable"), "responders": ("responders",), "any": _DENOMINATORS}[asked]
    return "" if row.denominator in fits else f"a share of the {row.denominator}, not of the {asked}"
