"""Arms: who was treated with what, and how many; and which arm a phrase of a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.extract.reading import PEOPLE, Mention, Reading

GROUP_WORDS = frozenset(["group", "groups", "arm", "arms", "cohort", "cohorts"])
#: words that end the label of a group when read backwards from "group"
STOPS = frozenset(
    (
        "the in of to for with than a an both each two three between and or from by on was were had vs versus "
        "while whereas among per this that other same our all these , ; ( ) :"
    ).split()
)
GIVEN = frozenset(("received receiving given treated assigned allocated randomized randomised on took taking").split())
#: what may stand between a count and the group it was assigned to
ASSIGNED = frozenset("to in into the were was randomized randomised assigned allocated".split())
COMBINED = frozenset(["combination", "combined"])
ALONE = frozenset(["monotherapy", "alone", "control", "placebo", "single-agent"])

#: the text compares groups of patients, so that numbers of "all patients" need care
COMPARED = re.compile(
    r"\brandomly (?:assigned|allocated|divided)|\b(?:was|were) (?:\w+ )?randomi[sz]ed\b|\brandomi[sz]ed (?:to|into|trial|study"
    r"|controlled|double|phase|multicent|clinical|open|patients|\d)|\b(?:two|three|both|treatment|control) (?:groups|arms)\b"
    r"|\bplacebo\b|\bversus\b",
    re.IGNORECASE,
)
_WISH = re.compile(r"\b(?:needed|required|requires?|warranted|should be|necessary|future|further)\b", re.IGNORECASE)


@dataclass(frozen=True)
class FoundArm:
    """An arm as found; `words` are the lower-case words of its label, [start, end) where its size stands."""

    label: str
    drugs: frozenset[str]
    n: int | None
    start: int
    end: int
    words: frozenset[str] = field(default=frozenset())


def find_arms(readings: list[Reading], text: str) -> list[FoundArm]:
    """The arms of a comparative study with at least two sized arms, else none (the study is then one arm)."""
    ways = (
        (_given, _labelled_sizes, _sized_groups, _group_denominators)
        if compares(readings, text)
        else (_group_denominators,)
    )
    for allocation in ways:
        for reading in readings:
            if reading.sentence.section in {"background", "back"}:
                continue
            arms = _distinct(allocation(reading))
            if len(arms) >= 2:
                return arms
    return _distinct(arm for reading in readings for arm in _group_denominators(reading))


def own_text(readings: list[Reading], text: str) -> str:
    """What the record says of itself: without its background and conclusion, and without wishes for further trials."""
    own = [r.sentence for r in readings if r.sentence.section not in {"background", "conclusion", "back"}]
    words = (text[s.start : s.end] for s in own)
    return "\n".join(w for w in words if not _WISH.search(w))


def compares(readings: list[Reading], text: str) -> bool:
    """Whether the study compares groups, so that a number of "the patients" may be of one of them."""
    return COMPARED.search(own_text(readings, text)) is not None


def _distinct(arms: Iterable[FoundArm]) -> list[FoundArm]:
    kept: list[FoundArm] = []
    for arm in arms:
        if not any(arm.label.lower() == k.label.lower() or (arm.drugs and arm.drugs == k.drugs) for k in kept):
            kept.append(arm)
    return kept if len(kept) > 1 else []


def _given(reading: Reading) -> list[FoundArm]:
    """ "112 patients received A plus B, and 56 patients received B" """
    arms = []
    for i, q in reading.quantity.items():
        if q.kind != "COUNT":
            continue
        verb = next((j for j in range(i + 1, min(i + 8, len(reading.doc))) if reading.lower[j] in GIVEN), None)
        if verb is None or any(j in reading.quantity for j in range(i + 1, verb)):
            continue
        drugs = _drug_run(reading, verb + 1)
        if drugs:
            first, last = drugs[0].first, drugs[-1].last
            if last < len(reading.doc) and reading.lower[last] in ALONE:
                last += 1
            arms.append(_arm(reading, first, last, drugs, int(q.value), (i, verb)))
    return arms


def _labelled_sizes(reading: Reading) -> list[FoundArm]:
    """ "capecitabine (n = 46) or S-1 (n = 45)" """
    arms = []
    for i, q in reading.quantity.items():
        if q.kind != "SIZE" or i < 2:
            continue
        last = i - 1 if reading.lower[i - 1] in {"(", "["} else i
        first = _label_start(reading, last)
        drugs = [m for m in reading.of("DRUG") if first <= m.first and m.last <= last]
        group = any(word in GROUP_WORDS for word in reading.lower[first:last])
        if first < last and (drugs or group):
            arms.append(_arm(reading, first, last, drugs, int(q.value), (i, i + 1)))
    return arms


def _sized_groups(reading: Reading) -> list[FoundArm]:
    """ "85 patients to the one-week group and 84 patients to the two-week group" """
    arms = []
    for first, last in group_phrases(reading):
        before = [i for i in range(max(0, first - 7), first) if i in reading.quantity]
        plain = before and all(w in PEOPLE or w in ASSIGNED for w in reading.lower[before[-1] + 1 : first])
        if plain and reading.quantity[before[-1]].kind == "COUNT":
            drugs = [m for m in reading.of("DRUG") if first <= m.first and m.last <= last]
            arms.append(_arm(reading, first, last, drugs, int(reading.quantity[before[-1]].value), (before[-1], first)))
    return arms


def _group_denominators(reading: Reading) -> list[FoundArm]:
    """ "nine of 42 patients relapsed in the early group": the group's size is the denominator"""
    arms = []
    for first, last in group_phrases(reading):
        before = [i for i in range(max(0, first - 14), first) if i in reading.quantity]
        if len(before) < 2 or any(reading.lower[i] in {";", "."} for i in range(before[-2], first)):
            continue
        a, b = reading.quantity[before[-2]], reading.quantity[before[-1]]
        between = reading.lower[before[-2] + 1 : before[-1]]
        if a.kind == b.kind == "COUNT" and a.value < b.value and "of" in between:
            drugs = [m for m in reading.of("DRUG") if first <= m.first and m.last <= last]
            arms.append(_arm(reading, first, last, drugs, int(b.value), (before[-1], before[-1] + 2)))
    return arms


def _arm(reading: Reading, first: int, last: int, drugs: list[Mention], n: int, evidence: tuple[int, int]) -> FoundArm:
    start, end = reading.span(*evidence)
    a, b = reading.span(first, last)
    label = reading.words(first, last) if b - a < 80 else ""
    words = frozenset(reading.lower[first:last]) - GROUP_WORDS - STOPS
    return FoundArm(label.strip(), frozenset(m.value for m in drugs), n, start, end, words)


def _label_start(reading: Reading, last: int) -> int:
    """First token of the label that ends before `last`: back to a comma, a verb of giving, or, versus."""
    first = last
    while first > 0 and last - first < 8:
        word = reading.lower[first - 1]
        joins = word in {"plus", "and", "+", "with", "/", "-"}
        if not joins and (word in STOPS | GIVEN | {"either", "receive", "plus"} or first - 1 in reading.quantity):
            break
        if word == "and" and not _between_drugs(reading, first - 1):
            break
        first -= 1
    return first


def _between_drugs(reading: Reading, i: int) -> bool:
    """ "A and B (n = 9)" is one arm only if no size stands between A and "and"."""
    return any(m.last == i for m in reading.of("DRUG")) and any(m.first == i + 1 for m in reading.of("DRUG"))


def _drug_run(reading: Reading, start: int) -> list[Mention]:
    """Drugs from token `start` on that belong to one regimen: joined by plus, and, with, in combination with."""
    joins = {"plus", "and", "+", "with", "combined", "in", "combination", "either", "oral", "standard", "a", "the", "/"}
    run: list[Mention] = []
    i = start
    while i < len(reading.doc):
        mention = next((m for m in reading.of("DRUG") if m.first == i), None)
        if mention is not None:
            run.append(mention)
            i = mention.last
        elif reading.lower[i] in joins:
            i += 1
        else:
            break
    return run


# ---- which arm a phrase speaks of --------------------------------------------------------------------------------


def group_phrases(reading: Reading) -> list[tuple[int, int]]:
    """Tokens [first, last) of every "… group" or "… arm", the label included."""
    found = []
    for i, word in enumerate(reading.lower):
        if word in GROUP_WORDS:
            first = i
            while first > 0 and i - first < 6 and _in_label(reading, first - 1):
                first -= 1
            if first < i:
                found.append((first, i + 1))
    return found


def _in_label(reading: Reading, i: int) -> bool:
    word = reading.lower[i]
    if word in {"plus", "+"} or any(m.first <= i < m.last for m in reading.of("DRUG")):
        return True
    kind = reading.quantity[i].kind if i in reading.quantity else ""
    return (
        word not in STOPS and kind in {"", "YEAR", "DOSE", "RANGE", "DURATION", "DURATION_WORDS"} and word not in PEOPLE
    )


@dataclass(frozen=True, slots=True)
class ArmMention:
    """Tokens [first, last) speak of arm number `arm`."""

    first: int
    last: int
    arm: int


def arm_mentions(reading: Reading, arms: list[FoundArm]) -> list[ArmMention]:
    """Every phrase of the sentence that names exactly one of the arms."""
    spans = [*group_phrases(reading), *_given_phrases(reading), *_bare_labels(reading, arms)]
    found: list[ArmMention] = []
    for first, last in sorted(spans, key=lambda s: (s[0], -s[1])):
        arm = which_arm(reading, first, last, arms)
        if arm is not None and not any(m.first < last and first < m.last for m in found):
            found.append(ArmMention(first, last, arm))
    return found


def _given_phrases(reading: Reading) -> list[tuple[int, int]]:
    """Tokens after "given", "receiving", "treated with" that list drugs."""
    found = []
    for i, word in enumerate(reading.lower):
        if word in GIVEN | {"with", "to"}:
            run = _drug_run(reading, i + 1)
            if run:
                last = run[-1].last
                extend = last < len(reading.doc) and reading.lower[last] in ALONE
                found.append((i, last + extend))
            elif i + 1 < len(reading.doc) and reading.lower[i + 1] in ALONE:
                found.append((i, i + 2))
    return found


def _bare_labels(reading: Reading, arms: list[FoundArm]) -> list[tuple[int, int]]:
    labels = {arm.label for arm in arms if arm.label.isupper() or len(arm.label) <= 6}
    return [(i, i + 1) for i, token in enumerate(reading.doc) if token.text in labels]


def which_arm(reading: Reading, first: int, last: int, arms: list[FoundArm]) -> int | None:
    """The one arm that tokens [first, last) name: by its drugs, by its label's words, or as combination against alone."""
    words = frozenset(reading.lower[first:last]) - GROUP_WORDS - STOPS - GIVEN
    drugs = frozenset(m.value for m in reading.of("DRUG") if first <= m.first and m.last <= last)
    tests = (
        [i for i, a in enumerate(arms) if drugs and a.drugs == drugs],
        [i for i, a in enumerate(arms) if words and a.words == words],
        _by_combination(words, arms),
        [i for i, a in enumerate(arms) if words and not drugs and words & a.words and words <= a.words],
    )
    return next((fit[0] for fit in tests if len(fit) == 1), None)


def _by_combination(words: frozenset[str], arms: list[FoundArm]) -> list[int]:
    if len(arms) != 2 or arms[0].drugs == arms[1].drugs:
        return []
    if words & COMBINED:
        return [i for i, a in enumerate(arms) if a.drugs > arms[1 - i].drugs]
    if words & ALONE:
        return [i for i, a in enumerate(arms) if a.drugs < arms[1 - i].drugs]
    return []


# ---- drugs of arms that the allocation does not name -------------------------------------------------------------

_TREATED = re.compile(
    r"\btreat(?:ed|ment)\b|\breceiv|\bgiven\b|\badminister|\btook\b|\btaking\b|\bconsist|\bin combination with\b"
    r"|\bregimen\b|\bregiment\b|\bcombin(?:ing|ed|ation)\b|\bdose of\b|\bintroduc|\busing\b|\bassociated with either\b"
    r"|\binclud(?:ed|es|ing)\b|\bescalat",
    re.IGNORECASE,
)
_NOT_HERE = re.compile(
    r"\bprior\b|\bprevious|\bfailed\b|\bfailure\b|\brefractory to\b|\bhistory\b|\bfirst-line\b|\bno response\b|\bshe\b|\bhe\b"
    r"|\bnot respon|\bafter\b[^.]*\btherapy\b|\bconsidered\b|\bhave been\b|\bin the literature\b|\blicensed\b|\bmice\b"
    r"|\bconcomitant\b|\bwithout\b|\balso given\b|\bpremedication\b|\bdefined as\b|\bresistant\b",
    re.IGNORECASE,
)


def single_arm_drugs(readings: list[Reading], text: str) -> frozenset[str]:
    """Drugs of a study's only arm: those of the title, and of sentences that say what the patients were given."""
    found: set[str] = set()
    for r in readings:
        if r.sentence.section in {"background", "conclusion", "back"} or not r.of("DRUG"):
            continue
        words = text[r.sentence.start : r.sentence.end]
        if r.sentence.section == "title" or (_TREATED.search(words) and not _NOT_HERE.search(words)):
            found |= {m.value for m in r.of("DRUG")}
    return frozenset(found)


def with_label_drugs(arms: list[FoundArm], readings: list[Reading], text: str) -> list[FoundArm]:
    """Arms named by a period or a letter get the drugs of the clauses that speak of them."""
    if not arms or any(arm.drugs for arm in arms):
        return arms
    found: list[set[str]] = [set() for _ in arms]
    for reading in readings:
        mentions = arm_mentions(reading, arms)
        for m, following in zip(mentions, [*mentions[1:], None], strict=False):
            upto = following.first if following else len(reading.doc)
            if any(word in GIVEN for word in reading.lower[m.last : upto]):
                found[m.arm] |= {d.value for d in reading.of("DRUG") if m.last <= d.first < upto}
    if not any(found):  # groups that differ in dose or length share their drugs
        found = [set(single_arm_drugs(readings, text)) for _ in arms]
    return [replace(arm, drugs=frozenset(f)) for arm, f in zip(arms, found, strict=True)]
