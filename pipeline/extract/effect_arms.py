"""Which two arms an effect compares, and whether it compares arms at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.extract.effect_sentences import EffectSentence
from pipeline.extract.effects import Effect
from pipeline.extract.phrases import bracket_around
from pipeline.extract.reading import PEOPLE
from pipeline.extract.references import Reference
from pipeline.extract.sentences import VERSUS

#: sentences whose ratios are of something else than the arms
_PREDICTS = re.compile(
    r"\bpredict|\bprognos|\brisk factors?\b|\b(?:uni|multi)vari|\bindependent(?:ly)?\b|\bdeterminant|\blogistic\b"
    r"|\bper (?:\d|unit|one|each|additional)|\bcorrelat",
    re.IGNORECASE,
)
_ASSOCIATED = re.compile(r"\b(?:associated|association|related) (?:with|to|between)\b", re.IGNORECASE)
#: "patients who were or were not smokers": parts of the patients against each other
_PARTS = re.compile(
    r"\b(?:were|was|did|had|with|receiving) (?:or|and|versus|vs\.?) (?:without|(?:\w+ )?not\b)", re.IGNORECASE
)
_GROUPS = re.compile(r"\b(?:groups?|arms|regimens|treatments)\b", re.IGNORECASE)
_CONTRAST = VERSUS | {"than", "compared", "relative"}
_NARROWING = frozenset(["who", "whose", "with", "without", "not", "aged", "having", "receiving"])


@dataclass(frozen=True, slots=True)
class Pair:
    """Arms `first` over `second`. `told`: how their order is known ("named" with the effect, "compared" in the sentence, ""
    if it is the order of the text); `named`: whether the sentence tells the arms at all."""

    first: int
    second: int
    told: str
    named: bool = True

    @property
    def reverse(self) -> Pair:
        return replace(self, first=self.second, second=self.first)


def pair_of(sentence: EffectSentence, effect: Effect) -> Pair | None:
    """The two arms, in the order of the definition where the text gives one, else in the order of the text."""
    first, value, end = (sentence.token(x) for x in (effect.start, effect.value[0], effect.end))
    within = [r for r in sentence.told if sentence.token(effect.name) < r.first < value]
    ahead = [r for r in sentence.told if r.first < first]
    behind = [r for r in sentence.told if end <= r.first]
    found = _named_with(sentence, within, ahead) if within else _compared(sentence, ahead, behind)
    found = found or (None if within else _in_order(sentence, ahead, behind))
    return found.reverse if found is not None and effect.reduction else found


def _named_with(sentence: EffectSentence, within: list[Reference], ahead: list[Reference]) -> Pair | None:
    """ "odds ratio for A versus B", "relative risk in B": named with the effect itself."""
    arms = list(dict.fromkeys(r.arm for r in within))
    if len(arms) == 2:
        return Pair(arms[0], arms[1], "named")
    others = [r.arm for r in ahead if r.arm != arms[0]]
    other = others[-1] if others else _other(sentence, arms[0])
    if len(arms) > 2 or other is None:
        return None
    return Pair(other, arms[0], "named") if within[0].compared else Pair(arms[0], other, "named")


def _compared(sentence: EffectSentence, ahead: list[Reference], behind: list[Reference]) -> Pair | None:
    """ "more with A than with B (RR …)": the subject over what it is compared with."""
    against = [r for r in ahead if r.compared][-1:] or [r for r in behind if r.compared][:1]
    if not against:
        return None
    subjects = [r for r in [*ahead, *behind[:1]] if not r.compared and r.arm != against[0].arm]
    subject = subjects[-1].arm if subjects else _other(sentence, against[0].arm)
    return None if subject is None else Pair(subject, against[0].arm, "compared")


def _in_order(sentence: EffectSentence, ahead: list[Reference], behind: list[Reference]) -> Pair | None:
    arms = list(dict.fromkeys(r.arm for r in ahead)) or list(dict.fromkeys(r.arm for r in behind))
    if len(arms) == 1 and len(sentence.arms) == 2:
        return Pair(arms[0], 1 - arms[0], "")
    if arms:
        return Pair(arms[0], arms[1], "") if len(arms) == 2 else None
    shares = list(dict.fromkeys(r.arm for r in sentence.own_rows if r.arm is not None))
    if len(shares) == 2:
        return Pair(shares[0], shares[1], "")
    unnamed = len(sentence.arms) == 2 and _GROUPS.search(sentence.words)
    return Pair(0, 1, "", named=False) if unnamed and not shares else None


def _other(sentence: EffectSentence, arm: int) -> int | None:
    return 1 - arm if len(sentence.arms) == 2 else None


# ---- what is no comparison of the arms -------------------------------------------------------------------------------


def of_others(sentence: EffectSentence, pair: Pair) -> bool:
    """Whether the effect is of predictors, or of groups of patients that are no arms."""
    if pair.told == "named":
        return False
    associated = _ASSOCIATED.search(sentence.words)
    at = sentence.token(sentence.start + associated.start()) if associated else 0
    if _PREDICTS.search(sentence.words) or (associated and not any(r.last <= at for r in sentence.told)):
        return True
    one_arm = len({r.arm for r in sentence.told}) < 2
    if _PARTS.search(sentence.words) or (_narrowings(sentence) and not pair.told and one_arm):
        return True
    return not sentence.told and _contrasts(sentence)


def narrowed(sentence: EffectSentence, effect: Effect) -> bool:
    """Whether the patients are narrowed down before the effect."""
    first = sentence.token(effect.start)
    return any(i < first for i in _narrowings(sentence)) or _labelled(sentence, first)


def _labelled(sentence: EffectSentence, first: int) -> bool:
    """ "(carriers: 25% vs 19%, OR 1.4; others: …)": what stands in brackets under a label of its own"""
    opening = bracket_around(sentence.reading, first)
    if opening is None:
        return False
    lower = sentence.lower
    labels = [i for i in range(opening + 1, first) if lower[i + 1] == ":" and lower[i - 1] in {"(", "[", ";"}]
    known = {x for m in [*sentence.outcomes, *sentence.reading.of("DRUG")] for x in range(m.first, m.last)}
    return any(sentence.reading.doc[i].text[0].isalpha() and i not in known for i in labels[-1:] if i + 1 < first - 1)


def _contrasts(sentence: EffectSentence) -> bool:
    """Words for a comparison that do not stand between numbers: what is compared are no arms, for none is named."""
    lower, quantity = sentence.lower, sentence.reading.quantity
    at = [i for i, w in enumerate(lower) if w in _CONTRAST]
    return any(i + 1 not in quantity and i - 1 not in quantity and "(" not in lower[i : i + 3] for i in at)


def _narrowings(sentence: EffectSentence) -> list[int]:
    """Places where patients are told apart by something else than arm or outcome: "patients who smoked"."""
    lower = sentence.lower
    known = [*(r.first for r in sentence.told), *(o.first for o in sentence.outcomes)]
    return [
        i
        for i, word in enumerate(lower[:-1])
        if word in PEOPLE | {"those"} and lower[i + 1] in _NARROWING and not _spoken_of(lower, i, known)
    ]


def _spoken_of(lower: list[str], people: int, known: list[int]) -> bool:
    """ "patients who received A", "patients with a response": told apart by arm or outcome, before a comma"""
    return any(people < at <= people + 7 and "," not in lower[people:at] for at in known)
