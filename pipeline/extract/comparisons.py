"""Comparisons between arms as printed: which outcome an effect is of, and which arm stands over which.

An effect (`effects`) is taken only where the sentence compares the arms: odds of a predictor, of men against women or of
a subgroup are no comparisons of treatments. The counts of both arms, where they are known, confirm it or contradict it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.arms import FoundArm
from pipeline.extract.effect_arithmetic import Proportion, estimate_agrees, interval_agrees, intervals, measured
from pipeline.extract.effects import Effect, effects
from pipeline.extract.phrases import bracket_around
from pipeline.extract.reading import PEOPLE, Mention, Reading
from pipeline.extract.references import Reference, references
from pipeline.extract.sentences import NOT_RESULTS
from pipeline.extract.settle import Row

ESTIMATE = "estimate matches the counts"
INTERVAL = "interval matches the counts"
PERCENTAGES = "estimate matches the percentages"
NO_ORDER = "the text does not say which arm comes first"
UNNAMED = "the arms are not named beside it"
OTHER_ORDER = "the counts give the arms in the other order"
SOME = "speaks of some of the patients only"

#: sentences whose ratios are of something else than the arms
_PREDICTS = re.compile(
    r"\bpredict|\bprognos|\brisk factors?\b|\b(?:uni|multi)vari|\bindependent(?:ly)?\b|\bdeterminant|\blogistic\b"
    r"|\bper (?:\d|unit|one|each|additional)|\bcorrelat",
    re.IGNORECASE,
)
#: "patients who were or were not smokers": parts of the patients against each other
_PARTS = re.compile(r"\b(?:were|was|did|had|with|receiving) (?:or|and|versus|vs\.?) (?:without|(?:\w+ )?not\b)", re.IGNORECASE)
_GROUPS = re.compile(r"\b(?:groups?|arms|regimens|treatments)\b", re.IGNORECASE)
_ASSOCIATED = re.compile(r"\b(?:associated|association|related) (?:with|to|between)\b", re.IGNORECASE)
#: sentences that plan, assume or quote
_NOT_OURS = re.compile(
    r"\bet al\b|\bprevious(?:ly)? (?:\w+ )?(?:stud|trial|report)|\bmeta-?analys|\bin the literature\b|\bassum|\bexpected\b"
    r"|\bhypothesi[sz]ed\b|\bto detect\b|\bpower(?:ed)?\b|\bpooled (?:risk|odds|analys)|\bsimulat",
    re.IGNORECASE,
)
#: the kind of analysis that a sentence names
_ANALYSES = (
    ("intention to treat", r"intent(?:ion)?[- ]to[- ]treat|\bITT\b"),
    ("per protocol", r"per[- ]protocol"),
    ("complete cases", r"complete[- ]cases?"),
    ("multiple imputation", r"multiple imputations?"),
    ("sensitivity analysis", r"sensitivity analys[ei]s"),
)
_ANALYSIS = re.compile("|".join(f"({pattern})" for _, pattern in _ANALYSES), re.IGNORECASE)
_NEGATIONS = frozenset(["no", "non", "non-", "without"])
#: what makes an outcome the time of another: "died during hospitalization"
_TIMES = frozenset(["during", "before", "after", "until", "since"])
_CONTRAST = frozenset(["than", "compared", "versus", "vs", "vs.", "v", "relative"])
_BREAKS = frozenset(["while", "whereas", "although", "but", "however", ";"])
_NARROWING = frozenset(["who", "whose", "with", "without", "not", "aged", "having", "receiving"])
#: analyses of the patients that the counts are of
_OF_ALL = "intention to treat"
#: tokens between an outcome and its effect, brackets not counted
_FAR = 45
_NEAR_BEHIND = 3


@dataclass(frozen=True)
class Comparison:
    """An effect of the arms `first` over (or minus) `second` on an outcome of class `outcome`."""

    reading: Reading
    effect: Effect
    outcome: str
    name: str
    first: int
    second: int
    analysis: str | None
    checks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    #: the rows that it compares, where they confirm it
    rows: tuple[Row, ...] = field(default=(), repr=False)

    @property
    def proved(self) -> bool:
        return bool(self.checks) and not self.doubts

    @property
    def strength(self) -> tuple[int, int]:
        """Of two statements of one comparison the one with fewer doubts is kept."""
        return -len(self.doubts), len(self.checks)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two arms; `told`: how their order is known ("named" with the effect, "compared" in the sentence, or "")."""

    first: int
    second: int
    told: str
    named: bool = True

    @property
    def reverse(self) -> _Pair:
        return _Pair(self.second, self.first, self.told, self.named)


def comparisons(
    readings: Sequence[Reading], text: str, arms: list[FoundArm], rows: Sequence[Row]
) -> list[Comparison]:
    """Every comparison of two arms that the text reports as its own result, in order, each value once."""
    if len(arms) < 2:
        return []
    found: dict[tuple[object, ...], Comparison] = {}
    for reading in readings:
        section = reading.sentence.section
        if section in NOT_RESULTS or section == "methods":
            continue
        printed = list(effects(text, reading.sentence.start, reading.sentence.end))
        if printed:
            last = next(reversed(found.values()), None)
            for c in _Sentence(reading, text, arms, rows, last).comparisons(printed):
                key = c.outcome, c.effect.measure, c.effect.estimate, c.effect.ci, frozenset([c.first, c.second])
                if key not in found or c.strength > found[key].strength:
                    found[key] = c
    return _in_one_order(list(found.values()))


class _Sentence:
    """The comparisons of one sentence; `last` is the one before it."""

    def __init__(
        self, reading: Reading, text: str, arms: list[FoundArm], rows: Sequence[Row], last: Comparison | None
    ) -> None:
        self.reading, self.text, self.arms, self.last = reading, text, arms, last
        self.words = text[reading.sentence.start : reading.sentence.end]
        self.rows = [r for r in rows if r.subgroup is None and r.arm is not None]
        self.told = references(reading, arms)
        self.defined = _definitions(reading)

    def comparisons(self, printed: list[Effect]) -> Iterator[Comparison]:
        if _NOT_OURS.search(self.words):
            return
        before: Comparison | None = None
        floor = 0
        ends = [*(e.start for e in printed[1:]), self.reading.sentence.end]
        for effect, end in zip(printed, ends, strict=True):
            found = self._comparison(effect, floor, end, before)
            if found is not None:
                yield found
                before = found
            floor = self._token(effect.end)

    def _token(self, at: int) -> int:
        """The first token that starts at or behind a place of the text."""
        return bisect_left(self.reading.at, at)

    def _comparison(self, effect: Effect, floor: int, end: int, before: Comparison | None) -> Comparison | None:
        outcome = self._outcome(effect, floor, before)
        pair = self._pair(effect)
        if outcome is None or pair is None or self._of_others(effect, pair):
            return None
        outcome = _of_hazard(effect, *outcome)
        doubts = [*([] if pair.named else [UNNAMED]), *([SOME] if self._narrowed(effect) else [])]
        analysis = self._analysis(effect, floor, end)
        pair = pair.reverse if effect.reduction else pair
        return self._checked(effect, outcome, pair, doubts, analysis)

    # ---- outcome ---------------------------------------------------------------------------------------------------

    def _outcome(self, effect: Effect, floor: int, before: Comparison | None) -> tuple[str, str] | None:
        """Class and name: named with the effect, of the share or in the words before it, or of the effect before."""
        first, end = self._token(effect.start), self._token(effect.end)
        free = self._free(first)
        if free is not None:
            return free
        mentions = [m for m in self.reading.of("OUTCOME") if self._stated(m)]
        within = self._within(effect, mentions)
        if within is not None:
            return self._told_as(within)
        ahead = [m for m in mentions if floor <= m.first and m.last <= first and self._reaches(m.last, first)]
        behind = [m for m in mentions if end <= m.first <= end + _NEAR_BEHIND and self._reaches(end, m.first)]
        seen = {m.value for m in [*ahead, *behind]}
        shares = [r for r in self.rows if r.share.reading is self.reading and floor <= r.share.measure.first < first]
        counted = [r for r in shares if r.outcome in seen and (not ahead or r.share.measure.first >= ahead[-1].last)]
        if counted:
            return counted[-1].outcome, counted[-1].share.name
        if ahead:
            return self._told_as(ahead[-1])
        if before is not None and not behind and first - floor <= _FAR:
            return before.outcome, before.name
        return self._told_as(behind[0]) if behind and not before else self._of_the_last(mentions)

    def _within(self, effect: Effect, mentions: list[Mention]) -> Mention | None:
        """The outcome between name and number: "odds ratio for response was 2"; of a list the one in the number's place."""
        name, value = self._token(effect.name), self._token(effect.value[0])
        found = [m for m in mentions if name < m.first < value and self.reading.at[m.first] > effect.name + 3]
        listed = len(found) > effect.again and "respectively" in self.reading.lower[value:]
        if effect.again and not listed:
            return None
        return found[effect.again if listed else -1] if found else None

    def _told_as(self, m: Mention) -> tuple[str, str]:
        return m.value, self.reading.words(m.first, m.last)

    def _of_the_last(self, mentions: list[Mention]) -> tuple[str, str] | None:
        """A sensitivity analysis that names no outcome is of the outcome told before."""
        if self.last is None or mentions or not _ANALYSIS.search(self.words):
            return None
        return self.last.outcome, self.last.name

    def _free(self, first: int) -> tuple[str, str] | None:
        """ "relapse-free (31% vs 32%; HR …) or overall survival": the survival is said once"""
        opening = bracket_around(self.reading, first)
        words = self.reading.words(max(0, opening - 3), opening) if opening else ""
        free = re.search(r"(\w+[ -]free)$", words)
        return ("survival", f"{free[1]} survival") if free and "survival" in self.reading.lower[first:] else None

    def _stated(self, m: Mention) -> bool:
        """Not denied, not part of a definition, not the time of something else, not one of several in one endpoint."""
        before = self.reading.lower[max(0, m.first - 3) : m.first]
        if _NEGATIONS & set(before[-1:]) or _TIMES & set(before) or any(a <= m.first < b for a, b in self.defined):
            return False
        return not self._composite(m)

    def _composite(self, m: Mention) -> bool:
        """ "death, reinfarction, or stroke", "stroke or death" """
        lower = self.reading.lower
        ahead = m.first > 1 and lower[m.first - 1] == "or" and lower[m.first - 2].isalpha()
        behind = re.match(r"(?:, (?:\w+ ){1,3})*(?:, )?or (?!\()\w", " ".join(lower[m.last : m.last + 12]))
        return ahead or behind is not None

    def _reaches(self, first: int, last: int) -> bool:
        """Whether tokens [first, last), brackets left out, go on with what stands before them."""
        depth, steps = 0, 0
        for word in self.reading.lower[first:last]:
            depth += word in {"(", "["}
            depth = max(0, depth - (word in {")", "]"}))
            steps += depth == 0
            if depth == 0 and word in _BREAKS:
                return False
        return steps <= _FAR

    # ---- arms ------------------------------------------------------------------------------------------------------

    def _pair(self, effect: Effect) -> _Pair | None:
        """The two arms, in the order of the definition where the text gives one, else in the order of the text."""
        first, value, end = (self._token(x) for x in (effect.start, effect.value[0], effect.end))
        within = [r for r in self.told if first < r.first < value]
        if within:
            return self._named_with(within, first)
        ahead = [r for r in self.told if r.first < first]
        behind = [r for r in self.told if end <= r.first]
        other = [r for r in ahead if r.compared][-1:] or [r for r in behind if r.compared][:1]
        if other:
            subject = [r for r in [*ahead, *behind[:1]] if not r.compared and r.arm != other[0].arm]
            one = subject[-1].arm if subject else self._rest(other[0].arm)
            return None if one is None else _Pair(one, other[0].arm, "compared")
        arms = list(dict.fromkeys(r.arm for r in ahead)) or list(dict.fromkeys(r.arm for r in behind))
        return self._of_order(arms)

    def _named_with(self, within: list[Reference], first: int) -> _Pair | None:
        """ "odds ratio for A versus B", "relative risk in B": named with the effect itself."""
        arms = list(dict.fromkeys(r.arm for r in within))
        if len(arms) == 2:
            return _Pair(arms[0], arms[1], "named")
        ahead = [r.arm for r in self.told if r.first < first and r.arm != arms[0]]
        rest = ahead[-1] if ahead else self._rest(arms[0])
        if len(arms) > 2 or rest is None:
            return None
        return _Pair(rest, arms[0], "named") if within[0].compared else _Pair(arms[0], rest, "named")

    def _of_order(self, arms: list[int]) -> _Pair | None:
        if len(arms) == 2:
            return _Pair(arms[0], arms[1], "")
        if len(arms) == 1 and self._rest(arms[0]) is not None:
            return _Pair(arms[0], 1 - arms[0], "")
        if arms:
            return None
        shares = [r.arm for r in self.rows if r.share.reading is self.reading and r.arm is not None]
        order = list(dict.fromkeys(shares)) or list(range(len(self.arms)))
        if len(order) != 2 or not (shares or _GROUPS.search(self.words)):
            return None
        return _Pair(order[0], order[1], "", named=bool(shares))

    def _rest(self, arm: int) -> int | None:
        return 1 - arm if len(self.arms) == 2 else None

    # ---- what is no comparison of the arms -------------------------------------------------------------------------

    def _of_others(self, effect: Effect, pair: _Pair) -> bool:
        """Odds of predictors, or of groups that are no arms."""
        if pair.told == "named":
            return False
        associated = _ASSOCIATED.search(self.words)
        subject = self._token(self.reading.sentence.start + associated.start()) if associated else 0
        if _PREDICTS.search(self.words) or (associated and not any(r.last <= subject for r in self.told)):
            return True
        narrowed = self._narrowings()
        if _PARTS.search(self.words) or (narrowed and not pair.told and len({r.arm for r in self.told}) < 2):
            return True
        return not self.told and self._contrasts()

    def _contrasts(self) -> bool:
        """Words for a comparison that do not stand between numbers: what is compared are no arms, for none is named."""
        lower, quantity = self.reading.lower, self.reading.quantity
        at = [i for i, w in enumerate(lower) if w in _CONTRAST]
        return any(i + 1 not in quantity and i - 1 not in quantity and "(" not in lower[i : i + 3] for i in at)

    def _narrowings(self) -> list[int]:
        """Places where patients are told apart by something else than their arm: "patients who smoked"."""
        lower = self.reading.lower
        return [
            i
            for i, word in enumerate(lower[:-1])
            if word in PEOPLE | {"those"}
            and lower[i + 1] in _NARROWING
            and not any(i < x.first <= i + 7 for x in [*self.told, *self.reading.of("OUTCOME")])
        ]

    def _narrowed(self, effect: Effect) -> bool:
        return any(i < self._token(effect.start) for i in self._narrowings())

    def _analysis(self, effect: Effect, floor: int, end: int) -> str | None:
        """The kind of analysis named before the effect, or else behind it and before the next."""
        start = self.reading.at[floor] if floor else self.reading.sentence.start
        for near in (self.text[start : effect.start], re.split(r"\band\b", self.text[effect.end : end])[0]):
            named = {_ANALYSES[(m.lastindex or 1) - 1][0] for m in _ANALYSIS.finditer(near)}
            if named:
                return ", ".join(name for name, _ in _ANALYSES if name in named)
        return None

    # ---- counts ----------------------------------------------------------------------------------------------------

    def _checked(
        self, effect: Effect, outcome: tuple[str, str], pair: _Pair, doubts: list[str], analysis: str | None
    ) -> Comparison:
        same = [r for r in self.rows if r.outcome == outcome[0]]
        here = [r for r in same if r.share.reading is self.reading]
        for group in (here, same):
            for order in (pair, pair.reverse):
                checks, rows = _confirmed(effect, order, group)
                if not checks:
                    continue
                clear = not _confirmed(effect, order.reverse, group)[0]
                doubts += [NO_ORDER] if not clear and not pair.told else []
                doubts += [OTHER_ORDER] if order != pair and pair.told == "named" else []
                doubts += dict.fromkeys(d for r in rows for d in r.doubts if d not in doubts)
                return Comparison(
                    self.reading, effect, *outcome, order.first, order.second, analysis, checks, (*doubts,), rows
                )
        doubts += [] if pair.told else [NO_ORDER]
        doubts += _contradicted(effect, pair, here) if analysis in {None, _OF_ALL} else []
        return Comparison(self.reading, effect, *outcome, pair.first, pair.second, analysis, (), (*doubts,))


def _definitions(reading: Reading) -> list[tuple[int, int]]:
    """Tokens of "defined as …" up to the last comma before the verb that goes on."""
    lower = reading.lower
    starts = [i for i, word in enumerate(lower[:-1]) if word == "defined" and lower[i + 1] in {"as", "by"}]
    ends = [i for i in range(1, len(lower)) if lower[i] in {"was", "were", "occurred"} and lower[i - 1] in {",", ")"}]
    return [(i, max([e for e in ends if e > i], default=len(lower))) for i in starts]


def _in_one_order(found: list[Comparison]) -> list[Comparison]:
    """Comparisons of which the text gives no order take that of the record's others, if those agree; the doubt stays."""
    known = {(c.first, c.second) for c in found if NO_ORDER not in c.doubts}
    return [
        replace(c, first=c.second, second=c.first)
        if NO_ORDER in c.doubts and (c.second, c.first) in known and (c.first, c.second) not in known
        else c
        for c in found
    ]


def _of_hazard(effect: Effect, outcome: str, name: str) -> tuple[str, str]:
    """A hazard ratio of relapse-free survival is of relapses."""
    relapse = effect.measure == "HR" and re.match(r"(?i)(?:relapse|recurrence)[ -]free\b|RFS$", name)
    return ("relapse", name) if relapse else (outcome, name)


def _confirmed(effect: Effect, pair: _Pair, rows: list[Row]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """What confirms the effect with the arms in this order, and the two rows that do."""
    for one, other in _both(pair, rows):
        a, b = _proportion(one), _proportion(other)
        if a is None or b is None:
            continue
        fits, spread = estimate_agrees(effect, a, b), interval_agrees(effect, a, b)
        counted = a.is_counted and b.is_counted
        if fits or (spread and counted):
            checks = [*([ESTIMATE if counted else PERCENTAGES] if fits else []), *([INTERVAL] if spread else [])]
            return tuple(checks), (one, other)
    return (), ()


def _contradicted(effect: Effect, pair: _Pair, rows: list[Row]) -> list[str]:
    """What the counts of the same sentence give instead."""
    if effect.adjusted:
        return []
    for one, other in _both(pair, rows):
        a, b = _proportion(one), _proportion(other)
        if a is not None and b is not None and a.is_counted and b.is_counted:
            given = measured(effect.measure, a.low, b.low)
            ci = next(intervals(effect, a, b), None)
            spread = f" ({ci[0]:.2f} to {ci[1]:.2f})" if ci is not None else ""
            return [] if given is None else [f"the counts give {given:.2f}{spread}"]
    return []


def _both(pair: _Pair, rows: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Rows of the two arms, those of the same sentence and size of evidence first."""
    firsts, seconds = ([r for r in rows if r.arm == arm] for arm in (pair.first, pair.second))
    yield from ((a, b) for a in firsts for b in seconds)


def _proportion(row: Row) -> Proportion | None:
    percent = row.share.measure.percent
    if row.events is not None and row.n is not None and row.n > 0 and row.events <= row.n:
        return Proportion.counted(row.events, row.n)
    return None if percent is None else Proportion.printed(percent.value, percent.decimals)
