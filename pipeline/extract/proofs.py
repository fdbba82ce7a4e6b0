"""What speaks for a value and what against it: every check with its weight, every doubt, and the score that they give.

docs/extraction.md says of each what it means; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import prod


class Check(StrEnum):
    """A proof that holds, as it is written beside the number."""

    COUNT_MATCHES_PERCENT = "count matches percent"
    EXACT_PERCENT = "percent too exact to fit by chance"
    ONE_COUNT_ONLY = "percent matches one count only"
    SIZE_PRINTED = "denominator printed with the count"
    ONE_SIZE_ONLY = "only one size gives count and percent"
    EVERY_PATIENT = "said of every patient"
    PERCENT_PLACED = "percentage printed beside its arm and outcome"
    INTERVAL_MATCHES = "confidence interval matches"
    ARM_SIZE = "denominator is the arm's size"
    PART_SIZE = "denominator is a part of the arm"
    RESPONDERS = "denominator is the number who responded"
    ARMS_ADD_UP = "arms add up to the total"
    SIZE_AGAIN = "other numbers give the same size"
    STATED_AGAIN = "stated again elsewhere"
    P_VALUE_MATCHES = "p-value matches"
    PARTS_ADD_UP = "parts add up"
    COMPARED = "printed comparison matches"


#: what each proof adds: the chance that the value is right given this proof alone. Proofs of one kind rest on the same
#: words, so that only the strongest of them counts: what the share prints, of whom it is, what other statements give
WEIGHTS_BY_KIND: tuple[dict[str, float], ...] = (
    {
        Check.COUNT_MATCHES_PERCENT: 0.93,
        Check.EXACT_PERCENT: 0.92,
        Check.ONE_COUNT_ONLY: 0.55,
        Check.SIZE_PRINTED: 0.80,
        Check.ONE_SIZE_ONLY: 0.80,
        Check.EVERY_PATIENT: 0.60,
        Check.PERCENT_PLACED: 0.92,
        Check.INTERVAL_MATCHES: 0.93,
    },
    {
        Check.ARM_SIZE: 0.50,
        Check.PART_SIZE: 0.50,
        Check.RESPONDERS: 0.50,
        Check.ARMS_ADD_UP: 0.80,
        Check.SIZE_AGAIN: 0.60,
    },
    {
        Check.STATED_AGAIN: 0.70,
        Check.P_VALUE_MATCHES: 0.85,
        Check.PARTS_ADD_UP: 0.85,
        Check.COMPARED: 0.85,
    },
)
WEIGHTS: dict[str, float] = {check: weight for kind in WEIGHTS_BY_KIND for check, weight in kind.items()}


#: a percentage that would fit a size more often than this by chance proves nothing of the size
CHANCE = 0.05


class Doubt(StrEnum):
    """A reading that remains open, as it is written beside the number; "…" stands for what a text puts there."""

    RIVAL_OUTCOME = "another outcome stands as near"
    NEAR_OUTCOME = "the outcome is only near"
    FEWER_PATIENTS = "fewer patients than for the same outcome elsewhere"
    OTHER_RESPONSE = "it may be a response of another kind"
    NO_SHARE = "it may be …"
    TOO_MANY_PATIENTS = "more patients than the arm has"
    OTHER_ARMS_SIZE = "the size printed with it is another arm's"
    NO_ARM = "no arm is named beside it"
    NO_COUNT_FITS = "no count of … gives the percentage"
    NO_DENOMINATOR = "no denominator found"
    ALL_OR_EVALUATED = "of all patients or of those evaluated"
    SEVERAL_ARMS = "one number for several arms"
    SOME_PATIENTS = "speaks of some of the patients only"
    OWN_SUM = "sum of complete and partial responses, not printed"
    PARTS_DIFFER = "complete and partial responses do not give the overall response"
    UNKNOWN_GROUPS = "the text compares groups that were not identified"
    TWO_VALUES = "two values for one arm in one sentence"
    TABLE_DIFFERS = "a table gives …"
    OTHER_SIZE = "the head of a table gives the arm another size"
    TEXT_DIFFERS = "a sentence gives another number"
    TREATMENT_OPEN = "the arm's treatment is in doubt"

    def about(self, words: str) -> str:
        """The doubt with what the text puts there."""
        return self.replace("…", words)


#: no proof lifts a value above this while a doubt stands
HIGHEST_IN_DOUBT = 0.5


def raw_score(checks: Iterable[str], doubts: Sequence[str]) -> float:
    """In [0, 1]: how far the checks prove a value if the strongest of each kind fail independently (noisy-or)."""
    held = set(checks)
    wrong = prod(1 - max((w for check, w in kind.items() if check in held), default=0.0) for kind in WEIGHTS_BY_KIND)
    return min(round(1 - wrong, 3), HIGHEST_IN_DOUBT if doubts else 1.0)
