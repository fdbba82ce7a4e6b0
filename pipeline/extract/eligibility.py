"""Eligibility: is this a study of treated patients that reports a response proportion, and if not, why not.

Decided in this order: what the database says of the record, what its title and its abstract say (`kinds`), animals
instead of patients, no study at all, then whether any number is a share of treated patients (`claims`). Where a share
seems to be printed but no row was read from it, and where only a title is known, a person is asked ("review").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.candidates import Decision
from pipeline.extract.claims import Claim, no_share, possible_claims
from pipeline.extract.cues import compiled, first
from pipeline.extract.gated import gated, lowered
from pipeline.extract.kinds import FRONT, POSTED, TITLE, TRIAL_TYPES, TYPES
from pipeline.extract.sentences import NOT_RESULTS, Sentence, section_kind
from pipeline.parsed import ParsedRecord

#: classes of outcomes that say a treatment worked (or, for a relapse, that it stopped working)
RESPONSE = frozenset(
    (
        "overall_response complete_response partial_response sustained_response remission relapse cure eradication other"
    ).split()
)
NO_SHARES = "no response proportion"
#: what a trial may cite
CITED = frozenset(["review", "guideline", "case report"])
#: a longer text is an article: what it is, its title and abstract say
ARTICLE, FRONT_OF_ARTICLE = 8000, 4000
#: a longer title is none
TITLE_LENGTH = 1000
#: characters beyond its title from which a record has an abstract
ABSTRACT = 40

_PEOPLE = (
    r"\b(?:patients?|subjects|participants|child(?:ren)?|wom[ae]n|m[ae]n|adults|volunteers|infants|cases|girls|boys)\b"
)
#: without a border on the left, which would make the search four times as slow; no English words end so otherwise
_ANIMALS = (
    r"(?:mice|mouse|murine|in vitro|cell lines?|zebrafish|rabbits?|dogs?|pigs?|piglets|hamsters?|lambs|sheep|cadaver\w*|monkeys?)\b",
    r"rats?\b",  # apart from the others, for its letters stand in every "rate"
)
_STUDY = (
    r"\bwe (?:conducted|evaluated|assessed|studied|treated|retrospectively|analy[sz]ed|investigated|compared|reviewed|used)\b"
    r"|\b(?:study|trial) (?:was|were|included|compared|aimed|has|is)\b|\bpatients were\b|\bretrospective|\bprospective"
    r"|\bwere (?:\w+ )?(?:included|enrolled|recruited|treated|randomi[sz]ed|collected|assigned|followed|studied)\b"
    r"|\b(?:open-label|single-arm|multicent(?:er|re)|controlled|phase [\w/–-]+|crossover|cohort|pilot|dose-\w+) (?:\w+ )?(?:trial|study)\b"
    r"|\b\d+ (?:of \d+ )?(?:\([\d.%]+\) )?(?:patients|participants|subjects|children|women|men) (?:had|were|met|received|underwent)\b"
    r"|\brandomi[sz]ed\b|\bthis study\b|\bpresent study\b|\bmethods?\b|\bresults?\s*:"
    r"|\b(?:received|treated with|underwent|responded|achieved)\b"
)
#: sentences that define, plan or quote
_PLANNED = r"\bdefined\b|\bassum|\bexpected\b|\bpower\b|\bprevious(?:ly)?\b"
#: words of one's own study: a text without any of them tells of the trials of others
_OWN = (
    r"\b(?:we|our|were|was|this (?:study|trial|report)|the (?:present|current) (?:study|trial)|had|to (?:compare|evaluate|assess|determine))\b"
    rf"|\b(?:results?|methods?|findings)\s?:|\bn ?= ?\d|\b\d+ (?:[\w-]+ ){{0,4}}{_PEOPLE}"
)
_TREATMENT = r"\b(?:trial|treat\w*|therap\w+|efficacy|effectiveness|random\w+|versus|vs\.?|dose|phase I+|surg\w+|\w+mab|\w+nib)\b"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record is kept out, with the words that say so: [start, end) in the record's text, empty if it is not
    there (a publication type)."""

    name: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`decision` is "include", "exclude" or "review"; the place is empty where no single passage decided."""

    decision: Decision
    reason: str
    start: int = 0
    end: int = 0


def exclusion(record: ParsedRecord, n_total: int | None = None, min_patients: int = 5) -> Reason | None:
    """The first reason in the record's kind that keeps it out, None for a study of patients."""
    front = front_matter(record)
    series = n_total is not None and n_total >= min_patients
    return (
        _by_type(record, series)
        or _by_animals(front, n_total)
        or _by_title(record, front)
        or _by_front(record, front)
        or _by_silence(record, front)
    )


def front_matter(record: ParsedRecord) -> str:
    """The part of the text that says what the record is: all of an abstract, the beginning of an article."""
    if len(record.text) <= ARTICLE:
        return record.text
    abstract = [s.end for s in record.sections if s.title.lower() == "abstract" and s.start < FRONT_OF_ARTICLE]
    return record.text[: abstract[0] if abstract else FRONT_OF_ARTICLE]


def _filed_as_trial(record: ParsedRecord) -> bool:
    return any(t.lower() in TRIAL_TYPES for t in record.citation.publication_types)


def _by_type(record: ParsedRecord, series: bool) -> Reason | None:
    """A trial is one, and a series of enough patients is no case report, whatever else they are filed under."""
    if _filed_as_trial(record):
        return None
    types = [t.lower() for t in record.citation.publication_types]
    reasons = {TYPES[t] for t in types if t in TYPES} - ({"case report"} if series else set())
    return next((Reason(r) for r in dict.fromkeys(TYPES.values()) if r in reasons), None)


def _by_title(record: ParsedRecord, front: str) -> Reason | None:
    title = (record.citation.title or "")[:TITLE_LENGTH]
    found = first(TITLE, title)
    if found is None or (found[0].says == "preclinical" and compiled(_PEOPLE).search(front)):
        return None
    at = front.find(title)
    start, end = found[1].span()
    return Reason(found[0].says, at + start, at + end) if at >= 0 else Reason(found[0].says)


def _by_front(record: ParsedRecord, front: str) -> Reason | None:
    cues = [c for c in FRONT if c.says not in CITED] if _filed_as_trial(record) else FRONT
    found = first(cues, front)
    return Reason(found[0].says, *found[1].span()) if found else None


def _by_animals(front: str, n_total: int | None) -> Reason | None:
    """More is said of animals or cells than of people; much more, where the size of a group of people is known."""
    words = lowered(front)  # in which these patterns are found in half the time
    animals = sorted(m.span() for kind in _ANIMALS for m in gated(kind).finditer(words))
    people = sum(1 for _ in gated(_PEOPLE).finditer(words)) if animals else 0
    known = people and n_total is not None and len(animals) < 3 * people
    if not animals or people > len(animals) or known:
        return None
    return Reason("preclinical", *animals[0])


def _by_silence(record: ParsedRecord, front: str) -> Reason | None:
    """No word of a study at all; or trials are spoken of, but none of the words of an own one."""
    if any(t.lower() == POSTED for t in record.citation.publication_types):
        return None
    if _title_only(record):
        return None if compiled(_TREATMENT).search(front) else Reason("not a study")
    if compiled(_STUDY).search(front) is None:
        return Reason("not a study")
    return None if compiled(_OWN).search(front) else Reason("review")


def _title_only(record: ParsedRecord) -> bool:
    title = record.citation.title
    rest = record.text.removeprefix(title or "").strip()
    return title is not None and len(rest) < ABSTRACT


def verdict(
    record: ParsedRecord,
    parts: Sequence[Sentence],
    reason: Reason | None,
    n_total: int | None,
    claims: Sequence[Claim],
    min_patients: int,
) -> Verdict:
    """The decision on a record. `parts`: its sentences; `claims`: its rows as words; `n_total`: its patients; fewer than
    `min_patients` are no study. A "review" is kept, for a person to decide."""
    if reason is not None:
        return Verdict("exclude", reason.name, reason.start, reason.end)
    shares = [c for c in claims if c.outcome in RESPONSE and reported(record.text, c)]
    unread = None if shares else _unread(record.text, tuple(parts))
    few = n_total is not None and n_total < min_patients
    if few and all(_fits(record.text, c, n_total or 0) for c in (*shares, *([unread] if unread else []))):
        return Verdict("exclude", "case report" if n_total == 1 else "too few patients" if shares else NO_SHARES)
    if shares:
        return Verdict("include", "reports a response proportion of treated patients")
    if unread is not None:
        return Verdict("review", "may report a response proportion", unread.start, unread.end)
    if _title_only(record):
        return Verdict("review", "only a title: no abstract to read")
    return Verdict("exclude", NO_SHARES)


@lru_cache(maxsize=1)
def _unread(text: str, parts: tuple[Sentence, ...]) -> Claim | None:
    """The first share that the text seems to print (remembered, as it is asked for before and after rows are known)."""
    return next((c for c in _seen(text, parts) if reported(text, c)), None)


def _kind(heading: str) -> str:
    """The kind of a section; what holds methods and results is read as results."""
    return "results" if compiled(r"results|findings").search(heading) else section_kind(heading)


def reported(text: str, claim: Claim) -> bool:
    """Whether a claim is a share of treated patients, and no part of the background or the methods."""
    label = compiled(r"^([A-Z][A-Za-z/& -]{2,40}):\s").search(text[claim.first : claim.start])
    kind = _kind(label[1]) if label else ""
    return kind not in {"background", "methods"} and no_share(text, claim) is None


def _fits(text: str, claim: Claim, n: int) -> bool:
    """Whether a count of `n` patients can give the printed percentage, or no percentage and no larger count is printed.
    A size that gives none of them was read wrongly."""
    words = text[claim.start : claim.end]
    percent = re.search(r"(\d+(?:\.\d+)?) ?(?:%|per ?cent)", words)
    if percent:
        events = float(percent[1]) * n / 100
        return abs(events - round(events)) <= 0.006 * n
    return all(float(number) <= n for number in re.findall(r"\d+", words))


def _seen(text: str, parts: Sequence[Sentence]) -> Iterator[Claim]:
    """Possible shares in the results; in all but the background where no part is headed as results alone."""
    headed = any(part.section == "results" for part in parts)
    skipped = NOT_RESULTS | ({"title", "methods"} if headed else {"title"})
    for part in parts:
        if part.section not in skipped and not compiled(_PLANNED).search(text, part.start, part.end):
            yield from possible_claims(text, part.start, part.end)
