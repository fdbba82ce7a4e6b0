"""Frames: which outcome, which arm and which denominator a measure belongs to, sentence by sentence.

A sentence becomes a sequence of measures (M), outcomes (O) and arms (A), cut into clauses; a denominator phrase ("of the
35 patients, …") stands before them. Neighbourhood within the clause relates them; "respectively" pairs lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.extract.arms import ArmMention, FoundArm, arm_mentions
from pipeline.extract.measures import Measure, measures
from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import PEOPLE, Mention, Reading

Placed = TypeVar("Placed", Measure, Mention, ArmMention)

#: sentences that define, plan or quote rather than report
_NOT_RESULT = re.compile(
    r"\bdefined (?:as|by)\b|\bwas defined\b|\bhypothesi[sz]ed\b|\bexpected\b|\bassum(?:ed|ing|ption)\b|\bpower\b"
    r"|\b(?:in|from|by) (?:a |our )?previous (?:study|studies|report)|\bpreviously reported\b|\bin the literature\b"
    r"|\breview of the literature\b|\bet al\b|\bwas considered\b|\bwere considered as\b|\bdrop out\b|\bmice\b",
    re.IGNORECASE,
)
#: words shortly before an outcome that make it no outcome of these patients
_BEFORE_NOT = frozenset(
    (
        "no not non nonsustained non-sustained transient minor poor without failed fail fails lack time duration until predict predictor predictors "
        "predicting associated association loss lost definition difference differences median correlated "
        "refractory"
    ).split()
)
#: outcomes whose nouns count events, not patients: "seven adverse events"
_EVENTS = frozenset(["adverse_event", "serious_adverse_event", "death"])
_HARD_BREAKS = frozenset(["while", "whereas", "although", "but", "however"])
_RESTRICTIVE = frozenset(["who", "that", "whose", "without", "not", "with", "previously", "aged", "having"])


@dataclass(frozen=True, slots=True)
class Group:
    """The patients that a denominator phrase or a restrictive clause singles out, tokens [first, last)."""

    first: int
    last: int
    value: int | None
    words: str


@dataclass(frozen=True)
class Share:
    """One share as the text relates it: `of` is the denominator phrase it stands under, `clear` that no other outcome
    or arm could be meant; `restricted` that it speaks of some of the arm's patients only."""

    reading: Reading
    measure: Measure
    outcome: str
    name: str
    arm: int | None
    of: Group | None
    clear: bool
    restricted: bool
    p_value: Quantity | None

    @property
    def span(self) -> tuple[int, int]:
        return self.reading.span(self.measure.first, self.measure.last)


def shares(readings: list[Reading], text: str, arms: list[FoundArm]) -> list[Share]:
    """Every share of patients with an outcome that the text reports as its own result, in order."""
    found: list[Share] = []
    endpoint = primary_endpoint(readings, text)
    for reading in readings:
        if reading.sentence.section in {"title", "background", "conclusion", "back"}:
            continue
        words = text[reading.sentence.start : reading.sentence.end]
        if not _NOT_RESULT.search(words):
            found += _of_sentence(reading, arms, endpoint)
    return found


def primary_endpoint(readings: list[Reading], text: str) -> str | None:
    """The class of outcome that the text declares to be its primary endpoint."""
    for reading in readings:
        words = text[reading.sentence.start : reading.sentence.end]
        match = re.search(r"\bprimary (?:end ?-?points?|outcomes?)(?: measure)?,? (?:was|were)\b", words, re.IGNORECASE)
        if match:
            after = [o for o in reading.of("OUTCOME") if reading.at[o.first] >= reading.sentence.start + match.end()]
            if after:
                return after[0].value
    return None


def _of_sentence(reading: Reading, arms: list[FoundArm], endpoint: str | None) -> list[Share]:
    groups = denominator_phrases(reading)
    inside = [(g.first, g.last) for g in groups]
    ms = [m for m in _outside(measures(reading), inside) if _is_result(reading, m)]
    os = _outside([*_endpoint_mentions(reading, endpoint), *asserted_outcomes(reading)], inside)
    every_arm = arm_mentions(reading, arms)
    found: list[Share] = []
    heard: list[Mention] = []
    for first, last in clauses(reading):
        here = [m for m in ms if first <= m.first < last]
        said = sorted((o for o in os if first <= o.first < last), key=lambda o: o.first) or heard
        named = [a for a in _outside(every_arm, inside) if first <= a.first < last]
        group = next((g for g in reversed(groups) if g.first < last), None)
        topic = [a for a in every_arm if group and group.first <= a.first < group.last]
        if here and said:
            found += _clause(reading, here, said, named or topic, group, (first, last), len(arms))
        heard = said if len({o.value for o in said}) == 1 else []
    return found


def _outside(items: Iterable[Placed], spans: list[tuple[int, int]]) -> list[Placed]:
    return [x for x in items if not any(a <= x.first < b for a, b in spans)]


def _clause(
    reading: Reading,
    ms: list[Measure],
    os: Sequence[Mention],
    named: Sequence[ArmMention],
    group: Group | None,
    clause: tuple[int, int],
    arm_count: int,
) -> list[Share]:
    listed = "respectively" in reading.lower[clause[0] : clause[1]] or "respective" in reading.lower[: clause[1]]
    outcome_of = _pair(ms, os, listed)
    arm_of = _pair(ms, named, listed) if arm_count > 1 else [None] * len(ms)
    p = next((q for i, q in reading.quantity.items() if q.kind == "PVALUE" and clause[0] <= i < clause[1] + 12), None)
    found = []
    for m, o, a in zip(ms, outcome_of, arm_of, strict=True):
        if o is None or _subject_of_whole(m, ms):
            continue
        if m.whole is not None and group is None:
            group = _counted_people(reading, m, clause)
        restricted = _restricted(reading, m, clause) and not (group and group.value)
        clear = arm_count < 2 or a is not None
        name = reading.words(o.first, o.last)
        arm = a.arm if a is not None else (0 if arm_count == 1 else None)
        found.append(Share(reading, m, o.value, name, arm, group, clear, restricted, p))
    return found


def _subject_of_whole(m: Measure, ms: list[Measure]) -> bool:
    """ "we treated five patients and all responded": the five are the denominator of "all"."""
    return m.form == "count" and any(w.whole is not None and w.first >= m.last for w in ms)


def _counted_people(reading: Reading, m: Measure, clause: tuple[int, int]) -> Group | None:
    """The count of people before "all" in its clause."""
    for i in range(m.first - 1, clause[0] - 1, -1):
        q = reading.quantity.get(i)
        if q is not None and q.kind == "COUNT" and any(w in PEOPLE for w in reading.lower[i + 1 : i + 5]):
            return Group(i, i + 1, int(q.value), "")
    return None


def _pair(ms: list[Measure], others: Sequence[Placed], listed: bool) -> list[Placed | None]:
    """The partner of each measure among outcomes or arms of its clause."""
    if not others:
        return [None] * len(ms)
    if len({_identity(x) for x in others}) == 1:
        return [others[0]] * len(ms)
    if listed and len(ms) % len(others) == 0:
        return _in_order(ms, others)
    forward = ms[0].first < others[0].first
    return [_neighbour(i, ms, others, forward) for i in range(len(ms))]


def _identity(x: Mention | ArmMention | Measure) -> object:
    return x.value if isinstance(x, Mention) else x.arm if isinstance(x, ArmMention) else x


def _in_order(ms: list[Measure], others: Sequence[Placed]) -> list[Placed | None]:
    return [others[i % len(others)] for i in range(len(ms))]


def _neighbour(i: int, ms: list[Measure], others: Sequence[Placed], forward: bool) -> Placed | None:
    """The partner between a measure and the next one (or the one before); without one there, the next in reading
    direction: forward where the clause starts with a measure."""
    here = ms[i]
    touching = [x for x in others if here.last == x.first or x.last == here.first]
    if len(touching) == 1:
        return touching[0]
    before = ms[i - 1].last if i else -1
    after = ms[i + 1].first if i + 1 < len(ms) else 10**9
    left = [x for x in others if before <= x.first < here.first]
    right = [x for x in others if here.first <= x.first < after]
    if left and right:
        return right[0] if forward else left[-1]
    if left or right:
        return (right or left[::-1])[0]
    ahead = [x for x in others if x.first >= here.first]
    behind = [x for x in others if x.first < here.first]
    return (ahead or behind[::-1])[0] if forward else (behind[::-1] or ahead)[0]


def clauses(reading: Reading) -> list[tuple[int, int]]:
    """Tokens of each clause: cut at semicolons outside parentheses and at while, whereas, but."""
    cuts, depth = [0], 0
    for i, word in enumerate(reading.lower):
        depth += word in {"(", "["}
        depth -= word in {")", "]"}
        if (word == ";" and depth <= 0) or word in _HARD_BREAKS:
            cuts.append(i + 1)
    return [(a, b) for a, b in zip(cuts, [*cuts[1:], len(reading.doc)], strict=True) if b > a]


def denominator_phrases(reading: Reading) -> list[Group]:
    """ "Of the 35 patients, …", "Among the 16 patients who …, …": the phrase up to its comma."""
    found = []
    for i, word in enumerate(reading.lower):
        opens = i == 0 or reading.lower[i - 1] in {",", ";", ":", ".", "and", "moreover", "overall", "(", "results"}
        if word not in {"of", "among", "in", "from", "for"} or not opens:
            continue
        count = next((j for j in range(i + 1, min(i + 5, len(reading.doc))) if j in reading.quantity), None)
        if count is None or reading.quantity[count].kind != "COUNT":
            continue
        people = next(
            (j for j in range(count + 1, min(count + 6, len(reading.doc))) if reading.lower[j] in PEOPLE), None
        )
        if people is None:
            continue
        comma = next((j for j in range(people, min(people + 30, len(reading.doc))) if reading.lower[j] == ","), None)
        last = comma if comma is not None else people + 1
        words = " ".join(reading.lower[count + 1 : last])
        found.append(Group(i, last, int(reading.quantity[count].value), words))
    return found


def asserted_outcomes(reading: Reading) -> list[Mention]:
    """Outcome mentions that state something of the patients: not negated, not a time to or duration of, not people."""
    return [o for o in reading.of("OUTCOME") if _asserted(reading, o)]


def _asserted(reading: Reading, o: Mention) -> bool:
    before = reading.lower[max(0, o.first - 3) : o.first]
    after = reading.lower[o.last : o.last + 2]
    if any(word in _BEFORE_NOT for word in before) or (after and after[0] in PEOPLE):
        return False
    if o.last < len(reading.doc) and after[0] in {",", "="} and len(after) > 1 and _is_decimal(reading, o.last + 1):
        return False
    return not (reading.lower[o.first].endswith("ing") and after and after[0] in PEOPLE)


def _is_decimal(reading: Reading, i: int) -> bool:
    return i in reading.quantity and reading.quantity[i].kind in {"DECIMAL", "INTERVAL"}


def _endpoint_mentions(reading: Reading, endpoint: str | None) -> list[Mention]:
    """ "the primary endpoint … was achieved by" speaks of the declared endpoint."""
    if endpoint is None:
        return []
    pairs = zip(reading.lower, reading.lower[1:], strict=False)
    at = [i for i, pair in enumerate(pairs) if pair[0] == "primary" and pair[1] in {"endpoint", "outcome", "end"}]
    return [Mention("OUTCOME", i, i + 2, endpoint) for i in at]


def _is_result(reading: Reading, m: Measure) -> bool:
    """Lone counts must count people or stand before a verb of outcome; "all" and "none" likewise."""
    following = reading.lower[m.last : m.last + 3]
    before = reading.lower[max(0, m.first - 2) : m.first]
    if m.form == "whole":
        verb = any(word.endswith("ed") for word in following[:2]) and reading.lower[m.first] in {"all", "none"}
        return reading.lower[m.first] != "no" and (reading.lower[m.last - 1] in PEOPLE or verb)
    if m.form == "percent":  # a threshold: "on more than 67% of visits", "at least a 50% reduction"
        return not {"than", "least", "over"} & set(before)
    if m.form == "count":
        if {"among", "of", "from"} & set(before):
            return False
        people = any(word in PEOPLE for word in following)
        outcome = any(m.last <= o.first <= m.last + 3 and o.value not in _EVENTS for o in reading.of("OUTCOME"))
        rest = m.first > 0 and reading.lower[m.first - 1] in {"other", "remaining"}
        return people or outcome or rest
    return True


def _restricted(reading: Reading, m: Measure, clause: tuple[int, int]) -> bool:
    """The clause narrows the patients down before the measure: "in patients who did not receive …" """
    for i in range(clause[0], min(m.first, clause[1]) - 1):
        counted = any(j in reading.quantity for j in range(max(0, i - 4), i))
        if reading.lower[i] in PEOPLE and reading.lower[i + 1] in _RESTRICTIVE and not counted:
            return True
    return False
