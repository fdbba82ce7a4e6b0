"""Treatments of a study that has one arm, and what is said of treatments that were not given in the study."""

from __future__ import annotations

import re

from pipeline.extract.phrases import drugs_in, specific
from pipeline.extract.reading import Reading
from pipeline.extract.sentences import NOT_RESULTS

_TREATED = re.compile(
    r"\btreat(?:ed|ment)\b|\breceiv|\bgiven\b|\badminister|\btook\b|\btaking\b|\bconsist|\bin combination with\b"
    r"|\bregimen\b|\bregiment\b|\bcombin(?:ing|ed|ation)\b|\bdose of\b|\bintroduc|\busing\b|\bassociated with either\b"
    r"|\binclud(?:ed|es|ing)\b|\bescalat|\bunderwent\b",
    re.IGNORECASE,
)
NOT_HERE = re.compile(
    r"\bprior\b|\bprevious|\bfailed\b|\bfailure\b|\brefractory to\b|\bhistory\b|\bfirst-line\b|\bno response\b|\bshe\b|\bhe\b"
    r"|\bnot respon|\bafter\b[^.]*\btherapy\b|\bconsidered\b|\bhave been\b|\bin the literature\b|\blicensed\b|\bmice\b"
    r"|\bconcomitant\b|\bwithout\b|\balso given\b|\bpremedication\b|\bdefined as\b|\bresistant\b",
    re.IGNORECASE,
)


def single_arm_drugs(readings: list[Reading], text: str) -> frozenset[str]:
    """Drugs of a study's only arm: those of the title, and of sentences that say what the patients were given."""
    found: set[str] = set()
    for r in readings:
        if r.sentence.section in NOT_RESULTS or not r.of("DRUG"):
            continue
        words = text[r.sentence.start : r.sentence.end]
        if r.sentence.section == "title" or (_TREATED.search(words) and not NOT_HERE.search(words)):
            found |= drugs_in(r, 0, len(r.doc))
    return specific(frozenset(found))
