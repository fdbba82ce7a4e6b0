"""Who wrote what where: title, authors, DOI, year of a PDF, from its first page and its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import takewhile
from statistics import median
from typing import NamedTuple

from pipeline.identifiers import find_doi, registrations
from pipeline.parse.author_lists import split_authors
from pipeline.parse.pdf_page import TextLine
from pipeline.parsed import Citation

#: a title's print is so much larger than the page's usual one, and its lines so much alike
_LARGER, _ALIKE = 1.05, 0.06
#: a title has so many characters and words
_SHORTEST, _LONGEST, _FEWEST_WORDS = 20, 350, 3
_KICKER = re.compile(
    r"(?i)^(?:(?:original|review|research|case|short|brief|clinical|full|invited|mini|systematic|regular|rapid|open)\s+)"
    r"{0,2}(?:articles?|reports?|papers?|communications?|review|investigation|access|study)\b[:.|\s•-]*"
    r"|^(?:corrigendum|erratum|editorial|commentary|perspectives?|(?:original )?research|original)\b[:.|\s•-]*"
)
#: what programs write for a title
_NO_TITLE = re.compile(
    r"(?i)^(?:untitled|microsoft (?:word|powerpoint)|slide \d|doi:|10\.\d{4}|pii:?|no job name|\(?anonymous)|\.\w{2,5}$"
    r"|\d+\.\.\d+$|^[\w.-]*\d[\w.-]*$"
)
_JOURNAL = re.compile(r"(?i)\bjournal\b|\bissn\b|https?:|www\.|\b(?:vol|issue)\b|^volume\b|biomed central")
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_YEAR = r"(?P<year>(?:19[5-9]|20[0-4])\d)"
#: where a page says when its article appeared, the surest first
_DATES = [
    re.compile(rf"(?i)(?:published|available)(?:\s+online)?\s*(?:on\s*)?:?\s*(?:\w+\s+)?(?:\d{{1,2}}[a-z]*[\s./-]+)?(?:\w+[\s.,/-]+)"
               rf"{{0,2}}{_YEAR}\b"),
    re.compile(rf"(?:©|\(c\)|[Cc]opyright)\s*(?:The Authors?(?:\(s\))?\s*)?,?\s*{_YEAR}\b"),
    re.compile(rf"\b{_YEAR}\s*[,;:]\s*\d{{1,4}}\s*(?:\([^)\s]{{1,12}}\)\s*:?\d|:)"),
    re.compile(rf"(?i)\bvol(?:ume|\.)?\b[^\n]{{0,70}}?\b{_YEAR}\b"),
    re.compile(rf"\(\s*{_YEAR}\s*\)\s*\d{{1,4}}\s*[:,(]"),
]  # fmt: skip
_DOI = re.compile(r"(?i)doi(?:\.org/|:\s*|\s+)(10\.\d{4,9}/\S+[^\s.,;)\]])")
#: marks of notes and addresses behind a name
_MARKS = re.compile(
    r"[\d*†‡§¶‖#∗⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:\s*,\s*[\d*†‡§¶‖#∗]+)*|(?<=[a-zé])\s?\(?\b[a-e]\b\)?(?=\s*(?:,|&|and|$))"
)
_DEGREES = re.compile(
    r",?\s*\b(?:M\.?D|Ph\.?\s?D|M\.?Sc|B\.?Sc|MPH|MBBS|FRCPC?|Pharm\.?D|R\.?N|MS|MA|DVM|Dr|Prof)\b\.?"
)
_PERSON = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]*|(?:van|von|de[nrl]?|da|di|dos|la|le|el|al|bin|ten|ter|y|e)\b)"
    r"(?:\s+(?:[^\W\d_a-z][\w.'’-]*|(?:van|von|de[nrl]?|da|di|dos|la|le|el|al|bin|ten|ter|y|e)\b)){1,5}$"
)
_NO_PERSON = re.compile(
    r"(?i)\b(?:univers|depart|institut|hospital|college|school|faculty|centre|center|laborator|division|road|street"
    r"|abstract|received|keywords|journal|group|corresponding|academic editor|article)"
)
#: a first page has at most so many lines, and its text so many characters, that are looked at
_MOST_LINES, _MOST_TEXT = 300, 20_000
#: lines below the title that may hold names
_BYLINES = 12


class Front(NamedTuple):
    """What the first page says; the title as its lines, without what stands above it."""

    title: str | None
    authors: list[str]


def citation_of(pages: Sequence[Sequence[TextLine]], front_text: str, metadata: Mapping[str, str]) -> Citation:
    """The citation of the article whose pages these are; `front_text` is the text of the first one, repaired."""
    front, front_text = read_front(pages, metadata), front_text[:_MOST_TEXT]
    return Citation(
        title=front.title,
        authors=front.authors,
        year=find_year(front_text),
        doi=_doi(front_text) or _doi(" doi:".join(("", *metadata.values()))),
        registration=registrations(front_text),
    )


def read_front(pages: Sequence[Sequence[TextLine]], metadata: Mapping[str, str]) -> Front:
    """Title and authors from the lines of the pages and from the metadata of the file."""
    lines = list(pages[0][:_MOST_LINES]) if pages else []
    group = _title_lines(lines, pages)
    printed = _without_kicker(" ".join(line.text for line in group)) if group else None
    stated = _stated_title(metadata.get("Title", ""), lines)
    title = stated if stated and not _alike(stated, printed) else printed
    below = lines[lines.index(group[-1]) + 1 :] if group and title is printed else []
    return Front(title, _authors(below) or _stated_authors(metadata.get("Author", ""), lines))


def find_year(text: str) -> int | None:
    """The year in which the article appeared, where its first page says so."""
    for pattern in _DATES:
        m = pattern.search(text)
        if m is not None:
            return int(m["year"])
    return None


def _title_lines(lines: Sequence[TextLine], pages: Sequence[Sequence[TextLine]]) -> list[TextLine]:
    """The lines in the largest print that are long enough for a title and do not name the journal."""
    if not lines:
        return []
    body = median(line.height for line in lines for _ in line.text[:_LONGEST])
    dated = [line.text for page in pages[:3] for line in page[:_MOST_LINES] if len(line.text) < _LONGEST]
    dated = [text for text in dated if _DATED.search(text)]
    groups = _groups([line for line in lines[:_MOST_LINES] if not _is_journal(line.text, dated)])
    fit = [group for group in groups if _is_fit(_without_kicker(" ".join(line.text for line in group)))]
    best = max(fit, key=lambda group: group[0].height, default=[])
    return best if best and best[0].height > _LARGER * body else []


def _groups(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    """Lines one after the other in equal print."""
    group: list[TextLine] = []
    for line in lines:
        if group and abs(group[-1].height - line.height) > _ALIKE * line.height:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _is_fit(text: str) -> bool:
    return _SHORTEST <= len(text) <= _LONGEST and text.count(" ") >= _FEWEST_WORDS - 1 and not _NO_TITLE.search(text)


def _is_journal(text: str, dated: Sequence[str]) -> bool:
    """Does the line name the journal: by its words, or because a year follows the same words elsewhere?"""
    if len(text) < 90 and _JOURNAL.search(text):
        return True
    name = " ".join(text[:_LONGEST].split()[:3])
    if len(name) <= 8:
        return False
    return any(other is not text and _DATED.search(after) for other in dated for _, _, after in [other.partition(name)])


def _without_kicker(text: str) -> str:
    """The title without the kind of article that some journals print above it."""
    rest = _KICKER.sub("", text)
    while rest != text and len(rest) >= _SHORTEST and not rest[0].islower():
        text, rest = rest, _KICKER.sub("", rest)
    return text


def _stated_title(title: str, lines: Sequence[TextLine]) -> str | None:
    """The metadata's title, if it is one: most of its words stand on the first page."""
    title = " ".join(unescape(title).split())
    if not _is_fit(title) or "#_#" in title or _JOURNAL.search(title):
        return None
    printed = set(_words(" ".join(line.text for line in lines)))
    words = _words(title)
    return title if sum(word in printed for word in words) > 0.85 * len(words) > 2 else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w{2,}", text.lower())


def _alike(one: str, other: str | None) -> bool:
    a, b = set(_words(one)), set(_words(other or ""))
    return len(a & b) >= 0.8 * max(len(a), len(b))


def _authors(below: Sequence[TextLine]) -> list[str]:
    """The names in the lines in equal print below the title, if they are names."""
    named = (line for line in below[:_BYLINES] if sum(char.isalpha() for char in line.text) > 3)
    rest = [line for line in named if not _KICKER.fullmatch(line.text.strip())]
    if not rest:
        return []
    byline = takewhile(
        lambda line: abs(line.height - rest[0].height) < _ALIKE * line.height and not _NO_PERSON.search(line.text), rest
    )
    text = " ".join(line.text for line in byline)
    names = split_authors(re.sub(r"\s*,(?:\s*,)+", ",", _DEGREES.sub("", _MARKS.sub("", text))))
    return names if names and all(_PERSON.match(name) and len(name) < 60 for name in names) else []


def _stated_authors(text: str, lines: Sequence[TextLine]) -> list[str]:
    """The metadata's authors, if all of them stand on the first page."""
    names = split_authors(unescape(text))
    printed = set(_words(" ".join(line.text for line in lines)))
    fit = names and all(_PERSON.match(name) and set(_words(name)) <= printed for name in names)
    return names if fit and len(names) > 1 else []


def _doi(front: str) -> str | None:
    """The article's own DOI: the first that says so, else the only one."""
    m = _DOI.search(front)
    return re.split("https?:", m[1].lower())[0] if m else find_doi(front)
