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
#: a capital that starts a text, a line or a sentence: before it is a blank or a line end, if anything, and before the
#: blank the end of a sentence. The capital comes first, so that the search skips from one to the next.
_FIRST = r"[A-Z](?<![^ \n][A-Z])(?<![^.!?;:)\]\d%’”\"'] [A-Z])"
#: colon or full stop after a phrase in capitals, or a colon after a capitalised phrase; the rest of it, after its first
#: letter. No word gives a letter back.
_CAPITALS = r"[A-Z()]++(?:['’]?[ /,&-]{1,3}(?:[A-Z()]{2,}+|&)){0,6}"
_CAPITALISED = r"[a-z()]++(?:(?:['’]? |/|, | & |-)[A-Za-z()]++){0,4}"
_STOPPED = rf"(?:(?P<title>{_CAPITALS})(?:\s?:\s?\.?|\.(?=\s)|\s[-–—](?=\s))|(?P<phrase>{_CAPITALISED})\s?:\s?\.?)\s*"
#: headings that need no stop
_WITHOUT_STOP = [
    "Backgrounds?", "Introduction", "Objectives?", "Aims?", "Purpose", "Materials?{}", "Patients?{}", "Subjects?{}",
    "Participants?{}", "Study [Dd]esign and [Mm]ethods", "Design and [Mm]ethods", "Methods?", "Results?",
    "Conclusions?", "Discussion", "Case [Rr]eports?", "Case [Pp]resentation", "Summary(?: and [Cc]onclusions?)?",
]  # fmt: skip
#: headings that need none where they begin a line, as journals print abstracts
_AT_LINE = [
    "Designs?",
    "Settings?",
    "Participants?",
    "Patients?",
    "Interventions?",
    "Main [Oo]utcomes?(?: [Mm]easures?)?",
]
_AND_METHODS = r"\s?(?:and|/|&)\s?[Mm]ethods?"
#: the rest of each, after its first letter
_RESTS = "|".join(
    [f"{word[1]}(?<={word[:2]}){word[2:].format(_AND_METHODS)}" for word in _WITHOUT_STOP]
    + [f"{word[1]}(?<=\n{word[:2]}){word[2:]}" for word in _AT_LINE]
)
_BARE = (
    rf"(?<![^.!?)\]] [A-Z])(?P<bare>{_RESTS})"
    r"\s+(?=(?:[A-Z][\w’'/-]*|\d[\d,.]*)[,:;]?\s)(?!Section\b)"
)
_RUN_IN = re.compile(rf"{_FIRST}(?:{_STOPPED}|{_BARE})")
_BARE_RUN_IN = re.compile(_FIRST + _BARE)
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
    at = 0
    while (m := _RUN_IN.search(text, at)) is not None:
        run = _judged(text, m)
        if run is not None:
            yield run
        at = run.body if run is not None else m.start() + 1


def _judged(text: str, m: re.Match[str]) -> RunIn | None:
    """The heading that a match found; where its words up to the stop are none, the bare one that they start with."""
    start, kind = m.start(), m.lastgroup or ""
    title = _as_title(text[start : m.end(kind)], kind)
    if title is not None:
        return RunIn(title, start, m.end())
    bare = _BARE_RUN_IN.match(text, start)
    return None if bare is None else RunIn(text[start : bare.end("bare")], start, bare.end())


@lru_cache(maxsize=4096)
def _as_title(words: str, kind: str) -> str | None:
    """The title that words say (a `title` in capitals, a `phrase`, a `bare` heading); None if they are no heading."""
    if kind == "bare":
        return tidy(words)
    said = _WORDS.findall(words)
    small = [word.lower() for word in said]
    if small[0] in _LINKS or not any(word in _KEYS for word in small):
        return None
    capitals = all(word[0].isupper() or word in _BESIDE for word in said)
    return tidy(words) if kind == "title" or capitals or _is_usual(words) else None
