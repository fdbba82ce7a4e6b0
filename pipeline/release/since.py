"""What is different since a version: studies, numbers and results, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

from pipeline.release.differences import code_changes, line_changes, setting_changes
from pipeline.release.identity import Identity, identity, is_retracted
from pipeline.release.matter import matter
from pipeline.release.now import Now
from pipeline.release.results import estimate, steps
from pipeline.release.states import After, Key, State, states
from pipeline.release.versions import Kept
from pipeline.released import CAUSES, Cause, Count, NumberChange, OutcomeChange, Since, StudyChange
from pipeline.resolved import StudyRow


def since(then: Kept, now: Now) -> Since:
    same = identity(then, now)
    ways = states(then, now, same)
    old_files = then.release.files
    return Since(
        name=then.release.name,
        date=then.release.date,
        software=code_changes(then),
        settings=setting_changes(then, now),
        lines=line_changes(then, now),
        studies=list(_studies(then, now, ways, same)),
        numbers=list(_numbers(now, ways)),
        outcomes=list(_outcomes(then, now, ways)),
        new_files=sorted(name for name in now.files if name.startswith("corpus/") and name not in old_files),
        new_records=sorted(place for place in same.new - same.updated if place[0] in old_files),
        updated_records=len(same.updated),
        removed_records=len(same.removed),
        included_before=sum(1 for _ in _included(then)),
        reports_before=_reports(then),
        waiting_before=then.release.waiting,
    )


def _reports(v: Kept) -> int:
    """Records of included studies that are reports of their own; a duplicate has no text."""
    included = {row.study for row in _included(v)}
    return sum(r.study in included and r.text_hash != "" for r in v.records)


def _outcomes(then: Kept, now: Now, ways: Sequence[After]) -> Iterator[OutcomeChange]:
    was = {p.outcome: p for p in then.tables.pooled}
    living = now.settings.config.living
    for pooled in now.tables.pooled:
        before, after = estimate(was.get(pooled.outcome)), estimate(pooled)
        yield OutcomeChange(
            outcome=pooled.outcome,
            label=pooled.label,
            before=before,
            after=after,
            steps=steps(pooled.outcome, before, after, ways, then.release.method),
            matter=matter(pooled.outcome, before, after, living),
        )


def _numbers(now: Now, ways: Sequence[After]) -> Iterator[NumberChange]:
    was, is_now = ways[0].state.rows, ways[-1].state.rows
    why_not = _why_not(now)
    for key in sorted({*was, *is_now}):
        before, after = was.get(key), is_now.get(key)
        shown = after or before
        if shown is None or (before and after and before.counts == after.counts):
            continue
        yield NumberChange(
            study=key[0],
            label=shown.label,
            arm=shown.arm,
            outcome=key[2],
            before=None if before is None else Count(events=before.events, n=before.n),
            after=None if after is None else Count(events=after.events, n=after.n),
            causes=_causes(ways, partial(_counts, key=key)),
            reason="" if after is not None else why_not.get(key, ""),
        )


def _why_not(now: Now) -> dict[Key, str]:
    key_of = {(a.study, a.arm): a.key or a.arm for a in now.tables.arms}
    return {
        (r.study, key_of.get((r.study, r.arm), r.arm), r.outcome): r.not_pooled_because
        for r in now.tables.outcomes
        if not r.pooled
    }


def _counts(state: State, key: Key) -> tuple[int, int] | None:
    row = state.rows.get(key)
    return None if row is None else row.counts


def _causes(ways: Sequence[After], value: Callable[[State], object]) -> list[Cause]:
    """Of the steps in which the value is another than before, in order."""
    changed = (b.why for a, b in pairwise(ways) if value(a.state) != value(b.state))
    found = {cause for why in changed for cause in why}
    return [cause for cause in CAUSES if cause in found]


def _studies(then: Kept, now: Now, ways: Sequence[After], same: Identity) -> Iterator[StudyChange]:
    """Those that came in or went out, then those with other numbers."""
    rows = _rows(then, now, same)
    was, is_now = ways[0].state.decisions, ways[-1].state.decisions
    changed = {study: _turn(was.get(study), is_now.get(study)) for study in sorted({*was, *is_now})}
    moved = {study: turn for study, turn in changed.items() if turn}
    numbers = {n.study for n in _numbers(now, ways)} - set(moved)
    for study, turn in [*moved.items(), *((study, "numbers") for study in sorted(numbers))]:
        row = rows[study]
        gone = study not in is_now
        yield StudyChange(
            study="" if gone else study,
            label=row.label,
            title=row.title,
            change=turn,
            causes=_study_causes(ways, study, turn),
            reason=_reason(row, gone, turn),
            retracted=not gone and is_retracted(row),
        )


def _study_causes(ways: Sequence[After], study: str, turn: str) -> list[Cause]:
    if turn != "numbers":
        return _causes(ways, lambda state: state.decisions.get(study) == "include")
    return _causes(ways, lambda state: sorted((k, r.counts) for k, r in state.rows.items() if k[0] == study))


def _turn(before: str | None, after: str | None) -> str:
    if (before == "include") == (after == "include"):
        return ""
    return "in" if after == "include" else "out"


def _reason(row: StudyRow, gone: bool, turn: str) -> str:
    if turn != "out":
        return ""
    return "no longer a study of its own" if gone else row.reason


def _rows(then: Kept, now: Now, same: Identity) -> Mapping[str, StudyRow]:
    names = {row.study: same.now_of.get(row.study, f"{row.study} (then)") for row in then.tables.studies}
    return {names[row.study]: row for row in then.tables.studies} | {row.study: row for row in now.tables.studies}


def _included(v: Kept) -> Iterable[StudyRow]:
    return (r for r in v.tables.studies if r.decision == "include")
