"""Treatments of a study that has one arm, and what is said of treatments that were not given in the study."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.extract.gated import gated
from pipeline.extract.phrases import specific
from pipeline.extract.reading import Mention, Reading
from pipeline.extract.sentences import NOT_RESULTS

_TREATED = gated(
    r"\btreat(?:ed|ment)\b|\breceiv|\bgiven\b|\badminister|\btook\b|\btaking\b|\bconsist|\bin combination with\b"
    r"|\bregimen\b|\bregiment\b|\bcombin(?:ing|ed|ation)\b|\bdose of\b|\bintroduc|\busing\b|\bassociated with either\b"
    r"|\binclud(?:ed|es|ing)\b|\bescalat|\bunderwent\b|\binfus|\binject|\bstarted (?:on|at|with)\b|\bperformed\b|\boperated\b"
    r"|\b(?:switched|changed) to\b|\bprescri|\bapplied\b|\bimplant|\bput on\b|\bbegun\b|\bmaintained on\b",
    re.IGNORECASE,
)
NOT_HERE = gated(
    r"\bhistory\b|\bfirst-line\b|\bshe\b|\bhe\b"
    r"|\bafter\b[^.]*\btherapy\b|\bconsidered\b|\bhave been\b|\bin the literature\b|\blicensed\b|\bmice\b"
    r"|\bconcomitant\b|\bwithout\b|\balso given\b|\bpremedication\b|\bdefined as\b",
    re.IGNORECASE,
)
#: a sentence of the background that says what the study is about
_AIM = gated(
    r"\b(?:to|we|authors?) (?:\w+ )?(?:evaluat|assess|describ|determin|investigat|examin|stud(?:y|ied)|report|estimat|test|analy[sz]"
    r"|review|compar|quantif|explor|treat)\w*|^(?:objective|aim|purpose)s?\b",
    re.IGNORECASE,
)
#: of some of the patients only, whatever number the sentence prints
_OF_SOME = gated(
    r"\b(?:later|subsequent(?:ly)?|thereafter|besides|some|several|few|those|responders?|non-?\s?responders?|relaps\w*|remaining|salvage"
    r"|rescue|if|when|needed|necessary|required|crossed over|withdrawn|stopped|discontinued)\b",
    re.IGNORECASE,
)
_LIST = frozenset(
    ", and or plus + / & with in combination combined followed by - – then the a of low dose low-dose high-dose oral".split()
)
#: of so many of the study's patients at least speaks a sentence that says what they were given
_MOST = 0.85
#: so few are seldom patients behind "any", "at least" and the like
_FEW = 4
#: what is counted, where it is no patients
_NO_PATIENTS = frozenset(
    "times cycles courses doses drugs agents hospitals centres centers units sites weeks days months years sessions injections".split()
)


def single_arm_drugs(readings: list[Reading], text: str, n_total: int | None = None) -> frozenset[str]:
    """Drugs of a study's only arm: those of the title, and of sentences that say what the patients were given. `n_total`:
    the study's size, by which a sentence about some of the patients is told."""
    titled: set[str] = set()
    found: set[str] = set()
    for run, r in _runs(readings):
        names = frozenset().union(*(m.names for m in run))
        if r.sentence.section == "title" or (r.sentence.start == 0 and r.sentence.section == ""):
            titled |= names
        elif r.sentence.section in NOT_RESULTS:
            found |= names if names & titled and len(names) > 1 and _AIM.search(_words(r, text)) else set()
        elif _given_to_all(r, run, text, n_total):
            found |= names
    drugs = specific(frozenset(titled | found))
    return drugs - {"placebo"} or drugs


def _runs(readings: list[Reading]) -> Iterator[tuple[list[Mention], Reading]]:
    """The treatments of each sentence, those of one list together."""
    for r in readings:
        run: list[Mention] = []
        for m in r.given:
            if run and not all(word in _LIST or i in r.quantity for i, word in _between(r, run[-1], m)):
                yield run, r
                run = []
            run = [*run, m]
        if run:
            yield run, r


def _between(r: Reading, a: Mention, b: Mention) -> Iterator[tuple[int, str]]:
    return ((i, r.lower[i]) for i in range(a.last, b.first))


def _words(r: Reading, text: str) -> str:
    return text[r.sentence.start : r.sentence.end]


def _given_to_all(r: Reading, run: list[Mention], text: str, n_total: int | None) -> bool:
    """Whether the sentence says that the study's patients, not some of them, were given these treatments."""
    words = _words(r, text)
    if not _TREATED.search(words) or NOT_HERE.search(words):
        return False
    first, last = _clause(r, run)
    start, end = r.span(first, last)
    return not _OF_SOME.search(text[start:end]) and not _counts_some(r, first, last, n_total)


def _clause(r: Reading, run: list[Mention]) -> tuple[int, int]:
    """The tokens around the treatments up to a semicolon."""
    ends = [i for i, word in enumerate(r.lower) if word == ";"]
    first = max((i + 1 for i in ends if i < run[0].first), default=0)
    last = min((i for i in ends if i >= run[-1].last), default=len(r.lower))
    return first, last


def _counts_some(r: Reading, first: int, last: int, n_total: int | None) -> bool:
    """Whether the clause counts patients, and their sum (for alternatives: "A in 20 and B
    in 10") does not come near the study's size."""
    counts = [r.quantity[i].value for i in range(first, last) if _counts_patients(r, i)]
    return bool(counts) and n_total is not None and sum(counts) < _MOST * n_total


def _counts_patients(r: Reading, i: int) -> bool:
    """Whether token i may count patients: not "any one of A and B", "at least two drugs", "five courses"."""
    q = r.quantity.get(i)
    if q is None or q.kind not in {"COUNT", "SIZE", "FRACTION"}:
        return False
    return _NO_PATIENTS.isdisjoint(r.lower[i + 1 : i + 2]) and not (
        i > 0 and r.lower[i - 1] in {"any", "least", "to", "every", "each"} and q.value < _FEW
    )
