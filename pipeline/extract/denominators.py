"""Of whom a share may be: the sizes that its words and the rows before it offer, most telling first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.extract import arithmetic
from pipeline.extract.arms import FoundArm
from pipeline.extract.denominator_phrases import Group
from pipeline.extract.frames import Share
from pipeline.extract.printed_sizes import PrintedSizes
from pipeline.extract.rows import Row
from pipeline.extract.sentences import Sentence

#: no study is larger
_ANY_SIZE = 10**6
#: words of a phrase that single out some of the patients
_NARROWING = ("who", "with", "without", "whose", "receiving", "aged", "previously")
#: words behind a number of patients who responded once more
_AGAIN = frozenset(["regained", "again", "second"])
#: words behind "of" that take up the patients counted before
_TAKEN_UP = frozenset(["whom", "these", "them", "those", "which"])
#: quantities that may count patients
_COUNTING = frozenset(["COUNT", "FRACTION", "SIZE", "PERCENT", "WHOLE"])
#: outcomes that only those who responded can have
LATER = frozenset(["relapse", "remission"])


@dataclass(frozen=True, slots=True)
class Denominator:
    """A possible denominator: its size, what it is, and whether it is printed with the share."""

    n: int
    kind: str
    printed: bool
    subgroup: str | None = None


@dataclass(frozen=True, slots=True)
class Patients:
    """How many a share's arm had, how many of them were evaluated, and how many the study had, where it is stated."""

    size: int | None
    evaluable: int | None
    total: int | None
    #: parts of the arm whose sizes stand beside its own: size → of whom
    parts: tuple[tuple[int, str], ...] = ()
    #: sizes of the other arms
    of_others: frozenset[int] = frozenset()


def patients_of(share: Share, arms: list[FoundArm], n_total: int | None) -> Patients:
    """Those of the share's arm; of the whole study where the share tells no arm or there is only one."""
    arm = arms[share.arm] if share.arm is not None and share.arm < len(arms) else None
    size = arm.n if arm is not None and len(arms) > 1 else n_total
    parts = tuple(sorted(arm.parts)) if arm is not None else ()
    others = frozenset(a.n for a in arms if a is not arm and a.n is not None) if arm is not None else frozenset()
    return Patients(size, arm.evaluable if arm is not None else None, n_total, parts, others)


class Responders:
    """How many responded and how many relapsed, as the rows so far tell it of each arm: later outcomes are of these."""

    def __init__(self) -> None:
        # dictionaries as sets that keep their order
        self._responded: defaultdict[int | None, dict[int, None]] = defaultdict(dict)
        self._relapsed: defaultdict[int | None, dict[int, None]] = defaultdict(dict)
        self._last_in: dict[tuple[str, Sentence], Row] = {}

    def add(self, row: Row) -> None:
        self._last_in[row.outcome, row.sentence] = row
        if row.subgroup is not None or row.events is None or row.events == 0:
            return
        if row.outcome in {"overall_response", "complete_response"}:
            self._responded[row.arm][row.events] = None
        elif row.outcome == "relapse":
            self._relapsed[row.arm][row.events] = None

    def responded(self, arm: int | None) -> Iterable[int]:
        return self._responded[arm]

    def relapsed(self, arm: int | None) -> Iterable[int]:
        return self._relapsed[arm]

    def counted(self, arm: int | None, n: int) -> bool:
        """Whether n patients of the arm are known to have responded or relapsed."""
        return n in self._responded[arm] or n in self._relapsed[arm]

    def just_told(self, share: Share, outcome: str) -> Row | None:
        """The last row of an outcome in the share's sentence: "14 responded, of whom 8 relapsed"."""
        return self._last_in.get((outcome, share.reading.sentence))


def denominators(share: Share, patients: Patients, known: Responders, printed: PrintedSizes) -> Iterator[Denominator]:
    """The sizes that a share may be of, in the order in which they are tried; the first that fits is mostly among the
    first of them."""
    return (d for d in _denominators(share, patients, known, printed) if d.n > 0)


def _denominators(share: Share, patients: Patients, known: Responders, printed: PrintedSizes) -> Iterator[Denominator]:
    if share.measure.n is not None:
        n = share.measure.n
        yield Denominator(n, _kind(n, share, patients, known), True, dict(patients.parts).get(n))
        return
    later = share.outcome in LATER
    if later and _regained(share):
        relapsed = known.just_told(share, "relapse")
        yield from _those_just_told(relapsed, relapsed is not None and _next_count(share, relapsed))
        yield from _those_who(known.relapsed(share.arm))
    if later:
        responded = known.just_told(share, "overall_response")
        yield from _those_just_told(responded, responded is not None and _taken_up(share, responded))
    yield from _of_the_phrase(share, patients, known)
    if later:
        yield from _those_who(known.responded(share.arm))
    if patients.evaluable is not None:
        yield Denominator(patients.evaluable, "evaluable", False)
    if patients.size is not None:
        yield Denominator(patients.size, "enrolled", False)
    yield from _the_others(share, patients)
    yield from _implied(share, patients, printed)


def _those_who(counts: Iterable[int]) -> Iterator[Denominator]:
    return (Denominator(n, "responders", False) for n in counts)


def _those_just_told(row: Row | None, printed: bool) -> Iterator[Denominator]:
    if row is not None:
        yield Denominator(row.events or 0, "responders", printed)


def _taken_up(share: Share, row: Row) -> bool:
    """ "14 responded, of whom 8 relapsed", "8 of them relapsed": the words name the patients just counted"""
    words, m = share.reading.lower, share.measure
    before = [word for word in words[max(0, m.first - 3) : m.first] if word != ","]
    named = any(
        pair[:1] == ["of"] and not _TAKEN_UP.isdisjoint(pair[1:]) for pair in (before[-2:], words[m.last : m.last + 2])
    )
    return named and _next_count(share, row)


def _next_count(share: Share, row: Row) -> bool:
    """No other patients are counted between the two."""
    between = range(row.share.measure.last, share.measure.first)
    return not any(share.reading.quantity[i].kind in _COUNTING for i in between if i in share.reading.quantity)


def _of_the_phrase(share: Share, patients: Patients, known: Responders) -> Iterator[Denominator]:
    """The patients of the phrase under which the share stands: "of 30 patients aged over 60, 12 …"."""
    if share.of is not None and share.of.value is not None:
        kind = _kind(share.of.value, share, patients, known)
        part = kind == "evaluable" and _some_of(share.of, patients) is not None
        yield Denominator(share.of.value, kind, True, share.of.words if part else None)


def _the_others(share: Share, patients: Patients) -> Iterator[Denominator]:
    """Those of the arm whom the phrase leaves out."""
    rest = _some_of(share.of, patients) if share.of is not None else None
    if share.of is not None and rest is not None:
        yield Denominator(rest, "evaluable", False, f"others than {share.of.words}")


def _some_of(group: Group, patients: Patients) -> int | None:
    """How many of the arm a phrase leaves out, if its words single out some of them."""
    if group.value is None or patients.size is None or group.value >= patients.size or not _narrowed(group.words):
        return None
    return patients.size - group.value


def _narrowed(words: str) -> bool:
    return any(f" {word} " in f" {words} " for word in _NARROWING)


def _implied(share: Share, patients: Patients, printed: PrintedSizes) -> Iterator[Denominator]:
    """The only size that gives the printed percentage from the printed count: of those printed, or else of all."""
    m = share.measure
    if m.events is None or m.percent is None:
        return
    elsewhere = printed.explaining(m.events, m.percent)
    if len(elsewhere) == 1:
        yield Denominator(elsewhere[0], "evaluable", False)
    known = [n for n in (patients.size, patients.total, _ANY_SIZE) if n is not None]
    implied = arithmetic.implied_size(m.events, m.percent, known[0])
    if not elsewhere and implied is not None and implied != patients.size:
        yield Denominator(implied, "evaluable", False)


def _regained(share: Share) -> bool:
    last = share.measure.last
    return not _AGAIN.isdisjoint(share.reading.lower[last : last + 4])


def _kind(n: int, share: Share, patients: Patients, known: Responders) -> str:
    if n == patients.size:
        return "enrolled"
    return "responders" if known.counted(share.arm, n) else "evaluable"
