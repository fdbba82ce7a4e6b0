"""A first look at two reports, by what is cheap to compare: can the signs come to a relation that is told?

In a large corpus nearly all pairs that share a name, a hospital or words of a title are of two studies that have
nothing else in common; they are not worth the comparison of titles, nor the words for people.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline.link.evidence_weights import WEIGHTS
from pipeline.link.profiles import Profile
from pipeline.link.signs import LATER, MANY_YEARS, explained

#: a relation that is less likely than this is not told
TOLD = 0.3
#: its log-odds, and a little less because weights are added up in another order there
_LEAST = math.log(TOLD / (1 - TOLD)) - 0.01
_STUDY = {name: weight.study for name, weight in WEIGHTS.items()}
_COHORT = {name: weight.cohort for name, weight in WEIGHTS.items()}
#: the most that people in common may say
_PEOPLE = ("many authors", "first author")


def may_be_told(a: Profile, b: Profile) -> bool:
    """Never False for a pair that `relations.judge` tells."""
    if a.notice or b.notice or "extension" in a.kin or "extension" in b.kin:
        return True
    if not (a.registered.isdisjoint(b.registered) and a.trials.isdisjoint(b.trials)):
        return True
    seen = ["prior", "titles equal", *_of_people(a, b), *_of_treatment(a, b), *_of_time(a, b), *_of_place(a, b)]
    if a.kin or b.kin or a.pooled or b.pooled:
        seen += _of_kin(a, b)
    return sum([_STUDY[name] for name in seen]) >= _LEAST or sum([_COHORT[name] for name in seen]) >= _LEAST


def _of_people(a: Profile, b: Profile) -> tuple[str, ...]:
    if not a.names.isdisjoint(b.names):
        return _PEOPLE
    return ("no author in common",) if len(a.people) >= 2 <= len(b.people) else ()


def _of_kin(a: Profile, b: Profile) -> Iterator[str]:
    """The most that they may say of other reports."""
    if not (a.kin.keys().isdisjoint(LATER) and b.kin.keys().isdisjoint(LATER)):
        yield "a later or partial report"
    if a.registry and b.registry:
        yield "both registries"
    if a.pooled or b.pooled:
        yield "pooled"


def _of_treatment(a: Profile, b: Profile) -> list[str]:
    """Drugs, sizes and counts, and whether one is a meeting's abstract, which counted fewer."""
    seen = []
    if a.drugs and b.drugs:
        both = "same drugs" if a.drugs == b.drugs else "a drug in common"
        seen.append("other drugs" if a.drugs.isdisjoint(b.drugs) else both)
    if a.n is not None and b.n is not None:
        unlike = "other sizes, explained" if explained(a, b) else "other sizes"
        seen.append("same size" if a.n == b.n else unlike)
    if not a.counts.isdisjoint(b.counts):
        seen.append("same counts")
    if a.meeting != b.meeting:
        seen.append("abstract, then paper")
    return seen


def _of_time(a: Profile, b: Profile) -> tuple[str, ...]:
    if a.window and b.window:
        apart = a.window[0] > b.window[1] or b.window[0] > a.window[1]
        return ("same window",) if a.window == b.window else ("windows apart",) if apart else ("windows overlap",)
    if a.year is None or b.year is None:
        return ()
    return ("many years apart",) if abs(a.year - b.year) >= MANY_YEARS else ("few years apart",)


def _of_place(a: Profile, b: Profile) -> tuple[str, ...]:
    if not a.places.keys().isdisjoint(b.places.keys()):
        return ("same institution",)
    if not a.cities.isdisjoint(b.cities):
        return ("same city",)
    return ("other institutions",) if a.places and b.places else ()
