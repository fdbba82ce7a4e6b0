"""The arms of a study: every sentence proposes sets of arms in several ways, the most telling set is taken and completed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.extract.abbreviations import Definition
from pipeline.extract.arms import ALLOCATES, FoundArm, distinct
from pipeline.extract.arms_as_groups import group_denominators, named_groups
from pipeline.extract.arms_background import with_background
from pipeline.extract.arms_completed import completed, with_definitions, with_ellipsis, with_long_forms
from pipeline.extract.arms_in_lists import inventory
from pipeline.extract.arms_sized_later import sized_later
from pipeline.extract.arms_with_sizes import count_before, listed, size_behind
from pipeline.extract.arms_without_sizes import alternatives, either_side, or_not, with_or_without
from pipeline.extract.gated import gated
from pipeline.extract.reading import Reading
from pipeline.extract.sentences import NOT_RESULTS

_BASELINE = gated(
    r"\bmean age\b|\bmedian age\b|\bmale\b|\bscreened\b|\bwithdr|\bdiscontinu|\bdropp?ed out\b|\blost to\b",
    re.IGNORECASE,
)
#: treatments that are named beside the study's own: earlier ones, those that are taken besides or for want of a response
_BESIDE = gated(
    r"\b(?:prior|previous(?:ly)?|earlier|past|preceding|concomitant(?:ly)?|co-?medications?|rescue|auxiliary|salvage|pretreat\w+"
    r"|premedication|history of|side[- ]effects?|adverse|toxicit\w+|complications?)\b|\bbefore (?:entry|inclusion|enrol\w+|the study|this)\b|\bbefore\W*$",
    re.IGNORECASE,
)

Way = Callable[[Reading], Iterator[FoundArm]]
#: ways of reading the arms that a sentence names, and how telling each is
WAYS: tuple[tuple[Way, float], ...] = (
    (size_behind, 4.0),
    (count_before, 4.0),
    (listed, 5.0),
    (inventory, 2.5),
    (alternatives, 2.0),
    (with_or_without, 2.5),
    (or_not, 2.5),
    (either_side, 1.5),
    (named_groups, 1.0),
)
#: arms that are found with such a score are believed though no word says that groups are compared
_SURE = 4.0
#: so few patients are seldom an arm
_FEW = 3
#: a sentence that names more lists something else than arms
_MOST = 6


@dataclass(frozen=True)
class Proposal:
    """Arms that one sentence proposes, and how telling it is."""

    arms: list[FoundArm]
    score: float


def find_arms(
    readings: list[Reading], text: str, sizes: frozenset[int], defined: Sequence[Definition], *, compared: bool
) -> list[FoundArm]:
    """The arms of a comparative study, else none (the study is then one arm). `sizes`: stated sizes of the study;
    `defined`: the short forms that the text defines; `compared`: it says that it compares groups."""
    proposals = [p for r in readings if r.sentence.section != "back" for p in _proposals(r, text, sizes, compared)]
    proposals += _groups_of_results(readings)
    if not proposals or (not compared and max(p.score for p in proposals) < _SURE):
        return []
    best = max(proposals, key=lambda p: p.score)
    arms = completed(best.arms, [p.arms for p in proposals])
    arms = with_definitions(with_long_forms(arms, text, defined), readings)
    return [_with_parts(a, text) for a in with_background(sized_later(arms, readings, sizes), readings)]


#: behind an arm's size, in brackets: how many of them were of a kind
_PART = re.compile(r"[^().;]{0,60}\((?P<n>\d{1,5}) (?P<of>(?:with|without|who|had|having|whose)\b[^()]{0,60})\)")


def _with_parts(arm: FoundArm, text: str) -> FoundArm:
    match = _PART.match(text, arm.end) if arm.n is not None else None
    if match is None or arm.n is None or int(match["n"]) >= arm.n:
        return arm
    return replace(arm, parts=frozenset([(int(match["n"]), match["of"])]))


def _proposals(reading: Reading, text: str, sizes: frozenset[int], compared: bool) -> Iterator[Proposal]:
    words = text[reading.sentence.start : reading.sentence.end]
    parted = compared or ALLOCATES.search(words) is not None
    for way, worth in WAYS:
        arms = distinct(way(reading))
        if len(arms) >= 2 and not _parts_of_patients(arms, sizes, parted):
            arms = with_ellipsis(arms)
            yield Proposal(arms, worth + _evidence_for(arms, words, reading.sentence.section, sizes))


def _parts_of_patients(arms: list[FoundArm], sizes: frozenset[int], parted: bool) -> bool:
    """Sizes that add up to far less than the study's are those of parts of its patients, not of its arms; so are those
    beside the study's own: "forty were given A, 12 of them had been given B"."""
    known = [a.n for a in arms if a.n is not None]
    total = sum(known)
    if not sizes or total in sizes or not known:
        return False
    nested = not parted and max(known) == max(sizes) and len(sizes.intersection(known)) == 1 < len(known)
    return nested or total < 0.6 * max(sizes)


def _evidence_for(arms: list[FoundArm], words: str, section: str, sizes: frozenset[int]) -> float:
    """What the sizes, the words of the sentence and its section say for a set of arms, or against it."""
    score = 0.0
    known = [a.n for a in arms if a.n is not None]
    if len(known) == len(arms):
        score += 2.0 * (sum(known) in sizes) - 1.0 * (min(known) < _FEW)
    if not ALLOCATES.search(words) and sum(known) not in sizes and _BESIDE.search(words):
        score -= 3.0
    score += 1.5 * bool(ALLOCATES.search(words)) - 1.5 * bool(_BASELINE.search(words))
    score += 0.5 * all(a.drugs for a in arms) + 0.3 * (section in {"methods", "title"})
    score -= 1.0 * (section in NOT_RESULTS) + 2.0 * (len(arms) > _MOST)
    return score


def _groups_of_results(readings: list[Reading]) -> list[Proposal]:
    """The groups that the results speak of in several sentences: "The 1-week group … . The 2-week group … ." """
    named = distinct(arm for r in readings if r.sentence.section == "results" for arm in named_groups(r))
    own = [r for r in readings if r.sentence.section not in NOT_RESULTS]
    labelled = distinct(arm for r in own for arm in named_groups(r) if all(k.startswith("#") for k in arm.keys))
    sized = distinct(arm for r in readings for arm in group_denominators(r))
    found = [Proposal(sized, 4.0)] if len(sized) == 2 else []
    found += [Proposal(labelled, 1.2)] if 2 <= len(labelled) <= _MOST else []
    return [*found, Proposal(named, 1.0)] if 2 <= len(named) <= 4 else found
