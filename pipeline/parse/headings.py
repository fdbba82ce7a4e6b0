"""Headings: on a line of their own, or run into the text ("Results: ", "METHODS.", a bare "Conclusions")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.parse.hyphens import word_set

#: words that make a phrase the heading of an abstract's or article's part
_KEYS = word_set(
    """
    background backgrounds introduction objective objectives aim aims purpose goal goals context rationale
    hypothesis hypotheses importance setting settings design method methods methodology material materials
    participant participants subjects patients population intervention interventions exposure exposures
    measure measures measurement measurements endpoint endpoints outcome outcomes procedure procedures result
    results finding findings conclusion conclusions conclusion(s) interpretation discussion limitations
    significance implications relevance registration funding sponsor sponsors sources selection extraction
    synthesis statistics analysis analyses summary abstract case keywords acknowledgments acknowledgements
    references appendix question questions comment comments highlights
    """
)
#: words that may stand beside them in a heading
_BESIDE = word_set(
    """
    and or of the for in to with on a main study primary secondary key trial clinical practical research data
    patient statistical case report reports presentation points methods/design clinicaltrials level evidence
    number what is results/conclusions short brief ethical ethics approval competing interests conflict
    interest author authors reviewer reviewers criteria collection search
    """
)
#: words that no heading starts with
_LINKS = word_set("and or of the for in to with on a")
_WORDS = re.compile(r"[A-Za-z()]+")
_NUMBERING = r"(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4})[.)]?\s+)?"
_ABSTRACT = re.compile(r"(?i)^(?:abstract[.:\s]+)+(?=\w)")
_NUMBERED = re.compile(rf"^{_NUMBERING}(?=[A-Za-z])")
#: what ends a heading: white space, colon, full stop
_STOPS = " \t\n\r\f\v\xa0\u2002\u2003\u2009:."
#: headings that stand below another one, mostly below the methods
_INNER = word_set(
    """
    setting settings design participant participants subjects patients population intervention interventions
    exposure exposures measure measures measurement measurements endpoint endpoints outcome outcomes procedure
    procedures sources selection extraction synthesis statistics analysis analyses
    """
)
#: colon or full stop after a phrase in capitals, or a colon after a capitalised phrase
_CAPITALS = r"[A-Z][A-Z()]+(?:['’]?[ /,&-]{1,3}(?:[A-Z()]{2,}|&)){0,6}"
_CAPITALISED = r"[A-Z][a-z()]+(?:(?:['’]? |/|, | & |-)(?:[A-Za-z()]+)){0,4}"
_BEFORE = r"(?:^|(?<=\n)|(?<=[.!?;:)\]\d%’”\"'] )|(?<=[.!?;)\]] ))"
_RUN_IN = re.compile(
    rf"{_BEFORE}(?:(?P<title>{_CAPITALS})(?P<stop>\s?:\s?\.?|\.(?=\s)|\s[-–—](?=\s))|(?P<phrase>{_CAPITALISED})\s?:\s?\.?)"
    r"\s*",
    re.M,
)
_BARE = (
    r"Backgrounds?|Introduction|Objectives?|Aims?|Purpose|(?:Material|Patient|Subject|Participant)s?\s?(?:and|/|&)\s?"
    r"[Mm]ethods?|Study [Dd]esign and [Mm]ethods|Design and [Mm]ethods|Methods?|Results?|Conclusions?|Discussion|"
    r"Case [Rr]eports?|Case [Pp]resentation|Summary(?: and [Cc]onclusions?)?"
)
_BARE_RUN_IN = re.compile(
    rf"(?:^|(?<=\n)|(?<=[.!?)\]] ))(?P<title>{_BARE})\s+"
    r"(?=(?:[A-Z][\w’'/-]*|\d[\d,.]*)[,:;]?\s)(?!Section\b)",
    re.M,
)
_PROSE = re.compile(r"[.;,]$|:\s*\d|[=<>≤≥%]|\d\s*\)|\d\.\d|\bet al\b|https?:|@")


class RunIn(NamedTuple):
    """A heading inside a paragraph: its words at [start, end), what it heads from `body` on."""

    title: str
    start: int
    body: int


def tidy(text: str) -> str:
    """A heading as a section's title: no numbering, no stop at its end."""
    title = _ABSTRACT.sub("", text.strip())
    title = _NUMBERED.sub("", title)
    return title.rstrip(_STOPS)


def is_known(text: str) -> bool:
    """Is the line one of the usual headings, whatever its stop?"""
    title = tidy(text)
    return len(title) <= 60 and title[:1].isupper() and _is_usual(title)


def _is_usual(title: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(title)]
    return any(word in _KEYS for word in words) and all(word in _KEYS or word in _BESIDE for word in words)


@lru_cache(maxsize=4096)
def is_inner(text: str) -> bool:
    """Does the heading usually stand within another section, so that it does not end that one?"""
    words = [word.lower() for word in _WORDS.findall(tidy(text))]
    return not is_known(text) or all(word in _INNER or word in _BESIDE for word in words)


def may_be_heading(text: str) -> bool:
    """Could a line of its own be a heading: short, a capital or a section number first, no sentence, no data?"""
    if not 2 <= len(text) <= 100 or text.count(" ") > 12:
        return False
    if is_known(text):
        return True
    title = re.sub(rf"^{_NUMBERING}", "", text)
    return title[:1].isupper() and sum(c.isalpha() for c in title) >= 3 and not _PROSE.search(text)


def run_ins(text: str) -> Iterator[RunIn]:
    """Headings inside the paragraphs of a text, in order."""
    found = [*_stopped(text), *_bare(text)]
    end = -1
    for run in sorted(found, key=lambda run: run.start):
        if run.start >= end:
            yield run
            end = run.body


def _stopped(text: str) -> Iterator[RunIn]:
    for m in _RUN_IN.finditer(text):
        title = m["title"] or m["phrase"]
        words = [word.lower() for word in _WORDS.findall(title)]
        if words[0] in _LINKS or not any(word in _KEYS for word in words):
            continue
        if m["title"] or _is_usual(title) or all(w[0].isupper() or w in _BESIDE for w in _WORDS.findall(title)):
            yield RunIn(tidy(title), m.start("title" if m["title"] else "phrase"), m.end())


def _bare(text: str) -> Iterator[RunIn]:
    for m in _BARE_RUN_IN.finditer(text):
        yield RunIn(tidy(m["title"]), m.start("title"), m.end())
