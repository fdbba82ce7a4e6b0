"""Of which outcome an effect is: named with it, counted before it, or named in the words around it."""

from __future__ import annotations

import re

from pipeline.extract.effect_sentences import FAR, EffectSentence
from pipeline.extract.effects import Effect
from pipeline.extract.phrases import bracket_around
from pipeline.extract.reading import Mention, Reading

_NEGATIONS = frozenset(["no", "non", "non-", "without"])
#: what makes an outcome the time of another: "died during hospitalization"
_TIMES = frozenset(["during", "before", "after", "until", "since"])
#: an outcome behind an effect is its own only if it goes on at once: "(36% vs 20%; OR 2.2) responded"
_NEAR_BEHIND = 3
_HAZARD_OF_RELAPSE = re.compile(r"(?i)(?:relapse|recurrence)[ -]free\b|RFS$")

#: class of an outcome and its words in the text
Outcome = tuple[str, str]


def outcome_of(sentence: EffectSentence, effect: Effect, floor: int, before: Outcome | None) -> Outcome | None:
    """The outcome of an effect, None if the sentence tells none; `floor` is the first token behind the effect before it,
    whose outcome is `before`."""
    found = _survival_said_later(sentence, effect) or _found(sentence, effect, floor, before)
    if found is not None and effect.measure == "HR" and _HAZARD_OF_RELAPSE.match(found[1]):
        return "relapse", found[1]
    return found


def _found(sentence: EffectSentence, effect: Effect, floor: int, before: Outcome | None) -> Outcome | None:
    first, end = sentence.token(effect.start), sentence.token(effect.end)
    defined = _definitions(sentence.reading)
    mentions = [m for m in sentence.outcomes if _stated(sentence.reading, m, defined)]
    within = _within(sentence, effect, mentions)
    if within is not None:
        return _told_as(sentence, within)
    ahead = [m for m in mentions if floor <= m.first and m.last <= first and sentence.reaches(m.last, first)]
    behind = [m for m in mentions if end <= m.first <= end + _NEAR_BEHIND and sentence.reaches(end, m.first)]
    counted = _counted(sentence, floor, first, ahead, behind)
    if counted is not None:
        return counted
    if ahead:
        return _told_as(sentence, ahead[-1])
    if before is not None and not behind:
        return before if first - floor <= FAR else None
    return _told_as(sentence, behind[0]) if behind and before is None else None


def _within(sentence: EffectSentence, effect: Effect, mentions: list[Mention]) -> Mention | None:
    """The outcome between name and number: "odds ratio for response was 2"; of a list the one in the number's place."""
    name, value = sentence.token(effect.name), sentence.token(effect.value[0])
    found = [m for m in mentions if name < m.first < value and sentence.reading.at[m.first] > effect.name + 3]
    listed = len(found) > effect.again and "respectively" in sentence.lower[value:]
    if effect.again and not listed:
        return None
    return found[effect.again if listed else -1] if found else None


def _counted(
    sentence: EffectSentence, floor: int, first: int, ahead: list[Mention], behind: list[Mention]
) -> Outcome | None:
    """The outcome of the share before the effect, if no other outcome is named between them."""
    seen = {m.value for m in [*ahead, *behind]}
    last = ahead[-1].last if ahead else floor
    rows = [r for r in sentence.own_rows if last <= r.share.measure.first < first and r.outcome in seen]
    return (rows[-1].outcome, rows[-1].share.name) if rows else None


def _told_as(sentence: EffectSentence, m: Mention) -> Outcome:
    return m.value, sentence.reading.words(m.first, m.last)


def _survival_said_later(sentence: EffectSentence, effect: Effect) -> Outcome | None:
    """ "relapse-free (31% vs 32%; HR …) or overall survival": the survival is said once"""
    first = sentence.token(effect.start)
    opening = bracket_around(sentence.reading, first)
    words = sentence.reading.words(max(0, opening - 3), opening) if opening else ""
    free = re.search(r"(\w+[ -]free)$", words)
    return ("survival", f"{free[1]} survival") if free and "survival" in sentence.lower[first:] else None


def _stated(reading: Reading, m: Mention, defined: list[tuple[int, int]]) -> bool:
    """Not denied, not part of a definition, not the time of something else, not one of several in one endpoint."""
    before = reading.lower[max(0, m.first - 3) : m.first]
    if _NEGATIONS & set(before[-1:]) or _TIMES & set(before) or any(a <= m.first < b for a, b in defined):
        return False
    return not _composite(reading, m)


def _composite(reading: Reading, m: Mention) -> bool:
    """ "death, reinfarction, or stroke", "stroke or death" """
    lower = reading.lower
    ahead = m.first > 1 and lower[m.first - 1] == "or" and lower[m.first - 2].isalpha()
    behind = re.match(r"(?:, (?:\w+ ){1,3}){0,4}(?:, )?or (?!\()\w", " ".join(lower[m.last : m.last + 12]))
    return ahead or behind is not None


def _definitions(reading: Reading) -> list[tuple[int, int]]:
    """Tokens of "defined as …" up to the last comma before the verb that goes on."""
    lower = reading.lower
    starts = [i for i, word in enumerate(lower[:-1]) if word == "defined" and lower[i + 1] in {"as", "by"}]
    ends = [i for i in range(1, len(lower)) if lower[i] in {"was", "were", "occurred"} and lower[i - 1] in {",", ")"}]
    return [(i, max((e for e in ends if e > i), default=len(lower))) for i in starts]
