"""The reports of a study under one numbering of arms: an arm of a further report is an arm of the main report, by what
was given, to how many; or it is an arm of its own, which is shown and not pooled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.candidates import Arm, Candidate
from pipeline.link.best_report import weight
from pipeline.link.cards import card_of
from pipeline.linked import Study

#: roles that a report may give to the same arm: a paper's experimental arm is an abstract's only one
_WHOLE = frozenset({"experimental", "control", "single"})


@dataclass(frozen=True)
class NumberedReport:
    """A report and, for each of its own arms, the arm of the study."""

    report: Candidate
    arms: Mapping[str, str]

    @property
    def place(self) -> tuple[str, str]:
        return self.report.record_id, self.report.source.file


def numbered(study: Study) -> list[NumberedReport]:
    """The reports, best first. The earliest keeps its own numbers, a further one's new arms take the next free ones:
    a report that comes later never renumbers an arm."""
    reports = [study.candidate, *study.further]
    same = [_matched(reports[0], report) if i else {} for i, report in enumerate(reports)]
    number: dict[tuple[int, str], str] = {}
    for i in sorted(range(len(reports)), key=lambda i: card_of(reports[i]).age):
        for arm in reports[i].arms:
            group = (0, same[i][arm.arm]) if arm.arm in same[i] else (i, arm.arm)
            if group not in number:
                number[group] = _free(arm.arm, set(number.values()))
    return [
        NumberedReport(
            report, {a.arm: number[(0, same[i][a.arm]) if a.arm in same[i] else (i, a.arm)] for a in report.arms}
        )
        for i, report in enumerate(reports)
    ]


def _free(arm: str, taken: set[str]) -> str:
    if arm not in taken:
        return arm
    n = 1
    while f"A{n}" in taken:
        n += 1
    return f"A{n}"


def _matched(main: Candidate, other: Candidate) -> dict[str, str]:
    """Arms of `other` → arms of `main`; an arm that fits two equally well fits none."""
    found = {}
    for arm in other.arms:
        fits = sorted((likeness, to.arm) for to in main.arms if (likeness := _unlike(arm, to)) is not None)
        if fits and (len(fits) == 1 or fits[0][0] < fits[1][0]):
            found[arm.arm] = fits[0][1]
    found = found or _only_arms(main, other)
    times = Counter(found.values())
    return {arm: to for arm, to in found.items() if times[to] == 1}


def _unlike(a: Arm, b: Arm) -> tuple[bool, bool, bool, bool] | None:
    """What differs of two arms with the same drugs: doses, size, role, label; None if they cannot be one arm."""
    whole = {a.role, b.role} <= _WHOLE
    if not a.drugs or a.drugs != b.drugs or not (whole or a.role == b.role):
        return None
    doses = {(d.drug, d.dose, d.unit) for d in a.regimen if d.dose is not None}
    others = {(d.drug, d.dose, d.unit) for d in b.regimen if d.dose is not None}
    differ = bool(doses and others) and doses != others
    if not whole and (a.n != b.n or a.label.lower() != b.label.lower()):
        return None
    return differ, a.n != b.n, a.role != b.role, a.label.lower() != b.label.lower()


def _only_arms(main: Candidate, other: Candidate) -> dict[str, str]:
    """The only arms of two reports are one arm, unless drugs are told of both that are not the same."""
    ours, theirs = (list(_whole(r)) for r in (main, other))
    if len(ours) != 1 or len(theirs) != 1:
        return {}
    a, b = set(ours[0].drugs), set(theirs[0].drugs)
    return {theirs[0].arm: ours[0].arm} if a <= b or b <= a else {}


def _whole(report: Candidate) -> Iterator[Arm]:
    return (arm for arm in report.arms if arm.role != "subgroup")


def disagreement(study: Study) -> str:
    """Where a weightier report than the main one is excluded: why a person must decide; else nothing."""
    main = study.candidate
    for report in study.further:
        e = report.eligibility
        if main.eligibility.decision == "include" and e.decision == "exclude" and weight(report) > weight(main):
            return f"its reports disagree: {main.record_id} is included, {report.record_id} is not ({e.reason})"
    return ""
