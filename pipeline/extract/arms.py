"""What an arm is: a group of patients, what it is treated with, its size, and the words by which the text speaks of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.extract.gated import gated
from pipeline.extract.phrases import ALONE, CONTROL, TRIAL, Phrase
from pipeline.extract.reading import GROUP_WORDS, Reading

#: says that patients were assigned to something
ALLOCATES = gated(
    r"\brandom(?:ly|i[sz])|\bassigned\b|\ballocated\b|\bdivided\b|\bassignment\b|\ballotted\b|\bstratified into\b",
    re.IGNORECASE,
)
#: a word behind which the arms are named that patients were assigned to
ASSIGNING = re.compile(
    r"\b(?:randomi[sz]ed|assigned|allocated|divided|assignment|randomi[sz]ation|choice|chose|allotted)\b"
)
#: treatments that a control is given
INACTIVE = frozenset(["placebo", "observation", "sham", "treatment as usual"])


@dataclass(frozen=True)
class FoundArm:
    """An arm as found: what it is treated with, its size with the characters [start, end) that tell it, and `keys`, the
    words by which the text speaks of it."""

    label: str
    drugs: frozenset[str]
    n: int | None
    start: int
    end: int
    keys: frozenset[str] = field(default=frozenset())
    #: how many of them were evaluated, where the text says so
    evaluable: int | None = None
    #: parts of them whose size stands behind their own: "92 got A (83 with a chronic course)"
    parts: frozenset[tuple[int, str]] = field(default=frozenset())
    #: characters [start, end) of the source text of the table's head that gives `n`, where the text itself does not
    head: tuple[int, int] | None = None

    @cached_property
    def role(self) -> str:
        """ "control", "trial" or "": what its name says of its part in the study."""
        if self.keys & CONTROL or self.drugs & INACTIVE:
            return "control"
        return "trial" if self.keys & TRIAL else ""


def arm_of(reading: Reading, p: Phrase, n: int | None, evidence: tuple[int, int]) -> FoundArm:
    """The arm that a phrase names; `evidence`: the tokens [first, last) that show it."""
    label = reading.words(p.first, p.last)
    start, end = reading.span(*evidence)
    return FoundArm(label[:80].strip(" ,;:("), p.drugs, n, start, end, p.keys)


def distinct(arms: Iterator[FoundArm]) -> list[FoundArm]:
    """Arms that are told apart by treatments or words."""
    kept: list[FoundArm] = []
    for arm in arms:
        if not any(_same(arm, k) for k in kept) and (arm.drugs or arm.keys):
            kept.append(arm)
    return kept


def _same(a: FoundArm, b: FoundArm) -> bool:
    """The same treatments under the same words; two sizes under two names are two arms ("400 mg once daily (n = 7)")."""
    alike = a.label.lower() == b.label.lower()
    sized = None not in {a.n, b.n} and a.n != b.n
    return a.drugs == b.drugs and (alike or (a.keys == b.keys and not sized))


def names_group(reading: Reading, p: Phrase) -> bool:
    """Whether a phrase names a group as one: "group A", "the early arm", "A alone"."""
    around = reading.lower[p.first : p.last + 1]
    return any(w in GROUP_WORDS or w in ALONE for w in around) or any(k.startswith("#") for k in p.keys)
