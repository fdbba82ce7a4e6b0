"""A sentence that prints effects, with what has to be known to say what they are of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.extract.arms import FoundArm
from pipeline.extract.reading import Mention, Reading
from pipeline.extract.references import Reference, references
from pipeline.extract.rows import Row

#: words that end what stands before them
_BREAKS = frozenset(["while", "whereas", "although", "but", "however", ";"])
#: what may stand between a break and the effect of what was said: "…; the adjusted odds ratio was"
_LEADS_ON = frozenset("the a an with giving for adjusted unadjusted corresponding absolute this".split())
#: tokens, brackets not counted, over which a word still speaks to an effect
FAR = 45


@dataclass(frozen=True)
class EffectSentence:
    """A sentence of a record's text with the arms of the study and the rows of single arms, of any sentence."""

    reading: Reading
    text: str
    arms: list[FoundArm]
    rows: Sequence[Row]

    @property
    def start(self) -> int:
        return self.reading.sentence.start

    @property
    def end(self) -> int:
        return self.reading.sentence.end

    @property
    def words(self) -> str:
        return self.text[self.start : self.end]

    @property
    def lower(self) -> list[str]:
        return self.reading.lower

    @property
    def outcomes(self) -> list[Mention]:
        return self.reading.of("OUTCOME")

    @cached_property
    def told(self) -> list[Reference]:
        """The phrases that name one arm."""
        return references(self.reading, self.arms)

    @cached_property
    def own_rows(self) -> list[Row]:
        return [r for r in self.rows if r.share.reading is self.reading]

    def token(self, at: int) -> int:
        """The first token that starts at or behind a place of the text."""
        return bisect_left(self.reading.at, at)

    def reaches(self, first: int, last: int) -> bool:
        """Whether what stands at tokens [first, last), brackets left out, goes on with what stands before."""
        depth, steps = 0, 0
        for i, word in enumerate(self.lower[first:last], first):
            depth += word in {"(", "["}
            depth = max(0, depth - (word in {")", "]"}))
            steps += depth == 0
            if depth == 0 and word in _BREAKS and not _LEADS_ON.issuperset(self.lower[i + 1 : last]):
                return False
        return steps <= FAR
