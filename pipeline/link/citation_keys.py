"""What a citation says, in a form that can be compared: identifiers, title, authors, and the place in a journal."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from urllib.parse import unquote

from pipeline.identifiers import registrations
from pipeline.link.journals import journal_names
from pipeline.link.names import surname
from pipeline.link.titles import Title, folded, read_title
from pipeline.parsed import Citation

_DOI = re.compile(r"10\.\d+/\S+")
_DIGITS = re.compile(r"\d+")
#: of an issue: its number, or a letter as in "Supplement H"
_ISSUE = re.compile(r"\d+|\b[a-z]\b")
_PAGES = re.compile(r"([a-z]*)[ .-]?(\d+)([a-z]*)(?:\s*[-–—‐‑−]+\s*([a-z]*)(\d+))?")
_NAME = re.compile(r"[^\W\d_]{2,}")
_PARTICLES = set(
    "von van de der den del della la le da di do dos du el al bin ibn ter ten zu zur af av jr sr ii iii".split()
)
#: words of groups and of names that say nobody
_GROUP = re.compile(
    r"(?i)^\W*(?:et al|(?:and )?others)\b"
    r"|\b(?:groups?|study|trial|investigators?|collaborat\w+|consortium|committee|society|association|institute"
    r"|network|team|organi[sz]ation|department|university|anon(?:ym\w+)?|no authors? listed|unknown|force|centers?"
    r"|council|ministry)\b"
)
#: DOIs of preprints; behind 10.1101 are letters for a journal of the same publisher (10.1101/gr.194449.115)
_PREPRINT_DOI = re.compile(r"10\.(?:1101/\d|21203/|2139/|20944/|31234/|31219/|48550/|22541/)")
_PREPRINT = re.compile(r"(?i)\b(?:med|bio|arx|chemrx|psyarx)r?xiv\b|\barxiv\b|research ?square|preprints?\b|\bssrn\b")
_MEETING = re.compile(
    r"(?i)conference|meeting|congress|\bproceedings? of the .*(?:conference|congress)|suppl|abstract|\bs\d+$|^\d+\)$"
)
_REGISTER = re.compile(
    r"(?i)clinicaltrials\.gov|trialsearch|who\.int|isrctn|clinicaltrialsregister|trial ?register|registry"
)
#: where a thesis lies, which no two databases call alike
_THESIS = re.compile(
    r"(?i)^(?!.*(?:journal|\bj\b|bulletin|annal|acta|review|archiv|proceed|memoir)).*"
    r"\b(?:dissertation|thes[ei]s\b|universit|proquest\b)"
)
_VERSION = re.compile(r"(?:\.pub\d+|[./]v\d+|(?<=f1000research\.\d{4})\.\d|(?<=f1000research\.\d{5})\.\d)$")
_ENGLISH = re.compile(r"(?i)\W*en(?:g|\b)")
#: the number of a register's entry that does not say it
UNKNOWN = "UNKNOWN"
#: authors looked at
_MOST = 40


@dataclass(frozen=True, slots=True)
class Pages:
    """First and last page as numbers, with the letter before ("S" of a supplement, "e" of an electronic page)."""

    letter: str
    first: int
    last: int

    @property
    def several(self) -> bool:
        return self.last > self.first


@dataclass(frozen=True, slots=True)
class Marks:
    """What a record is found by; cheap, for most records are like no other."""

    title: Title
    #: the longest word of the first author's family name
    family: str
    year: int | None
    journals: tuple[tuple[str, ...], ...]
    volume: str
    issue: str
    pages: Pages | None
    doi: str
    pmid: str
    pmcid: str


@dataclass(frozen=True, slots=True)
class Keys(Marks):
    """All that is compared."""

    #: words of the first author's name, and of all; empty for groups and for nobody
    first: frozenset[str]
    authors: frozenset[str]
    #: how many persons are named
    people: int
    #: the journal, the pages or the type say: printed with a meeting's abstracts
    meeting: bool
    preprint: bool
    foreign: bool
    #: the number of a register's entry
    registered: str
    #: the end of a DOI that tells versions of an article apart
    version: str


def marks_of(c: Citation) -> Marks:
    volume, issue = _volume(c.volume, c.issue)
    return Marks(
        title=read_title(c.title),
        family=next((found[1] for found in map(_person, c.authors[:_MOST]) if found is not None), ""),
        year=c.year,
        journals=_journals(c.journal or ""),
        volume=volume,
        issue=issue,
        pages=read_pages(c.pages),
        doi=plain_doi(c.doi),
        pmid=(c.pmid or "").strip().lstrip("0"),
        pmcid=(c.pmcid or "").strip().upper().removeprefix("PMC"),
    )


def keys_of(c: Citation) -> Keys:
    marks = marks_of(c)
    words = [found[0] for name in c.authors[:_MOST] if (found := _person(name)) is not None]
    return Keys(
        **{name: getattr(marks, name) for name in _MARKS},
        first=words[0] if words else frozenset(),
        authors=frozenset().union(*words),
        people=len(words),
        meeting=is_meeting(c, marks.pages),
        preprint=bool(_PREPRINT_DOI.match(marks.doi)) or _says_preprint(c.journal or ""),
        foreign=bool(c.language) and not _ENGLISH.match(c.language or ""),
        registered=_registered(c),
        version=_version(marks.doi),
    )


_MARKS = tuple(field.name for field in fields(Marks))


def plain_doi(doi: str | None) -> str:
    """Lower case from "10." on, without URL, escapes and closing punctuation; "" if there is none."""
    if not doi:
        return ""
    found = _DOI.search(unquote(doi).strip().lower())
    return found.group().rstrip(".,;:)]}>\"'/") if found else ""


def read_pages(pages: str | None) -> Pages | None:
    """221-8, 221–228, pp. 221-228, S1252, S-1252, e52-e54; None for "n/a" and what has no number.

    The number of a Cochrane review (CD000123) is no page: its updates keep it."""
    if not pages:
        return None
    text = folded(pages).strip().removeprefix("pp").removeprefix("p.").strip(" .:")
    found = _PAGES.match(text)
    if found is None or found[1] == "cd":
        return None
    first, last = found[2][:9], (found[5] or found[2])[:9]
    further = _DIGITS.findall(text[found.end() :])[-1:] if text[found.end() :].lstrip().startswith((",", ";")) else []
    last = further[0][:9] if further and int(further[0][:9]) > int(first) else last
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return Pages((found[1] or found[3])[:1], int(first), max(int(first), int(last)))


def _version(doi: str) -> str:
    found = _VERSION.search(doi)
    return found.group() if found else ""


@lru_cache(maxsize=50_000)
def _journals(journal: str) -> tuple[tuple[str, ...], ...]:
    """The names of the journal; none for a register, nor for where a thesis lies."""
    return () if _is_register(journal) or _THESIS.search(journal) else journal_names(journal)


@lru_cache(maxsize=50_000)
def _is_register(journal: str) -> bool:
    return bool(_REGISTER.search(journal))


def _registered(c: Citation) -> str:
    """The number of a trial, if the citation is a register's entry and no article; some databases print it small."""
    where = c.journal or ""
    if not _is_register(where):
        return ""
    return (registrations(where) or registrations(where.upper()) or c.registration or [UNKNOWN])[0].upper()


@lru_cache(maxsize=50_000)
def _person(name: str) -> tuple[frozenset[str], str] | None:
    """Words of the name, and the longest of its family name; None for a group."""
    return None if _GROUP.search(name) else (name_words(name), _family(name))


def name_words(name: str) -> frozenset[str]:
    """Words of a name that tell people apart: no initials, no particles; a double name is its two parts."""
    words = [w for w in _NAME.findall(folded(name.replace("'", "").replace("’", ""))) if w not in _PARTICLES]
    capitals = {w.lower() for w in _NAME.findall(name) if w.isupper() and len(w) <= 3}
    if capitals and not name.isupper():
        words = [w for w in words if w not in capitals] or words
    return frozenset(words)


def _family(name: str) -> str:
    """The longest word of the family name."""
    words = name_words(surname(name)) or name_words(name)
    return max(words, key=lambda w: (len(w), w), default="")


def _volume(volume: str | None, issue: str | None) -> tuple[str, str]:
    """Numbers of volume and issue; a volume such as "1)" or "67 (Supplement 1)" gives what it surely says."""
    numbers = _DIGITS.findall(volume or "")
    if not numbers or (volume or "").lstrip("0123456789").startswith(")"):
        return "", ""
    inner = issue or "".join(numbers[1:2])
    return numbers[0].lstrip("0"), "".join(_ISSUE.findall(inner.lower())[-1:]).lstrip("0")


@lru_cache(maxsize=50_000)
def _says_preprint(journal: str) -> bool:
    return bool(_PREPRINT.search(journal))


@lru_cache(maxsize=50_000)
def _says_meeting(text: str) -> bool:
    return bool(_MEETING.search(text))


def is_meeting(c: Citation, pages: Pages | None) -> bool:
    said = (c.journal, c.volume, c.issue, *c.publication_types)
    return any(_says_meeting(text) for text in said if text) or (pages is not None and pages.letter == "s")
