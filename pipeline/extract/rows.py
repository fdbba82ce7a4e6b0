"""A row: the value of one outcome in one arm, with what was counted, of how many, and what speaks for and against it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipeline.extract.frames import Share
from pipeline.extract.proofs import Check, raw_score
from pipeline.extract.sentences import Sentence

#: ways in which the place of a share tells its arm (`frames.Share.way`)
BY_PLACE = frozenset(["beside", "in order", "compared", "context"])


@dataclass(frozen=True)
class Row:
    """A share with its denominator settled. `arm` is the arm's number, None for all arms together."""

    share: Share
    arm: int | None
    outcome: str
    events: int | None
    n: int | None
    percent: float | None
    denominator: str
    checks: tuple[str, ...]
    doubts: tuple[str, ...]
    subgroup: str | None = None
    #: spans of other statements of the same value
    again: tuple[tuple[int, int], ...] = field(default=())

    @property
    def raw_score(self) -> float:
        """Score of the checks, uncalibrated (see `calibration`)."""
        return raw_score(self.checks, self.doubts)

    @property
    def proved(self) -> bool:
        """At least one check and no doubt: without that, no threshold is low enough to accept the row."""
        return bool(self.checks) and not self.doubts

    @property
    def sentence(self) -> Sentence:
        return self.share.reading.sentence

    def with_check(self, check: Check) -> Row:
        return self if check in self.checks else replace(self, checks=(*self.checks, check))

    def with_doubt(self, doubt: str) -> Row:
        return replace(self, doubts=(*self.doubts, doubt))
