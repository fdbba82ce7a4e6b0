"""What a line would do: the tables of a run without and with it, compared, and told in words."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.resolve.tables import Tables
from pipeline.resolved import OutcomeRow, StudyRow
from pipeline.reviewing.names import arm_name
from pipeline.reviewing.terminal import WIDTH

#: changes that are told one by one
MOST = 12

_STUDY = ("n_total", "design", "age", "line")
_ARM = ("n", "drugs", "label", "role")


def changes(before: Tables, after: Tables) -> list[str]:
    """Lines for a terminal, none where nothing changes."""
    old, new = dict(_facts(before)), dict(_facts(after))
    differ = [key for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)]
    told = [line for key in differ[:MOST] for line in _change(key[0], old.get(key, "nothing"), new.get(key, "nothing"))]
    return told + ([f"and {len(differ) - MOST} more changes"] if len(differ) > MOST else [])


def _change(what: str, was: str, now: str) -> list[str]:
    line = f"{what}: was {was}, now {now}"
    return [line] if len(line) <= WIDTH else [f"{what}:", f"  was {was}", f"  now {now}"]


def _facts(tables: Tables) -> Iterator[tuple[tuple[str, str], str]]:
    """((name for people, what else tells it apart), what is said of it)."""
    for study in tables.studies:
        yield from _of_study(study)
    called = {(arm.study, arm.arm): arm_name(arm) for arm in tables.arms}
    for arm in tables.arms:
        for field in _ARM:
            yield (f"{arm.study}, arm {arm_name(arm)}, {field}", arm.arm), _text(getattr(arm, field))
    times: dict[tuple[str, str], int] = {}
    for row in tables.outcomes:
        when = f", {row.timepoint}" if row.timepoint else ""
        name = f"{row.study}, {called.get((row.study, row.arm), row.arm)}, {row.outcome}{when}"
        place = (name, f"{row.record_id} {row.file}")
        times[place] = times.get(place, 0) + 1
        yield (name, f"{place[1]} {times[place]}"), _of_row(row)


def _of_study(row: StudyRow) -> Iterator[tuple[tuple[str, str], str]]:
    yield (f"{row.study}", ""), f"{row.decision} ({row.reason})" if row.decision != "include" else "include"
    for field in _STUDY:
        yield (f"{row.study}, {field}", ""), _text(getattr(row, field))


def _of_row(row: OutcomeRow) -> str:
    state = "pooled" if row.pooled else row.not_pooled_because or "not pooled"
    return f"{counts(row)} ({row.authority}, {state})" if row.authority != "waiting" else f"{counts(row)} ({state})"


def counts(row: OutcomeRow) -> str:
    """As "14 of 35"."""
    return f"{_known(row.events)} of {_known(row.n)}"


def _known(value: int | None) -> str:
    return "?" if value is None else str(value)


def _text(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)
