"""Doses: for each drug of an arm the dose, schedule, route and duration printed beside it."""

from __future__ import annotations

import re

from pipeline.candidates import Dose
from pipeline.extract.gated import gated
from pipeline.extract.reading import Mention, Reading
from pipeline.extract.sentences import NOT_RESULTS
from pipeline.extract.single_arm import NOT_HERE

_DOSE = re.compile(r"(?P<dose>\d+(?:[.,]\d+)?)\s?-?(?P<unit>[a-zA-Zµμ][\w²µμ/^. -]*)$")
_SCHEDULE = gated(
    r"\b(?:once|twice|three times|\d ?times)(?: a| per|/|\s)?\s?(?:daily|day|week|weekly)\b|\b(?:daily|weekly|monthly|bid|tid|qd)\b"
    r"|\bon \d+ consecutive days\b|\bevery \w+ (?:days|weeks|hours|months)\b|\bsingle[- ]dose\b",
    re.IGNORECASE,
)
_ROUTE = gated(r"\b(?:oral(?:ly)?|intravenous(?:ly)?|IV|subcutaneous(?:ly)?|SC|intramuscular(?:ly)?|topical(?:ly)?)\b")
_DURATION = gated(r"\bfor (?P<for>(?:\w+ )?\w+ (?:days|weeks|months|years|cycles|courses))\b", re.IGNORECASE)


def regimen(readings: list[Reading], text: str, drugs: frozenset[str]) -> list[Dose]:
    """One `Dose` per drug of the arm, sorted by name; fields that the text does not print stay None."""
    found = {drug: Dose(drug=drug) for drug in sorted(drugs)}
    for reading in readings:
        words = text[reading.sentence.start : reading.sentence.end]
        if reading.sentence.section in NOT_RESULTS or NOT_HERE.search(words):
            continue
        for mention in reading.of("DRUG"):
            for drug in sorted(mention.names & drugs):
                if found[drug].dose is None:
                    found[drug] = _dose(reading, mention, drug, text) or found[drug]
    return list(found.values())


def _dose(reading: Reading, drug: Mention, name: str, text: str) -> Dose | None:
    """The first dose behind the drug and before the next drug of the sentence."""
    stop = min((d.first for d in reading.of("DRUG") if d.first >= drug.last), default=len(reading.doc))
    at = next((i for i in range(drug.last, stop) if i in reading.quantity and reading.quantity[i].kind == "DOSE"), None)
    if at is None:
        return None
    match = _DOSE.match(reading.doc[at].text)
    if match is None:
        return None
    start, end = reading.span(drug.last, stop)
    words = text[start:end]
    schedule, route, duration = _SCHEDULE.search(words), _ROUTE.search(words), _DURATION.search(words)
    return Dose(
        drug=name,
        dose=float(match["dose"].replace(",", ".")),
        unit=match["unit"].strip(),
        schedule=schedule.group() if schedule else None,
        route=route.group() if route else None,
        duration=duration["for"] if duration else None,
    )
