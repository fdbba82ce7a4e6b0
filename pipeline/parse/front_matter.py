"""What stands above the text of a plain file: lines such as "Journal: …", and the authors below a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.parse import headings
from pipeline.parse.hyphens import word_set
from pipeline.parse.lines import Line

#: fields are looked for in so many lines at the top
_MOST_LINES = 20
_FIELD = re.compile(
    r"(?i)(?P<name>(?:article )?title|authors?(?:\(s\))?|journal|source|(?:publication )?(?:year|date)|published"
    r"|volume|issue|pages|doi|pmid|pmcid|language)\s?:\s*(?P<value>\S.*)$"
)
_NAMES = {"article title": "title", "author": "authors", "author(s)": "authors", "authors(s)": "authors"}
_NAMES |= {"source": "journal", "publication year": "year", "publication date": "year", "date": "year"}
_NAMES |= {"published": "year"}
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_SEPARATOR = re.compile(r"\s*[,;]\s*(?:and\s+|&\s*)?|\s+(?:and|&)\s+")
_MARKS = re.compile(r"[\d*†‡§¶⁰¹²³⁴-⁹]+(?:,[\d*†‡§¶]+)*$|\s+(?:MD|PhD|MSc|MBBS|FRCP|RN|DPhil)\.?$")
_CAPITALISED = re.compile(r"(?:[^\W\d_a-z][\w'’-]*\.?|[A-Z]\.(?:-?[A-Z]\.)*)$")
#: an initial, or the mark of an address
_INITIAL = re.compile(r"(?<![\w-])[A-Z]\.|(?<=[a-z] )[A-Z]{1,3}(?=[,;]|$)|[a-z][\d*†‡](?=[\d,; ]|$)|[a-z] \d(?=[,;]|$)")
_PARTICLES = word_set("van von der den de del della di da do dos la le el al bin ibn ter ten zu y")
_LONGEST_LIST = 2_000


@dataclass(frozen=True)
class Front:
    """Fields of the citation, whether the first of `lines` is a title that is marked as such, and the lines left."""

    lines: list[Line]
    titled: bool = False
    cited: dict[str, Any] = field(default_factory=dict)


def read_front(lines: Sequence[Line]) -> Front:
    """Take the fields off the top: a title among them stays as the first line. Without two of them, nothing changes."""
    found: dict[str, Line] = {}
    at = 0
    while at < min(len(lines), _MOST_LINES) and (m := _FIELD.match(lines[at].text)):
        name = m["name"].lower()
        line = lines[at]
        start = line.start + m.start("value")
        found.setdefault(_NAMES.get(name, name), replace(line, start=start, text=m["value"]))
        at += 1
    if len(found) < 2:
        return Front(list(lines))
    title = [found["title"]] if "title" in found else []
    return Front([*title, *lines[at:]], bool(title), _cited({name: line.text for name, line in found.items()}))


def _cited(said: dict[str, str]) -> dict[str, Any]:
    """Fields of `Citation`; what does not look like one is left out."""
    cited: dict[str, Any] = {
        name: said[name] for name in ("journal", "volume", "issue", "pages", "language") if name in said
    }
    if "authors" in said:
        cited["authors"] = names_of(said["authors"])
    if year := _YEAR.search(said.get("year", "")):
        cited["year"] = int(year[0])
    if pmid := re.match(r"\d{1,9}\b", said.get("pmid", "")):
        cited["pmid"] = pmid[0]
    if pmcid := re.match(r"PMC\d{1,9}\b", said.get("pmcid", "")):
        cited["pmcid"] = pmcid[0]
    return cited


def names_of(text: str) -> list[str]:
    """The names in a list of authors, without the marks of their addresses."""
    parts = _SEPARATOR.split(text[:_LONGEST_LIST].strip().rstrip(".;,"))
    return [name for part in parts if (name := _MARKS.sub("", part.strip()).strip())]


def is_author_list(text: str, *, alone: bool) -> bool:
    """Two names or more, each of two to five words with capitals, and nothing else: no title, no heading.

    Where it is not `alone` in its paragraph, it could be a title's second line, but for initials or marks.
    """
    if len(text) > _LONGEST_LIST or ":" in text or not (alone or _INITIAL.search(text)):
        return False
    names = names_of(text)
    return len(names) > 1 and all(_is_name(name) for name in names)


def _is_name(text: str) -> bool:
    words = text.split()
    own = [word for word in words if word.lower() not in _PARTICLES]
    return 2 <= len(words) <= 5 and len(own) > 1 and all(map(_CAPITALISED.match, own)) and not headings.is_known(text)
