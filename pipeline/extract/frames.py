"""Frames: which outcome, which arm and which denominator a measure belongs to, sentence by sentence.

A clause is a sequence of measures (M), outcomes (O) and references to arms (A). Measures of one outcome form a group ("M in A
and M in B", "M vs M"); each group takes an outcome, and within it each measure takes an arm. Several readings are tried in
the order in which writers use them; numbers that an arm's size cannot give rule a reading out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from pipeline.extract import arithmetic
from pipeline.extract.arms import FoundArm
from pipeline.extract.measures import Measure, fits_size, measures
from pipeline.extract.phrases import bracket_around, closing
from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Mention, Reading
from pipeline.extract.references import Reference, every_arm, references

Placed = TypeVar("Placed", Measure, Mention, Reference)

#: sentences that define, plan or quote rather than report
_NOT_RESULT = re.compile(
    r"\b(?:was|were|is) defined\b|\bhypothesi[sz]ed\b|\bexpected\b|\bassum(?:ed|ing|ption)\b|\bpower\b"
    r"|\b(?:in|from|by) (?:a |our )?previous (?:study|studies|report)|\bpreviously reported\b|\bin the literature\b"
    r"|\breview of the literature\b|\bet al\b|\bwas considered\b|\bwere considered as\b|\bdrop out\b|\bmice\b"
    r"|\bprobabilit(?:y|ies)\b|\bchance of\b"
    r"|\bclassification rate\b|\bpredict(?:ed|ive|ion|ing|or|ors)\b.{0,60}\b(?:accuracy|sensitivity|specificity)\b",
    re.IGNORECASE,
)
#: words shortly before an outcome that make it no outcome of these patients
_BEFORE_NOT = frozenset(
    (
        "no not non nonsustained non-sustained transient minor poor without failed fail fails lack time duration until predict predictor predictors "
        "predicting associated association loss lost definition difference differences median correlated "
        "refractory avoiding free prevent preventing prevention"
    ).split()
)
#: outcomes whose nouns count events, not patients: "seven adverse events"
_EVENTS = frozenset(["adverse_event", "serious_adverse_event", "death"])
_HARD_BREAKS = frozenset(["while", "whereas", "although", "but", "however"])
_RESTRICTIVE = frozenset(["who", "that", "whose", "without", "not", "with", "previously", "aged", "having"])
_POOLED = frozenset(["overall", "total", "all", "whole", "entire", "combined", "pooled"])


@dataclass(frozen=True, slots=True)
class Group:
    """The patients that a denominator phrase or a restrictive clause singles out, tokens [first, last)."""

    first: int
    last: int
    value: int | None
    words: str


@dataclass(frozen=True)
class Share:
    """One share as the text relates it: `of` is the denominator phrase it stands under; `way` how its arm was told
    ("beside", "in order", "compared", "context", "every", "only", "pooled", "" if it was not); `restricted` that it speaks
    of some of the arm's patients only; `proven` that the numbers rule out every other order of the arms."""

    reading: Reading
    measure: Measure
    outcome: str
    name: str
    arm: int | None
    of: Group | None
    way: str
    restricted: bool
    p_value: Quantity | None
    proven: bool = False
    #: another outcome stands as near
    rivalled: bool = False

    @property
    def span(self) -> tuple[int, int]:
        return self.reading.span(self.measure.first, self.measure.last)


def shares(readings: list[Reading], text: str, arms: list[FoundArm]) -> list[Share]:
    """Every share of patients with an outcome that the text reports as its own result, in order."""
    found: list[Share] = []
    endpoint = primary_endpoint(readings, text)
    order: list[int] = []
    for reading in readings:
        if reading.sentence.section in {"title", "background", "conclusion", "back"}:
            continue
        words = text[reading.sentence.start : reading.sentence.end]
        told = references(reading, arms)
        if not _NOT_RESULT.search(words):
            found += _Sentence(reading, arms, endpoint, order, told).shares()
        order = _order(told, len(arms)) or order
    return found


def _order(told: list[Reference], count: int) -> list[int]:
    """The arms in the order in which the sentence names them, if it names all of them."""
    order = list(dict.fromkeys(r.arm for r in told))
    return order if len(order) == count else []


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


class _Sentence:
    """The shares of one sentence; `order` is the order of arms that an earlier sentence gave."""

    def __init__(
        self, reading: Reading, arms: list[FoundArm], endpoint: str | None, order: list[int], told: list[Reference]
    ) -> None:
        self.reading, self.arms, self.order, self.told = reading, arms, order, told
        self.groups = denominator_phrases(reading)
        inside = [*((g.first, g.last) for g in self.groups), *definitions_in(reading)]
        self.measures = [m for m in _outside(measures(reading), inside) if is_result(reading, m, told)]
        asserted = [*_endpoint_mentions(reading, endpoint), *asserted_outcomes(reading)]
        denials = {"no", "not", "without"}
        self.denied = [o for o in reading.of("OUTCOME") if denials & set(reading.lower[max(0, o.first - 2) : o.first])]
        self.outcomes = sorted(_outside(asserted, inside), key=lambda o: o.first)
        self.references = _outside(told, inside)

    def shares(self) -> list[Share]:
        found: list[Share] = []
        heard: list[Mention] = []
        for first, last in clauses(self.reading):
            ms = [m for m in self.measures if first <= m.first < last]
            said = [o for o in self.outcomes if first <= o.first < last and _visible(self.reading, o, ms)]
            if ms and (said or heard):
                found += self._clause(ms, said or heard, (first, last))
            heard = said[-1:] if said else heard
        return found

    def _clause(self, ms: list[Measure], os: list[Mention], clause: tuple[int, int]) -> list[Share]:
        reading = self.reading
        ms = [m for m in ms if not _subject_of_whole(m, ms)]
        subject = _counted_subject(reading, ms)
        ms = ms[1:] if subject else ms
        group = subject or next((g for g in reversed(self.groups) if g.first < clause[1]), None)
        group = group or _trailing_group(reading, ms, clause)
        told = [r for r in self.references if clause[0] <= r.first < clause[1]]
        if not told and group:
            told = [r for r in self.told if group.first <= r.first < group.last]
        listed = bool({"respectively", "respective"} & set(reading.lower[clause[0] : clause[1]]))
        heads = _heads(os, ms)
        c = _Clause(*clause, ms, told, group, listed, len(heads))
        blocks = _blocks(reading, ms, os, told, len(self.arms), len(heads))
        pairs = _outcomes_of(reading, blocks, os, heads, listed)
        p = next(
            (q for i, q in reading.quantity.items() if q.kind == "PVALUE" and clause[0] <= i < clause[1] + 12), None
        )
        found: list[Share] = []
        placed: dict[int, tuple[int | None, str, bool]] = {}
        for block, outcomes in zip(blocks, pairs, strict=True):
            arms = self._arms_of(c, block)
            aside = self._aside(c, block, placed)
            for m, o, (arm, way, proven) in zip(block, outcomes, [aside] * len(block) if aside else arms, strict=True):
                placed[m.last] = (arm, way, proven)
                if o is not None and not self._cut_off(m, o):
                    found.append(
                        self._share(m, o, arm, way, proven, group, clause, p, _rivals(reading, block, m, o, os, listed))
                    )
        found = _with_bracketed_percent(found)
        return [x for s in found for x in self._for_every_arm(s)]

    def _share(
        self, m: Measure, o: Mention, arm: int | None, way: str, proven: bool, group: Group | None, clause: tuple[int, int],
        p: Quantity | None, rivalled: bool,
    ) -> Share:  # fmt: skip
        of = _counted_people(self.reading, m, clause) if m.whole is not None and group is None else group
        restricted = _restricted(self.reading, m, clause) and not (of and of.value)
        name = self.reading.words(o.first, o.last)
        return Share(self.reading, m, o.value, name, arm, of, way, restricted, p, proven, rivalled)

    def _for_every_arm(self, share: Share) -> list[Share]:
        """ "All patients responded", "12% in both groups" say it of each arm."""
        if len(self.arms) < 2 or share.way != "every":
            return [share]
        return [replace(share, arm=i) for i in range(len(self.arms))]

    # ---- arms of a block of measures -------------------------------------------------------------------------------

    def _arms_of(self, c: _Clause, block: list[Measure]) -> list[tuple[int | None, str, bool]]:
        """For each measure its arm, how it was told, and whether the numbers prove the order."""
        if len(self.arms) < 2:
            return [(0, "only", False)] * len(block)
        unlikely: list[tuple[int | None, str, bool]] = []
        for way, read in (
            ("every", self._every), ("in order", self._in_order), ("compared", self._by_comparison),
            ("context", self._by_context), ("beside", self._beside), ("pooled", self._as_pooled),
            ("series", self._in_series),
        ):  # fmt: skip
            arms = read(c, block)
            if arms is None:
                continue
            if way in {"in order", "compared", "context"} and not self._possible(block, arms):
                unlikely = unlikely or [(a, way, False) for a in arms]  # right if others than all were evaluated
                continue
            if way in {"pooled", "series"} and unlikely:
                break
            listed = c.listed and len(block) == c.heads > 1  # as many numbers of one arm as outcomes
            way = "in order" if way == "series" and listed else way
            proven = len(set(arms)) > 1 and self._only_possible(block, arms)
            return [(a, way, proven) for a in arms]
        return unlikely or [(None, "", False)] * len(block)

    def _cut_off(self, m: Measure, o: Mention) -> bool:
        """ "124 showed no progression, 196 had a recurrence": the 124 are told of what stands denied before the outcome"""
        return m.events is not None and any(m.last <= x.first < o.first for x in self.denied)

    def _aside(
        self, c: _Clause, block: list[Measure], placed: dict[int, tuple[int | None, str, bool]]
    ) -> tuple[int | None, str, bool] | None:
        """The arm of the measure whose brackets this one stands in: "69% (CR 60%)"."""
        bracket = bracket_around(self.reading, block[0].first)
        end = closing(self.reading, bracket) if bracket is not None else None
        if bracket is None or end is None or any(bracket < r.first < end for r in c.told):
            return None
        return next((placed[i] for i in (bracket, bracket - 1) if i in placed), None)

    def _possible(self, block: Sequence[Measure], arms: Sequence[int | None]) -> bool:
        return all(a is None or possible(m, self.arms[a].n) for m, a in zip(block, arms, strict=True))

    def _only_possible(self, block: Sequence[Measure], arms: Sequence[int | None]) -> bool:
        """Whether the arms' sizes give the numbers in this order and not in the reverse."""
        if any(a is None or self.arms[a].n is None for a in arms) or not self._possible(block, arms):
            return False
        return not self._possible(block, list(reversed(arms)))

    def _every(self, c: _Clause, block: list[Measure]) -> list[int | None] | None:
        m = block[0]
        near = every_arm(self.reading, m.first, min(c.last, m.last + 8)) or every_arm(self.reading, c.first, m.first)
        whole = m.whole is not None and not (c.group and c.group.value)
        return [None] if len(block) == 1 and not c.told and (near or whole) else None

    def _in_order(self, c: _Clause, block: list[Measure]) -> list[int | None] | None:
        """As many arms as measures, all before or all behind them: in the order named."""
        if len(block) < 2:
            return None
        ahead = [r for r in c.told if block[-1].last <= r.first]
        last_of_all = c.measures[-1].last
        if c.listed and ahead and ahead[0].first >= last_of_all:  # "x vs y and u vs v in A and B, respectively"
            behind = _first_of_each(ahead)
        else:
            behind = _first_of_each([r for r in ahead if r.first < c.next_first(block)])
        before = _first_of_each([r for r in c.told if r.last <= block[0].first])
        for named in (behind, before):
            if len(named) == len(block) and (not any(r.compared for r in named) or _parallel(self.reading, named)):
                return [r.arm for r in named]
        chiasm = not c.forward and not _versus_word(self.reading, block)
        if len(block) == 2 and chiasm and before and behind and before[-1].arm != behind[0].arm:
            return [before[-1].arm, behind[0].arm]  # "in A it was x, and y in B"
        return None

    def _by_comparison(self, c: _Clause, block: list[Measure]) -> list[int | None] | None:
        """ "higher in A than in B (x vs y)", "compared with B, A had (x vs y)": first the subject, then what it is compared
        with; where only one of two arms is named, the other comes second."""
        compared = _versus_word(self.reading, block) or any(r.compared for r in c.told)
        if len(block) != 2 or len(self.arms) != 2 or not _versus(self.reading, block) or not compared:
            return None
        subject = _first_of_each([r for r in c.told if not r.compared])
        other = _first_of_each([r for r in c.told if r.compared])
        if len(subject) == 1 and {r.arm for r in other} <= {1 - subject[0].arm}:
            return [subject[0].arm, 1 - subject[0].arm]
        return [1 - other[0].arm, other[0].arm] if not subject and len(other) == 1 else None

    def _by_context(self, c: _Clause, block: list[Measure]) -> list[int | None] | None:
        """No arm is named here: the order of the sentence so far, or of the one before."""
        if c.told or len(block) != len(self.arms):
            return None
        here = _order([r for r in self.told if r.first < c.last], len(self.arms))
        order = here or self.order
        return list(order) if order and (_versus(self.reading, block) or c.listed) else None

    def _beside(self, c: _Clause, block: list[Measure]) -> list[int | None] | None:
        """A measure's own arm: in the gap behind it where the clause starts with a measure, in the gap before it where it
        starts with an arm; else in the other gap, if no other measure has that one."""
        if len(block) != 1 or not c.told:
            return None
        bracket = bracket_around(self.reading, block[0].first)
        owner = [r.arm for r in c.told if bracket is not None and r.last == bracket]
        if owner:
            return [owner[0]]
        before, behind = c.gaps(block[0])
        first, second = (behind, before) if c.forward else (before, behind)
        for near, taken_by in ((first, None), (second, c.neighbour(block[0], not c.forward))):
            arms = {r.arm for r in near}
            if arms and (taken_by is None or c.gaps(taken_by)[c.forward] != near):
                nearest = near[0] if near is behind else near[-1]
                return [nearest.arm] if len(arms) == 1 or _near(block[0], nearest) else None
        return None

    def _as_pooled(self, c: _Clause, block: list[Measure]) -> list[int | None] | None:
        """One number of all patients together."""
        if len(block) != 1 or [r for r in c.told if r.first < block[0].last + 12]:
            return None
        before = set(self.reading.lower[c.first : block[0].first])
        return [None] if before & _POOLED else None

    def _in_series(self, c: _Clause, block: list[Measure]) -> list[int | None] | None:
        """Several outcomes of one arm in a row: the arm named behind the row, or before it."""
        ahead = [r for r in c.told if r.first >= block[-1].last]
        back = [r for r in c.told if r.last <= block[0].first]
        near = ahead[0] if c.forward and ahead else back[-1] if back else ahead[0] if ahead else None
        if near is None or (len(block) > 1 and _versus_word(self.reading, block)):
            return None
        return [near.arm] * len(block)


@dataclass(frozen=True)
class _Clause:
    """Tokens [first, last) with their measures and references; `forward`: it starts with a measure, not with an arm."""

    first: int
    last: int
    measures: list[Measure]
    told: list[Reference]
    group: Group | None
    listed: bool
    heads: int

    @property
    def forward(self) -> bool:
        return bool(self.told) and self.measures[0].first < self.told[0].first

    def gaps(self, m: Measure) -> tuple[list[Reference], list[Reference]]:
        """References between the previous measure and m, and between m and the next."""
        start = max((x.last for x in self.measures if x.first < m.first), default=self.first - 10**6)
        end = min((x.first for x in self.measures if x.first > m.first), default=10**6)
        return (
            [r for r in self.told if start <= r.first < m.first],
            [r for r in self.told if m.last <= r.first < end],
        )

    def neighbour(self, m: Measure, after: bool) -> Measure | None:
        i = self.measures.index(m) + (1 if after else -1)
        return self.measures[i] if 0 <= i < len(self.measures) else None

    def next_first(self, block: list[Measure]) -> int:
        return min((x.first for x in self.measures if x.first > block[-1].first), default=10**6)


def _rivals(reading: Reading, block: list[Measure], m: Measure, o: Mention, os: list[Mention], listed: bool) -> bool:
    """Whether an outcome of another class stands as near to the block of measures as the one taken."""
    if listed or _linked(reading, o, block[0]) or m.first < o.first < m.last:
        return False
    seen = [x for x in os if _visible(reading, x, block)]
    return len({x.value for x in seen if _distance(block, x) <= _distance(block, o)}) > 1


def _distance(block: list[Measure], o: Mention) -> int:
    return o.first - block[-1].last if o.first >= block[-1].last else block[0].first - o.last


def _with_bracketed_percent(found: list[Share]) -> list[Share]:
    """ "13 of 28 patients in A (46 percent)": the percentage in brackets belongs to the count before the arm's name"""
    out: list[Share] = []
    for share in found:
        last = out[-1] if out else None
        m = share.measure
        bare = m.form == "percent" and bracket_around(share.reading, m.first) is not None
        if last and bare and last.arm == share.arm and last.outcome == share.outcome and last.measure.percent is None:
            events, n = last.measure.events, last.measure.n
            if events is not None and n is not None and m.percent and arithmetic.agrees(events, n, m.percent):
                out[-1] = replace(last, measure=replace(last.measure, percent=m.percent))
                continue
        out.append(share)
    return out


def _near(m: Measure, r: Reference) -> bool:
    return 0 <= r.first - m.last <= 6 or 0 <= m.first - r.last <= 3


def possible(m: Measure, n: int | None) -> bool:
    """Whether an arm of n patients, or as many of them as were evaluated, can give the measure."""
    if n is None:
        return True
    return m.n <= n if m.n is not None else fits_size(m, n)


def _first_of_each(told: list[Reference]) -> list[Reference]:
    seen: dict[int, Reference] = {}
    for r in told:
        seen.setdefault(r.arm, r)
    return list(seen.values())


def _versus(reading: Reading, block: Sequence[Measure]) -> bool:
    """Measures that only "vs", "and", commas and brackets part."""
    gaps = [(a.last, b.first) for a, b in pairwise(block)]
    return bool(gaps) and all(_row_gap(reading, a, b) for a, b in gaps)


_ROW = frozenset(
    ["vs", "vs.", "versus", "v", "v.", "and", ",", "compared", "(", ")", "[", "]", "or", "%", "against", ";"]
)


def _row_gap(reading: Reading, first: int, last: int) -> bool:
    words = reading.lower[first:last]
    allowed = _ROW | {"with", "to", "as"} if "compared" in words else _ROW
    return all(w in allowed or i in reading.quantity for i, w in enumerate(words, first))


def _parallel(reading: Reading, named: list[Reference]) -> bool:
    """ "A versus B": the names stand in a row like the numbers."""
    gap = reading.lower[named[0].last : named[-1].first]
    return len(gap) <= 3 and bool({"versus", "vs", "vs.", "v", "and", "or"} & set(gap))


def _versus_word(reading: Reading, block: Sequence[Measure]) -> bool:
    return bool({"vs", "vs.", "versus", "v", "v."} & set(reading.lower[block[0].last : block[-1].first]))


# ---- measures to blocks, blocks to outcomes --------------------------------------------------------------------------


def _blocks(
    reading: Reading, ms: list[Measure], os: list[Mention], told: list[Reference], arm_count: int, heads: int
) -> list[list[Measure]]:
    """Rows of measures that no outcome and no arm parts, each cut into as many as there are arms; a row as long as the list
    of outcomes, of one arm, stays whole."""
    rows: list[list[Measure]] = []
    for m in ms:
        if rows and not _parted(reading, rows[-1][-1], m, [*os, *told]):
            rows[-1].append(m)
        else:
            rows.append([m])
    blocks: list[list[Measure]] = []
    for row in rows:
        per_arm = len(row) == heads > 1 and len(rows) > 1
        size = len(row) if per_arm or len(row) % max(arm_count, 1) or arm_count < 2 else arm_count
        blocks += [row[i : i + size] for i in range(0, len(row), size)]
    return blocks if arm_count > 1 else [[m] for m in ms]


def _parted(reading: Reading, a: Measure, b: Measure, marks: list[Mention | Reference]) -> bool:
    """An outcome or an arm stands between, or only one of the two stands in brackets."""
    brackets = bracket_around(reading, a.first) != bracket_around(reading, b.first)
    return any(a.last <= x.first < b.first for x in marks) or (brackets and not _versus_word(reading, [a, b]))


def _outcomes_of(
    reading: Reading, blocks: list[list[Measure]], os: list[Mention], heads: list[Mention], listed: bool
) -> list[list[Mention | None]]:
    """For each measure of each block its outcome: listed outcomes in order, else the one beside the block."""
    flat = [m for b in blocks for m in b]
    if listed and len(heads) > 1:
        if len(blocks) == len(heads):
            return [[o] * len(b) for b, o in zip(blocks, heads, strict=True)]
        if all(len(b) == len(heads) for b in blocks):
            return [list(heads) for _ in blocks]
        if len(flat) == len(heads):
            rest = iter(heads)
            return [[next(rest) for _ in b] for b in blocks]
        if (
            len(blocks) == len(flat) and len(flat) % len(heads) == 0
        ):  # "x and y were a in A vs b in B and c in A vs d in B"
            each = len(flat) // len(heads)
            return [[heads[i // each]] for i in range(len(flat))]
    chosen: list[list[Mention | None]] = []
    forward = bool(flat) and not any(o.first < flat[0].first for o in os)
    for k, block in enumerate(blocks):
        floor = blocks[k - 1][-1].last if k else -1
        ceiling = blocks[k + 1][0].first if k + 1 < len(blocks) else 10**9
        o = _outcome_of(reading, block, os, floor, ceiling, forward)
        if o is None and k and chosen[k - 1]:
            o = chosen[k - 1][-1]
        chosen.append([o] * len(block))
    for k in range(len(chosen) - 2, -1, -1):  # "A (40%) and B (25%) achieved CR": the outcome stands behind them all
        if chosen[k] and chosen[k][0] is None:
            chosen[k] = [chosen[k + 1][0]] * len(chosen[k])
    return [[_own(m, os) or o for m, o in zip(b, c, strict=True)] for b, c in zip(blocks, chosen, strict=True)]


def _own(m: Measure, os: list[Mention]) -> Mention | None:
    """The outcome within the measure: "17% for relapse (7 patients)"."""
    return next((o for o in os if m.first < o.first < m.last), None)


def _heads(os: list[Mention], ms: list[Measure]) -> list[Mention]:
    """The outcomes listed before the first measure, or else behind the last."""
    if not ms:
        return []
    listed = [o for k, o in enumerate(os) if not k or o.first > os[k - 1].last]
    return [o for o in listed if o.first < ms[0].first] or [o for o in listed if o.first >= ms[-1].last]


def _linked(reading: Reading, o: Mention, m: Measure) -> bool:
    return o.last <= m.first and all(w in _LINKS for w in reading.lower[o.last : m.first])


#: between an outcome and its number: "response rate of 55%", "CR was 40%", "ORR (n = 8, 50%)"
_LINKS = frozenset(
    [
        "rate",
        "rates",
        "of",
        "was",
        "were",
        "is",
        "are",
        ":",
        "=",
        "(",
        "in",
        "a",
        "an",
        "about",
        "only",
        "approximately",
    ]
)


def _outcome_of(
    reading: Reading, block: list[Measure], os: list[Mention], floor: int, ceiling: int, forward: bool
) -> Mention | None:
    first, last = block[0].first, block[-1].last
    os = [o for o in os if _visible(reading, o, block)]
    linked = [o for o in os if _linked(reading, o, block[0])]
    if linked:
        return linked[-1]
    behind_it = [o for o in os if o.first >= last and 0 < o.first - last <= 2 and reading.lower[last] == "for"]
    if behind_it:
        return behind_it[0]
    before = [o for o in os if floor <= o.first < first]
    inside = [o for o in os if first <= o.first < last]
    behind = [o for o in os if last <= o.first < ceiling]
    touching = [o for o in behind if o.first - last <= 1 and block[0].percent is None] or [
        o for o in before if o.last == first
    ]
    if len(touching) == 1:
        return touching[0]
    if forward and (inside or behind):
        return (inside or behind)[0]
    if before or inside:
        return (before[-1:] or inside)[0]
    earlier = [o for o in os if o.first < first]
    if earlier and not (behind and behind[0].first - last <= 4):
        return earlier[-1]
    return behind[0] if behind else earlier[-1] if earlier else None


def _outside(items: Iterable[Placed], spans: list[tuple[int, int]]) -> list[Placed]:
    return [x for x in items if not any(a <= x.first < b for a, b in spans)]


def _visible(reading: Reading, o: Mention, ms: list[Measure]) -> bool:
    """Whether an outcome speaks to the clause: what stands in brackets speaks to the measures in them only."""
    bracket = bracket_around(reading, o.first)
    while bracket is not None and not any(bracket_around(reading, m.first) == bracket for m in ms):
        end = closing(reading, bracket)
        if end is None or end - bracket > 4:
            return False  # longer than a short form, as "(CR)"
        bracket = bracket_around(reading, bracket)
    return True


def definitions_in(reading: Reading) -> list[tuple[int, int]]:
    """Tokens of "defined as …" up to the comma before the verb that goes on, or to the end."""
    found = []
    for i, word in enumerate(reading.lower):
        if word == "defined" and reading.lower[i + 1 : i + 2] in (["as"], ["by"]):
            ends = (
                j
                for j in range(i, len(reading.lower) - 1)
                if reading.lower[j] in {",", ")"} and reading.lower[j + 1] in _GOES_ON
            )
            found.append((i, next(ends, len(reading.lower))))
    return found


_GOES_ON = frozenset(["was", "were", "occurred", "is", "did", "had", "in", "at"])


def _subject_of_whole(m: Measure, ms: list[Measure]) -> bool:
    """ "we treated five patients and all responded": the five are the denominator of "all"."""
    return m.form == "count" and any(w.whole is not None and w.first >= m.last for w in ms)


def _counted_subject(reading: Reading, ms: list[Measure]) -> Group | None:
    """ "47 patients treated with A achieved a response rate of 61.7%": the count is the denominator of the percentages"""
    if len(ms) < 2 or ms[0].form != "count" or any(m.percent is None or m.events is not None for m in ms[1:]):
        return None
    between = reading.lower[ms[0].last : ms[1].first]
    people = any(w in PEOPLE for w in between[:4])
    verb = {"achieved", "had", "showed", "obtained", "experienced", "attained", "with"} & set(between)
    rate = {"of", "rate", "rates"} & set(between[-3:])
    if not (people and verb and rate):
        return None
    return Group(ms[0].first, ms[0].last, ms[0].events, " ".join(between[:8]))


def _counted_people(reading: Reading, m: Measure, clause: tuple[int, int]) -> Group | None:
    """The count of people before "all" in its clause."""
    for i in range(m.first - 1, clause[0] - 1, -1):
        q = reading.quantity.get(i)
        if q is not None and q.kind == "COUNT" and any(w in PEOPLE for w in reading.lower[i + 1 : i + 5]):
            return Group(i, i + 1, int(q.value), "")
    return None


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


def _trailing_group(reading: Reading, ms: list[Measure], clause: tuple[int, int]) -> Group | None:
    """ "23% for 52 patients", "in all 42 patients": the denominator behind the only measure of a clause."""
    if len(ms) != 1:
        return None
    for i in range(ms[0].last, clause[1]):
        q = reading.quantity.get(i)
        if (
            q is None
            or q.kind != "COUNT"
            or not {"for", "in", "among", "of"} & set(reading.lower[max(ms[0].last, i - 3) : i])
        ):
            continue
        people = next((j for j in range(i + 1, min(i + 5, clause[1])) if reading.lower[j] in PEOPLE), None)
        if people is not None:
            return Group(i, people + 1, int(q.value), " ".join(reading.lower[i + 1 : min(people + 8, clause[1])]))
    return None


def asserted_outcomes(reading: Reading) -> list[Mention]:
    """Outcome mentions that state something of the patients: not negated, not a time to or duration of, not people."""
    return [o for o in reading.of("OUTCOME") if _asserted(reading, o)]


_QUOTES = frozenset("' ‘ ’ \" “ ”".split())


def _none_seen(reading: Reading, o: Mention) -> bool:
    """ "no relapses were observed": nobody had it"""
    seen = {"observed", "seen", "found", "noted", "reported", "recorded", "documented", "occurred"}
    return reading.lower[o.first - 1 : o.first] == ["no"] and bool(seen & set(reading.lower[o.last : o.last + 3]))


#: words behind an outcome that speak about it instead of stating it: "CR improvement", "response criteria"
_ABOUT = frozenset(
    "improvement difference differences duration assessment criteria definition evaluation predictors status".split()
)


def _asserted(reading: Reading, o: Mention) -> bool:
    if reading.lower[o.last : o.last + 1] and reading.lower[o.last] in _ABOUT | GROUP_WORDS:
        return False  # "response criteria", "the eradication group"
    if reading.lower[o.last : o.last + 2] == ["-", "free"] or reading.lower[o.last : o.last + 1] == ["free"]:
        return False
    if (
        reading.lower[o.last : o.last + 1] == ["of"]
        and reading.lower[o.last + 1 : o.last + 2]
        and reading.lower[o.last + 1] in _QUOTES
    ):
        return False  # "a best response of 'no change'"
    if any(m.last == o.first for m in reading.of("DRUG")) and reading.doc[o.first].text.isupper():
        return False  # "metoprolol CR": a formulation
    before = reading.lower[max(0, o.first - 3) : o.first]
    after = reading.lower[o.last : o.last + 2]
    if _none_seen(reading, o):
        return True
    if any(word in _BEFORE_NOT for word in before) or (after and after[0] in PEOPLE - {"cases"}):
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


def is_result(reading: Reading, m: Measure, told: list[Reference]) -> bool:
    """Lone counts must count people or stand before a verb of outcome; "all" and "none" likewise."""
    following = reading.lower[m.last : m.last + 3]
    before = reading.lower[max(0, m.first - 2) : m.first]
    if m.form == "whole":
        if (following[:1] and following[0] in _RESTRICTIVE) or {"for", "of", "in", "among", "including"} & set(before):
            return False
        if reading.lower[m.first] == "no":
            return any(o.first == m.last and _none_seen(reading, o) for o in reading.of("OUTCOME"))
        verb = bool(following[:1]) and following[0] in _OBSERVED and reading.lower[m.first] in {"all", "none"}
        return reading.lower[m.first] != "no" and (reading.lower[m.last - 1] in PEOPLE or verb)
    if m.form == "percent":  # a threshold: "on more than 67% of visits", "at least a 50% reduction"
        changed = bool(following[:1]) and following[0] in _CHANGES
        return not {"than", "least", "over"} & set(before) and not changed and not _changed_by(reading, m)
    if m.form == "count":
        people = any(word in PEOPLE for word in following)
        if (
            people
            and _REACHED & set(reading.lower[m.last : m.last + 14])
            and not _OBSERVED & set(reading.lower[m.last : m.last + 14])
        ):
            return False
        share_before = any(q.kind == "PERCENT" and m.first - 14 < i < m.first for i, q in reading.quantity.items())
        of_whom = {"for", "all"} | ({"in"} if share_before else set())
        if {"among", "of", "from"} & set(before) or (people and of_whom & set(before)):
            return False
        outcome = any(m.last <= o.first <= m.last + 3 and o.value not in _EVENTS for o in reading.of("OUTCOME"))
        rest = m.first > 0 and reading.lower[m.first - 1] in {"other", "remaining"}
        elliptical = following[:1] in (["in"], ["with"], ["for"], ["on"]) and any(
            m.last <= r.first <= m.last + 4 for r in told
        )
        return people or outcome or rest or elliptical
    return True


_CHANGES = frozenset(
    "improvement reduction increase decrease difference change decline higher lower greater more less fewer".split()
)
_APPROACH = frozenset(["of", "was", "were", "is", "approximately", "about", "only", "a", "an"])


def _changed_by(reading: Reading, m: Measure) -> bool:
    """ "reduced the rate by 56% and 60%": how much something changed, not how many patients"""
    if reading.lower[m.last : m.last + 1] == ["of"]:  # "was achieved by 81% of the patients"
        return False
    noun = next((w for w in reversed(reading.lower[max(0, m.first - 5) : m.first]) if w not in _APPROACH), "")
    if noun in _CHANGES:
        return True
    by = next((i for i in range(m.first - 1, max(-1, m.first - 5), -1) if reading.lower[i] == "by"), None)
    if by is None or not all(
        i in reading.quantity or reading.lower[i] in _ROW | {"approximately", "about"} for i in range(by + 1, m.first)
    ):
        return False
    return any(
        w.startswith(("reduc", "decreas", "increas", "improv", "lower", "rose", "fell")) for w in reading.lower[:by]
    )


#: what is done to patients, and what is seen in them: "33 patients received A" counts no outcome
_REACHED = frozenset(
    "received randomized randomised enrolled recruited underwent assigned allocated included screened eligible".split()
)
_OBSERVED = frozenset(
    "achieved responded relapsed showed obtained remained died experienced developed survived attained reached had improved".split()
)


def _restricted(reading: Reading, m: Measure, clause: tuple[int, int]) -> bool:
    """The clause narrows the patients down before the measure: "in patients who did not receive …" """
    for i in range(clause[0], min(m.first, clause[1]) - 1):
        counted = any(j in reading.quantity for j in range(max(0, i - 4), i))
        if reading.lower[i] in PEOPLE and reading.lower[i + 1] in _RESTRICTIVE and not counted:
            return True
    return _of_a_kind(reading, m, clause) or _labelled(reading, m)


#: words between "in" and "patients" that leave them all the patients of the study
_ANY = frozenset(
    """the all these our both treated evaluable assessable study enrolled randomized randomised those adult of total
    eligible most our a each their an other remaining included children women men""".split()
)


def _of_a_kind(reading: Reading, m: Measure, clause: tuple[int, int]) -> bool:
    """ "among melancholic patients": a kind of the patients, named before the measure"""
    for i in range(clause[0], min(m.first, clause[1]) - 2):
        if reading.lower[i] not in {"among", "in", "for"}:
            continue
        words = reading.lower[i + 1 : i + 4]
        at = next((k for k, w in enumerate(words) if w in PEOPLE), None)
        drugs = any(i < d.first <= i + 3 for d in reading.of("DRUG"))
        if (
            at
            and not drugs
            and any(w.isalpha() and w not in _ANY for w in words[:at])
            and words[0].islower()
            and not words[0].isupper()
        ):
            return reading.doc[i + 1].text.islower() and not any(
                j in reading.quantity for j in range(i + 1, i + 1 + at)
            )
    return False


def _labelled(reading: Reading, m: Measure) -> bool:
    """ "(mutated: 25% vs 19%)": what stands in brackets under a label of its own"""
    bracket = bracket_around(reading, m.first)
    if bracket is None or bracket + 2 >= m.first or reading.lower[bracket + 2] != ":":
        return False
    label = reading.doc[bracket + 1].text
    spoken = any(o.first == bracket + 1 for o in reading.of("OUTCOME")) or any(
        d.first == bracket + 1 for d in reading.of("DRUG")
    )
    return label[0].isalpha() and not spoken and bracket + 1 not in reading.labels
