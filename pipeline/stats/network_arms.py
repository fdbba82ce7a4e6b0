"""The arms of a network of treatments: checked, corrected for empty cells, and on the scale of a measure.

A contrast of two arms has the effect and the variance that `escalc_two` gives, for an odds ratio is a difference of two
logits, and so on. What is added to an empty cell is added in all arms of its study, so that the contrasts of a study
with several arms add up (netmeta does the same).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import MEASURES, Floats
from pipeline.stats.effects_two import added_two
from pipeline.stats.sample import Index
from pipeline.stats.zero_cells import Flags

#: the effect of one arm whose differences are the measure
OF_ARM = {"OR": "PLO", "RR": "PLN", "RD": "PR", "AS": "PAS"}


@dataclass(frozen=True, eq=False)
class Arms:
    """N arms, those of a study together: events, n (N,); `study` and `treatment` (N,) number the names from 0."""

    studies: tuple[str, ...]
    treatments: tuple[str, ...]
    study: Index
    treatment: Index
    events: Floats
    n: Floats

    def kept(self, keep: Flags) -> Arms:
        """The arms that `keep` (N,) names, with the studies and treatments that are left."""
        studies, study = np.unique(self.study[keep], return_inverse=True)
        treatments, treatment = np.unique(self.treatment[keep], return_inverse=True)
        return Arms(
            tuple(self.studies[i] for i in studies),
            tuple(self.treatments[i] for i in treatments),
            study,
            treatment,
            self.events[keep],
            self.n[keep],
        )

    def in_study(self, of_arm: Flags) -> Flags:
        """(N,) → (k,): whether any arm of the study is such."""
        found = np.zeros(len(self.studies), bool)
        found[self.study[of_arm]] = True
        return found


def checked_arms(study: Sequence[Hashable], treatment: Sequence[Hashable], events: ArrayLike, n: ArrayLike) -> Arms:
    """Raises ValueError that names the first arm that cannot be. Treatments are sorted, studies stand as given."""
    counts = [np.atleast_1d(np.asarray(c, float)) for c in (events, n)]
    sizes = [len(study), len(treatment), *(c.size for c in counts)]
    if len(set(sizes)) > 1 or not sizes[0]:
        found = ", ".join(f"{name} {s}" for name, s in zip(("study", "treatment", "events", "n"), sizes, strict=True))
        raise ValueError(f"study, treatment, events and n must be four sequences of the same length, got {found}")
    names, given = [str(s) for s in study], [str(t) for t in treatment]
    _check_counts(names, given, *counts)
    _check_twice(names, given)
    studies, treatments = tuple(dict.fromkeys(names)), tuple(sorted(set(given)))
    codes = _codes(names, studies), _codes(given, treatments)
    order = np.lexsort(codes[::-1])
    return Arms(studies, treatments, codes[0][order], codes[1][order], counts[0][order], counts[1][order])


def _codes(given: Sequence[str], names: Sequence[str]) -> Index:
    place = {name: i for i, name in enumerate(names)}
    return np.array([place[name] for name in given], dtype=np.intp)


def _check_counts(study: list[str], treatment: list[str], events: Floats, n: Floats) -> None:
    whole = (events == np.floor(events)) & (n == np.floor(n))
    possible = whole & (events >= 0) & (events <= n) & (n >= 1) & np.isfinite(n)
    if not possible.all():
        i = int(np.argmin(possible))
        raise ValueError(
            f'study "{study[i]}", treatment "{treatment[i]}": events = {events[i]:g}, n = {n[i]:g}: '
            "whole numbers with 0 ≤ events ≤ n, n ≥ 1"
        )


def _check_twice(study: list[str], treatment: list[str]) -> None:
    seen = set()
    for arm in zip(study, treatment, strict=True):
        if arm in seen:
            raise ValueError(f'study "{arm[0]}" has two arms of "{arm[1]}": add them up, or name them apart')
        seen.add(arm)


def informative_arms(arms: Arms, measure: str) -> tuple[Arms, tuple[str, ...]]:
    """Without the studies that compare nothing, and a warning that names them: those of one arm, and for OR and RR
    those without events, or without non-events, in all arms (as netmeta drops such comparisons)."""
    single = np.bincount(arms.study, minlength=len(arms.studies)) < 2
    alike = ~arms.in_study(arms.events > 0) | ~arms.in_study(arms.events < arms.n)
    alike = alike & ~single & (measure in ("OR", "RR"))
    warnings = (
        *_left_out(arms, single, "one arm compares nothing"),
        *_left_out(arms, alike, "all or none had the event in all arms"),
    )
    return arms.kept(~(single | alike)[arms.study]), warnings


def _left_out(arms: Arms, lost: Flags, why: str) -> tuple[str, ...]:
    names = [arms.studies[i] for i in np.flatnonzero(lost)]
    if not names:
        return ()
    shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    return (f"left out: {'study' if len(names) == 1 else 'studies'} {shown}: {why}",)


def arm_effects(arms: Arms, measure: str) -> tuple[Floats, Floats, tuple[str, ...]]:
    """(yi, vi) of each arm, (N,), and the warning that says what was added. 1/2 goes to events and non-events in all
    arms of the studies that have an empty cell; AS needs nothing."""
    sparse = arms.in_study((arms.events == 0) | (arms.events == arms.n))
    add = added_two(measure, None) * sparse[arms.study]
    yi, vi = MEASURES[OF_ARM[measure]].effect(arms.events + add, arms.n + 2 * add)
    some = int(sparse.sum())
    said = f"0.5 was added to each cell of {some} of {len(sparse)} studies, which have an empty cell"
    return yi, vi, (said,) if add.any() else ()


def connected(study: Index, treatment: Index) -> Index:
    """(T,): for each numbered treatment the first one of its part of the network, which studies connect."""
    label = np.arange(int(treatment.max()) + 1)
    while True:
        of_study = np.full(int(study.max()) + 1, len(label))
        np.minimum.at(of_study, study, label[treatment])
        lower = label.copy()
        np.minimum.at(lower, treatment, of_study[study])
        if np.array_equal(lower, label):
            return label
        label = lower


def check_connected(arms: Arms) -> None:
    """Raises ValueError that names the parts."""
    if len(arms.treatments) < 2:
        raise ValueError("no study compares two treatments: a network needs one at least")
    label = connected(arms.study, arms.treatment)
    parts = [[t for t, at in zip(arms.treatments, label, strict=True) if at == part] for part in np.unique(label)]
    if len(parts) > 1:
        shown = "; ".join("{" + ", ".join(part) + "}" for part in parts)
        raise ValueError(
            f"the network falls into {len(parts)} parts that no study connects: {shown}. "
            "Pool each part by itself, or add a study that compares treatments of two parts"
        )
