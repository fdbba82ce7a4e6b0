"""When a study took in its patients: the window between two dates of a sentence that speaks of taking patients in.

Years of publication, the dates of a literature search, of a follow-up and of a data cut-off are no such window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.candidates import Window
from pipeline.extract.cues import Cue, compiled
from pipeline.extract.evidence import evidence_of
from pipeline.parsed import ParsedRecord

#: (start, end, kind of section) of a sentence in the record's text
Part = tuple[int, int, str]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"


def _date(name: str, year: str = "") -> str:
    """A date whose month is optional: "1 March 2005", "March 1st, 2005", "03/2005", "2005-03", "2005"; `year` is "?" where
    the year may be missing."""
    words = (
        rf"(?:{_DAY},? (?:of )?)?(?P<{name}_month>{_MONTH})(?: {_DAY}\b)?(?:,? (?:of )?(?P<{name}_of>{_YEAR}\b)){year}"
    )
    return rf"(?:(?:the )?{words}|(?P<{name}_digits>[01]?\d)/(?P<{name}_then>{_YEAR}\b)|(?P<{name}_year>{_YEAR}\b)(?:[-/](?P<{name}_iso>[01]\d)(?:[-/][0-3]\d)?\b)?)"


_TO = r"(?: ?[-–—] ?| (?:to|through|throughout|until|till|up to|and|to the end of|through the end of|to end of) )"
#: behind a year that is one: no unit, no further part of a number
_CLOSED = r"(?![\d.,]?\d|[-–]\d|\s?%|\s(?:patients|cases|m[gl]|m²|children|adults|subjects|units?|IU|mcg|cells|days|weeks|kcal|ml)\b)"


@dataclass(frozen=True)
class Pattern:
    """`pattern` states a window; `examples` are (text, start, end)."""

    pattern: str
    examples: tuple[tuple[str, str, str], ...]
    counter: tuple[str, ...] = ()


PATTERNS = (
    Pattern(rf"\b(?:between|from)(?: the)?(?: years?| months? of| period)? {_date('a', '?')}{_TO}{_date('b')}{_CLOSED}",
            (("enrolled between March 2005 and June 2010", "2005-03", "2010-06"), ("from January 2010 through December 2014", "2010-01", "2014-12"),
             ("from 1 May to 30 September, 2008", "2008-05", "2008-09"), ("between the years 1998 and 2004", "1998-01", "2004-12"),
             ("from Oct. 1st, 2011 until Feb 2013", "2011-10", "2013-02"), ("between 03/2005 and 11/2006", "2005-03", "2006-11"), ("from 2004-05-01 to 2006-02-28", "2004-05", "2006-02")),
            ("between 2000 and 2500 mg", "from 2005 onwards", "between 12 and 2010 cells", "between 2000 and 2010 patients")),
    Pattern(rf"(?<![\d.,/-])\b{_date('a', '?')} ?(?:[-–—]|to|through|until) ?{_date('b')}{_CLOSED}",
            (("(January 2009 - March 2011)", "2009-01", "2011-03"), ("during 2003-2011", "2003-01", "2011-12"), ("July–December 2007", "2007-07", "2007-12"), ("seen 1996 to 2001", "1996-01", "2001-12")),
            ("a dose of 1950-2010.5 units", "1.2000-2010", "may to 2010-20")),
    Pattern(rf"\b(?:began|begun|started|opened|commenced|first patient\b[\w ]{{0,20}}?)(?: (?:in|on|was|enrolled|recruited|randomi[sz]ed))* {_date('a')}\b[^.;\d]{{0,60}}\b(?:ended|closed|completed|finished|stopped|terminated|last patient\b[\w ]{{0,20}}?)(?: (?:in|on|was|enrolled|recruited|randomi[sz]ed))* {_date('b')}",
            (("Recruitment started in May 2003 and was completed in June 2006.", "2003-05", "2006-06"),
             ("the first patient was enrolled on 2 July 2009, the last patient in March 2012", "2009-07", "2012-03")),
            ("Recruitment started in May 2003.", "started in 2003 and responded")),
    Pattern(rf"\b(?:in|during) (?:the )?(?:years? )?(?P<a_year>{_YEAR}) and (?P<b_year>{_YEAR})\b{_CLOSED}",
            (("treated in 2008 and 2009", "2008-01", "2009-12"),), ("treated in 2008", "in 2008 and 20 others")),
)  # fmt: skip

#: the sentence speaks of patients being taken in, or of when the study was done
TAKEN_IN = (
    Cue("taken in", r"\b(?:enrol\w*|recruit\w*|includ(?:ed|ing)|consecutive\w*|admitted|treated|diagnosed|seen|randomi[sz]\w*|entered|accru\w+|hospitali[sz]ed|attend\w+|referred|presented|registered|underwent|received|identified|reviewed|collected|assigned|selected|analy[sz]ed|studied|gathered)\b",
        ("Patients were enrolled", "consecutive adults seen at our clinic", "we reviewed the charts"), ("Counts rose",)),
    Cue("done", r"\b(?:study|trial|investigation|survey|research|review|analysis)\b.{0,80}?\b(?:conducted|performed|carried out|took place|done|run|undertaken)\b|\b(?:conducted|carried out|performed) (?:a|an|this)\b",
        ("The trial was conducted in two centres", "This study took place"), ("The study was small",)),
    Cue("of patients", r"\b(?:patients|children|adults|women|men|subjects|participants|cases|infants|volunteers)\b",
        ("Data of 40 patients",), ("Data of the centre",)),
)  # fmt: skip
#: the sentence, or the words right before the dates, speak of something else
OTHER_DATES = (
    Cue("literature", r"\b(?:medline|pubmed|embase|cochrane|scopus|cinahl|literature|publications?|published|articles?|papers?|web of science|abstracts|search(?:ed|es|ing)?|systematic(?:ally)? review)\b",
        ("We searched PubMed", "articles published"), ("We reviewed the charts",)),
    Cue("other studies", r"\b(?:previous|earlier|prior|other) (?:stud(?:y|ies)|reports?|trials?|series)\b|\bet al\b|\bpreviously reported\b",
        ("in a previous study", "as Doe et al found"), ("previously untreated patients",)),
    Cue("burden", r"\b(?:incidence|prevalence|mortality rates?|census|guidelines?|classification|criteria)\b",
        ("the incidence of the disease",), ("the patients",)),
)  # fmt: skip
_NOT_BEFORE = r"\b(?:follow(?:ed)?[- ]?(?:up)?|observ\w+|survival|cut-?off|until|range\w*|monitored|updated?|version)\b[^.;,]{0,25}$"
_SKIPPED = frozenset(["background", "back", "conclusion"])
_HAS_YEAR = re.compile(_YEAR)


def window(record: ParsedRecord, parts: Sequence[Part]) -> Window | None:
    """The first window of a sentence that says so clearly, else the first of one that speaks of patients."""
    found = sorted(_found(record, parts), key=lambda rank_and_match: rank_and_match[0])
    if not found:
        return None
    _, match = found[0]
    start, end = dates(match)
    return Window(start=start, end=end, evidence=evidence_of(record, *match.span()))


def _found(record: ParsedRecord, parts: Sequence[Part]) -> Iterator[tuple[int, re.Match[str]]]:
    for start, end, kind in parts:
        if kind in _SKIPPED or not _HAS_YEAR.search(record.text, start, end):
            continue
        sentence = record.text[start:end]
        rank = next((i for i, cue in enumerate(TAKEN_IN) if cue.search(sentence)), None)
        match = None if rank is None or any(cue.search(sentence) for cue in OTHER_DATES) else stated(sentence)
        if match is not None and rank is not None:
            whole = compiled(match.re.pattern).search(record.text, start + match.start(), end)
            if whole is not None:
                yield rank, whole


def stated(sentence: str) -> re.Match[str] | None:
    """The first window that a sentence states, in the order of the patterns."""
    for pattern in PATTERNS:
        for match in compiled(pattern.pattern).finditer(sentence):
            before = sentence[max(0, match.start() - 50) : match.start()]
            if not compiled(_NOT_BEFORE).search(before) and _in_order(match):
                return match
    return None


def _in_order(match: re.Match[str]) -> bool:
    """The window does not end before it begins, and is no longer than a life's work."""
    start, end = dates(match)
    return start <= end and int(end[:4]) - int(start[:4]) <= 50


def dates(match: re.Match[str]) -> tuple[str, str]:
    """(start, end) as year-month; a year alone begins in January and ends in December."""
    groups = match.groupdict()
    last_year = _year(groups, "b") or ""
    first_year = _year(groups, "a") or last_year
    return f"{first_year}-{_month(groups, 'a') or 1:02d}", f"{last_year}-{_month(groups, 'b') or 12:02d}"


def _year(groups: dict[str, str | None], name: str) -> str | None:
    return groups.get(f"{name}_of") or groups.get(f"{name}_then") or groups.get(f"{name}_year")


def _month(groups: dict[str, str | None], name: str) -> int | None:
    """1 to 12, None where no month is printed, or none that is one."""
    word, digits = groups.get(f"{name}_month"), groups.get(f"{name}_digits") or groups.get(f"{name}_iso")
    if word:
        return _MONTHS.index(word[:3].lower()) + 1
    return int(digits) if digits and 1 <= int(digits) <= 12 else None
