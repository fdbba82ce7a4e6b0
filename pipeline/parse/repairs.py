"""Glyphs that a font without a Unicode map printed wrongly, put right where the context proves what was meant.

Journals set =, ×, ≥, <, >, +, − in such fonts; their text layer then holds 5, 3, $, "," "." 1, 2. Each rule names its
proof; a rule that needs more than its own words asks for a sure repair elsewhere in the same text (`damaged`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import NamedTuple

from pipeline.parsed import Repair

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_COMPARATORS = {"$": "≥", "#": "≤", ",": "<", ".": ">"}
_UNIT = r"(?:[mµμu]?[Ll]|mm3|mm³|kg)"
_NUMBER = r"\d*\.\d+|\d+"

_COUNT = re.compile(
    rf"(?:(?P<sign>[$,]|(?<![\w.])[.#])|(?<![\w.,]))(?P<n>\d+(?:\.\d+)?)\s*(?P<times>3)\s+(?P<power>10(?P<e>[3-9]|1[0-2]))"
    rf"(?=\s*/\s*{_UNIT})"
)
_POWER = re.compile(rf"(?:(?<=\d)\s*[×xX*·]\s*|(?<=\())(?P<power>10(?P<e>[3-9]|1[0-2]))(?=\s*/\s*{_UNIT}(?![A-Za-z]))")
_SIZE = re.compile(r"(?<![\w.])[nN]\s+(?P<g>5)\s+(?=\d{1,6}(?![\d.]))")
_P_VALUE = re.compile(r"\b[Pp]\s+(?P<g>[5,.#])\s*(?=0?\.\d)")
_ESTIMATE = re.compile(r"\b(?:a?HR|a?OR|OdR|a?RR|IRR|SMD|MD|RD|r|rs|κ|kappa)\s+(?P<g>5)\s+(?=[-−]?\d*\.\d)")
_GRADE = re.compile(r"(?<=[a-z])\s+(?P<g>5)\s+(?=[Gg]rade\s+\d\s*[;)])")
_AT_LEAST = re.compile(
    r"(?P<g>\$)(?=\d+(?:\.\d+)?\s*(?:%|(?:d|days?|h|hours?|wk|weeks?|mo|months?|y|years?|mg|kg|points?|grades?|doses?|"
    r"cycles?|courses?|lines?|separate|consecutive|occasions?|times?|prior|patients?)\b))"
)
_BELOW = re.compile(r"(?<=\s)(?P<g>,)(?=\d+(?:\.\d+)?\s*(?:%|(?:d|days?|wk|weeks?|mo|months?|y|years?|mg|points?)\b))")
_PLUS = re.compile(r"(?<![\w-])(?P<a>[A-Za-z][\w-]{1,30})\s+(?P<g>1)\s+(?P<b>[A-Za-z][\w-]{1,30})")
_MEAN_SD = re.compile(r"\b[Mm]eans?\s+(?P<g>6)\s+(?=SD|SE|SEM|standard)")
_SPREAD = re.compile(r"(?<![\d.])\d+\.\d+\s+(?P<g>6)\s+(?=\d+\.\d+)")
_INTERVAL = re.compile(
    rf"(?:(?P<estimate>{_NUMBER})(?P<between>\s*[;,(\[]*\s*)?)?(?:9\d\s*%\s*CI\s*[,:=]?\s*[(\[]?|(?<=\d\s)\()"
    rf"(?P<low>{_NUMBER})\s*(?:-|–|−|to|,)\s*(?P<high>{_NUMBER})(?![\d.])"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|[lg]e|times|plusmn|ndash|mdash|minus|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}
_LIGATURE = re.compile(f"[{''.join(_LIGATURES)}]")


class Edit(NamedTuple):
    """source[start:end] reads as `now`."""

    start: int
    end: int
    now: str
    why: str


def find_repairs(text: str) -> list[Repair]:
    """All repairs of a text, in order, none overlapping; offsets count from the start of `text`."""
    found = [edit for rule in SURE for edit in rule(text)]
    if any(edit.why in _DAMAGE for edit in found):
        found += [edit for rule in ONLY_IN_DAMAGED for edit in rule(text)]
    repairs: list[Repair] = []
    for edit in sorted(found):
        if not repairs or edit.start >= repairs[-1].end:
            was = text[edit.start : edit.end]
            repairs.append(Repair(start=edit.start, end=edit.end, was=was, now=edit.now, why=edit.why))
    return repairs


def _counts(text: str) -> Iterator[Edit]:
    """`$30 3 109/L`: a number, 3, a power of ten and "per litre" is a concentration; so its first sign compares."""
    for m in _COUNT.finditer(text):
        if m["sign"]:
            yield Edit(*m.span("sign"), _COMPARATORS[m["sign"]], "sign before a concentration")
        now = "×" if text[m.start("times") - 1].isspace() else " ×"
        yield Edit(*m.span("times"), now, "times sign before a power of ten")
        yield Edit(*m.span("power"), "10" + m["e"].translate(_SUPERSCRIPT), "power of ten before a unit")


def _powers(text: str) -> Iterator[Edit]:
    """`× 109/L`, `(109/L)`: a flattened exponent."""
    for m in _POWER.finditer(text):
        yield Edit(*m.span("power"), "10" + m["e"].translate(_SUPERSCRIPT), "power of ten before a unit")


def _simple(pattern: re.Pattern[str], now: str, why: str) -> Callable[[str], Iterator[Edit]]:
    """A rule that replaces group g."""
    return lambda text: (Edit(*m.span("g"), now, why) for m in pattern.finditer(text))


def _p_values(text: str) -> Iterator[Edit]:
    """`P 5 .007`, `P , .001`: what follows is a probability, so the sign relates."""
    for m in _P_VALUE.finditer(text):
        yield Edit(*m.span("g"), "=" if m["g"] == "5" else _COMPARATORS[m["g"]], "relation before a p-value")


def _pluses(text: str) -> Iterator[Edit]:
    """`ATRA 1 LD-RTX` where the same text also says "ATRA plus LD-RTX" or the other way round."""
    for m in _PLUS.finditer(text):
        a, b = re.escape(m["a"]), re.escape(m["b"])
        if re.search(rf"(?<![\w-])(?:{a}\s+(?:plus|\+)\s+{b}|{b}\s+(?:plus|\+)\s+{a})(?![\w-])", text):
            yield Edit(*m.span("g"), "+", "the text says plus elsewhere")


def _minuses(text: str) -> Iterator[Edit]:
    """`20.13-0.30`: an interval that falls is none, and with a minus for its leading 2 it is one.

    The estimate before it counts as negative when only that puts it inside the interval.
    """
    for m in _INTERVAL.finditer(text):
        low, high = float(m["low"]), float(m["high"])
        if m["low"].startswith("2") and low > high and len(m["low"]) > 1:
            yield Edit(m.start("low"), m.start("low") + 1, "-", "lower bound above the upper one")
            low = -float(m["low"][1:])
            if high > 0 and m["high"].startswith("2") and _is_negative(m["high"], m["low"]):
                yield Edit(m.start("high"), m.start("high") + 1, "-", "both bounds with a 2 for the minus")
                high = -float(m["high"][1:])
        estimate = m["estimate"] or ""
        if re.match(r"2\d*\.", estimate) and low <= -float(estimate[1:]) <= high and float(estimate) > high:
            yield Edit(m.start("estimate"), m.start("estimate") + 1, "-", "only so within its interval")


def _is_negative(high: str, low: str) -> bool:
    """`20.39-20.18`: the upper bound has lost its minus too; both look alike and stay in order."""
    return bool(re.match(r"20?\.\d", high)) and bool(re.match(r"20?\.\d", low)) and float(low[1:]) > float(high[1:])


def _spreads(text: str) -> Iterator[Edit]:
    """`12.3 6 4.5` where the same text says `mean 6 SD`."""
    if _MEAN_SD.search(text):
        yield from _simple(_SPREAD, "±", "the text says mean 6 SD elsewhere")(text)


def _entities(text: str) -> Iterator[Edit]:
    """`&gt;`: left over from a web page."""
    for m in _ENTITY.finditer(text):
        yield Edit(*m.span(), unescape(m.group()), "character entity")


def _ligatures(text: str) -> Iterator[Edit]:
    for m in _LIGATURE.finditer(text):
        yield Edit(*m.span(), _LIGATURES[m.group()], "ligature")


_RELATION = "equals sign before a number"
#: repairs that show a font without a Unicode map
_DAMAGE = {"times sign before a power of ten", "relation before a p-value", _RELATION, "plus-minus in mean ± SD"}

#: rules whose own words prove them
SURE: list[Callable[[str], Iterator[Edit]]] = [
    _counts,
    _powers,
    _p_values,
    _simple(_SIZE, "=", _RELATION),
    _simple(_ESTIMATE, "=", _RELATION),
    _simple(_MEAN_SD, "±", "plus-minus in mean ± SD"),
    _spreads,
    _minuses,
    _entities,
    _ligatures,
]
#: rules that hold only in a text with a sure repair
ONLY_IN_DAMAGED: list[Callable[[str], Iterator[Edit]]] = [
    _simple(_AT_LEAST, "≥", "sign before a quantity"),
    _simple(_BELOW, "<", "sign before a quantity"),
    _simple(_GRADE, "=", "equals sign before a grade"),
    _pluses,
]
