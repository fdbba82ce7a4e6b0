"""Glyphs that a font without a Unicode map printed wrongly, put right where the context proves what was meant.

Journals set =, ×, ≥, <, >, +, − in such fonts; their text layer then holds 5, 3, $, "," "." 1, 2. Each rule names its
proof; a rule that needs more than its own words asks for a sure repair elsewhere in the same text (`damaged`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

from pipeline.parse.symbol_fonts import PRINTED
from pipeline.parsed import Repair

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_COMPARATORS = {"$": "≥", "#": "≤", ",": "<", ".": ">"}
_UNIT = r"(?:[mµμu]?[Ll]|mm3|mm³|kg)"
_NUMBER = r"\d*\.\d+|\d+"

_POWER = re.compile(rf"10(?:(?P<e>[3-9]|1[0-2])|\((?P<f>[3-9]|1[0-2])\))(?=\s*/\s*{_UNIT})")
#: what stands before a power of ten: a number and 3 (with its comparison), or a times sign, or a bracket
_DAMAGED_TIMES = re.compile(r"(?:(?P<sign>[$,]|(?<![\w.])[.#])|(?<![\w.,]))(?P<n>\d+(?:\.\d+)?)\s*(?P<times>3)\s+$")
_TIMES = re.compile(r"(?:\d\s*[×xX*·]\s*|\()$")
_BEFORE_POWER = 24
#: a character alone, which a damaged font may have made of a sign
_LONE = re.compile(r"[156�](?<=\s.)(?=\s)")
_SIZE = re.compile(r"(?<![\w.])[nN]\s+(?P<g>[5�])\s+(?=\d{1,6}(?![\d.]))")
_P_VALUE = re.compile(r"[Pp](?<!\w.)\s+(?P<g>[5,.#])\s*(?=0?\.\d)")
_ESTIMATE = re.compile(r"\b(?:a?HR|a?OR|OdR|a?RR|IRR|SMD|MD|RD|r|rs|κ|kappa)\s+(?P<g>[5�])\s+(?=[-−]?\d*\.\d)")
_GRADE = re.compile(r"(?<=[a-z])\s+(?P<g>5)\s+(?=[Gg]rade\s+\d\s*[;)])")
_AT_LEAST = re.compile(
    r"(?P<g>\$)(?=\d+(?:\.\d+)?\s*(?:%|(?:d|days?|h|hours?|wk|weeks?|mo|months?|y|years?|mg|kg|points?|grades?|doses?|"
    r"cycles?|courses?|lines?|separate|consecutive|occasions?|times?|prior|patients?)\b))"
)
_BELOW = re.compile(r"(?<=\s)(?P<g>,)(?=\d+(?:\.\d+)?\s*(?:%|(?:d|days?|wk|weeks?|mo|months?|y|years?|mg|points?)\b))")
_PLUS = re.compile(r"(?<![\w-])(?P<a>[A-Za-z][\w-]{1,30})\s+(?P<g>1)\s+(?P<b>[A-Za-z][\w-]{1,30})")
_SAID_PLUS = re.compile(r"(?<![\w-])(?P<a>[A-Za-z][\w-]{1,30})\s+(?:plus|\+)\s+(?=(?P<b>[A-Za-z][\w-]{1,30})(?![\w-]))")
_MEAN_SD = re.compile(r"\b[Mm]eans?\s+(?P<g>6)\s+(?=SD|SE|SEM|standard)")
_SPREAD = re.compile(r"(?<![\d.])\d+\.\d+\s+(?P<g>6)\s+(?=\d+\.\d+)")
_INTERVAL = re.compile(
    rf"(?:% ?CI\s*[,:=]?\s*[(\[]?|%\s+CI\s*[,:=]?\s*[(\[]?|\()(?P<low>{_NUMBER})\s*(?:-|–|−|to|,)\s*"
    rf"(?P<high>{_NUMBER})(?![\d.])"
)
_ESTIMATE_BEFORE = re.compile(rf"(?<![\d.])(?P<estimate>{_NUMBER})\s*[;,(\[]*\s*(?:9\d)?$")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|[lg]e|times|plusmn|ndash|mdash|minus|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
_TAG = re.compile(
    r"(?i)(?<=10)<sup>(?P<sup>\d{1,2})</sup>|</?(?:(?P<block>p|br|div|li|ul|ol|jats:p|jats:title|jats:sec)|"
    r"i|b|em|strong|sup|sub|inf|u|span|h\d|jats:[a-z]+)(?:\s[^<>]{0,80})?/?>"
)
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}
_LIGATURE = re.compile(f"[{''.join(_LIGATURES)}]")
#: the ligature Th printed as a star; a word that only it completes, and the same after the end of a sentence
_TH = re.compile(r"(?<![\w*])(?P<g>\*)(?=(?:e|is|us|ese|ey|eir|ere|erefore|ereby|ose|ough|rough|ree|at|en)\b)")
_TH_PROOF = re.compile(r"[.:)\]]\s+\*(?:e|is|ese|us|ey) [a-z]")
#: what lies between the codes of symbol fonts; to look for each of them takes long
_SYMBOL = re.compile(f"[{chr(0xF000)}-{chr(0xF0FF)}{chr(0x100000)}-{chr(0x10FFFF)}]")
#: `P50.05`: a probability over one, so its first digit was a sign
_P_GLUED = re.compile(r"[Pp](?<!\w.)(?:[- ]?values?)?\s?(?P<g>5)(?P<p>0?\.\d+)")
_THRESHOLDS = frozenset({0.1, 0.05, 0.01, 0.005, 0.001, 0.0001})


class Edit(NamedTuple):
    """source[start:end] reads as `now`."""

    start: int
    end: int
    now: str
    why: str


def find_repairs(text: str) -> list[Repair]:
    """All repairs of a text, in order, none overlapping; offsets count from the start of `text`."""
    lone = set(_LONE.findall(text))
    found = [edit for rule in SURE if not rule.lone or not lone.isdisjoint(rule.lone) for edit in rule.find(text)]
    if any(edit.why in _DAMAGE for edit in found):
        found += [edit for rule in ONLY_IN_DAMAGED for edit in rule.find(text)]
    repairs: list[Repair] = []
    for edit in sorted(found):
        if not repairs or edit.start >= repairs[-1].end:
            was = text[edit.start : edit.end]
            repairs.append(Repair(start=edit.start, end=edit.end, was=was, now=edit.now, why=edit.why))
    return repairs


def repaired(pieces: Sequence[str], proof: str) -> list[str]:
    """Pieces of a document, such as a table's cells, as they read once repaired; `proof` is the document's text."""
    start = len(proof) + 1
    whole = "\0".join((proof, *pieces))
    parts: list[str] = []
    for repair in find_repairs(whole):
        if repair.start >= start:
            parts += whole[start : repair.start], repair.now
            start = repair.end
    return "".join((*parts, whole[start:])).split("\0")


def _powers(text: str) -> Iterator[Edit]:
    """`$30 3 109/L`: a number, 3, a power of ten and "per litre" is a concentration; so its first sign compares.

    `× 109/L`, `(109/L)`, PubMed's `x 10(9)/L`: a flattened exponent.
    """
    for m in _POWER.finditer(text):
        at = max(0, m.start() - _BEFORE_POWER)
        before = text[at : m.start()]
        damaged = _DAMAGED_TIMES.search(before)
        if damaged is None and not _TIMES.search(before):
            continue
        if damaged is not None:
            if damaged["sign"]:
                sign = at + damaged.start("sign")
                yield Edit(sign, sign + 1, _COMPARATORS[damaged["sign"]], "sign before a concentration")
            times = at + damaged.start("times")
            yield Edit(times, times + 1, "×" if text[times - 1].isspace() else " ×", _TIMES_SIGN)
        yield Edit(*m.span(), "10" + (m["e"] or m["f"]).translate(_SUPERSCRIPT), "power of ten before a unit")


def _simple(pattern: re.Pattern[str], now: str, why: str) -> Callable[[str], Iterator[Edit]]:
    """A rule that replaces group g."""
    return lambda text: (Edit(*m.span("g"), now, why) for m in pattern.finditer(text))


def _p_values(text: str) -> Iterator[Edit]:
    """`P 5 .007`, `P , .001`: what follows is a probability, so the sign relates."""
    for m in _P_VALUE.finditer(text):
        yield Edit(*m.span("g"), "=" if m["g"] == "5" else _COMPARATORS[m["g"]], "relation before a p-value")


def _pluses(text: str) -> Iterator[Edit]:
    """`ATRA 1 LD-RTX` where the same text also says "ATRA plus LD-RTX" or the other way round."""
    said = {frozenset((m["a"], m["b"])) for m in _SAID_PLUS.finditer(text)}
    for m in _PLUS.finditer(text):
        if frozenset((m["a"], m["b"])) in said:
            yield Edit(*m.span("g"), "+", "the text says plus elsewhere")


def _minuses(text: str) -> Iterator[Edit]:
    """`20.13-0.30`: an interval that falls is none, and with a minus for its leading 2 it is one.

    The estimate before it counts as negative when only that puts it inside the interval.
    """
    for m in _INTERVAL.finditer(text):
        if m["low"].startswith("2"):
            yield from _interval(text, m)


def _interval(text: str, m: re.Match[str]) -> Iterator[Edit]:
    low, high = float(m["low"]), float(m["high"])
    if m["low"].startswith("2") and low > high and len(m["low"]) > 1:
        yield Edit(m.start("low"), m.start("low") + 1, "-", "lower bound above the upper one")
        low = -float(m["low"][1:])
        if high > 0 and m["high"].startswith("2") and _is_negative(m["high"], m["low"]):
            yield Edit(m.start("high"), m.start("high") + 1, "-", "both bounds with a 2 for the minus")
            high = -float(m["high"][1:])
    at = max(0, m.start() - _BEFORE_POWER)
    before = _ESTIMATE_BEFORE.search(text[at : m.start()])
    estimate = before["estimate"] if before else ""
    if before and re.match(r"2\d*\.", estimate) and low <= -float(estimate[1:]) <= high < float(estimate):
        start = at + before.start("estimate")
        yield Edit(start, start + 1, "-", "only so within its interval")


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


def _tags(text: str) -> Iterator[Edit]:
    """`<p>`, `10<sup>9</sup>`: left over from a web page; text is never markup."""
    for m in _TAG.finditer(text) if "<" in text else ():
        sup = m["sup"]
        if sup:
            yield Edit(*m.span(), sup.translate(_SUPERSCRIPT), "superscript")
        else:
            yield Edit(*m.span(), " " if m["block"] else "", "markup")


def _ligatures(text: str) -> Iterator[Edit]:
    for m in _LIGATURE.finditer(text) if not text.isascii() else ():
        yield Edit(*m.span(), _LIGATURES[m.group()], "ligature")


def _th(text: str) -> Iterator[Edit]:
    """`*e study` where stars begin sentences so: no note is marked like this."""
    if len(_TH_PROOF.findall(text)) > 1:
        yield from _simple(_TH, "Th", "ligature")(text)


def _symbols(text: str) -> Iterator[Edit]:
    for m in _SYMBOL.finditer(text) if not text.isascii() else ():
        if m.group() in PRINTED:
            yield Edit(*m.span(), PRINTED[m.group()], "code of a symbol font")


def _glued_p_values(text: str) -> Iterator[Edit]:
    """`P50.05`: if all are usual limits, the sign is "less than"; if they differ as values do, it is "equals"."""
    found = list(_P_GLUED.finditer(text))
    limits = [float(m["p"]) in _THRESHOLDS for m in found]
    if len(found) > 2 and (all(limits) or not any(limits)):
        for m in found:
            yield Edit(*m.span("g"), "<" if limits[0] else "=", "relation before a p-value")


_RELATION = "equals sign before a number"
_TIMES_SIGN = "times sign before a power of ten"
#: repairs that show a font without a Unicode map
_DAMAGE = {_TIMES_SIGN, "relation before a p-value", _RELATION, "plus-minus in mean ± SD"}


class Rule(NamedTuple):
    """`find` gives the edits; it need not be asked unless one of `lone` stands alone somewhere in the text."""

    find: Callable[[str], Iterator[Edit]]
    lone: str = ""


#: rules whose own words prove them
SURE = [
    Rule(_powers),
    Rule(_p_values),
    Rule(_simple(_SIZE, "=", _RELATION), "5�"),
    Rule(_simple(_ESTIMATE, "=", _RELATION), "5�"),
    Rule(_simple(_MEAN_SD, "±", "plus-minus in mean ± SD"), "6"),
    Rule(_spreads, "6"),
    Rule(_minuses),
    Rule(_entities),
    Rule(_tags),
    Rule(_ligatures),
    Rule(_th),
    Rule(_symbols),
    Rule(_glued_p_values),
]
#: rules that hold only in a text with a sure repair
ONLY_IN_DAMAGED = [
    Rule(_simple(_AT_LEAST, "≥", "sign before a quantity")),
    Rule(_simple(_BELOW, "<", "sign before a quantity")),
    Rule(_simple(_GRADE, "=", "equals sign before a grade")),
    Rule(_pluses),
]
