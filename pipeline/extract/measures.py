"""Measures: how texts print a share of patients. Each form is a pattern over typed tokens, with its examples.

A sentence is written as one letter per token (`_LETTERS` and `_WORDS` below), so that a form is a regular expression; each
can match in one way only from a given token on. Where two forms fit the same tokens, the first is taken. A form names, in
`roles`, what its quantities are, in the order they stand. The examples are tested by being here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.extract import arithmetic
from pipeline.extract.outcome_words import longest
from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import PEOPLE, Reading

#: kinds of quantities → letters; in lower case where it is written in letters; any other kind: Q
_LETTERS = {"COUNT": "C", "PERCENT": "P", "FRACTION": "F", "SIZE": "N", "INTERVAL": "I", "WHOLE": "W"}
#: words → letters; any other word: w; what is no word: x; a treatment: D
_WORDS = (
    dict.fromkeys(PEOPLE, "e")
    | {"of": "o", "among": "g", "in": "i", "and": "n", "or": "n", "with": "n", "the": "t", "out": "u", "for": "r"}
    | dict.fromkeys(["these", "our", "a", "total", "all", "remaining"], "h")
    | {"(": "(", "[": "(", ")": ")", "]": ")", ",": ",", ";": ","}
)
C, P, F, N, CI = "[Cc]", "P", "F", "N", "I?"
OPEN, CLOSE, COMMA = r"\(", r"\)", ",?"
OF, OUT = "[og]", "u?"
THE = "[thA]{0,3}"
FEW = "[gthurew]{0,3}"
ALPHA = "[ogintehurwcqdAW]"
OF_PEOPLE = f"[oi]?{THE}{FEW}"
SOME_OF = "[ot]{0,2}"


@dataclass(frozen=True)
class Form:
    name: str
    pattern: tuple[str, ...]
    roles: tuple[str, ...]
    examples: tuple[str, ...]
    counter: tuple[str, ...] = ()


FORMS = [
    Form("count (percent) of count", (C, FEW, OPEN, P, CLOSE, OUT, OF, THE, C), ("events", "percent", "n"),
         ("43 (48%) of 90 patients",), ("43 (48%) patients",)),
    Form("count of count (percent)", (C, FEW, OUT, OF, THE, C, FEW, OPEN, P), ("events", "n", "percent"),
         ("28 of 73 patients (38.3%)", "12 patients out of the 44 (27%)"), ("28 of the patients (38%)",)),
    Form("percent (count of count)", (P, OF_PEOPLE, OPEN, CI, COMMA, C, FEW, OUT, OF, THE, C),
         ("percent", "events", "n"), ("27.2% (95% CI, 14.1–40.4, 12 of 44 patients)", "38% (28 of 73)")),
    Form("percent (fraction)", (P, OF_PEOPLE, OPEN, CI, COMMA, F), ("percent", "fraction"),
         ("67.9% (19/28 patients)", "81% of patients (25/31)")),
    Form("percent, fraction", (P, COMMA, F), ("percent", "fraction"), ("67.9%, 19/28",)),
    Form("percent (n = count)", (P, OF_PEOPLE, OPEN, N, CLOSE), ("percent", "events"),
         ("50% of patients (n = 8)", "50% (n=8)")),
    Form("n = count, percent", (N, COMMA, P), ("events", "percent"), ("(n = 8, 50%)",)),
    Form("percent for outcome (count)", (P, "r", ALPHA, "{1,3}", OPEN, C, FEW, CLOSE),
         ("percent", "events"), ("17% for relapse (7 patients)",), ("17% for relapse",)),
    Form("percent (count)", (P, OF_PEOPLE, OPEN, C, FEW, CLOSE), ("percent", "events"),
         ("36% of patients (16 patients)", "55% (23)"), ("36% (95% CI, 20–40)",)),
    Form("percent of count", (P, OUT, OF, THE, C), ("percent", "n"), ("81% of the 57 patients",), ("81% of the patients",)),
    Form("count (percent)", (C, SOME_OF, FEW, OPEN, P), ("events", "percent"),
         ("14 (73.7%)", "12 patients (42.9%)", "10 of the patients (40%)"), ("14 and others (73.7%)",)),
    Form("count, percent", (C, COMMA, P), ("events", "percent"), ("(14; 73.7%)",)),
    Form("fraction (percent)", (F, FEW, OPEN, P), ("fraction", "percent"), ("19/31 (61%)", "13/31 patients (42%)")),
    Form("fraction, percent", (F, COMMA, P), ("fraction", "percent"), ("(44/45, 98%)",)),
    Form("count of count", (C, FEW, OUT, OF, THE, C), ("events", "n"), ("12 of 44 patients", "8 of the 46", "250 of all 384 patients", "8 of the remaining 46")),
    Form("fraction", (F,), ("fraction",), ("19/31",)),
    Form("percent", (P,), ("percent",), ("73.7%",)),
    Form("count", (C,), ("events",), ("14 patients",), ("14%",)),
    Form("whole", ("[WA]", SOME_OF, "e?"), ("whole",), ("all patients", "none of the patients")),
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


def fits_size(m: Measure, n: int) -> bool:
    """Whether some count of n patients gives the count and the percentage printed, whatever denominator is printed."""
    if m.events is not None and m.events > n:
        return False
    if m.percent is None:
        return True
    if m.events is not None:
        return arithmetic.agrees(m.events, n, m.percent)
    return bool(arithmetic.possible_events(n, m.percent))


@cache
def _forms() -> dict[str, tuple[Form, re.Pattern[str]]]:
    return {form.name: (form, re.compile("".join(form.pattern))) for form in FORMS}


@cache
def _forms_from(letter: str) -> list[tuple[str, re.Pattern[str]]]:
    """The forms that can start with a letter: the first part of each is one letter or a choice of letters."""
    return [(name, pattern) for name, (form, pattern) in _forms().items() if letter in form.pattern[0]]


def _letters(reading: Reading) -> str:
    """The sentence with one letter for each token."""
    found = [_WORDS.get(t.lower_) or ("w" if t.text.isalpha() else "x") for t in reading.doc]
    for m in reading.of("DRUG"):
        found[m.first] = "d" if reading.doc[m.first].text.isalpha() else "D"
    for i, q in reading.quantity.items():
        letter = _LETTERS.get(q.kind, "Q")
        if letter == "W":
            found[i] = "A" if reading.lower[i] == "all" else "W"
        else:
            found[i] = letter.lower() if reading.doc[i].text.isalpha() else letter
    return "".join(found)


def may_measure(reading: Reading) -> bool:
    """Whether a sentence holds a quantity with which a measure can start."""
    return bool(_starts(reading))


def _starts(reading: Reading) -> list[int]:
    return [i for i, q in reading.quantity.items() if q.kind in _LETTERS and not _numbers(reading, i)]


def measures(reading: Reading) -> list[Measure]:
    """Every measure of a sentence, in order, the longest form where several fit."""
    starts = _starts(reading)
    if not starts:
        return []
    letters = _letters(reading)
    found = [
        (i, match.end(), name)
        for i in starts
        for name, pattern in _forms_from(letters[i])
        if (match := pattern.match(letters, i))
    ]
    named = {  # "at least a 50% reduction" is an outcome
        i for m in reading.of("OUTCOME") for i in range(m.first, m.last) if i in reading.quantity
    }
    told = [s for s in found if not named or named.isdisjoint(range(s[0], s[1]))]
    return [_measure(reading, *span) for span in longest([s for s in told if not _concentration(reading, s[0], s[1])])]


#: what is numbered: "at month 12 (30%)"
_NUMBERED = frozenset("month week day year wk visit cycle grade stage type genotype phase months weeks".split())


def _numbers(reading: Reading, i: int) -> bool:
    """An interval, or the number of something: no start of a share"""
    kind = reading.quantity[i].kind
    return kind == "INTERVAL" or (kind == "COUNT" and i > 0 and reading.lower[i - 1] in _NUMBERED)


_FORMULATIONS = frozenset(
    "ointment cream gel solution lotion paste suspension saline drops lacquer liquid topical".split()
)


def _concentration(reading: Reading, first: int, last: int) -> bool:
    """ "0.4% ointment", "15% drug A": a strength, not a share"""
    if last - first > 1 or reading.quantity[first].kind != "PERCENT":
        return False
    near = set(reading.lower[last : last + 2])
    drugs = reading.of("DRUG")
    return bool(near & _FORMULATIONS) or any(m.first == last or m.last == first for m in drugs)


def _measure(reading: Reading, first: int, last: int, name: str) -> Measure:
    form, _ = _forms()[name]
    tokens = [i for i in range(first, last) if i in reading.quantity]
    aside = {"INTERVAL"} if "whole" in form.roles else {"INTERVAL", "WHOLE"}  # "250 of all 384"
    used = [reading.quantity[i] for i in tokens if reading.quantity[i].kind not in aside]
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
    return Measure(form.name, first, last, interval=_interval(reading, first, last), **parts)


def _interval(reading: Reading, first: int, last: int) -> Quantity | None:
    """The confidence interval printed within the measure or right behind it, before the next number."""
    for i in range(first, min(last + 6, len(reading.doc))):
        q = reading.quantity.get(i)
        if q is not None and q.kind == "INTERVAL":
            return q
        if i >= last and q is not None:
            return None
    return None
