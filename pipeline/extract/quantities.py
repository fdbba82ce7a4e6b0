"""Quantities: every number of a text as a typed span, so that a dose, an age or a p-value can never be read as a count.

One scan over the text with one pattern of named alternatives, the most specific first; what is not named here cannot
become a count. Costs time linear in the text: no alternative repeats over another repetition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_letters

UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORD_VALUES = {w: i + 1 for i, w in enumerate(UNITS)} | {w: 10 * (i + 2) for i, w in enumerate(TENS)}
SCALES = {"hundred": 100, "thousand": 1000}
WHOLE_WORDS = {"all", "both", "none", "no"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in characters [start, end). `value` is the number, or the lower end; `high` the upper end or divisor."""

    kind: str
    start: int
    end: int
    value: float
    high: float | None = None
    #: decimals as printed: 73.7 has one
    decimals: int = 0


#: blanks that only part the thousands of one number; a plain blank may also part two numbers
_NARROW = "\u00a0\u202f\u2009\u2007"
_INT = rf"\d{{1,3}}(?:,\d{{3}}){{1,3}}(?!\d)|\d{{1,3}}(?:[{_NARROW}]\d{{3}}){{1,3}}(?!\d)|\d{{1,7}}"
_BLANKED = r"\d{1,3}(?: \d{3}){1,2}(?!\d)"
_NUM = r"\d{1,7}(?:[.·]\d{1,6})?|\.\d{1,6}"
_DASH = r"\s?(?:-|–|—|to|and|,|;)\s?"
_TENFOLD = r"(?:\s?[×xX*·]\s?|\s)10\s?(?:\^\s?)?(?:9|⁹|3|³|6|⁶)?\s?/\s?(?:L|l|liter|litre|[µμu]L|mm)\b[3³]?"
_MASS = r"(?:mg|µg|μg|mcg|ug|kg|g|ml|mL|L|IU|U|MU|Gy|mmol|µmol|nmol|mm|cm|m)"
_PER = r"(?:\s?/\s?(?:kg|m2|m²|m\^2|day|d|dose|week|wk|min|h|mL|dL|dl|L|m|mm3|mm³)\b|\s(?:kg|m)[-−]\d)*"
_TIME = r"(?:years?|yrs?|months?|mo|weeks?|wks?|days?|hours?|hrs?|minutes?|min|cycles?|courses?|(?-i:[ydh]))\b"
_WORD = "|".join([*TENS, *sorted(UNITS, key=len, reverse=True), *SCALES])
#: at most eight words, as no number of patients has more
_WORDS = rf"(?:{_WORD})(?:(?:[ -]|(?:(?<=hundred)|(?<=thousand))\sand\s)(?:{_WORD})){{0,7}}"
_LABEL = (
    r"(?:phase|grades?|class|types?|stage|groups?|arms?|weeks?|days?|months?|years?|cohorts?|patients?|table|figure|fig\.?"
    r"|age|aged|genotypes?|version|v|level|number|no\.|cases?|part|step|courses?|cycles?|CD|anti-CD|vol\.?|grade)"
)

#: "at week 12 (30%)" tells the time, "in the first week 12 (30%)" counts
_AT = r"(?:(?<=\bat )|(?<=\bby )|(?<=\bon )|(?<=\bto )|(?<=\buntil )|(?<=\bfrom )|(?<=\bthrough ))"

#: name → pattern; order is precedence
PATTERNS = {
    "ID": r"\b(?:NCT|ISRCTN|ChiCTR[-A-Z]*|UMIN|EudraCT|DRKS|ACTRN|JapicCTI)[-\s]?\d[\d-]*",
    "INTERVAL": rf"(?:\b9[059](?:\.\d)?\s?%\s?)(?:CI|CL|confidence (?:intervals?|limits?))(?:\s?\[CI\]|\s?\(CI\))?[\s,:;=]*[\[(]?\s?"
    rf"(?P<lo>[-−]?(?:{_NUM}))\s?%?{_DASH}(?P<hi>[-−]?(?:{_NUM}))\s?%?",
    "CI_LEVEL": r"\b9[059](?:\.\d)?\s?%\s?(?:C[IL]\b|confidence)",
    "PVALUE": r"\b[Pp](?:[- ]?value)?\s?(?P<op>[=<>≤≥])\s?(?P<p>0?[.·]\s?\d{1,6}|\d\.\d+)",
    "SIZE": rf"\b[nN]\s?=\s?(?P<size>{_BLANKED}(?=\s?[)\],;])|(?:{_INT})(?!\d|\s?/\s?\d))",
    "LEVEL": rf"(?:[<>≤≥⩾⩽]\s?)?(?:{_NUM})(?:\s?[-–]\s?(?:{_NUM}))?{_TENFOLD}",
    "THRESHOLD": rf"[<>≤≥⩾⩽]\s?/?\s?(?:=\s?)?(?:{_NUM})\s?(?:%|{_MASS}\b{_PER})?",
    "AGE": rf"\b(?:{_NUM})[-\s]years?[-\s](?:old|of age)\b",
    "FOLD": rf"\b(?:{_NUM})[- ]?(?:fold|times|×)(?!\w)",
    "RATIO": r"\b\d{1,3}\s?:\s?\d{1,3}\b",
    "PERCENT_RANGE": rf"(?P<plo>{_NUM})\s?%?\s?(?:-|–|—|to)\s?(?P<phi>{_NUM})\s?(?:%|percent\b|per cent\b)",
    "PERCENT": rf"(?P<pct>{_NUM})(?:\s?(?:±|\+/?[-−])\s?(?:{_NUM}))?\s?(?:%|percent\b|per cent\b)",
    "PERCENT_WORDS": rf"\b(?P<pctw>{_WORDS})\s(?:percent|per cent)\b",
    "LABEL": rf"{_AT}(?:week|day|month|year)\s\d{{1,4}}\b(?![\d/%])|\b{_LABEL}\s(?:\d{{1,4}}(?:\s?(?:-|–|/|to|or|and)\s?\d{{1,2}})?|I{{1,3}}V?|IV)\b(?![\d/%(])(?!\s(?:patients|\())",
    "FRACTION": r"(?<!/)(?:\b[nN]\s?=\s?|\b)(?P<num>\d{1,6})\s?/\s?(?P<den>\d{1,6})\b(?!\s?/)",
    "DOSE": rf"\b(?:{_NUM})(?:\s?(?:-|–|to)\s?(?:{_NUM}))?\s?-?{_MASS}\b{_PER}",
    "DURATION": rf"\b(?:{_NUM})(?:\s?(?:-|–|to)\s?(?:{_NUM}))?[\s-]?(?:consecutive\s)?{_TIME}",
    "DURATION_WORDS": rf"\b(?:{_WORDS})[\s-](?:to[\s-]\w+[\s-])?(?:consecutive\s)?(?![ydh]\b){_TIME}",
    "YEAR": r"\b(?:19|20)\d\d\b(?:\s?[-–]\s?(?:19|20)?\d\d\b)?",
    "RANGE": rf"(?<![\w.])(?:{_NUM})\s?[-–—]\s?(?:{_NUM})(?![\w])",
    "GROUPED": rf"(?<![\w.,/-])(?<!\d )(?P<grouped>{_BLANKED})(?=\s(?:[a-z]{{1,20}}\s)?(?:patients|participants|subjects|people|persons)\b)",
    "DECIMAL": r"(?<![\w])[-−]?\d*[.·]\d+",
    "COUNT": rf"(?<![\w.,/-])(?P<count>{_INT})(?![\w/]|[.,]\d|-\w)",
    "COUNT_WORDS": rf"\b(?P<countw>{_WORDS})\b(?!-\w)",
    "WHOLE": r"\b(?P<whole>all|both|none|no)\b",
    "OTHER": r"(?<!\w)\d[\w.,/-]*",
}
#: those that can begin with a letter; those that can begin with a digit or a sign; in their order of precedence
_OF_LETTERS = "ID PVALUE SIZE PERCENT_WORDS LABEL FRACTION DURATION_WORDS COUNT_WORDS WHOLE".split()
_OF_SIGNS = [name for name in PATTERNS if name == "FRACTION" or name not in _OF_LETTERS]


def _any_of(names: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{PATTERNS[name]})" for name in names), re.IGNORECASE)


_BY_LETTERS, _BY_SIGNS = _any_of(_OF_LETTERS), _any_of(_OF_SIGNS)
#: the words with which a quantity can begin
_FIRST_WORDS = frozenset(
    [*UNITS, *TENS, *SCALES, *WHOLE_WORDS]
    + "genotype genotypes phase grade grades class type types stage group groups arm arms week weeks day days month months year".split()
    + "years cohort cohorts patient patients table figure fig age aged version v level number no case cases".split()
    + "part step course courses cycle cycles cd anti vol n p pvalue nct isrctn chictr umin eudract drks actrn japiccti".split()
)
#: where a quantity can begin (looked for first, for trying all patterns everywhere takes five times as long)
_START = re.compile(r"[A-Za-z]+|[\d<>≤≥⩾⩽]|[.·](?=\d)|[−-](?=[.·]?\d)")


_LETTERS = frozenset(ascii_letters)


def quantities(text: str) -> list[Quantity]:
    """Every quantity of a text, in order, without overlaps."""
    found = [part for q in _scan(text) for part in _slashed(text, q)]
    return _shared_units(text, _shared_percent_signs(text, found))


#: "51/62/33" tells three numbers; what is measured in a unit ("45/43/47 y"), dates and sizes in a row are no counts
_SLASHED = re.compile(r"(?P<list>\d{1,4}(?:/\d{1,4}){2,7}),?")
_COUNTED = re.compile(
    r"\s?(?P<percent>%)|\s(?:of (?:the )?)?(?:patients|pts|subjects|women|men|children|adults|participants|cases|recipients"
    r"|respon\w+|relapsed|recurred|remitted|achieved|were|had)\b|,? (?:or )?[\[(]?\d{1,3}(?:\.\d+)?(?:/\d{1,3}(?:\.\d+)?){2,7}\s?%"
)


def _slashed(text: str, q: Quantity) -> Iterator[Quantity]:
    """The numbers of a list with slashes, one for each of several groups: "51/62/33 patients", "88/86/92%"."""
    row = _SLASHED.fullmatch(text, q.start, q.end) if q.kind == "OTHER" else None
    behind = _COUNTED.match(text, row.end("list")) if row else None
    if row is None or behind is None:
        yield q
        return
    kind = "PERCENT" if behind["percent"] else "COUNT"
    for number in re.compile(r"\d+").finditer(text, q.start, q.end):
        end = behind.end() if kind == "PERCENT" and number.end() == row.end("list") else number.end()
        yield Quantity(kind, number.start(), end, float(number.group()))


_LISTED = re.compile(r"\s?,?\s?(?P<word>and|or|vs\.?|versus|v|to)?\s?")
_SLASH = re.compile(r"\s?/\s?")
#: what stands before a number that is no share of its own: "of 15", "weeks 4", "12/"
_NO_SHARE = re.compile(r"(?:\bof|/|[-−–]|\bthe|\bweeks?|\bday)\s?$")


def _shared_percent_signs(text: str, found: list[Quantity]) -> list[Quantity]:
    """Numbers that share the sign behind the last of them: "43 and 24%", "66.7 vs. 37.0%" are percentages. A comma alone
    joins only within such a list ("73.5, 76.3 and 70.4%"), for "14, 73.7%" is a count and its percentage. A slash joins
    decimals ("63.0/85.1/75.6%")."""
    listed = False
    for i in range(len(found) - 2, -1, -1):
        q, following = found[i], found[i + 1]
        joined = _LISTED.fullmatch(text[q.end : following.start])
        listed = bool(
            joined and following.kind == "PERCENT" and (joined["word"] or (listed and joined.group().strip()))
        )
        bare = q.kind == "DECIMAL" or (q.kind == "COUNT" and text[q.start].isdigit())
        if q.kind == "DECIMAL" and following.kind == "PERCENT" and _SLASH.fullmatch(text, q.end, following.start):
            value = text[q.start : q.end]
            found[i] = Quantity("PERCENT", q.start, q.end, _number(value), None, _decimals(value))
        elif listed and bare and not _NO_SHARE.search(text, max(0, q.start - 6), q.start):
            value = text[q.start : q.end]
            if _number(value) <= 100:
                found[i] = Quantity("PERCENT", q.start, q.end, _number(value), None, _decimals(value))
    return found


def _shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """Numbers that share the unit behind the last of them: "0.25, 0.50 and 0.75 mg" are doses."""
    listed = False
    for i in range(len(found) - 2, -1, -1):
        q, following = found[i], found[i + 1]
        joined = _LISTED.fullmatch(text[q.end : following.start])
        word = joined["word"] if joined else None
        listed = bool(
            joined and following.kind == "DOSE" and (word in {"and", "or"} or (listed and joined.group().strip()))
        )
        bare = q.kind == "DECIMAL" or (q.kind == "COUNT" and text[q.start].isdigit())
        if listed and bare and text[following.start].isdigit():
            found[i] = Quantity("DOSE", q.start, q.end, float("nan"))
    return found


def _scan(text: str) -> Iterator[Quantity]:
    position = 0
    for start in _START.finditer(text):
        words = start.group()
        if words.lower() in _FIRST_WORDS:
            patterns = _BY_LETTERS
        elif words[0] in _LETTERS:
            continue
        else:
            patterns = _BY_SIGNS
        match = patterns.match(text, start.start()) if start.start() >= position else None
        if match is not None:
            kind = _kind(match)
            yield _BUILD.get(kind, _plain)(match, kind)
            position = match.end()


def _kind(match: re.Match[str]) -> str:
    """The alternative that matched: the outermost group, which closes last."""
    return match.lastgroup or ""


def _number(text: str) -> float:
    return float(re.sub(r"[\s,]", "", text).replace("·", ".").replace("−", "-"))


def _decimals(text: str) -> int:
    _, point, rest = text.replace("·", ".").partition(".")
    return len(rest) if point else 0


def _plain(match: re.Match[str], kind: str) -> Quantity:
    return Quantity(kind, match.start(), match.end(), float("nan"))


def _interval(match: re.Match[str], kind: str) -> Quantity:
    low, high = match["lo"], match["hi"]
    return Quantity(kind, *match.span(), _number(low), _number(high), max(_decimals(low), _decimals(high)))


def _pvalue(match: re.Match[str], kind: str) -> Quantity:
    text = match["p"].replace(" ", "")
    exact = match["op"] == "="
    return Quantity(kind, *match.span(), _number(text), None if exact else 1.0, _decimals(text))


def _size(match: re.Match[str], kind: str) -> Quantity:
    return Quantity(kind, *match.span(), _number(match["size"]))


def _percent(match: re.Match[str], kind: str) -> Quantity:
    return Quantity("PERCENT", *match.span(), _number(match["pct"]), None, _decimals(match["pct"]))


def _fraction(match: re.Match[str], kind: str) -> Quantity:
    num, den = _number(match["num"]), _number(match["den"])
    possible = num <= den and den > 0
    return Quantity(kind if possible else "OTHER", *match.span(), num, den)


def _count(match: re.Match[str], kind: str) -> Quantity:
    return Quantity("COUNT", *match.span(), _number(match["count"]))


def _grouped(match: re.Match[str], kind: str) -> Quantity:
    """ "10 948 patients" is one number. Behind a lone digit the blank may part two ("in study 1 120 patients"): then
    neither counts."""
    alone = match["grouped"][1] == " "
    return Quantity("OTHER" if alone else "COUNT", *match.span(), _number(match["grouped"]))


def _count_words(match: re.Match[str], kind: str) -> Quantity:
    return Quantity("COUNT", *match.span(), words_value(match["countw"]))


def _percent_words(match: re.Match[str], kind: str) -> Quantity:
    return Quantity("PERCENT", *match.span(), words_value(match["pctw"]))


def _whole(match: re.Match[str], kind: str) -> Quantity:
    return Quantity(kind, *match.span(), 1.0 if match["whole"].lower() in {"all", "both"} else 0.0)


#: what may stand before "group 1" as a label; behind any other word ("the control group 1 patient") the number counts
_BEFORE_LABEL = re.compile(
    r"(?i)(?:^|[^\w\s]\s?|\b(?:in|of|the|to|and|or|both|for|with|vs\.?|versus|than|between|from|into|as|on|was|were)\s)$"
)


#: "patients 1, 3 and 5" are named, "of the patients 9 of 18 responded" counts
_NEXT_LABEL = re.compile(r"\s?(?:,|and|or|-|–|/|&)\s?\d")


def _label(match: re.Match[str], kind: str) -> Quantity:
    """ "group 1" is a label; in "the control group 1 patient" the number counts."""
    number = re.search(r"\d+$", match.group())
    people = re.fullmatch(r"(?i)(?:patients|cases)\s\d+", match.group())
    if number and people and not _NEXT_LABEL.match(match.string, match.end()):  # "of 8 such patients 6 responded"
        return Quantity("COUNT", match.start() + number.start(), match.end(), float(number.group()))
    before = match.string[max(0, match.start() - 14) : match.start()]
    if number and re.match(r"(?i)groups?|arms?", match.group()) and not _BEFORE_LABEL.search(before):
        return Quantity("COUNT", match.start() + number.start(), match.end(), float(number.group()))
    return _plain(match, kind)


_BUILD = {
    "LABEL": _label,
    "INTERVAL": _interval,
    "PVALUE": _pvalue,
    "SIZE": _size,
    "PERCENT": _percent,
    "PERCENT_WORDS": _percent_words,
    "FRACTION": _fraction,
    "COUNT": _count,
    "GROUPED": _grouped,
    "COUNT_WORDS": _count_words,
    "WHOLE": _whole,
}


def words_value(words: str) -> float:
    """The number that English number words name: "four hundred and five" is 405."""
    total = part = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word == "and":
            continue
        if word in SCALES:
            part = max(part, 1) * SCALES[word]
            if SCALES[word] > 100:
                total, part = total + part, 0
        else:
            part += WORD_VALUES[word]
    return float(total + part)
