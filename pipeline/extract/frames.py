"""Frames: which outcome, which arm and which denominator a measure belongs to, sentence by sentence.

A clause is a sequence of measures, outcomes and references to arms (`clauses`). Measures of one row form a block ("x in A
and y in B", "x vs y": `blocks`); each block takes an outcome (`outcome_pairing`), and within it each measure takes an arm
(`arm_pairing`). What is no result is left out before (`results`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.extract import arithmetic
from pipeline.extract.arm_pairing import ArmPairing, Placing, introduced, order_named, placing_around
from pipeline.extract.arms import FoundArm
from pipeline.extract.blocks import Block, blocks_of
from pipeline.extract.clauses import Clause, clauses, definitions_in, outside, visible
from pipeline.extract.denominator_phrases import (
    Group,
    counted_people,
    counted_subject,
    denominator_phrases,
    subject_of_whole,
    trailing_group,
)
from pipeline.extract.measures import Measure, measures
from pipeline.extract.outcome_pairing import outcomes_of, rivalled
from pipeline.extract.outcome_places import Binding
from pipeline.extract.phrases import bracket_around, closing
from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import Mention, Reading
from pipeline.extract.references import Reference, references
from pipeline.extract.restrictions import restricted
from pipeline.extract.results import (
    asserted_outcomes,
    denied_outcomes,
    endpoint_mentions,
    may_report,
    primary_endpoint,
    results,
)
from pipeline.extract.sentences import NOT_RESULTS


@dataclass(frozen=True)
class Share:
    """One share as the text relates it: `of` is the denominator phrase it stands under; `way` how its arm was told
    ("beside", "in order", "compared", "context", "sizes", "series", "every", "only", "pooled", "" if it was not); `restricted` that
    it speaks of some of the arm's patients only; `proven` that the numbers rule out every other order of the arms."""

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
    #: the grammar ties the number to its outcome; else it is only near
    bound: bool = True

    @property
    def span(self) -> tuple[int, int]:
        return self.reading.span(self.measure.first, self.measure.last)


def shares(readings: list[Reading], text: str, arms: list[FoundArm]) -> list[Share]:
    """Every share of patients with an outcome that the text reports as its own result, in order."""
    found: list[Share] = []
    endpoint = primary_endpoint(readings, text)
    order = introduced(arms)
    for reading in readings:
        if reading.sentence.section in NOT_RESULTS | {"title"}:
            continue
        told = references(reading, arms)
        if may_report(text[reading.sentence.start : reading.sentence.end]):
            found += _Sentence(reading, arms, endpoint, order, told).shares()
        order = order_named(told, len(arms)) or order
    return found


class _Sentence:
    """The shares of one sentence; `order` is the order of arms that an earlier sentence gave."""

    def __init__(
        self, reading: Reading, arms: list[FoundArm], endpoint: str | None, order: list[int], told: list[Reference]
    ) -> None:
        self.reading, self.arms, self.told = reading, arms, told
        self.pairing = ArmPairing(arms, told, order)
        self.groups = denominator_phrases(reading)
        aside = [*((g.first, g.last) for g in self.groups), *definitions_in(reading)]
        here = _with_bracketed_percents(reading, outside(measures(reading), aside))
        self.measures = results(reading, here, told)
        asserted = [*endpoint_mentions(reading, endpoint), *asserted_outcomes(reading)]
        self.outcomes = sorted(outside(asserted, aside), key=lambda o: o.first)
        self.denied = denied_outcomes(reading)
        self.references = outside(told, aside)

    def shares(self) -> list[Share]:
        """The shares of each clause; one that names no outcome speaks of the last one named before."""
        found: list[Share] = []
        heard: list[Mention] = []
        for first, last in clauses(self.reading):
            ms = [m for m in self.measures if first <= m.first < last]
            said = [o for o in self.outcomes if first <= o.first < last and visible(self.reading, o, ms)]
            if ms and (said or heard):
                found += self._of_clause(self._clause(first, last, ms, said or heard))
            heard = [o for o in said if bracket_around(self.reading, o.first) is None] or said or heard
        return found

    def _clause(self, first: int, last: int, ms: list[Measure], os: list[Mention]) -> Clause:
        """The clause in tokens [first, last), with counts that are the denominator of others taken out."""
        ms = [m for m in ms if not subject_of_whole(m, ms)]
        subject = counted_subject(self.reading, ms)
        ms = ms[1:] if subject else ms
        group = subject or next((g for g in reversed(self.groups) if g.first < last), None)
        group = group or trailing_group(self.reading, ms, last)
        told = [r for r in self.references if first <= r.first < last and not _of_a_test(self.reading, r, ms)]
        if not told and group:
            told = [r for r in self.told if group.first <= r.first < group.last]
        return Clause(self.reading, first, last, ms, os, told, group)

    def _of_clause(self, c: Clause) -> list[Share]:
        blocks = blocks_of(c, len(self.arms))
        found: list[Share] = []
        placed: dict[int, Placing] = {}
        for block, outcomes in zip(blocks, outcomes_of(c, blocks), strict=True):
            around = placing_around(c, block, placed)
            placings = [around] * len(block) if around else self.pairing.placings(c, block)
            placed |= {m.last: placing for m, placing in zip(block, placings, strict=True)}
            found += [
                _share(c, block, m, b, b.outcome, placing)
                for m, b, placing in zip(block, outcomes, placings, strict=True)
                if b.outcome is not None and not self._cut_off(m, b.outcome)
            ]
        return [x for share in found for x in self._for_every_arm(share)]

    def _cut_off(self, m: Measure, o: Mention) -> bool:
        """ "124 showed no progression, 196 had a recurrence": the 124 are told of what stands denied before the outcome"""
        return m.events is not None and any(m.last <= x.first < o.first for x in self.denied)

    def _for_every_arm(self, share: Share) -> list[Share]:
        """ "All patients responded", "12% in both groups" say it of each arm."""
        if len(self.arms) < 2 or share.way != "every":
            return [share]
        return [replace(share, arm=i) for i in range(len(self.arms))]


def _of_a_test(reading: Reading, r: Reference, ms: list[Measure]) -> bool:
    """ "(p = 0.02 for A vs B)": an arm named in brackets that hold a p-value and no measure"""
    opening = bracket_around(reading, r.first)
    end = closing(reading, opening) if opening is not None else None
    if opening is None or end is None or any(opening < m.first < end for m in ms):
        return False
    return any(q.kind == "PVALUE" and opening < i < end for i, q in reading.quantity.items())


def _share(c: Clause, block: Block, m: Measure, b: Binding, o: Mention, placing: Placing) -> Share:
    of = counted_people(c.reading, m, c.first) if m.whole is not None and c.group is None else c.group
    return Share(
        c.reading,
        m,
        o.value,
        name=c.reading.words(o.first, o.last),
        arm=placing.arm,
        of=of,
        way=placing.way,
        restricted=restricted(c, m) and not (of and of.value),
        p_value=c.p_value,
        proven=placing.proven,
        rivalled=rivalled(c, block, m, b),
        bound=b.bound,
    )


def _with_bracketed_percents(reading: Reading, ms: list[Measure]) -> list[Measure]:
    """ "13 of 28 patients in A (46 percent)": the percentage in brackets belongs to the count before the arm's name"""
    out: list[Measure] = []
    for m in ms:
        if out and m.form == "percent" and bracket_around(reading, m.first) is not None and _completes(m, out[-1]):
            out[-1] = replace(out[-1], percent=m.percent)
        else:
            out.append(m)
    return out


def _completes(m: Measure, last: Measure) -> bool:
    """Whether a percentage is that of the count and size before it."""
    if m.percent is None or last.events is None or last.n is None or last.percent is not None:
        return False
    return arithmetic.agrees(last.events, last.n, m.percent)
