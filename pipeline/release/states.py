"""From the rows that a version pooled to those of now, one cause after another.

The order: software and settings (the same texts and reviewers' lines, read by the program of now), reviewers'
decisions, records whose text was updated, records taken out, new records. A study stays as the version had it until
the step that it changes by: one with a new report until the last, so that what its old texts would now give is not
told apart. Only what `resolve` does is done again, on what `extract` says now; nothing is extracted again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UserError
from pipeline.kept import folder_of
from pipeline.release.differences import first_causes
from pipeline.release.identity import Identity
from pipeline.release.now import Now, Tables
from pipeline.release.versions import Kept
from pipeline.released import Cause
from pipeline.resolve.kept_out import KeptOut
from pipeline.resolve.overrides import apply_said
from pipeline.resolve.said import read_said
from pipeline.resolve.screenings import screening
from pipeline.resolve.tables import finish, machine_tables
from pipeline.resolved import ArmRow, DecisionRow, OutcomeRow, StudyRow

#: study, key of the arm, outcome
Key = tuple[str, str, str]


@dataclass(frozen=True)
class PooledRow:
    study: str
    label: str
    arm: str
    events: int
    n: int

    @property
    def counts(self) -> tuple[int, int]:
        return self.events, self.n


@dataclass(frozen=True)
class State:
    """Rows that are pooled, and the decision on each study."""

    rows: Mapping[Key, PooledRow]
    decisions: Mapping[str, str]


@dataclass(frozen=True)
class After:
    """The state after a step; `why` names causes that cannot be told apart."""

    why: tuple[Cause, ...]
    state: State


def states(then: Kept, now: Now, same: Identity) -> list[After]:
    """The state of then, without a cause, and that after each step; the last one is that of now."""
    names = _Names(then, same)
    asked = frozenset(p.outcome for p in (*then.tables.pooled, *now.tables.pooled))
    was = state_of(then.tables, names.of_then, asked)
    held = _held(then, now, same, names)
    left_out = {study for study, news in same.news.items() if news == "study"}
    is_now = state_of(now.tables, str, asked)
    replay = _Replay(now, frozenset(left_out), asked)
    decided = is_now if not left_out else replay.with_lines(now.places.overrides)
    program, why = _program(then, now, replay, decided)
    steps = [
        After((), was),
        After(why, _mixed(program, was, held)),
        After(("override",), _mixed(decided, was, _until(held, ("updated", "removed", "new")))),
        After(("updated",), _mixed(decided, was, _until(held, ("removed", "new")))),
        After(("removed",), _mixed(decided, was, _until(held, ("new",)))),
        After(("new",), is_now),
    ]
    if "override" in why:
        del steps[2]
    return steps


def state_of(tables: Tables, name_of: Callable[[str], str], asked: Collection[str]) -> State:
    """Rows of the outcomes that are asked for."""
    names = {s.study: name_of(s.study) for s in tables.studies}
    return _of_rows(tables.studies, tables.arms, [r for r in tables.outcomes if r.outcome in asked], names)


def _of_rows(
    studies: Iterable[StudyRow], arms: Iterable[ArmRow], outcomes: Iterable[OutcomeRow], names: Mapping[str, str]
) -> State:
    study_of = {s.study: s for s in studies}
    arm_of = {(a.study, a.arm): a for a in arms}
    rows = {}
    for r in outcomes:
        if r.pooled and r.events is not None and r.n is not None:
            arm = arm_of[r.study, r.arm]
            key = (names[r.study], arm.key or arm.arm, r.outcome)
            rows[key] = PooledRow(names[r.study], study_of[r.study].label, arm.label, r.events, r.n)
    return State(rows, {names[s.study]: s.decision for s in study_of.values()})


class _Names:
    """Studies of then go by their names of now; those that are none of now, by a name that no other has."""

    def __init__(self, then: Kept, same: Identity) -> None:
        self.same = same
        self.studies = {row.study for row in then.tables.studies}

    def of_then(self, study: str) -> str:
        return self.same.now_of.get(study, f"{study} (then)")


# ---- the steps -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Replay:
    """What `resolve` makes of the studies of now, as if those that are left out were not there."""

    now: Now
    left_out: frozenset[str]
    asked: Collection[str]

    def with_lines(self, overrides: Path) -> State:
        """With the lines of a folder. Raises UserError if they do not fit the studies."""
        settings, out, said = self.now.settings, self.left_out, read_said(overrides)
        path = self.now.places.extracted / "studies.jsonl"
        kept_out, screened = KeptOut(), screening(path, settings.config.eligibility.reasons, folder_of())
        studies = kept_out.others(path, screened, {line.study for line in said})
        tables = machine_tables(list(studies), settings)
        tables.lookup.kept_out, tables.lookup.kept_out_records = kept_out.studies, kept_out.records
        apply_said(tables, said, settings)
        tables.studies = [row for row in tables.studies if row.study not in out]
        tables.arms = [row for row in tables.arms if row.study not in out]
        tables.outcomes = [row for row in tables.outcomes if row.study not in out and row.outcome in self.asked]
        links = [link for link in self.now.links if not {link.study_a, link.study_b} & out]
        tables = finish(tables, settings, links)
        found = _of_rows(tables.studies, tables.arms, tables.outcomes, {s.study: s.study for s in tables.studies})
        return State(found.rows, dict.fromkeys({*kept_out.studies} - out, "exclude") | dict(found.decisions))


def _program(then: Kept, now: Now, replay: _Replay, decided: State) -> tuple[State, tuple[Cause, ...]]:
    """What the program of now makes of the lines of then, and the causes of that step. Where those lines cannot be
    applied to the studies of now, the step is that of the lines, too."""
    why = first_causes(then, now)
    if {line.key for line in then.release.overrides} == {line.key for line in now.lines}:
        return decided, why
    try:
        return replay.with_lines(then.folder / "overrides"), why
    except UserError:
        return decided, (*(cause for cause in why if cause != "unknown"), "override")


def _mixed(state: State, was: State, held: Collection[str]) -> State:
    """The state, where the studies that are held are as they were."""
    rows = {key: row for key, row in state.rows.items() if row.study not in held}
    rows |= {key: row for key, row in was.rows.items() if row.study in held}
    decisions = {study: said for study, said in state.decisions.items() if study not in held}
    decisions |= {study: said for study, said in was.decisions.items() if study in held}
    return State(rows, decisions)


def _until(held: Mapping[str, Cause], causes: Collection[str]) -> set[str]:
    return {study for study, cause in held.items() if cause in causes}


# ---- what stays until which step -----------------------------------------------------------------------------------


def _held(then: Kept, now: Now, same: Identity, names: _Names) -> dict[str, Cause]:
    """Study → the cause by which it changes, where that is not the program or a line on its cells."""
    held: dict[str, Cause] = dict.fromkeys(_relinked(then, now, names), "override")
    by_news: dict[str, Cause] = {"text": "updated", "report": "new"}
    held |= {study: by_news[news] for study, news in same.news.items() if news in by_news}
    for study in names.studies - set(same.now_of):
        cause = _gone_by(study, then, now, same, by_news)
        if cause is not None:
            held[names.of_then(study)] = cause
    return held


def _gone_by(study: str, then: Kept, now: Now, same: Identity, by_news: Mapping[str, Cause]) -> Cause | None:
    """Why a study of then is none of now: its records are gone, or are part of a study that has a new one."""
    places = {(r.file, r.record_id) for r in then.records if r.study == study}
    if places <= same.removed:
        return "removed"
    news = [same.news.get(r.study, "") for r in now.records if (r.file, r.record_id) in places]
    return next((by_news[n] for n in news if n in by_news), None)


def _relinked(then: Kept, now: Now, names: _Names) -> set[str]:
    """Studies that a new, changed or withdrawn line of links.csv is about."""
    before, after = (_link_lines(rows) for rows in (then.tables.decisions, now.tables.decisions))
    found = {names.of_then(name) for said, studies in before.items() if said not in after for name in studies}
    return found | {name for said, studies in after.items() if said not in before for name in studies}


def _link_lines(rows: Iterable[DecisionRow]) -> dict[tuple[str, ...], list[str]]:
    found = (row for row in rows if row.file.startswith("links."))
    return {(row.field, row.value, row.reviewer, row.date): row.study.split(" + ") for row in found}
