"""Sizes of arms that only the denominators of their results tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pipeline.extract.arms import FoundArm
from pipeline.extract.proofs import Check
from pipeline.extract.rows import Row

#: part of a study's patients that its arms' results are of, at least
MOST = 0.7


def sized_by_rows(arms: list[FoundArm], rows: list[Row], n_total: int | None) -> list[FoundArm]:
    """The arms, those without a size with the denominator that most of their results print, if it is the largest.
    Together they must be most of the study, where its size is known: else the results are of parts of the arms."""
    if len(arms) < 2 or all(arm.n is not None for arm in arms):
        return arms
    sizes = [arm.n if arm.n is not None else _printed(i, rows) for i, arm in enumerate(arms)]
    known = [n for n in sizes if n is not None]
    if len(known) < len(arms) or (n_total is not None and not MOST * n_total <= sum(known) <= n_total):
        return arms
    return [replace(arm, n=n) for arm, n in zip(arms, sizes, strict=True)]


def _printed(arm: int, rows: list[Row]) -> int | None:
    told = [r for r in rows if r.arm == arm and r.subgroup is None and Check.SIZE_PRINTED in r.checks]
    counted = Counter(r.n for r in told if r.n is not None)
    if not counted:
        return None
    most, _ = counted.most_common(1)[0]
    return most if most == max(counted) else None
