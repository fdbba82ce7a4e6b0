"""How a report defines its outcomes: "response was defined as a count above 30, and complete response as one above 100"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.candidates import Definition
from pipeline.extract.clauses import definitions_in
from pipeline.extract.evidence import evidence_of
from pipeline.extract.reading import Mention, Reading
from pipeline.extract.sentences import NOT_RESULTS
from pipeline.parsed import ParsedRecord

#: what may stand between an outcome and its definition
_BETWEEN = frozenset(
    "was were is are be been being has have had which that rate rates to ( ) , or a an the here".split()
)
#: tokens between the two at most: a short form in brackets and a verb
_NEAR = 8
_MEANS = frozenset(["meant", "means"])


def outcome_definitions(record: ParsedRecord, readings: Sequence[Reading]) -> list[Definition]:
    """The first of each outcome, in the order of the text; what others found, or what follows, defines nothing."""
    first: dict[str, Definition] = {}
    for reading in readings:
        if reading.sentence.section not in NOT_RESULTS:
            for outcome, start, begin, end in _in_sentence(reading):
                found = _definition(record, reading, outcome, start, begin, end)
                first.setdefault(outcome, found)
    return list(first.values())


def _definition(record: ParsedRecord, reading: Reading, outcome: str, start: int, begin: int, end: int) -> Definition:
    a, b = reading.span(start, end)
    return Definition(outcome=outcome, text=reading.words(begin, end), evidence=evidence_of(record, a, b))


def _in_sentence(reading: Reading) -> Iterator[tuple[str, int, int, int]]:
    """(outcome, first token of its name, of its definition, end of that)."""
    found = [*_openings(reading)]
    stops = [mention.first for mention, _, _ in found]
    for mention, begin, limit in found:
        end = _trimmed(reading, begin, min([limit, *(s for s in stops if s > begin)]))
        if end > begin and _whole(reading.lower[begin:end]):
            yield mention.value, mention.first, begin, end


def _whole(words: Sequence[str]) -> bool:
    """Cut within a bracket, a definition says something else."""
    return words.count("(") == words.count(")")


def _openings(reading: Reading) -> Iterator[tuple[Mention, int, int]]:
    """Outcomes that a definition follows: "defined as …", and what is joined to it by a further "as" or "by"; "meant …"."""
    spans = definitions_in(reading)
    words = reading.lower
    for mention in reading.of("OUTCOME"):
        at = _past(reading, mention.last)
        opened = next(((a, b) for a, b in spans if a == at), None)
        joined = next(((a, b) for a, b in spans if a < mention.first < b), None)
        if opened is not None:
            yield mention, at + 2, opened[1]
        elif joined is not None and words[at : at + 1] in (["as"], ["by"]):
            yield mention, at + 1, joined[1]
        elif at < len(words) and words[at] in _MEANS:
            yield mention, at + 1, len(words)


def _past(reading: Reading, at: int) -> int:
    """The first token behind those that may stand between; a short form in brackets is passed over."""
    words, last = reading.lower, at + _NEAR
    inside = False
    while at < min(last, len(words)) and (inside or words[at] in _BETWEEN):
        inside = words[at] == "(" or (inside and words[at] != ")")
        at += 1
    return at


def _trimmed(reading: Reading, begin: int, end: int) -> int:
    """Up to a full stop, behind which a heading may stand, and without the words that lead on: "…, and"."""
    words = reading.lower
    end = next((i for i in range(begin, end) if words[i] in {";", "."}), end)
    while end > begin and words[end - 1] in {",", "and", "or", "a", "an", "the", "while", "whereas"}:
        end -= 1
    return end
