"""The arms of one sentence completed from the rest of the text: what a dose or a label alone stands for, sizes that other
sentences state, long forms of short names, treatments that all arms are given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.abbreviations import Definition
from pipeline.extract.arms import INACTIVE, FoundArm
from pipeline.extract.phrases import (
    GIVEN,
    OR,
    STOPS,
    bracket_around,
    closing,
    drugs_in,
    phrase,
    phrase_back,
    phrase_forward,
)
from pipeline.extract.reading import Reading
from pipeline.extract.sentences import NOT_RESULTS

#: verbs between a group and what it got
_GOT = GIVEN | {"underwent", "consisted", "receives"}
#: of a dose: the treatment is named behind
DEGREES = frozenset(["high", "low", "higher", "lower", "medium", "intermediate", "full", "half"])
#: labels of a group that got nothing
_NOTHING = frozenset(["nihil"])
_PLUS = frozenset(["with", "plus", "and", "+", "added", "combined"])
_PLAIN_NAME = re.compile(r"[^()\[\],;:.]+")
#: what follows the substance in a long form: its dose, its form
_DOSE_AND_FORM = re.compile(
    r"(?:\s(?:gel|cream|ointment|tablets?|capsules?|solution|lotion|foam|spray|suspension))?(?:\s\d.*)?$"
)
#: characters; a longer long form is no name of a treatment
_LONGEST_NAME = 60


# ---- from the same sentence ------------------------------------------------------------------------------------------


def with_ellipsis(arms: list[FoundArm]) -> list[FoundArm]:
    """ "A 200 mg (n = 70), 400 mg (n = 70) or placebo", "concurrent versus sequential A": a dose or an adjective alone
    speaks of the treatment beside it. There are two arms or more."""
    out = list(arms)
    for i, arm in enumerate(out):
        if not arm.drugs and not arm.role and not any(k.startswith("#") for k in arm.keys):
            out[i] = replace(arm, drugs=_drugs_beside(out, i) - INACTIVE)
    return out


def _drugs_beside(arms: list[FoundArm], i: int) -> frozenset[str]:
    """Treatments of the arm before one that is named by a dose, of the arm behind a first one that is named by a word."""
    keys = arms[i].keys
    if keys & DEGREES and i + 1 < len(arms):
        return arms[i + 1].drugs
    if i > 0:
        return arms[i - 1].drugs if any(k[0].isdigit() for k in keys) else frozenset()
    return arms[1].drugs if len(keys) == 1 else frozenset()


# ---- from other proposals --------------------------------------------------------------------------------------------


def completed(arms: list[FoundArm], others: list[list[FoundArm]]) -> list[FoundArm]:
    """The arms with treatments, sizes and words that other proposals of as many arms add, where these fit one to one."""
    for proposed in others:
        if len(proposed) == len(arms):
            match = [m for arm in arms if (m := _matching(arm, proposed)) is not None]
            if len({id(m) for m in match}) == len(arms):
                arms = [_merged(arm, m) for arm, m in zip(arms, match, strict=True)]
    return arms


def _matching(arm: FoundArm, proposed: list[FoundArm]) -> FoundArm | None:
    """The one arm of a proposal that has the same treatments, or the most words in common where either has none."""
    same = [p for p in proposed if p.drugs and p.drugs == arm.drugs]
    if len(same) == 1:
        return same[0]
    possible = [p for p in proposed if not p.drugs or not arm.drugs or p.drugs == arm.drugs]
    in_common = [len(p.keys & arm.keys) for p in possible]
    most = max(in_common, default=0)
    return possible[in_common.index(most)] if most > 0 and in_common.count(most) == 1 else None


def _merged(arm: FoundArm, other: FoundArm) -> FoundArm:
    arm = replace(arm, drugs=arm.drugs or other.drugs, keys=arm.keys | other.keys)
    if arm.n is None and other.n is not None:
        arm = replace(arm, n=other.n, start=other.start, end=other.end)
    return arm


# ---- from definitions ------------------------------------------------------------------------------------------------


def with_long_forms(arms: list[FoundArm], text: str, defined: Sequence[Definition]) -> list[FoundArm]:
    """A short form that the record defines and that names no known treatment: its long form is the treatment."""
    long_forms = {d.short.lower(): " ".join(text[d.start : d.end].lower().split()) for d in defined}
    names = {short: _DOSE_AND_FORM.sub("", name) for short, name in long_forms.items() if len(name) < _LONGEST_NAME}
    names = {short: name for short, name in names.items() if _PLAIN_NAME.fullmatch(name)}
    arms = [replace(a, drugs=_first_name(a.keys | a.drugs, names)) if _only_codes(a, names) else a for a in arms]
    return [replace(a, drugs=_without_codes(a.drugs, names)) for a in arms]


def _without_codes(drugs: frozenset[str], names: dict[str, str]) -> frozenset[str]:
    """Without the record's own short form beside the name for which it stands: "boric acid 250 mg (BA250)"."""
    return frozenset(d for d in drugs if names.get(d) is None or names[d] not in drugs)


def _only_codes(arm: FoundArm, names: dict[str, str]) -> bool:
    """No treatment is known but by the record's own short form, or by one with its dose: "AB20" of "abcde (AB)"."""
    return all(_of_short(d, names) for d in arm.drugs) and bool(_first_name(arm.keys | arm.drugs, names))


def _of_short(word: str, names: dict[str, str]) -> str | None:
    stem = word.rstrip("0123456789")
    dosed = (name for short, name in names.items() if stem != word and short.rstrip("0123456789") == stem)
    return names.get(word) or next(dosed, None)


def _first_name(keys: frozenset[str], names: dict[str, str]) -> frozenset[str]:
    return frozenset(sorted(name for k in keys if (name := _of_short(k, names)) is not None)[:1])


def with_definitions(arms: list[FoundArm], readings: list[Reading]) -> list[FoundArm]:
    """Arms without treatments get those of the clauses that explain their label; if no arm has any, all get those of the
    study, for they differ in dose or length."""
    own = [r for r in readings if r.sentence.section not in NOT_RESULTS]
    found = [arm.drugs or _of_word(i, arms, readings) or _defined(i, arms, own) for i, arm in enumerate(arms)]
    for i in range(1, len(arms)):
        if any(_same_as_before(r, arms[i]) for r in own):
            found[i] |= found[i - 1]
    if not any(found):
        found = [_of_study(readings)] * len(arms)
    return [replace(arm, drugs=drugs) for arm, drugs in zip(arms, found, strict=True)]


def _of_word(i: int, arms: list[FoundArm], readings: list[Reading]) -> frozenset[str]:
    """ "patch" where the text speaks of one "nicotine patch": the treatment of whose name the arm has only a word"""
    words = arms[i].keys - frozenset().union(*(a.keys for j, a in enumerate(arms) if j != i))
    named = {m.names for r in readings for m in r.of("DRUG") if not words.isdisjoint(r.lower[m.first].split()[1:])}
    return next(iter(named)) if len(named) == 1 else frozenset()


def _same_as_before(reading: Reading, arm: FoundArm) -> bool:
    """ "Arm B: the same, with C", "group B got the same plus C" """
    at = (i for i, label in reading.labels.items() if label in arm.keys)
    return any("same" in (behind := reading.lower[i + 1 : i + 7]) and not _PLUS.isdisjoint(behind) for i in at)


def _defined(i: int, arms: list[FoundArm], own: list[Reading]) -> frozenset[str]:
    """Treatments by which sentences explain the words that only arm `i` has."""
    keys = arms[i].keys
    others = frozenset().union(*(arm.keys for j, arm in enumerate(arms) if j != i))
    called = frozenset().union(*(_called_by(r, keys - others, others - keys) for r in own))
    of_others = frozenset().union(*(arm.drugs for j, arm in enumerate(arms) if j != i)) & INACTIVE
    found = called or frozenset().union(*(_explained(r, keys - others, others - keys) for r in own)) - of_others
    return found or frozenset(["observation"] if keys & _NOTHING else [])


def _of_study(readings: list[Reading]) -> frozenset[str]:
    told = [r for r in readings if r.sentence.section in {"title", "methods"}]
    told = told or [r for r in readings if r.sentence.section not in NOT_RESULTS]
    return frozenset().union(*(drugs_in(r, 0, len(r.doc)) for r in told))


def _explained(reading: Reading, keys: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Treatments in brackets behind a label, before a bracketed label, or in the clause that says what its group got."""
    found: frozenset[str] = frozenset()
    for i, word in enumerate(reading.lower):
        if (reading.labels.get(i) or word) not in keys:
            continue
        found |= _in_brackets_behind(reading, i) | _right_behind_label(reading, i)
        bracket = bracket_around(reading, i)
        if bracket is not None and i - bracket <= 3:
            found |= drugs_in(reading, phrase_back(reading, bracket, 0), bracket)
        elif not found:
            found = _given_behind(reading, i, others) or _given_before(reading, i)
    return found


def _called_by(reading: Reading, keys: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Treatments whose name holds the word ("patch" of "nicotine patch"), or that it qualifies, if need be with the words
    of other arms: "cooled or conventional denervation" """
    found: frozenset[str] = frozenset()
    for m in reading.given:
        inside = set(re.split(r"[\s-]+", reading.lower[m.first])[1:]) - STOPS
        first = m.first
        while first > 0 and reading.lower[first - 1] in keys | others | OR | {"and", ",", "-"}:
            first -= 1
        if keys & (inside | set(reading.lower[first : m.first])) and not others & inside:
            found |= m.names
    return found


def _in_brackets_behind(reading: Reading, i: int) -> frozenset[str]:
    """ "A (cisplatin)", "A group (cisplatin)", "A: cisplatin" """
    behind = i + 1 + (reading.lower[i + 1 : i + 2] in (["group"], ["arm"]))
    mark = reading.lower[behind : behind + 1]
    if mark not in (["("], [":"]):
        return frozenset()
    end = closing(reading, behind) if mark == ["("] else _clause_end(reading, behind)
    return drugs_in(reading, behind, end if end is not None else phrase_forward(reading, behind + 1, len(reading.doc)))


def _clause_end(reading: Reading, start: int) -> int:
    """The next group's label, a semicolon, or the sentence's end: "Arm B: the same, with C; arm C: …" """
    ahead = range(start + 1, len(reading.doc))
    return next((i for i in ahead if i in reading.labels or reading.lower[i] == ";"), len(reading.doc))


def _right_behind_label(reading: Reading, i: int) -> frozenset[str]:
    """ "Arm A triple therapy plus B; Arm B …" """
    if i not in reading.labels or not any(m.first in range(i + 1, i + 4) for m in reading.of("DRUG")):
        return frozenset()
    return phrase(reading, i + 1, phrase_forward(reading, i + 1, len(reading.doc))).drugs


def _given_behind(reading: Reading, i: int, others: frozenset[str]) -> frozenset[str]:
    """ "group A received B and C …", up to the label of another group"""
    stop = next((j for j in range(i + 1, len(reading.doc)) if _is_label(reading, j, others)), len(reading.doc))
    given = next((j for j in range(i + 1, min(stop, i + 8)) if reading.lower[j] in _GOT), None)
    if given is not None and "than" in reading.lower[given:]:
        return frozenset()  # "took a higher dose of B than the others"
    return drugs_in(reading, given, stop) if given is not None else frozenset()


def _given_before(reading: Reading, i: int) -> frozenset[str]:
    """ "B and C were given to group A" """
    given = any(w in GIVEN and w != "on" for w in reading.lower[max(0, i - 6) : i])
    return drugs_in(reading, max(0, i - 30), i) if given else frozenset()


def _is_label(reading: Reading, j: int, labels: frozenset[str]) -> bool:
    named = (reading.labels.get(j) or reading.lower[j]) in labels
    return named and not any(m.first == j for m in reading.of("DRUG"))
