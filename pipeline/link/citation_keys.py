"""What a citation says, in a form that can be compared: identifiers, title, authors, and the place in a journal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

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
    r"(?i)\b(?:groups?|study|trial|investigators?|collaborat\w+|consortium|committee|society|association|institute"
    r"|network|team|organi[sz]ation|department|university|anonym\w+|no authors? listed|unknown|force|centers?|council"
    r"|ministry)\b"
)
_PREPRINTS = ("10.1101/", "10.21203/", "10.2139/", "10.20944/", "10.31234/", "10.31219/", "10.48550/", "10.22541/")
_PREPRINT = re.compile(r"(?i)\b(?:med|bio|arx|chemrx|psyarx)r?xiv\b|\barxiv\b|research ?square|preprints?\b|\bssrn\b")
_MEETING = re.compile(
    r"(?i)conference|meeting|congress|\bproceedings? of the .*(?:conference|congress)|suppl|abstract|\bs\d+$|^\d+\)$"
)
_REGISTER = re.compile(
    r"(?i)clinicaltrials\.gov|trialsearch|who\.int|isrctn|clinicaltrialsregister|trial ?register|registry"
)
_ENGLISH = re.compile(r"(?i)\W*en(?:g|\b)")
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
class Keys:
    title: Title
    #: words of the first author's name, and of all; empty for groups and for nobody
    first: frozenset[str]
    authors: frozenset[str]
    family: str
    year: int | None
    journals: tuple[tuple[str, ...], ...]
    volume: str
    issue: str
    pages: Pages | None
    doi: str
    pmid: str
    pmcid: str
    #: the journal, the pages or the type say: printed with a meeting's abstracts
    meeting: bool
    preprint: bool
    foreign: bool
    registered: str


def keys_of(c: Citation) -> Keys:
    names = [name for name in c.authors[:_MOST] if not _GROUP.search(name)]
    words = [name_words(name) for name in names]
    journal, doi = c.journal or "", plain_doi(c.doi)
    pages = read_pages(c.pages)
    volume, issue = _volume(c.volume, c.issue)
    return Keys(
        title=read_title(c.title),
        first=words[0] if words else frozenset(),
        authors=frozenset().union(*words),
        family=_family(names[0]) if names else "",
        year=c.year,
        journals=journal_names(journal),
        volume=volume,
        issue=issue,
        pages=pages,
        doi=doi,
        pmid=(c.pmid or "").strip().lstrip("0"),
        pmcid=(c.pmcid or "").strip().upper().removeprefix("PMC"),
        meeting=_is_meeting(c, pages),
        preprint=doi.startswith(_PREPRINTS) or bool(_PREPRINT.search(journal)),
        foreign=bool(c.language) and not _ENGLISH.match(c.language or ""),
        registered=" ".join(sorted(c.registration)) if _REGISTER.search(journal) else "",
    )


def plain_doi(doi: str | None) -> str:
    """Lower case from "10." on, without URL, escapes and closing punctuation; "" if there is none."""
    if not doi:
        return ""
    found = _DOI.search(unquote(doi).strip().lower())
    return found.group().rstrip(".,;:)]}>\"'/") if found else ""


def read_pages(pages: str | None) -> Pages | None:
    """221-8, 221–228, pp. 221-228, S1252, S-1252, e52-e54; None for "n/a" and what has no number."""
    if not pages:
        return None
    text = folded(pages).strip().removeprefix("pp").removeprefix("p.").strip(" .:")
    found = _PAGES.match(text)
    if found is None:
        return None
    first, last = found[2][:9], (found[5] or found[2])[:9]
    further = _DIGITS.findall(text[found.end() :])[-1:] if text[found.end() :].lstrip().startswith((",", ";")) else []
    last = further[0][:9] if further and int(further[0][:9]) > int(first) else last
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return Pages(found[1][:1], int(first), max(int(first), int(last)))


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


def _is_meeting(c: Citation, pages: Pages | None) -> bool:
    said = (c.journal, c.volume, c.issue, *c.publication_types)
    return any(_MEETING.search(text) for text in said if text) or (pages is not None and pages.letter == "s")
