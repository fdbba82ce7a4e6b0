"""The numbers of a table's cell: "7 (10.3)", "13/69 (18.8%)", "47.06% (8/17)", "71.4", and which of them are counts.

A cell is one or two numbers, or a fraction with or without a percentage, and behind them perhaps a confidence interval.
Everything else (means with standard deviations, ranges, p-values, words) is no share of patients.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.extract import arithmetic
from pipeline.extract.quantities import Quantity

#: what a row, column or caption says its numbers are; "n": counts, "p": percentages, "f": proportions (0.80)
Unit = Literal["n", "p", "np", "pn", "f"]

#: cells longer than this hold prose
LONGEST = 120
_NUM = r"\d{1,7}(?:,\d{3})*(?:[.·]\d{1,4})?|[.·]\d{1,4}"
_INT = r"\d{1,7}(?:,\d{3})*"


def _percent(name: str) -> str:
    return rf"(?P<{name}_less>[<>]\s?)?(?P<{name}>{_NUM})\s?(?P<{name}_sign>%|percent)?"


_FRACTION = rf"(?P<events>{_INT})\s?(?:/|of|out of)\s?(?P<n>{_INT})"
_OPEN, _CLOSE = r"\s?[(\[]\s?", r"\s?[)\]]"
_PEOPLE = r"(?:\s(?:patients|pts|subjects|participants|responders|cases))?\.?"
#: name → form; the first that is the whole cell
_FORMS = {
    "fraction (percent)": rf"{_FRACTION}{_PEOPLE}{_OPEN}{_percent('b')}{_CLOSE}",
    "fraction, percent": rf"{_FRACTION}{_PEOPLE}\s?[,;=]\s?{_percent('b')}",
    "fraction": rf"{_FRACTION}{_PEOPLE}",
    "percent (fraction)": rf"{_percent('b')}\s?(?:{_OPEN}|[,;]\s?){_FRACTION}{_PEOPLE}{_CLOSE}?",
    "pair in brackets": rf"{_percent('a')}{_PEOPLE}{_OPEN}(?:n\s?=\s?)?{_percent('b')}{_CLOSE}",
    "pair with a comma": rf"{_percent('a')}\s?[,;]\s{_percent('b')}",
    "number": rf"(?:n\s?=\s?)?{_percent('a')}{_PEOPLE}",
    "number in brackets": rf"{_OPEN}{_percent('a')}{_CLOSE}",
}
_FORM = {name: re.compile(form, re.IGNORECASE) for name, form in _FORMS.items()}
_MARKS = re.compile(r"[*†‡§¶‖#∥¹²³⁴⁵⁶⁷⁸⁹]+|(?<=[\d)%])\s?[a-e]$")
_SPAN = rf"(?P<lo>[-−]?(?:{_NUM}))\s?%?\s?(?:-|–|—|−|to|,|;)\s?(?P<hi>{_NUM})\s?%?"
_LEVEL = r"9[059](?:\.\d)?\s?%\s?C[IL]"
_INTERVAL = re.compile(rf"[\s,;]*(?:[(\[]\s?(?:{_LEVEL})?[\s,:;=]*{_SPAN}\s?[)\]]|{_LEVEL}[\s,:;=]*{_SPAN.replace('<lo>', '<lo2>').replace('<hi>', '<hi2>')})$")  # fmt: skip
#: "(62.3)/323.6": a rate per time at risk behind the share
_RATE = re.compile(r"(?<=[)\]])\s?/\s?\d+(?:\.\d+)?$")


@dataclass(frozen=True, slots=True)
class Cell:
    """The numbers of a cell: a fraction `events`/`n`, or `first` and perhaps `second`; `signed` where "%" stands behind
    one of them, which that one then is. `interval` as printed behind."""

    first: Quantity | None = None
    second: Quantity | None = None
    events: int | None = None
    n: int | None = None
    interval: Quantity | None = None


def read_cell(text: str) -> Cell | None:
    """The numbers of a cell, or None if it holds no share of patients. Offsets count characters of `text`."""
    if len(text) > LONGEST or not any(c.isdigit() for c in text):
        return None
    words = _blanked(_MARKS, text)
    words = _blanked(_RATE, words.rstrip()).rstrip()
    interval = _INTERVAL.search(words)
    match = _whole(words)
    if match is None and interval is not None and interval.start() > 0:
        match = _whole(words[: interval.start()].rstrip())
    if match is None:
        return None
    groups = match.groupdict()
    return Cell(
        first=_number(match, "a") if "a" in groups else None,
        second=_number(match, "b") if "b" in groups else None,
        events=_count(groups["events"]) if "events" in groups else None,
        n=_count(groups["n"]) if "n" in groups else None,
        interval=_interval(interval) if interval is not None and interval.start() >= match.end() else None,
    )


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Blanks where the pattern stood, so that offsets stay."""
    return pattern.sub(lambda m: " " * len(m.group()), text)


def _whole(words: str) -> re.Match[str] | None:
    start = len(words) - len(words.lstrip())
    end = len(words.rstrip(" .;,"))
    return next((m for form in _FORM.values() if (m := form.fullmatch(words, start, end)) is not None), None)


def _count(text: str) -> int:
    return int(text.replace(",", ""))


def _number(match: re.Match[str], name: str) -> Quantity:
    """PERCENT with a sign, COUNT for a whole number, else DECIMAL; "<1" is a THRESHOLD, which says no more than that."""
    printed = match[name].replace(",", "").replace("·", ".")
    decimals = len(printed.partition(".")[2])
    kind = "PERCENT" if match[f"{name}_sign"] else "DECIMAL" if decimals else "COUNT"
    kind = "THRESHOLD" if match[f"{name}_less"] else kind
    return Quantity(kind, *match.span(name), float(printed), None, decimals)


def _interval(match: re.Match[str]) -> Quantity:
    low, high = (match[f"{side}"] or match[f"{side}2"] for side in ("lo", "hi"))
    values = [part.replace("·", ".").replace("−", "-").replace(",", "") for part in (low, high)]
    decimals = max(len(v.partition(".")[2]) for v in values)
    return Quantity("INTERVAL", *match.span(), float(values[0]), float(values[1]), decimals)


# ---- what the numbers are -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Portion:
    """A share of patients as a cell prints it: `events` of `n`, `percent`; what is not printed is None."""

    events: int | None
    n: int | None
    percent: Quantity | None
    interval: Quantity | None = None


def portion(cell: Cell, unit: Unit | None, sizes: list[int]) -> Portion | None:
    """What the cell's numbers are, by their signs, by the unit that its row or column names, else by arithmetic: a pair
    without either is a count and a percentage only if one of `sizes` makes it so. None where that stays open."""
    if cell.events is not None and cell.n is not None:
        return _of_fraction(cell)
    if cell.first is not None and cell.second is not None:
        return _of_pair(cell, unit, sizes)
    return _of_one(cell, unit) if cell.first is not None else None


def _of_fraction(cell: Cell) -> Portion | None:
    events, n = cell.events or 0, cell.n or 0
    share = cell.second if cell.second is not None and cell.second.kind != "THRESHOLD" else None
    if events > n or n == 0 or (share is not None and share.value > 100):
        return None
    return Portion(events, n, _as_percent(share), cell.interval)


def _of_pair(cell: Cell, unit: Unit | None, sizes: list[int]) -> Portion | None:
    first, second = _pair(cell.first, cell.second, cell.interval), _pair(cell.second, cell.first, cell.interval)
    readings = [r for r in (first, second) if r is not None]
    told = [r for r in readings if r.percent is None or _is_signed(cell, r)]
    if not told and unit in ("np", "pn"):
        told = [r for r in [first if unit == "np" else second] if r is not None]
    if len(told) == 1:
        return told[0]
    proven = [r for r in readings if r.percent is not None and any(_agrees(r, n) for n in sizes)]
    return proven[0] if len(proven) == 1 else None


def _agrees(reading: Portion, n: int) -> bool:
    return (
        reading.events is not None
        and reading.percent is not None
        and arithmetic.agrees(reading.events, n, reading.percent)
    )


def _is_signed(cell: Cell, reading: Portion) -> bool:
    signed = [q for q in (cell.first, cell.second) if q is not None and q.kind == "PERCENT"]
    return reading.percent is not None and any(q.start == reading.percent.start for q in signed)


def _pair(count: Quantity | None, share: Quantity | None, interval: Quantity | None) -> Portion | None:
    """Only a whole number without a sign can be a count, and only a number up to 100 a percentage."""
    if count is None or share is None or count.kind != "COUNT" or share.value > 100:
        return None
    percent = None if share.kind == "THRESHOLD" else _as_percent(share)
    return Portion(int(count.value), None, percent, interval)


def _of_one(cell: Cell, unit: Unit | None) -> Portion | None:
    """A lone number is what its sign or its unit says; in a column of "n (%)" a zero or a count may stand alone."""
    q = cell.first
    if q is None or q.kind == "THRESHOLD":
        return None
    if q.kind == "PERCENT" or unit == "p":
        return Portion(None, None, _as_percent(q), cell.interval) if q.value <= 100 else None
    if unit == "f":
        return _of_proportion(q) if q.value <= 1 and q.decimals else None
    if q.kind == "COUNT" and unit in ("n", "np") and cell.interval is None:
        return Portion(int(q.value), None, None)
    return None


def _of_proportion(q: Quantity) -> Portion:
    """0.80 is 80 %, known to whole percents."""
    decimals = max(0, q.decimals - 2)
    return Portion(None, None, Quantity("PERCENT", q.start, q.end, round(100 * q.value, decimals), None, decimals))


def _as_percent(q: Quantity | None) -> Quantity | None:
    return None if q is None else Quantity("PERCENT", q.start, q.end, q.value, None, q.decimals)
