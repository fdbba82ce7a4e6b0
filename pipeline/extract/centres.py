"""Where a study was done: how many centres, and the hospitals that its text names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.candidates import Centre, Fact
from pipeline.extract.cues import compiled
from pipeline.extract.evidence import evidence_of
from pipeline.extract.quantities import WORD_VALUES
from pipeline.parsed import ParsedRecord

#: (start, end, kind of section) of a sentence in the record's text
Part = tuple[int, int, str]

_NUMBER = rf"(?P<value>\d{{1,4}}|(?:{'|'.join(WORD_VALUES)}))"
_PLACES = (
    r"(?:centers|centres|hospitals|sites|institutions|clinics|centre|center|hospital|institution|departments|units)"
)
_KINDS = r"(?:(?!patients|children|adults|participants|subjects|cases|of|the|weeks|months|and|to)(?:[a-z-]+|US|UK|U\.S\.|[A-Z][a-z]+)[ -]){0,4}?"
COUNT = rf"\b(?:at|in|from|across|by|of|involving|among|between) (?:a total of |the )?{_NUMBER} {_KINDS}(?P<places>{_PLACES})\b"
#: the examples of COUNT, with their numbers
COUNT_EXAMPLES = (
    ("patients were enrolled at 12 centres in China", 12),
    ("a trial in forty university hospitals", 40),
    ("from three tertiary referral centers", 3),
    ("from one institution", 1),
)
COUNT_COUNTER = ("in 12 patients of the centre", "at 12 weeks", "in 30 of 40 hospitalised adults")
SINGLE = r"\b(?:single|one)[- ](?:cent(?:er|re)|institution(?:al)?|hospital|site)\b|\bmono-?cent(?:er|re|ric)\b|\bour (?:own )?(?:hospital|institution|cent(?:er|re)|clinic|department)\b"
SINGLE_EXAMPLES = ("a single-centre study", "seen at our hospital", "a monocentric cohort")
SINGLE_COUNTER = ("centres of excellence", "a multicentre study", "one of the centres")
_SKIPPED = frozenset(["background", "back", "conclusion"])

_CAPITAL = r"[A-Z][\w'’.&-]*"
_SMALL = r"(?:of|the|and|for|de|di|del|della|du|la|le|des|der|und|da|do)"
#: a name in capitals that ends in a place of treatment, or begins with one: "St. Mary's Hospital", "Hospital of Oldtown",
#: "Institute of Hematology"
HOSPITAL = (
    rf"\b(?:{_CAPITAL} (?:{_SMALL} ){{0,2}}){{1,6}}(?:Hospitals?|Clinic|Infirmary|Cent(?:er|re)|Krankenhaus|Klinikum)\b(?: (?:of|in|at) (?:the )?{_CAPITAL}(?: {_CAPITAL}){{0,3}})?"
    rf"|\b(?:Hospital|(?:[A-Z][a-z]+ ){{0,3}}Institute|H[oô]pital|Ospedale|Policlinico|Clinica|Cl[ií]nica|University Hospital|Mayo Clinic) (?:{_SMALL} ){{0,2}}{_CAPITAL}(?: (?:{_SMALL} ){{0,2}}{_CAPITAL}){{0,5}}"
)
HOSPITAL_EXAMPLES = (
    ("treated at St. Mary's Hospital between", "St. Mary's Hospital"),
    ("at the First Hospital of Oldtown from", "First Hospital of Oldtown"),
    ("in the Institute of Hematology, Newtown", "Institute of Hematology"),
)
HOSPITAL_COUNTER = (
    "the patients left hospital",
    "the National Institute of Health Stroke Scale",
    "by SAS Institute Inc",
    "A clinic visit",
    "in the Hospital",
)
#: names that name no place
_NO_NAME = re.compile(
    r"(?i)^(?:the|a|our|this|each|data|study|coordinating|coordination|cochrane)\b.{0,20}$"
    r"|\b(?:scale|criteria|inc|schedule|questionnaire|score|statistics|health statistics)\b"
)
#: more names than this are a list of authors' addresses
_MOST = 8


def centre_count(record: ParsedRecord, parts: Sequence[Part]) -> Fact | None:
    """How many centres the study was done in: as printed, or 1 where it is said to be of a single one."""
    for start, end, kind in parts:
        if kind in _SKIPPED:
            continue
        match = compiled(COUNT).search(record.text, start, end)
        value = counted(match) if match else 1.0
        match = match or compiled(SINGLE).search(record.text, start, end)
        if match:
            place = evidence_of(record, *match.span())
            return Fact(value=value, unit="centres", status="accepted", evidence=place)
    return None


def counted(match: re.Match[str]) -> float:
    """The number that a match of COUNT prints."""
    words = match["value"].lower()
    return float(WORD_VALUES[words]) if words in WORD_VALUES else float(words)


def centres(record: ParsedRecord, parts: Sequence[Part]) -> list[Centre]:
    """Hospitals and institutes that the text names outside of its background and references, each once."""
    found: dict[str, Centre] = {}
    for start, end, kind in parts:
        if kind in _SKIPPED:
            continue
        for match in hospitals(record.text, start, end):
            found.setdefault(match.group(), Centre(name=match.group(), evidence=evidence_of(record, *match.span())))
            if len(found) == _MOST:
                return list(found.values())
    return list(found.values())


_HOSPITAL = re.compile(HOSPITAL)
_WORDS = ("ospital", "linic", "nstitute", "nfirmary", "rankenhaus", "spedale", "ôpital", "Center", "Centre")


def hospitals(text: str, start: int, end: int) -> list[re.Match[str]]:
    """Where names of hospitals stand in text[start:end]."""
    if not any(text.find(word, start, end) >= 0 for word in _WORDS):
        return []
    return [m for m in _HOSPITAL.finditer(text, start, end) if not _NO_NAME.search(m.group())]
