"""Treatments that every arm is given: those to which the arms' own are added, and those that all patients or all groups
received."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.arms import FoundArm
from pipeline.extract.gated import gated
from pipeline.extract.phrases import OR, drugs_in, phrase_forward
from pipeline.extract.reading import Reading
from pipeline.extract.sentences import NOT_RESULTS
from pipeline.extract.vocabulary.classes import is_class

_ADDED_TO = gated(
    r"\b(?:(?:regimens|arms|groups)(?: \([^()]*\))? plus|(?:add(?:ed|ing)|addition(?: of [^.;]{1,40}?)?|add-on|adjunct\w*)\b(?: [^.;,]{1,40}?)? to"
    r"|on a background of|on top of) (?:ongoing |stable |existing |background |standard |their )*$",
    re.IGNORECASE,
)
_ALL = (
    r"(?:both|all|each|every|either)(?: of)?(?: the)?(?: (?:two|three|four|study|treatment|enrolled|randomi[sz]ed|eligible)){0,2}"
    r" (?:groups?|arms?|patients?|subjects|participants|children|women|men|adults|infants|regimens)"
)
#: "both groups also received (500 mg of)", "all patients were treated with"
_ALL_GOT = gated(
    rf"\b{_ALL}(?: (?:also|further|additionally|concomitantly|in addition))?(?: in (?:both|all) (?:groups|arms))?"
    r" (?:receiv(?:ed|ing)|receive|took|were given|were treated with|underwent|were on|were maintained on|continued(?: to receive)?)(?: [^\s.;]+){0,4} $",
    re.IGNORECASE,
)
#: "(A) was given to all patients", "(A) in both groups"
_GOT_BY_ALL = re.compile(
    rf"(?: [^\s.;]+){{0,6}}? (?:was|were) (?:given|administered|added|prescribed|continued|provided|used)(?: [^\s.;]+){{0,3}}? (?:to|in|for|by) {_ALL}\b",
    re.IGNORECASE,
)
#: "(women took A for a week) and were then randomised"
_BEFORE_ALLOCATION = re.compile(
    r"(?: [^\s.;]+){0,12}? and (?:were|was) (?:then|subsequently|thereafter) (?:randomi[sz]|randomly|assigned|allocated)",
    re.IGNORECASE,
)
_AIM = gated(
    r"\bto (?:investigat|evaluat|assess|examin|compar|determin|test|study)|\bwe\b|\bthis study\b", re.IGNORECASE
)
#: treatments against the harms of the study's own, which are no part of what is compared
_SUPPORT = re.compile(
    r"\bprophyla\w+|\bpremedicat\w+|\banti-?emetic\w*|\bsupportive\b|\bto prevent\b|\bhydration\b|\brescue\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(rf"(?:in addition ?,? )?{_ALL} (?:\w+ ){{0,2}}(?:were|also|received)\b", re.IGNORECASE)
#: says that an arm adds to what another has: "add-on A or B only"
_MORE = gated(r"\b(?:add-?on|added|additional|adjunct\w*|supplementary|augmentation)\b", re.IGNORECASE)
_ALONE = gated(r"\b(?:alone|only|continued|monotherapy|unchanged)\b", re.IGNORECASE)
#: tokens before and behind a treatment that are looked at
_BEFORE, _BEHIND = 16, 18


def with_background(arms: list[FoundArm], readings: list[Reading]) -> list[FoundArm]:
    """The arms with the treatments that all are given: "A or placebo was added to B and C", "Both groups received D"."""
    own = [r for r in readings if r.sentence.section not in NOT_RESULTS or _AIM.search(" ".join(r.lower))]
    to_all = frozenset().union(*(names for r in _without_support(own) for names in _to_all(r)))
    to_all = frozenset(d for d in to_all if not any(d in arm.drugs for arm in arms) and not is_class(d)) - {"placebo"}
    added_to = frozenset().union(*(names for r in own for names in _added_to(r))) - {"placebo"}
    return [replace(arm, drugs=arm.drugs | added_to | to_all) for arm in _with_added(arms)]


def _without_support(readings: list[Reading]) -> Iterator[Reading]:
    """Without the sentences on prophylaxis and the like, and those that go on about it: "All patients were also given …"."""
    supports = False
    for reading in readings:
        words = " ".join(reading.lower)
        supports = bool(_SUPPORT.search(words)) or (supports and bool(_GOES_ON.match(words)))
        if not supports:
            yield reading


def _with_added(arms: list[FoundArm]) -> list[FoundArm]:
    """Of two arms, "add-on A" holds also what "B only" has."""
    if len(arms) != 2:
        return arms
    more = [bool(_MORE.search(arm.label)) for arm in arms]
    alone = [bool(_ALONE.search(arm.label)) for arm in arms]
    return [
        replace(arm, drugs=arm.drugs | arms[1 - i].drugs) if more[i] and alone[1 - i] else arm
        for i, arm in enumerate(arms)
    ]


def _added_to(reading: Reading) -> Iterator[frozenset[str]]:
    for m in reading.given:
        if _ADDED_TO.search(_words_before(reading, m.first)):
            yield drugs_in(reading, m.first, phrase_forward(reading, m.first, len(reading.doc)))


def _to_all(reading: Reading) -> Iterator[frozenset[str]]:
    for m in reading.given:
        behind = " " + reading.words(m.last, min(len(reading.doc), m.last + _BEHIND))
        if _GOT_BY_ALL.match(behind) or _BEFORE_ALLOCATION.match(behind):
            yield m.names
        elif _ALL_GOT.search(_words_before(reading, m.first)):
            end = phrase_forward(reading, m.first, len(reading.doc))
            if OR.isdisjoint(reading.lower[m.first : end + 1]):  # else they are alternatives
                yield drugs_in(reading, m.first, end)


def _words_before(reading: Reading, i: int) -> str:
    return reading.words(max(0, i - _BEFORE), i) + " "
