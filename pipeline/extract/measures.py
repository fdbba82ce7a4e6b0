"""Measures: how texts print a share of patients. Each form is a spaCy pattern over typed tokens, with its examples.

A form names, in `roles`, what its quantities are, in the order they stand. The examples are tested by being here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import PEOPLE, Reading

C, P, F, N = ({"ENT_TYPE": kind} for kind in ("COUNT", "PERCENT", "FRACTION", "SIZE"))
CI = {"ENT_TYPE": "INTERVAL", "OP": "?"}
OPEN, CLOSE = {"TEXT": {"IN": ["(", "["]}}, {"TEXT": {"IN": [")", "]"]}}
COMMA = {"TEXT": {"IN": [",", ";"]}, "OP": "?"}
OF = {"LOWER": {"IN": ["of", "among"]}}
OUT = {"LOWER": "out", "OP": "?"}
THE = {"LOWER": {"IN": ["the", "these", "all", "our", "a", "total"]}, "OP": "{0,3}"}
FEW = {"IS_ALPHA": True, "ENT_TYPE": "", "LOWER": {"NOT_IN": ["of", "and", "or", "in", "with"]}, "OP": "{0,3}"}
OF_PEOPLE = [{"LOWER": {"IN": ["of", "in"]}, "OP": "?"}, THE, FEW]
SOME_OF = {"LOWER": {"IN": ["of", "the"]}, "OP": "{0,2}"}


@dataclass(frozen=True)
class Form:
    name: str
    pattern: list[Any]
    roles: tuple[str, ...]
    examples: tuple[str, ...]
    counter: tuple[str, ...] = ()


FORMS = [
    Form("count (percent) of count", [C, FEW, OPEN, P, CLOSE, OUT, OF, THE, C], ("events", "percent", "n"),
         ("43 (48%) of 90 patients",), ("43 (48%) patients",)),
    Form("count of count (percent)", [C, FEW, OUT, OF, THE, C, FEW, OPEN, P], ("events", "n", "percent"),
         ("28 of 73 patients (38.3%)", "12 patients out of the 44 (27%)"), ("28 of the patients (38%)",)),
    Form("percent (count of count)", [P, *OF_PEOPLE, OPEN, CI, COMMA, C, FEW, OUT, OF, THE, C],
         ("percent", "events", "n"), ("27.2% (95% CI, 14.1–40.4, 12 of 44 patients)", "38% (28 of 73)")),
    Form("percent (fraction)", [P, *OF_PEOPLE, OPEN, CI, COMMA, F], ("percent", "fraction"),
         ("67.9% (19/28 patients)", "81% of patients (25/31)")),
    Form("percent, fraction", [P, COMMA, F], ("percent", "fraction"), ("67.9%, 19/28",)),
    Form("percent (n = count)", [P, *OF_PEOPLE, OPEN, N, CLOSE], ("percent", "events"),
         ("50% of patients (n = 8)", "50% (n=8)")),
    Form("n = count, percent", [N, COMMA, P], ("events", "percent"), ("(n = 8, 50%)",)),
    Form("percent (count)", [P, *OF_PEOPLE, OPEN, C, FEW, CLOSE], ("percent", "events"),
         ("36% of patients (16 patients)", "55% (23)"), ("36% (95% CI, 20–40)",)),
    Form("percent for outcome (count)", [P, {"LOWER": "for"}, {"IS_ALPHA": True, "OP": "{1,3}"}, OPEN, C, FEW, CLOSE],
         ("percent", "events"), ("17% for relapse (7 patients)",), ("17% for relapse",)),
    Form("percent of count", [P, OUT, OF, THE, C], ("percent", "n"), ("81% of the 57 patients",), ("81% of the patients",)),
    Form("count (percent)", [C, SOME_OF, FEW, OPEN, P], ("events", "percent"),
         ("14 (73.7%)", "12 patients (42.9%)", "10 of the patients (40%)"), ("14 and others (73.7%)",)),
    Form("count, percent", [C, COMMA, P], ("events", "percent"), ("(14; 73.7%)",)),
    Form("fraction (percent)", [F, FEW, OPEN, P], ("fraction", "percent"), ("19/31 (61%)", "13/31 patients (42%)")),
    Form("fraction, percent", [F, COMMA, P], ("fraction", "percent"), ("(44/45, 98%)",)),
    Form("count of count", [C, FEW, OUT, OF, THE, C], ("events", "n"), ("12 of 44 patients", "8 of the 46")),
    Form("fraction", [F], ("fraction",), ("19/31",)),
    Form("percent", [P], ("percent",), ("73.7%",)),
    Form("count", [C], ("events",), ("14 patients",), ("14%",)),
    Form("whole", [{"ENT_TYPE": "WHOLE"}, {"LOWER": {"IN": ["of", "the"]}, "OP": "{0,2}"},
                   {"LOWER": {"IN": sorted(PEOPLE)}, "OP": "?"}], ("whole",), ("all patients", "none of the patients")),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A share as printed, in tokens [first, last) of its sentence; what the form does not print is None."""

    form: str
    first: int
    last: int
    events: int | None = None
    n: int | None = None
    percent: Quantity | None = None
    whole: bool | None = None
    interval: Quantity | None = None


@cache
def _matcher(vocab: Vocab) -> Matcher:
    matcher = Matcher(vocab)
    for form in FORMS:
        matcher.add(form.name, [form.pattern])
    return matcher


def measures(reading: Reading) -> list[Measure]:
    """Every measure of a sentence, in order, the longest form where several fit."""
    named = {
        i for m in reading.of("OUTCOME") for i in range(m.first, m.last)
    }  # "at least a 50% reduction" is an outcome
    found = _matcher(reading.doc.vocab)(reading.doc, as_spans=True)
    told = [s for s in found if not any(i in reading.quantity for i in named & set(range(s.start, s.end)))]
    spans = filter_spans([s for s in told if not _concentration(reading, s)])
    return [_measure(reading, span) for span in spans]


_FORMULATIONS = frozenset(
    "ointment cream gel solution lotion paste suspension saline drops lacquer liquid topical".split()
)


def _concentration(reading: Reading, span: Span) -> bool:
    """ "GTN 0.4% ointment", "15% paromomycin": a strength, not a share"""
    if len(span) > 1 or reading.quantity[span.start].kind != "PERCENT":
        return False
    near = set(reading.lower[span.end : span.end + 2])
    drugs = reading.of("DRUG")
    return bool(near & _FORMULATIONS) or any(m.first == span.end or m.last == span.start for m in drugs)


def _measure(reading: Reading, span: Span) -> Measure:
    form = next(f for f in FORMS if f.name == span.label_)
    tokens = [i for i in range(span.start, span.end) if i in reading.quantity]
    used = [reading.quantity[i] for i in tokens if reading.quantity[i].kind != "INTERVAL"]
    parts: dict[str, Any] = {}
    for role, q in zip(form.roles, used, strict=True):
        if role == "fraction":
            parts |= {"events": int(q.value), "n": int(q.high or 0)}
        elif role == "percent":
            parts["percent"] = q
        elif role == "whole":
            parts["whole"] = q.value == 1
        else:
            parts[role] = int(q.value)
    return Measure(form.name, span.start, span.end, interval=_interval(reading, span.start, span.end), **parts)


def _interval(reading: Reading, first: int, last: int) -> Quantity | None:
    """The confidence interval printed within the measure or right behind it, before the next number."""
    for i in range(first, min(last + 6, len(reading.doc))):
        q = reading.quantity.get(i)
        if q is not None and q.kind == "INTERVAL":
            return q
        if i >= last and q is not None:
            return None
    return None
