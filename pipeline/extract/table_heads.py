"""What the head of a column, the label of a row or a heading within a table says: arm, outcome, size, unit, time.

Heads are read with the review's vocabulary, like sentences. What is left over when everything known is taken away says
that the row or column speaks of something else (a subgroup, another kind of response), and its numbers are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.extract.abbreviations import definitions, own_terms, with_own
from pipeline.extract.arms import FoundArm
from pipeline.extract.outcome_abbreviations import defined_abbreviations
from pipeline.extract.quantities import Quantity, quantities
from pipeline.extract.reading import Mention, Reader, Reading
from pipeline.extract.references import INERT, Reference, references
from pipeline.extract.sentences import Sentence
from pipeline.extract.table_cells import Unit
from pipeline.extract.table_rest import TIME, is_time, left_over, outside_brackets
from pipeline.extract.table_units import measures, size_of, unit_of, vetoed, without_level
from pipeline.parsed import ParsedRecord, Table

#: labels longer than this are prose
LONGEST = 300
#: short forms are looked for in so many characters of a note
_LEGEND_LENGTH = 3000
_TOTAL = re.compile(
    r"(?i)^\W*(?:total|all|overall|whole|entire)(?:\s(?:patients|subjects|participants|population|cohort"
    r"|group|groups|sample))?\W*$|^\W*(?:both|all) (?:groups|arms)\W*$"
)
_NOT = re.compile(
    r"(?i)\bno\s(?!of\b)[a-z]|\bnot\b|\bnon|\bwithout\b|\bfail|\babsen|\black|\bloss of\b|\bfree\b|\bexcl|\bexcept\b|\bonly\b"
    r"|\bun[a-z]+ed\b|\bdue to\b|\bleading to\b|\brelated\b|\bbefore\b|\btime to\b|\bmissing\b|\bunknown\b|\bpredict"
    r"|\bduration of\b|\bdays? to\b|\bpartly\b|\bdespite\b|\bafter relapse\b|\bloss\b"
)
_SEVERE = frozenset(["serious", "severe"])
_ARM_WORDS = frozenset(
    ["patients", "treated", "receiving", "assigned", "plus", "alone", "only", "+", "therapy", "placebo"]
)


@dataclass(frozen=True)
class Head:
    """What a head says. `arm`: an arm's number, "all" for all arms together, None if it names none; `rest`: words that
    nothing explains; `veto`: its numbers are no shares of the patients; `measures`: it announces means and the like."""

    text: str
    arm: int | Literal["all"] | None = None
    outcome: str | None = None
    size: int | None = None
    unit: Unit | None = None
    time: str | None = None
    rest: tuple[str, ...] = ()
    veto: bool = False
    measures: bool = False
    total: bool = False


EMPTY = Head("")


class Heads:
    """Reads the heads of one record's tables; every text is read once."""

    def __init__(self, record: ParsedRecord, arms: list[FoundArm], reader: Reader) -> None:
        self.arms, self.reader = arms, reader
        self.own = own_terms(record.text, reader.vocabulary.find(record.text), definitions(record.text))
        self.abbreviations = defined_abbreviations(record.text, reader)
        self._read: dict[tuple[str, bool], Head] = {}

    def add_legend(self, table: Table) -> None:
        """Short forms that the table's notes explain, as "ORR, overall response rate; CR = complete response"."""
        for note in [table.caption, *table.footnotes]:
            for match in _LEGEND.finditer(note, 0, _LEGEND_LENGTH):
                if match["short"] not in self.abbreviations and (outcome := self._outcome_of_words(match["long"])):
                    self.abbreviations[match["short"]] = outcome
                    self._read.clear()

    def _outcome_of_words(self, words: str) -> str | None:
        """The class that words without short forms name as a whole."""
        if any(len(w) > 1 and w[1:] != w[1:].lower() for w in words.split()):
            return None
        head = self.read(words)
        return head.outcome if not head.rest else None

    def read(self, text: str, arms: bool = True) -> Head:
        """What a head says; one too long for a head says nothing and is unexplained. `arms`: whether it can name an arm,
        which in a table with arms as columns a row's label cannot."""
        if len(text) > LONGEST:
            return Head(text[:LONGEST], rest=("long text",))
        if (text, arms) not in self._read:
            self._read[text, arms] = self._head(text, arms)
        return self._read[text, arms]

    def _head(self, text: str, arms: bool) -> Head:
        size, words = size_of(text)
        bare = without_level(words)
        reading = self._reading(bare)
        unit = unit_of(bare)
        arm, named = self._arm(reading) if arms and not measures(bare) else (None, set())
        if _TOTAL.match(bare):
            return Head(text, "all", size=size, unit=unit, total=True)
        outcome, meant = self._outcome(bare, reading)
        rest = left_over(reading, named | meant, outcome)
        return Head(text, arm, outcome, size, unit, _time(reading), rest, vetoed(bare, text), measures(bare))

    def _reading(self, text: str) -> Reading:
        terms = with_own(text, self.reader.vocabulary.find(text), self.own)
        whole = Sentence(0, len(text), "results")
        return self.reader.read(text, whole, quantities(text), terms, lambda: self.abbreviations)

    def _arm(self, reading: Reading) -> tuple[int | None, set[int]]:
        """The only arm that the head names, and the tokens that name it."""
        if len(self.arms) == 1:
            return None, _words_of_arm(reading, self.arms[0])
        found = self._references(reading)
        arms = {r.arm for r in found}
        if not arms:
            return self._same_label(reading)
        if len(arms) > 1:
            return None, set()
        arm = found[0].arm
        if self._other_drugs(reading, self.arms[arm]):
            return None, set()
        tokens = {i for r in found for i in range(r.first, r.last)}
        return arm, tokens | _words_of_arm(reading, self.arms[arm])

    def _other_drugs(self, reading: Reading, arm: FoundArm) -> bool:
        """Whether the head names a treatment that the arm is not given."""
        return bool(arm.drugs) and any(not m.names & arm.drugs for m in reading.of("DRUG") if m.names - INERT)

    def _references(self, reading: Reading) -> list[Reference]:
        """A head is read as the name of a group, which the words of a sentence would need to say."""
        found = references(reading, self.arms)
        if found or len(reading.doc) > 40:
            return found
        named = self._reading(f"in the {reading.words(0, len(reading.doc))} group" if len(reading.doc) else "")
        shift = 2
        return [
            Reference(max(0, r.first - shift), min(r.last - shift, len(reading.doc)), r.arm, r.compared)
            for r in references(named, self.arms)
        ]

    def _same_label(self, reading: Reading) -> tuple[int | None, set[int]]:
        """The only arm with this label; or the only one by whose own words the head starts ("pH-2.4 g", "Time-2.25 g")."""
        words = _letters(" ".join(reading.lower))
        same = [i for i, a in enumerate(self.arms) if words and _letters(a.label.lower()) in (words, words + "group")]
        if len(same) == 1:
            return same[0], set(range(len(reading.doc)))
        first = reading.lower[0].rstrip("-‐–") if len(reading.doc) else ""
        known = [i for i, a in enumerate(self.arms) if len(first) > 1 and first in a.keys]
        doses = {i for i, q in reading.quantity.items() if q.kind == "DOSE"}
        return (known[0], {0} | doses) if len(known) == 1 and doses else (None, set())

    def _outcome(self, text: str, reading: Reading) -> tuple[str | None, set[int]]:
        """The class that a label names outside its brackets (or, if nothing stands outside, within), and its tokens."""
        outside = outside_brackets(reading)
        mentions = [m for m in reading.of("OUTCOME") if m.first in outside] or reading.of("OUTCOME")
        tokens = {i for m in mentions for i in range(m.first, m.last)}
        outcome = _one_class(reading, mentions)
        if outcome is None and not mentions:
            outcome = self._as_prose(reading, outside)
        if outcome == "adverse_event":
            outcome, graded = _graded(reading, outside)
            tokens |= graded
        if outcome is None or _NOT.search(_outside(text)):
            return None, set() if outcome is None else tokens
        return outcome, tokens

    def _as_prose(self, reading: Reading, outside: set[int]) -> str | None:
        """The class of a label such as "Number of responders", which is a noun where the configuration has a phrase:
        "were responders"."""
        nouns = [i for i in sorted(outside) if reading.lower[i] in ("responder", "responders")]
        if len(nouns) != 1:
            return None
        said = self._reading("were responders").of("OUTCOME")
        return said[0].value if said else None


_LEGEND = re.compile(
    r"(?<![\w-])(?P<short>[A-Z][A-Za-z]{1,5})\s?[=,:]\s?(?P<long>[A-Za-z][a-z]+(?:[ -][a-z]+){0,5})(?=\s?[;,.]|$)"
)


def _words_of_arm(reading: Reading, arm: FoundArm) -> set[int]:
    """Tokens that are the arm's drugs, or words of its name."""
    label = set(re.findall(r"[\w+]+", arm.label.lower()))
    drugs = {i for m in reading.of("DRUG") if m.names <= arm.drugs for i in range(m.first, m.last)}
    if not drugs and not label & set(reading.lower):
        return set()
    words = {i for i, w in enumerate(reading.lower) if w in label | _ARM_WORDS or reading.labels.get(i, w) in arm.keys}
    doses = {i for i, q in reading.quantity.items() if q.kind == "DOSE"} if drugs else set()
    return drugs | words | doses


def _outside(text: str) -> str:
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text)


def _one_class(reading: Reading, mentions: list[Mention]) -> str | None:
    """The class of all mentions; complete and partial joined by "+" or "or" are the overall response."""
    kinds = {m.value for m in mentions}
    if len(kinds) == 1:
        return next(iter(kinds))
    between = reading.lower[mentions[0].last : mentions[-1].first] if mentions else []
    joined = between in (["+"], ["or"], ["and"], ["plus"], ["/"])
    return "overall_response" if kinds == {"complete_response", "partial_response"} and joined else None


def _graded(reading: Reading, outside: set[int]) -> tuple[str | None, set[int]]:
    """Adverse events that are severe, or of grade 3 and above, are serious ones; other grades are parts of the whole."""
    severe = {i for i in outside if reading.lower[i] in _SEVERE}
    grades = {i for i in outside if reading.lower[i].startswith(("grade", "grades"))}
    if severe:
        return "serious_adverse_event", severe
    if not grades:
        return "adverse_event", set()
    words = " ".join(reading.lower[min(grades) : min(grades) + 6])
    numbers = [int(n) for n in re.findall(r"[1-5]", words)]
    return (
        ("serious_adverse_event", set(range(min(grades), min(grades) + 6)))
        if numbers and min(numbers) >= 3
        else (None, set())
    )


def _time(reading: Reading) -> str | None:
    """The only time that a head names: "Week 24", "6 months"."""
    times = [q for i, q in reading.quantity.items() if q.kind in TIME and is_time(reading, i, q)]
    named = [i for i in range(len(reading.doc)) if reading.lower[i] == "end" and i + 2 < len(reading.doc)]
    if len(times) == 1:
        return reading.doc[_at(reading, times[0])].text
    return reading.words(named[0], len(reading.doc)).strip(" .,:") if named and not times else None


def _at(reading: Reading, q: Quantity) -> int:
    return next(i for i, other in reading.quantity.items() if other is q)


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c == "+")
