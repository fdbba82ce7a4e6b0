"""The arms of one sentence completed from the rest of the text: what a dose or a label alone stands for, sizes that other
sentences state, long forms of short names, treatments that all arms are given."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.extract.abbreviations import definitions
from pipeline.extract.arms import FoundArm
from pipeline.extract.phrases import GIVEN, bracket_around, closing, drugs_in, phrase, phrase_back, phrase_forward
from pipeline.extract.reading import Reading
from pipeline.extract.sentences import NOT_RESULTS


def with_ellipsis(arms: list[FoundArm]) -> list[FoundArm]:
    """ "A 200 mg (n = 70), 400 mg (n = 70) or placebo", "concurrent versus sequential A": a dose or an adjective alone
    speaks of the treatment beside it."""
    out = list(arms)
    for i, arm in enumerate(out):
        if arm.drugs or any(k.startswith("#") for k in arm.keys) or arm.role:
            continue
        dosed = any(k[0].isdigit() for k in arm.keys)
        near = (
            out[i - 1].drugs
            if i and dosed
            else out[1].drugs
            if i == 0 and len(out) > 1 and len(arm.keys) == 1
            else frozenset()
        )
        out[i] = replace(arm, drugs=near)
    return out


_BACKGROUND = re.compile(
    r"\b(?:(?:regimens|arms|groups)(?: \([^()]*\))? plus|(?:add(?:ed|ing)|addition(?: of [^.;]{1,40}?)?|add-on|adjunct\w*)\b(?: [^.;,]{1,40}?)? to) (?:ongoing |stable |existing |background )*$",
    re.IGNORECASE,
)


def with_background(arms: list[FoundArm], readings: list[Reading]) -> list[FoundArm]:
    """Treatments to which those of the arms are added: "A or placebo was added to B and C"."""
    found: set[str] = set()
    for r in readings:
        if r.sentence.section in NOT_RESULTS:
            continue
        for m in r.of("DRUG"):
            before = r.words(max(0, m.first - 14), m.first) + " "
            if _BACKGROUND.search(before):
                found |= drugs_in(r, m.first, phrase_forward(r, m.first, len(r.doc)))
    return [replace(a, drugs=a.drugs | (found - {"placebo"})) for a in arms] if found else arms


def completed(arms: list[FoundArm], others: list[list[FoundArm]]) -> list[FoundArm]:
    """The arms with treatments, sizes and words that other proposals of as many arms add, where these fit one to one."""
    for proposed in others:
        if len(proposed) == len(arms) and proposed is not arms:
            match = [_matching(arm, proposed) for arm in arms]
            if None not in match and len({id(m) for m in match}) == len(arms):
                arms = [_merge(arm, m) for arm, m in zip(arms, match, strict=True) if m is not None]
    return arms


def _matching(arm: FoundArm, proposed: list[FoundArm]) -> FoundArm | None:
    """The one arm of a proposal that has the same treatments, or the same words where either has no treatments."""
    drugs = [p for p in proposed if p.drugs and p.drugs == arm.drugs]
    if len(drugs) == 1:
        return drugs[0]
    shared = [p for p in proposed if p.keys & arm.keys and (not p.drugs or not arm.drugs or p.drugs == arm.drugs)]
    best = sorted(shared, key=lambda p: -len(p.keys & arm.keys))
    if len(best) == 1 or (len(best) > 1 and len(best[0].keys & arm.keys) > len(best[1].keys & arm.keys)):
        return best[0]
    return None


def _merge(arm: FoundArm, other: FoundArm) -> FoundArm:
    arm = replace(arm, drugs=arm.drugs or other.drugs, keys=arm.keys | other.keys)
    if arm.n is None and other.n is not None:
        arm = replace(arm, n=other.n, start=other.start, end=other.end)
    return arm


def with_long_forms(arms: list[FoundArm], text: str) -> list[FoundArm]:
    """A short form that the record defines and that names no known treatment: its long form is the treatment."""
    long_forms = {d.short.lower(): " ".join(text[d.start : d.end].lower().split()) for d in definitions(text)}
    out = []
    for arm in arms:
        named = sorted(long_forms[k] for k in arm.keys if k in long_forms and len(long_forms[k]) < 60)
        out.append(replace(arm, drugs=frozenset(named[:1])) if named and not arm.drugs else arm)
    return out


def with_definitions(arms: list[FoundArm], readings: list[Reading]) -> list[FoundArm]:
    """Arms without treatments get those of the clauses that explain their label."""
    if all(arm.drugs for arm in arms):
        return arms
    found = [set(arm.drugs) for arm in arms]
    for k, arm in enumerate(arms):
        others = frozenset().union(*(a.keys for j, a in enumerate(arms) if j != k))
        for reading in readings:
            if not arm.drugs and reading.sentence.section not in NOT_RESULTS:
                found[k] |= _explained(reading, arm.keys - others, others - arm.keys)
    found = [f or ({"observation"} if arm.keys & {"nihil"} else f) for f, arm in zip(found, arms, strict=True)]
    if not any(found):  # groups that differ in dose or length share their treatments
        shared = {d for r in readings if r.sentence.section in {"title", "methods"} for d in drugs_in(r, 0, len(r.doc))}
        found = [set(shared) for _ in arms]
    return [replace(arm, drugs=frozenset(f)) for arm, f in zip(arms, found, strict=True)]


def _explained(reading: Reading, keys: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Treatments in brackets behind a label, before a bracketed label, or in the clause that says what its group got."""
    found: set[str] = set()
    for i, word in enumerate(reading.lower):
        if (reading.labels.get(i) or word) not in keys:
            continue
        behind = i + 1 + (reading.lower[i + 1 : i + 2] in (["group"], ["arm"]))
        if reading.lower[behind : behind + 1] in (["("], [":"]):
            end = closing(reading, behind) if reading.lower[behind] == "(" else None
            found |= drugs_in(
                reading, behind, end if end is not None else phrase_forward(reading, behind + 1, len(reading.doc))
            )
        direct = phrase(reading, i + 1, phrase_forward(reading, i + 1, len(reading.doc)))
        if i in reading.labels and any(m.first in range(i + 1, i + 4) for m in reading.of("DRUG")):
            found |= direct.drugs  # "Arm A triple therapy plus B; Arm B …"
        bracket = bracket_around(reading, i)
        if bracket is not None and i - bracket <= 3:
            found |= drugs_in(reading, phrase_back(reading, bracket, 0), bracket)
        elif not found:
            stop = next((j for j in range(i + 1, len(reading.doc)) if _is_label(reading, j, others)), len(reading.doc))
            given = next(
                (j for j in range(i + 1, stop) if reading.lower[j] in GIVEN | {"underwent", "consisted", "receives"}),
                None,
            )
            found |= drugs_in(reading, given, stop) if given is not None and given - i < 8 else set()
            if not found and any(w in GIVEN for w in reading.lower[max(0, i - 6) : i]):
                subject = max(0, i - 30)
                found |= drugs_in(reading, subject, i)
    return frozenset(found)


def _is_label(reading: Reading, j: int, labels: frozenset[str]) -> bool:
    treatment = any(m.first == j for m in reading.of("DRUG"))
    return not treatment and (reading.labels.get(j) or reading.lower[j]) in labels
