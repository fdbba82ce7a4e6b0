"""Rows that cannot all be right of the same patients: two values for one outcome of one arm."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations

from pipeline.extract.proofs import Doubt
from pipeline.extract.rows import BY_PLACE, Row


def with_clashes(rows: list[Row]) -> list[Row]:
    """One arm cannot have two values of an outcome in one sentence: where it seems so, that sentence's pairing of the
    outcome is in doubt for every arm."""
    groups: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
    for r in rows:
        groups[r.sentence, r.outcome].append(r)
    unclear = {
        place for place, g in groups.items() if any(_clash(a, b) for a, b in combinations(g, 2)) and not _balanced(g)
    }
    return [r.with_doubt(Doubt.TWO_VALUES) if (r.sentence, r.outcome) in unclear else r for r in rows]


def with_hidden_groups(rows: list[Row]) -> list[Row]:
    """Where one arm was found, two values of an outcome in one sentence may be of groups that were not: they are in doubt
    unless the sentence tells times, which may part them."""
    groups: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
    for r in rows:
        if r.subgroup is None:
            groups[r.sentence, r.outcome].append(r)
    unclear = {
        place for place, g in groups.items() if any(_rival(a, b) and _of_two_sets(a, b) for a, b in combinations(g, 2))
    }
    return [
        r.with_doubt(Doubt.TWO_VALUES) if r.subgroup is None and (r.sentence, r.outcome) in unclear else r for r in rows
    ]


def _rival(a: Row, b: Row) -> bool:
    same_name = a.share.name.lower() == b.share.name.lower()
    return same_name and (a.events, a.percent) != (b.events, b.percent)


def _clash(a: Row, b: Row) -> bool:
    """Two values where the words leave room for one."""
    same_name = a.share.name.lower() == b.share.name.lower()
    if (a.arm, a.subgroup) != (b.arm, b.subgroup) or not same_name or _of_two_sets(a, b):
        return False
    return (a.events, a.n, a.percent) != (b.events, b.n, b.percent)


def _of_two_sets(a: Row, b: Row) -> bool:
    """Both print whom they count, and these are other patients."""
    return all(r.share.measure.n is not None and r.checks for r in (a, b)) and a.n != b.n


def _balanced(group: list[Row]) -> bool:
    """As many values for each arm, each told by its place: several times or analyses, not a doubtful pairing."""
    values = Counter(r.arm for r in group)
    return len(values) > 1 and len(set(values.values())) == 1 and all(r.share.way in BY_PLACE for r in group)
