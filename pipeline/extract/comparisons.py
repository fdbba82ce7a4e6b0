"""Comparisons between arms as printed: which outcome an effect is of, which arm stands over which, and what confirms it.

An effect (`effects`) is taken only where the sentence compares the arms: odds of a predictor, of men against women or of
a subgroup are no comparisons of treatments. The counts of both arms, where they are known, confirm it or contradict it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.candidates import Comparison as Told, Evidence
from pipeline.extract.arms import FoundArm
from pipeline.extract.effect_arms import Pair, narrowed, of_others, pair_of
from pipeline.extract.effect_counts import Agreement, confirmed, contradicted
from pipeline.extract.effect_outcomes import Outcome, outcome_of
from pipeline.extract.effect_sentences import EffectSentence
from pipeline.extract.effects import Effect, effects
from pipeline.extract.gated import gated
from pipeline.extract.proofs import Check
from pipeline.extract.reading import Reading
from pipeline.extract.rows import Row
from pipeline.extract.sentences import NOT_RESULTS
from pipeline.parsed import ParsedRecord

#: sentences that plan, assume or quote
_NOT_OURS = gated(
    r"\bet al\b|\bprevious(?:ly)? (?:\w+ )?(?:stud|trial|report)|\bmeta-?analys|\bin the literature\b|\bassum|\bexpected\b"
    r"|\bhypothesi[sz]ed\b|\bto detect\b|\bpower(?:ed)?\b|\bpooled (?:risk|odds|analys)|\bsimulat",
    re.IGNORECASE,
)
ALL_PATIENTS = "intention to treat"
#: kinds of analysis → how texts name them
ANALYSES = {
    ALL_PATIENTS: r"intent(?:ion)?[- ]to[- ]treat|\bITT\b",
    "per protocol": r"per[- ]protocol",
    "complete cases": r"complete[- ]cases?",
    "multiple imputation": r"multiple imputations?",
    "sensitivity analysis": r"sensitivity analys[ei]s",
}
_ANALYSIS = gated("|".join(f"({pattern})" for pattern in ANALYSES.values()), re.IGNORECASE)
#: characters behind an effect in which its analysis may be named
_BEHIND = 60


class Doubt(StrEnum):
    """What is open of a comparison; those of the rows that confirm it are its own as well."""

    NO_ORDER = "the text does not say which arm comes first"
    UNNAMED = "the arms are not named beside it"
    OTHER_ORDER = "the counts give the arms in the other order"
    SOME = "speaks of some of the patients only"
    COUNTS = "the counts give …"


@dataclass(frozen=True)
class Comparison:
    """An effect of the arms `first` over (or minus) `second` on an outcome of class `outcome`, named `name` in the text."""

    reading: Reading
    effect: Effect
    outcome: str
    name: str
    first: int
    second: int
    analysis: str | None
    checks: tuple[Agreement, ...] = ()
    doubts: tuple[str, ...] = ()
    #: the two rows that confirm it
    rows: tuple[Row, ...] = ()

    @property
    def proved(self) -> bool:
        return bool(self.checks) and not self.doubts

    @property
    def strength(self) -> tuple[int, int]:
        """Of two statements of one comparison the one with fewer doubts is kept."""
        return -len(self.doubts), len(self.checks)


def comparisons(readings: Sequence[Reading], text: str, arms: list[FoundArm], rows: Sequence[Row]) -> list[Comparison]:
    """Every comparison of two arms that the text reports as its own result, in order, each value once."""
    if len(arms) < 2:
        return []
    whole = [r for r in rows if r.subgroup is None and r.arm is not None]
    found: dict[tuple[object, ...], Comparison] = {}
    last: Comparison | None = None
    for reading in readings:
        for c in _of_sentence(EffectSentence(reading, text, arms, whole), last):
            key = c.outcome, c.effect.measure, c.effect.estimate, c.effect.ci, frozenset([c.first, c.second])
            found[key] = max(found.get(key, c), c, key=lambda x: x.strength)
            last = c
    return _in_one_order(list(found.values()))


def _of_sentence(sentence: EffectSentence, last: Comparison | None) -> Iterator[Comparison]:
    """The comparisons of one sentence; `last` is the one before it."""
    section = sentence.reading.sentence.section
    if section in NOT_RESULTS or section == "methods":
        return
    printed = list(effects(sentence.text, sentence.start, sentence.end))
    if not printed or _NOT_OURS.search(sentence.words):
        return
    before: Outcome | None = None
    floor = 0
    for effect, end in zip(printed, [*(e.start for e in printed[1:]), sentence.end], strict=True):
        outcome = outcome_of(sentence, effect, floor, before) or _continued(sentence, last)
        pair = pair_of(sentence, effect)
        if outcome is not None and pair is not None and not of_others(sentence, pair):
            yield _comparison(sentence, effect, outcome, pair, _analysis(sentence, effect, floor, end))
            before = outcome
        floor = sentence.token(effect.end)


def _continued(sentence: EffectSentence, last: Comparison | None) -> Outcome | None:
    """A sensitivity analysis that names no outcome is of the outcome told before."""
    if last is None or sentence.outcomes or not _ANALYSIS.search(sentence.words):
        return None
    return last.outcome, last.name


def _analysis(sentence: EffectSentence, effect: Effect, floor: int, end: int) -> str | None:
    """The kind of analysis named before the effect, or else behind it and before the next."""
    start = sentence.reading.at[floor] if floor else sentence.start
    behind = sentence.text[effect.end : min(end, effect.end + _BEHIND)]
    for near in (sentence.text[start : effect.start], re.split(r"\band\b", behind)[0]):
        named = {(m.lastindex or 1) - 1 for m in _ANALYSIS.finditer(near)}
        if named:
            return ", ".join(name for i, name in enumerate(ANALYSES) if i in named)
    return None


def _comparison(
    sentence: EffectSentence, effect: Effect, outcome: Outcome, pair: Pair, analysis: str | None
) -> Comparison:
    """With what the rows of the same sentence, or else of any, say of it."""
    doubts = [*([] if pair.named else [Doubt.UNNAMED]), *([Doubt.SOME] if narrowed(sentence, effect) else [])]
    here = [r for r in sentence.own_rows if r.outcome == outcome[0]]
    known = confirmed(effect, pair, here) or confirmed(
        effect, pair, [r for r in sentence.rows if r.outcome == outcome[0]]
    )
    plain = Comparison(sentence.reading, effect, *outcome, pair.first, pair.second, analysis, doubts=(*doubts,))
    if known is not None:
        unclear = [Doubt.NO_ORDER] if not known.clear and not pair.told else []
        reverse = [Doubt.OTHER_ORDER] if known.pair != pair and pair.told == "named" else []
        of_rows = [d for r in known.rows for d in r.doubts]
        return replace(
            plain,
            first=known.pair.first,
            second=known.pair.second,
            checks=known.checks,
            doubts=(*dict.fromkeys([*doubts, *unclear, *reverse, *of_rows]),),
            rows=known.rows,
        )
    comparable = not effect.adjusted and analysis in {None, ALL_PATIENTS}
    given = contradicted(effect, pair, here) if comparable else None
    other = [] if given is None else [Doubt.COUNTS.replace("…", given)]
    return replace(plain, doubts=(*doubts, *([] if pair.told else [Doubt.NO_ORDER]), *other))


def _in_one_order(found: list[Comparison]) -> list[Comparison]:
    """Comparisons of which the text gives no order take that of the record's others, if those agree; the doubt stays."""
    known = {(c.first, c.second) for c in found if Doubt.NO_ORDER not in c.doubts}
    return [
        replace(c, first=c.second, second=c.first)
        if Doubt.NO_ORDER in c.doubts and (c.second, c.first) in known and (c.first, c.second) not in known
        else c
        for c in found
    ]


def confirmed_by_comparisons(rows: list[Row], found: list[Comparison]) -> list[Row]:
    """Rows that give a printed comparison of which nothing is in doubt are confirmed by it."""
    sure = {id(row) for c in found if c.proved for row in c.rows}
    return [row.with_check(Check.COMPARED) if id(row) in sure else row for row in rows]


def told(c: Comparison, record: ParsedRecord) -> Told:
    """The comparison as the candidate says it."""
    start, end, words = record.quote(c.effect.start, c.effect.end)
    return Told(
        outcome=c.outcome,
        name=c.name,
        measure=c.effect.measure,
        estimate=c.effect.estimate,
        ci=c.effect.ci,
        level=c.effect.level,
        p=c.effect.p,
        p_is=c.effect.p_is,
        adjusted=c.effect.adjusted,
        analysis=c.analysis,
        arms=[f"A{c.first + 1}", f"A{c.second + 1}"],
        status="accepted" if c.proved else "review",
        checks=[*c.checks, *(f"doubt: {d}" for d in c.doubts)],
        evidence=Evidence(start=start, end=end, text=words),
    )
