"""Which arm a phrase of a sentence speaks of: by treatments, labels, doses, or roles ("control", "combination", "alone")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.arms import FoundArm
from pipeline.extract.phrases import ALONE, COMBINED, CONTROL, GIVEN, TRIAL, quantity_key
from pipeline.extract.reading import GROUP_WORDS, Reading
from pipeline.extract.sentences import VERSUS

#: treatments that do nothing, or that name no substance: "B" and "placebo plus B" are one arm in most texts
INERT = frozenset(["placebo", "sham", "observation"])
_CLOSE_GLUE = frozenset(
    ["plus", "+", "-", "–", "/", "with", "in", "combination", "combined", "added", "addition", "to"]
)
_LOOSE_GLUE = frozenset(["and", ",", "&"])
_THAN = VERSUS | {"than", "over", "against"}
#: kinds of quantities that can tell arms apart
_DOSES = frozenset(["DOSE", "DURATION", "DURATION_WORDS", "YEAR"])
#: quantities that may be of the arm whose name stands before them in a list, and what parts such a list
_SHARES = frozenset(["COUNT", "PERCENT", "FRACTION"])
_LISTING = frozenset([",", ":", ";", "and", "(", "vs", "versus"])
#: words behind the name of an arm
_TREATED_ALIKE = frozenset(["patients", "subjects", "therapy", "treatment", "-treated", "regimen"])
_PLURAL = frozenset(["groups", "arms", "regimens", "treatments", "cohorts"])
_EVERY = frozenset(["both", "all", "each", "two", "three", "four"])


@dataclass(frozen=True, slots=True)
class Reference:
    """Tokens [first, last) speak of arm number `arm`; `compared`: as the other side of a comparison ("than A")."""

    first: int
    last: int
    arm: int
    compared: bool


def references(reading: Reading, arms: list[FoundArm]) -> list[Reference]:
    """Every phrase of the sentence that names exactly one arm, in order."""
    if len(arms) < 2:
        return []
    told = _told(reading, arms)
    runs: list[list[int]] = []
    for i in sorted(told):
        if runs and _belongs(reading, runs[-1], i, told, arms):
            runs[-1].append(i)
        else:
            runs.append([i])
    fits = [_fits(reading, run, told, arms) for run in runs]
    sure = {next(iter(fit)) for fit in fits if len(fit) == 1}
    return [r for run, fit in zip(runs, fits, strict=True) for r in _reference(reading, run, fit, sure)]


def every_arm(reading: Reading, first: int, last: int) -> bool:
    """Whether tokens [first, last) speak of each group alike: "in both groups", "in the three arms"."""
    for i in range(first, min(last, len(reading.lower))):
        word, before = reading.lower[i], reading.lower[max(first, i - 4) : i]
        if word in _PLURAL and not _EVERY.isdisjoint(before):
            return True
        if word in {"group", "arm"} and before[-1:] in (["each"], ["either"]):
            return True
    return False


def _told(reading: Reading, arms: list[FoundArm]) -> dict[int, frozenset[int]]:
    """Tokens that tell arms apart → the arms that they fit."""
    every = frozenset(range(len(arms)))
    told: dict[int, frozenset[int]] = {}
    for m in reading.of("DRUG"):
        keyed = _keyed(reading.lower[m.first], arms)
        fit = keyed if keyed and keyed != every else frozenset(i for i in every if m.names <= arms[i].drugs)
        if fit:
            told[m.first] = fit
    for i, word in enumerate(reading.lower):
        if i in told or (i in reading.quantity and i not in reading.labels and reading.quantity[i].kind not in _DOSES):
            continue
        q = reading.quantity.get(i)
        key = reading.labels.get(i) or (quantity_key(q.kind, word) if q is not None else word)
        fit = _by_degree(reading, i, arms)
        if fit:
            told[i] = fit
            continue
        fit = _keyed(key or "", arms)
        if not fit or fit == every:
            fit = _by_role(reading, i, arms)
        if fit and fit != every and (i in reading.labels or _stands_for_arm(reading, i)):
            told[i] = fit
    return told


def _keyed(word: str, arms: list[FoundArm]) -> frozenset[int]:
    return frozenset(i for i, arm in enumerate(arms) if word in arm.keys)


def _stands_for_arm(reading: Reading, i: int) -> bool:
    """A plain word names an arm only beside "group" and the like, or where it is written as a name."""
    text = reading.doc[i].text
    if i not in reading.quantity and any(c.isupper() for c in text[1:]) and len(text) > 1:
        return True
    if i in reading.quantity and reading.quantity[i].kind == "DOSE":  # in a list the substance is named once
        given = i > 0 and reading.lower[i - 1] in GIVEN | {"with", "than", "of", "to"}
        return given or any(m.first in range(i - 9, i + 4) for m in reading.of("DRUG"))
    grouped = not (
        GROUP_WORDS.isdisjoint(reading.lower[i + 1 : i + 8]) and _TREATED_ALIKE.isdisjoint(reading.lower[i + 1 : i + 5])
    )
    counted = i + 1 in reading.quantity and reading.quantity[i + 1].kind in _SHARES and i > 0
    if counted and i not in reading.quantity and reading.lower[i - 1] in _LISTING:
        return True  # "early 43/62, late 35/60"
    named = text[0].isupper() and i > 0 and reading.lower[i - 1] not in {".", ":"}
    treated = any(m.first in range(i - 3, i + 4) for m in reading.of("DRUG"))
    return (
        grouped
        or named
        or treated
        or reading.lower[i] in ALONE | COMBINED
        or (i > 0 and reading.lower[i - 1] in GIVEN | {"with", "for", "on", "by"})
    )


_LOW, _HIGH = frozenset(["low", "lower", "lowest"]), frozenset(["high", "higher", "highest"])
_DEGREES = _LOW | _HIGH
_EXTREME = frozenset(["lowest", "highest"])
_ROLES = CONTROL | TRIAL | COMBINED | {"monotherapy", "alone"}
_COMBINED_WHAT = GROUP_WORDS | {"therapy", "treatment"}


def _by_role(reading: Reading, i: int, arms: list[FoundArm]) -> frozenset[int]:
    word = reading.lower[i]
    if word not in _ROLES:
        return frozenset()
    controls = frozenset(k for k, a in enumerate(arms) if a.role == "control")
    if word in CONTROL and len(controls) == 1:
        return controls
    if len(arms) != 2:
        return _most_drugs(reading, i, arms)
    if word in TRIAL and len(controls) == 1 and not GROUP_WORDS.isdisjoint(reading.lower[i + 1 : i + 2]):
        return frozenset(range(2)) - controls
    return _by_number_of_drugs(reading, i, arms)


def _by_degree(reading: Reading, i: int, arms: list[FoundArm]) -> frozenset[int]:
    """ "the low-dose arm", "the higher dose": the least or the largest of the doses by which arms differ"""
    word = reading.lower[i]
    if word not in _DEGREES or "dose" not in reading.lower[i + 1 : i + 3]:
        return frozenset()
    doses = {k: d for k, arm in enumerate(arms) if (d := _dose(arm)) is not None}
    if len(set(doses.values())) < 2 or len(set(doses.values())) < len(doses):
        return frozenset()
    if len(doses) > 2 and word not in _EXTREME:
        return frozenset()
    return frozenset([(min if word in _LOW else max)(doses, key=lambda k: doses[k])])


def _dose(arm: FoundArm) -> float | None:
    """The only dose in an arm's name."""
    found = [k for k in arm.keys if re.fullmatch(r"\d+(?:\.\d+)?", k)]
    return float(found[0]) if len(found) == 1 and arm.drugs - INERT else None


def _by_number_of_drugs(reading: Reading, i: int, arms: list[FoundArm]) -> frozenset[int]:
    """Of two arms, "combination therapy" is the one with more treatments, "monotherapy" and "alone" the other."""
    a, b = (arm.drugs - INERT for arm in arms)
    if not (a < b or b < a):
        return frozenset()
    fewer, more = (0, 1) if a < b else (1, 0)
    word = reading.lower[i]
    if word in COMBINED and not _COMBINED_WHAT.isdisjoint(reading.lower[i + 1 : i + 2]):
        return frozenset([more])
    if word == "monotherapy" or (word == "alone" and not any(m.last in {i, i - 1} for m in reading.of("DRUG"))):
        return frozenset([fewer])
    return frozenset()


def _most_drugs(reading: Reading, i: int, arms: list[FoundArm]) -> frozenset[int]:
    """Of several arms, "the combination" is the only one that is given most treatments."""
    counts = [len(arm.drugs - INERT) for arm in arms]
    alone = counts.count(max(counts)) == 1
    return frozenset([counts.index(max(counts))] if alone and reading.lower[i] in COMBINED else [])


def _belongs(reading: Reading, run: list[int], i: int, told: dict[int, frozenset[int]], arms: list[FoundArm]) -> bool:
    """Whether token i goes on with the phrase of `run` rather than starting another arm's."""
    gap = reading.lower[run[-1] + 1 : i]
    if len(gap) > 4 or not frozenset.intersection(*(told[j] for j in [*run, i])):
        return False
    if any(j in reading.quantity and j not in told for j in range(run[-1] + 1, i)):
        return False
    if all(
        w in _CLOSE_GLUE or w in GROUP_WORDS or w in {"the", "a", "treatment", "therapy", "standard", "oral"}
        for w in gap
    ):
        return True
    if not all(w in _CLOSE_GLUE | _LOOSE_GLUE for w in gap):
        return False
    whole, part = _drugs(reading, [*run, i]), _drugs(reading, run)
    exact = [a.drugs - INERT for a in arms]
    return not (part in exact and whole not in exact)


def _drugs(reading: Reading, run: list[int]) -> frozenset[str]:
    found = [m.names for m in reading.of("DRUG") if m.first in run]
    return frozenset().union(*found) - INERT


def _fits(reading: Reading, run: list[int], told: dict[int, frozenset[int]], arms: list[FoundArm]) -> frozenset[int]:
    """The arms of which the phrase may speak: those with just its treatments before those with more."""
    fit = frozenset.intersection(*(told[i] for i in run))
    drugs = _drugs(reading, run)
    exact = frozenset(i for i in fit if drugs and arms[i].drugs - INERT == drugs)
    return exact if len(fit) > 1 and exact else fit


def _reference(reading: Reading, run: list[int], fit: frozenset[int], sure: set[int]) -> list[Reference]:
    if len(fit) > 1 and any(i in reading.quantity for i in run):
        fit = fit - sure  # "oral A 0.25, 0.5 mg and IV A 0.25 mg": the first is the one that no other phrase names
    if len(fit) != 1:
        return []
    last = run[-1] + 1
    if last < len(reading.lower) and reading.lower[last] in GROUP_WORDS | ALONE:
        last += 1
    return [Reference(run[0], last, next(iter(fit)), _compared(reading, run[0]))]


def _compared(reading: Reading, first: int) -> bool:
    near = range(first - 1, max(-1, first - 7), -1)
    drugs = {m.first for m in reading.of("DRUG")}
    # "8% versus 8% in A" compares numbers; "compared with B, A …" ends at the comma
    stop = next((i for i in near if i in reading.quantity or i in drugs or reading.lower[i] == ","), -1)
    before = reading.lower[max(stop + 1, first - 6, 0) : first]
    if any(w in _THAN for w in before[-5:]):
        return True
    return bool(re.search(r"\bcompar(?:ed|ison) (?:with|to)\b|\brelative to\b", " ".join(before)))
