"""Facts of a study beside its outcomes: follow-up, time to response, prior lines, baseline severity, registration.

Each pattern is data: the fact it states, and texts with the value that a reader takes from them; a test runs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.candidates import Fact, Registration
from pipeline.extract.cues import compiled
from pipeline.extract.evidence import evidence_of
from pipeline.extract.quantities import WORD_VALUES
from pipeline.extract.sentences import NOT_RESULTS
from pipeline.parsed import ParsedRecord

Field = Literal["followup_months", "time_to_response_days", "prior_lines_median", "baseline"]
FIELDS: tuple[Field, ...] = ("followup_months", "time_to_response_days", "prior_lines_median", "baseline")
#: (start, end, kind of section) of a sentence in the record's text
Part = tuple[int, int, str]

_SPREAD = r"(?:\s?(?:±|\+/?[-−])\s?[\d.]+)?(?:\s?[(\[][^()\[\]]{0,60}[)\]])?"
#: one number, not the beginning of a range
_VALUE = rf"(?P<value>\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join(WORD_VALUES)})\b)(?!\s?(?:-|–|to)\s?\d){_SPREAD}"
_TIME = rf"{_VALUE}[\s-]?(?P<unit>days?|d|weeks?|wks?|months?|mos?|years?|yrs?)\b"
_MIDDLE = r"(?:median|mean|average)"
_IS = r"(?:of|was|were|is|:|=)\s?(?:about |approximately |only )?"
_UP = r"follow(?:ed)?[- ]?up"
_PRIOR = r"(?:prior|previous|earlier|preceding)"
_LINES = r"(?:therap(?:y|ies)|treatments?|lines?|regimens?|drugs|agents)"
_RESPONSE = r"(?:(?:first |initial |an? |the |overall |clinical |objective |best )*(?:response|remission)|respond)"
_UNIT = r"(?P<unit>(?:[×x*·]\s?)?10\s?\^?\s?[39⁹³]\s?/\s?(?:L|l|µL|μL|uL|mm3)\b|%|points?|[a-zµμ]{1,5}\s?/\s?[a-zµμ]{1,4}\d?\b)"
#: a name of up to four words that is no time and no age
_NAME = r"(?P<name>(?!\w*\s?(?:time|age|duration|follow|number|dose|survival|change)\b)(?:(?!(?:by|from|to|an?|in|with|was|were)\b)[\w-]+ ){1,4}?)"


@dataclass(frozen=True)
class Pattern:
    """`pattern` states `field` with groups `value`, `unit` and for a baseline `name`; `examples` are (text, value in the
    unit of the field)."""

    field: Field
    pattern: str
    examples: tuple[tuple[str, float], ...]
    counter: tuple[str, ...] = ()


PATTERNS = (
    Pattern("followup_months", rf"\b{_MIDDLE} (?:\w+ ){{0,3}}?{_UP}(?: (?:time|period|duration|interval))?(?: [a-z]+){{0,3}}? ?{_IS}{_TIME}",
            (("The median follow-up was 18 months.", 18), ("after a mean follow-up of 2 years", 24), ("median duration of follow-up was 62 months (range 16-97)", 62),
             ("with a median follow up of 609 (range, 3-2130) days", 20)),
            ("a follow-up of 12 months is planned", "the median follow-up was 4 to 5 months")),
    Pattern("followup_months", rf"\b{_UP}(?: (?:time|period|duration|interval))? ?(?:of|was|:|,|\()? ?(?:a |the )?{_MIDDLE}:?,? (?:of )?{_TIME}",
            (("during follow-up (median, 30 months)", 30),), ("patients were followed up at 6 months",)),
    Pattern("followup_months", rf"\bfollow(?:ed)?(?:[- ]up)? for (?:a |an )?{_MIDDLE} (?:time |period |duration )?(?:of )?{_TIME}",
            (("were followed for a mean of 26 weeks", 6),), ("followed for 12 months",)),
    Pattern("time_to_response_days", rf"\b{_MIDDLE} (?:time (?:from \w+ )?to {_RESPONSE}|TTR|response time)\b(?: [a-z]+){{0,4}}? ?{_IS}{_TIME}",
            (("median time to response was 2.5 days", 2.5), ("The median time to first response was 4 weeks.", 28), ("the median TTR was 28.0 (IQR 21-42) days", 28)),
            ("median time to complete response was 31 days", "median duration of response was 24 weeks")),
    Pattern("time_to_response_days", rf"\brespond(?:ed|ing)?(?: [\w-]+){{0,5}}? (?:in|within|after|at) (?:a |an )?{_MIDDLE} (?:time )?(?:of )?{_TIME}",
            (("20 responded to drug A in a median of 8 weeks", 56),), ("responded and relapsed; after a median of 8 weeks",)),
    Pattern("time_to_response_days", rf"\bresponse (?:was (?:seen|achieved|reached|observed) |occurred )(?:in|within|after|at) (?:a |an )?{_MIDDLE} (?:time )?(?:of )?{_TIME}",
            (("response occurred after a median of one month", 30),), ("response lasted for a median of one month",)),
    Pattern("prior_lines_median", rf"\bmedian (?:of )?{_VALUE} {_PRIOR} (?:[\w-]+ ){{0,3}}{_LINES}\b",
            (("had failed a median of 6 prior treatments", 6), ("median of three (range 1-7) previous systemic therapies", 3)), ("a mean of 6 previous visits",)),
    Pattern("prior_lines_median", rf"\bmedian (?:of )?{_VALUE} {_LINES}(?: of (?:therapy|treatment))?{_SPREAD} (?:prior to|before|previously)\b",
            (("received a median of 4 therapies (range, 2-8) before drug A", 4),), ("a median of 4 cycles before surgery",)),
    Pattern("prior_lines_median", rf"\bmedian (?:numbers? of )(?:[\w-]+ )?{_PRIOR} (?:[\w-]+ ){{0,3}}{_LINES}(?: of (?:therapy|treatment))?(?: [a-z]+){{0,3}}? ?{_IS}{_VALUE}",
            (("The median number of previous lines of therapy was 3.", 3), ("median numbers of prior therapies were 2.0", 2)), ("the median number of visits was 3",)),
    Pattern("baseline", rf"\b{_MIDDLE} {_NAME}(?:at (?:baseline|(?:study )?entry|enrol\w+|inclusion)|before|prior to|pre-?treatment)\b[^.;\d]{{0,50}}?{_IS}{_VALUE}\s?{_UNIT}",
            (("the median neutrophil count before taking drug A was 11×109/L", 11), ("the mean pain score at baseline was 6.5 points", 6.5)),
            ("the median time before treatment was 11 months", "the mean change before drug A was 3 points")),
    Pattern("baseline", rf"\b(?:{_MIDDLE} (?:baseline|initial|pre-?treatment) |baseline {_MIDDLE} |baseline ){_NAME}(?:at )?{_IS}(?:a )?(?:{_MIDDLE} (?:of )?)?{_VALUE}\s?{_UNIT}",
            (("The median baseline neutrophil count was 17.0 × 10⁹/L.", 17), ("baseline median haemoglobin was 8.1 g/dL", 8.1)), ("the baseline risk was known", "it fell from baseline by an average of 6 %")),
    Pattern("baseline", rf"\b(?:age|duration|male|female|women|men|symptoms|present)\b[^.;]{{0,80}}\band (?:the |a )?{_MIDDLE} {_NAME}{_IS}{_VALUE}\s?{_UNIT}",
            (("Symptoms were present in 9 patients and the median neutrophil count was 10 x109/L.", 10),), ("Age was 40 years and the response was 50 %.",)),
)  # fmt: skip

#: words of which a sentence must hold one to state a fact; asked first, for finding a word costs little
NEEDED: dict[Field, tuple[str, ...]] = {
    "followup_months": ("follow",),
    "time_to_response_days": ("time to", "ttr", "response time", "respond", "response"),
    "prior_lines_median": ("median",),
    "baseline": ("median", "mean", "average", "baseline"),
}
#: numbers of trial registers
REGISTERS = (
    r"\b(?:NCT\s?\d{8}|ISRCTN\s?\d{6,8}|(?:EudraCT|EUCTR)\W{0,3}(?:\w+\W{1,2}){0,2}\d{4}-\d{6}-\d{2}|ChiCTR[-A-Z]*-?\d{6,12}|UMIN\W?\d{9}"
    r"|JapicCTI-?\d{5,6}|jRCTs?\d{9,10}|ACTRN\s?\d{14}|DRKS\d{8}|CTRI/\d{4}/\d{2,3}/\d{3,6}|KCT\d{7}|NTR\s?\d{3,5}|IRCT\w{10,20}|PACTR\d{12,16}|TCTR\d{11})\b"
)
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.0, "y": 365.0}
_MONTHS = {"d": 12 / 365.25, "w": 84 / 365.25, "m": 1.0, "y": 12.0}
#: results of other studies
_OTHERS = (
    r"\b(?:preliminary|previous|earlier|other) (?:stud(?:y|ies)|reports?|trials?)\b|\bet al\b|\bpreviously reported\b"
)
_NOT_OWN = NOT_RESULTS | {"title"}


def find(field: Field, record: ParsedRecord, parts: Sequence[Part]) -> Fact | None:
    """The first statement of a fact about the study's own patients. Where another statement gives another value (one
    for each arm, say), its status is "review"."""
    found = list(_stated(field, record, parts))
    if not found:
        return None
    one = all(fact.value == found[0].value for fact in found)
    return found[0] if one else found[0].model_copy(update={"status": "review"})


def _stated(field: Field, record: ParsedRecord, parts: Sequence[Part]) -> Iterator[Fact]:
    patterns = [compiled(p.pattern) for p in PATTERNS if p.field == field]
    for start, end, kind in parts:
        sentence = record.text[start:end].lower()
        hopeless = kind in _NOT_OWN or not any(word in sentence for word in NEEDED[field])
        if hopeless or compiled(_OTHERS).search(sentence):
            continue
        for pattern in patterns:
            match = pattern.search(record.text, start, end)
            if match:
                yield _fact(field, record, match, end)
                break


def _fact(field: Field, record: ParsedRecord, match: re.Match[str], end: int) -> Fact:
    groups = match.groupdict()
    return Fact(
        name=" ".join(groups["name"].split()) if groups.get("name") else None,
        value=value(field, match),
        unit=_unit(field, groups.get("unit") or ""),
        status="review" if _another(record.text, match, end) else "accepted",
        evidence=evidence_of(record, *match.span()),
    )


def _another(text: str, match: re.Match[str], end: int) -> bool:
    """Whether the same sentence goes on with a value of another group: "9 months in arm A and 12 months in arm B"."""
    rest = text[match.end() : min(end, match.end() + 80)]
    joined = re.search(r"\b(?:and|vs\.?|versus|compared with)\s\d[\d.]*\s?(\D{1,3})", rest)
    unit = match.groupdict().get("unit")
    return joined is not None and unit is not None and unit.startswith(joined[1].strip()[:1])


def value(field: Field, match: re.Match[str]) -> float:
    """The number that a match of one of the patterns states, in the unit of its field."""
    words = match["value"].lower().replace(",", "")
    number = float(WORD_VALUES[words]) if words in WORD_VALUES else float(words)
    factors = {"followup_months": _MONTHS, "time_to_response_days": _DAYS}.get(field)
    return number if factors is None else round(number * factors[match["unit"][0].lower()], 1)


def _unit(field: Field, printed: str) -> str:
    fixed = {"followup_months": "months", "time_to_response_days": "days", "prior_lines_median": "lines"}
    power = re.search(r"10\s?\^?\s?([39⁹³])\s?/\s?(\w+)", printed)
    if field in fixed:
        return fixed[field]
    return f"10^{power[1].translate(str.maketrans('⁹³', '93'))}/{power[2]}" if power else printed


def registrations(record: ParsedRecord, parts: Sequence[Part]) -> list[Registration]:
    """Registration numbers: those of the citation, then those that the text gives outside of its references, once each.

    In an article, where other trials are discussed, only the first of the text is taken.
    """
    known = [Registration(id=_tidy(number), evidence=None) for number in record.citation.registration]
    for start, end, kind in parts:
        if kind not in {"background", "back"} or len(parts) < _ARTICLE_SENTENCES:
            known += [
                Registration(id=_tidy(m.group()), evidence=evidence_of(record, *m.span()))
                for m in compiled(REGISTERS).finditer(record.text, start, end)
            ]
        if known and len(parts) >= _ARTICLE_SENTENCES:
            break
    once: dict[str, Registration] = {}
    for number in known:
        once.setdefault(number.id, number)
    return list(once.values())


#: from this many sentences on a text is an article
_ARTICLE_SENTENCES = 60


def _tidy(number: str) -> str:
    return re.sub(r"\s", "", number)
