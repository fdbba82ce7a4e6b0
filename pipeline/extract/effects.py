"""Effects: differences and ratios between groups as texts print them, with their interval and p-value.

An effect is a name ("odds ratio", "RR", "difference"), what leads from it to a number, the number, and an interval in one
of the ways in which intervals are printed. Whether it compares arms, and of which outcome, is said in `comparisons`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Measure = Literal["RD", "OR", "RR", "HR"]

_BETWEEN = r"(?:between|inter)[ -]?(?:groups?|treatments?|arms?)"
_SHARES = r"(?:proportions?|percentages?|rates?|risks?)"
#: measure → (its name in words, its short forms as written); of two names that fit the first is taken
NAMES: dict[Measure, tuple[str, str]] = {
    "HR": (r"hazards?[ -]ratios?|hazard rate ratios?", r"a?HR"),
    "OR": (r"odds[ -]ratios?", r"a?OR|OdR"),
    "RR": (r"(?:relative|rate|risk|incidence|incidence[ -]rate)[ -](?:risks?|rates?|ratios?)", r"a?RR|IRR"),
    "RD": (
        rf"(?:absolute )?{_SHARES}[ -]differences?|absolute (?:{_SHARES} )?(?:differences?|reductions?|increases?)"
        rf"|{_BETWEEN}[ -]differences?|differences?",
        r"RD|ARD",
    ),
}
_NAME = re.compile(
    "|".join(
        rf"(?P<{measure}>\b(?i:{words})\b|(?P<{measure}_short>(?<![\w-])(?:{short})\b(?!\s?/)))"
        for measure, (words, short) in NAMES.items()
    )
)
#: the name speaks of something else: a relative reduction, a difference of means
_NO_EFFECT_BEHIND = re.compile(r"(?i)\s?(?:reductions?|increases?)\b")
_MEANS = re.compile(
    r"(?i)\b(?:means?|medians?|scores?|standardi[sz]ed|weighted|reduction in|least[- ]squares)\s(?:\w+\s)?$"
)
#: between the name and the number: the difference is of no shares, or the number is another's
_NO_SHARES = re.compile(r"(?i)\b(?:means?|medians?|scores?|times?|changes?|levels?|durations?|errors?|power|costs?)\b")

_NUMBER = r"(?:\d{1,4}(?:[.·]\s?\d{1,4})?|[.·]\d{1,4})"
_SIGNED = rf"(?:(?<![\d%])[-−–+])?{_NUMBER}"
_UNIT = r"(?:\s?(?:%|percent\b|per cent\b|percentage[ -]points?\b)(?:[ -]points?\b)?)"
_SHORT = re.compile(r"\s?[(\[]\s?(?:[A-Za-z]{1,5}R{1,2}D?|RD)\s?[)\]]")
_SHORT_LINK = r"[\s,:;=(\[]{0,4}(?:(?:of|was|were|is|are|to|at|about|approximately|estimated)\b[\s,:=]{1,3}){0,2}"
_LONG_LINK = (
    r"\s(?:for|of|in|comparing|with|between|on|favou?ring|relative to|vs\.?|versus)\b[^.;:()\[\]\d]{1,120}?"
    r"(?:\b(?:was|were|is|are|of)\s|[=,:]\s?|\s(?=\d{1,2}[.·]\d))"
)
_LINK = re.compile(rf"(?:{_SHORT_LINK}|{_LONG_LINK})(?P<value>{_SIGNED})(?P<unit>{_UNIT})?(?![\w]|[.·,]\d)")
_LONGEST_LINK = 160
#: behind a number that is no effect: "83 ± 15", "0.6-fold", "2 times", "6 months", "1 of 4"
_OTHER = re.compile(
    r"(?i)\s?(?:±|\+/?[-−]|-?fold|times\b|/|of\b|years?\b|months?\b|weeks?\b|days?\b|points? on\b|[kmµ]?g\b|mm|beats)"
)

_TO = r"\s?(?:to|and|through|-|−|–|—|,|;)\s?"
_LIMITS = rf"(?P<low>{_SIGNED})(?P<low_unit>{_UNIT})?{_TO}(?P<high>[-−–+]?{_NUMBER})(?P<high_unit>{_UNIT})?"
_CI = (
    r"(?:and\s|with\s|an?\s){0,2}(?:(?P<level>\d\d(?:\.\d)?)\s?(?:%|percent\b|per cent\b)?[\s-]?)?"
    r"(?:C\.?I\.?|C\.?L\.?|confidence (?:intervals?|limits?))(?:\s?%)?"
    r"(?:\s?[(\[]\s?(?:\d\d\s?%\s?)?C[IL]s?\s?[)\]])?[\s,:;=(\[]{0,4}(?:(?:of|from|was|is)\s)?"
)
_P = r"(?i:p)(?:[- ]?values?)?\s?:?\s?(?P<p_is>[=<>≤≥])\s?(?P<p>0?[.·]\s?\d{1,6}|[01][.·]\d{1,6}|1)(?!\d)"
_INTERVALS = [
    re.compile(rf"[\s,;:()\[\]]{{0,4}}(?:{_P}[\s,;]{{1,3}})?{_CI}{_LIMITS}"),
    re.compile(rf"\s?,?\s?[(\[]\s?(?P<level>)(?P<p_is>)(?P<p>){_LIMITS}\s?(?:[)\]]|[,;])"),
    re.compile(rf",\s(?P<level>)(?P<p_is>)(?P<p>){_LIMITS.replace(_TO, ' to ')}"),
]
_P_BEHIND = re.compile(rf"[\s,;:()\[\]]{{0,4}}{_P}")
_P_AHEAD = re.compile(rf"{_P}[\s,;:.]{{1,3}}$")
_LONGEST_P = 30
_RELATIONS: dict[str, Literal["=", "<", ">"]] = {"=": "=", "<": "<", "≤": "<", ">": ">", "≥": ">"}
#: "0.29 [95% CI, 0.16-0.43] by one method and 0.32 [95% CI, 0.18-0.46] by another"
_AGAIN = re.compile(rf"[)\]]?[^.;:()\[\]\d]{{0,80}}?\b(?:and|or)\s(?P<value>{_SIGNED})(?P<unit>{_UNIT})?(?=\s?[(\[])")
_ADJUSTED = re.compile(r"(?i)\badjusted\b|\badjusting\b|\badjustment\b")
_CRUDE = re.compile(r"(?i)\bunadjusted\b|\bcrude\b|\bnot adjusted\b")


@dataclass(frozen=True, slots=True)
class Effect:
    """A measure in characters [start, end): `estimate` and `ci` are of size 1 for a difference of 100 percentage points.

    `value` is the place of the estimate; `again` counts the numbers before it that share its name, which starts at `name`; `decimals` those printed (of the unit printed, if `percent`); `reduction`: a
    difference that counts what the first group has less.
    """

    measure: Measure
    start: int
    end: int
    name: int
    value: tuple[int, int]
    estimate: float
    decimals: int
    percent: bool
    #: decimals of the interval's limits
    ci_decimals: int = 0
    #: named by its short form only, or by the bare word "difference"
    bare: bool = False
    reduction: bool = False
    adjusted: bool | None = None
    ci: tuple[float, float] | None = None
    level: float = 95.0
    p: float | None = None
    p_is: Literal["=", "<", ">"] | None = None
    again: int = 0

    @property
    def step(self) -> float:
        """One unit of the last printed digit."""
        return 10.0**-self.decimals / (100 if self.percent else 1)

    @property
    def ci_step(self) -> float:
        return 10.0**-self.ci_decimals / (100 if self.percent else 1)


_DIGIT = re.compile(r"\d")


def effects(text: str, start: int, end: int) -> Iterator[Effect]:
    """The effects that text[start:end], a sentence, prints, in order.

    A ratio with a percent sign is none ("OR: 41%"), and then nothing that the sentence calls so is.
    """
    if _DIGIT.search(text, start, end) is None:
        return
    found = list(_named(text, start, end))
    rates = {e.measure for e in found if e.percent and e.measure != "RD"}
    yield from (e for e in found if e.measure not in rates and _credible(e))


def _named(text: str, start: int, end: int) -> Iterator[Effect]:
    position = start
    while name := _NAME.search(text, position, end):
        position = name.end()
        for effect in _printed(text, name, start, end):
            position = effect.end
            yield effect


def _printed(text: str, name: re.Match[str], first: int, end: int) -> Iterator[Effect]:
    """The effect behind a name, and those that go on from it."""
    if _NO_EFFECT_BEHIND.match(text, name.end(), end) or _MEANS.search(
        text, max(first, name.start() - 30), name.start()
    ):
        return
    short = _SHORT.match(text, name.end(), end)
    at = short.end() if short else name.end()
    link = _LINK.match(text, at, min(end, at + _LONGEST_LINK))
    led_astray = name["RD"] is not None and link is not None and _NO_SHARES.search(text, at, link.start("value"))
    effect = None if link is None or led_astray else _effect(text, name, link, first, end)
    while effect is not None:
        yield effect
        effect = _following(text, name, effect, end) if _spread(effect) else None


def _following(text: str, name: re.Match[str], before: Effect, end: int) -> Effect | None:
    """The next number that shares the name, if it has an interval or p-value of its own."""
    number = _AGAIN.match(text, before.end, min(end, before.end + _LONGEST_LINK))
    found = _effect(text, name, number, number.start("value"), end) if number is not None else None
    if found is None or not _spread(found):
        return None
    return replace(found, start=found.value[0], again=before.again + 1)


def _spread(effect: Effect) -> bool:
    return effect.ci is not None or effect.p is not None


def _effect(text: str, name: re.Match[str], number: re.Match[str], first: int, end: int) -> Effect | None:
    measure = next(m for m in NAMES if name[m] is not None)
    found = next((m for p in _INTERVALS if (m := p.match(text, number.end(), end))), None)
    if _OTHER.match(text, number.end(), end):
        return None
    interval = (_value(found["low"]), _value(found["high"])) if found is not None else None
    percent = bool(number["unit"] or (found is not None and (found["low_unit"] or found["high_unit"])))
    estimate = _value(number["value"])
    if interval is not None and not interval[0] <= estimate <= interval[1]:
        return None
    last = found.end() if found is not None else number.end()
    p = found if found is not None and found["p"] else _p_near(text, name.start(), last, first, end)
    return Effect(
        measure=measure,
        start=name.start(),
        name=name.start(),
        end=max(last - (text[last - 1] in ",;"), p.end() if p is not None and p.start() >= last else 0),
        value=number.span("value"),
        estimate=_of_one(estimate, percent),
        decimals=_decimals(number["value"]),
        percent=percent,
        ci_decimals=max(_decimals(found["low"]), _decimals(found["high"])) if found is not None else 0,
        bare=name[f"{measure}_short"] is not None or name.group().lower() in {"difference", "differences"},
        reduction="reduction" in name.group().lower(),
        adjusted=_adjusted(text, name, first),
        ci=(_of_one(interval[0], percent), _of_one(interval[1], percent)) if interval is not None else None,
        level=float(found["level"]) if found is not None and found["level"] else 95.0,
        p=_value(p["p"]) if p is not None else None,
        p_is=_RELATIONS[p["p_is"]] if p is not None else None,
    )


def _credible(e: Effect) -> bool:
    """Ratios are above 0 and bear no percent sign; a difference without one is of proportions only below 1; a bare name
    ("HR 83", "a difference of 4%") needs decimals or an interval."""
    limits = (e.estimate, *(e.ci or ()))
    if e.measure == "RD":
        shares = all(abs(x) <= 1 for x in limits) and (e.percent or e.decimals > 0)
        return shares and (e.ci is not None or not (e.bare or not e.percent))
    if e.percent or min(limits) < 0 or e.estimate == 0:
        return False
    return not e.bare or e.decimals > 0 or e.ci is not None


def _of_one(value: float, percent: bool) -> float:
    """A difference in percentage points on the scale of 1."""
    return round(value / 100, 8) if percent else value


def _p_near(text: str, start: int, last: int, first: int, end: int) -> re.Match[str] | None:
    """The p-value behind the interval, or just before the name."""
    behind = _P_BEHIND.match(text, last, min(end, last + _LONGEST_P))
    return behind or _P_AHEAD.search(text, max(first, start - _LONGEST_P), start)


def _adjusted(text: str, name: re.Match[str], first: int) -> bool | None:
    """Whether the measure is said to be adjusted; None where nothing is said."""
    before = text[max(first, name.start() - 40) : name.end() + 40]
    if _CRUDE.search(before):
        return False
    short = re.match(r"a[A-Z]", name.group())
    return True if short or _ADJUSTED.search(before) else None


def _value(printed: str) -> float:
    return float(re.sub(r"\s", "", printed).replace("·", ".").replace("−", "-").replace("–", "-"))


def _decimals(printed: str) -> int:
    _, _, rest = re.sub(r"\s", "", printed).replace("·", ".").partition(".")
    return len(rest)
