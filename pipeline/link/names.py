"""Names of studies: arnold-2010 for files people write, Arnold 2010 for people's eyes."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

from pipeline.candidates import Candidate
from pipeline.link.titles import split_words

#: words that begin many titles and tell no study from another
_WEAK = frozenset("with from after versus using study trial effect effects their this that patients report".split())
_INITIALS = re.compile(r"^(?:[A-Z]\.?-?){1,4}$")


def surname(author: str) -> str:
    """The family name of "Arnold, Donald M.", "Donald M. Arnold" or "Arnold DM"."""
    if "," in author:
        return author.split(",", 1)[0].strip()
    words = author.split()
    if len(words) > 1 and _INITIALS.match(words[-1]):
        return " ".join(w for w in words[:-1] if not _INITIALS.match(w)) or words[0]
    return words[-1] if words else ""


def told_apart(records: Sequence[tuple[str, str]]) -> list[str]:
    """(record_id, file) → the record_id, with the file before it where two files have the same: x/paper.pdf#paper."""
    times = Counter(record_id for record_id, _ in records)
    return [record_id if times[record_id] == 1 else f"{file}#{record_id}" for record_id, file in records]


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(split_words(plain.lower()))


@dataclass(frozen=True)
class Name:
    """`name` is a study's own, `label` for people's eyes; `fitting` are all names that its reports would have."""

    name: str
    label: str
    fitting: list[str]


def study_names(studies: Sequence[Sequence[Candidate]], records: Sequence[Sequence[Candidate]]) -> list[Name]:
    """The name of each study, from its reports (the main one first); `records` are those with their duplicates.

    The earliest report names the study, so that a later one does not rename it. A name that fits a report of another
    study, too, is nobody's: a word of the title is added, and another, until it is the study's own. So a name never
    moves from one study to another; it becomes ambiguous, and who uses it is told.
    """
    fitting = [
        sorted({form for record in {id(r): r for r in chain(*both)}.values() for form in forms(record)})
        for both in zip(studies, records, strict=True)
    ]
    fits = Counter(name for names in fitting for name in names)
    names, taken = [], set[str]()
    for reports in studies:
        own = [form for form in forms(min(reports, key=age)) if fits[form] == 1]
        name = own[0] if own else _numbered(f"{forms(reports[0])[0]}-{slug(reports[0].record_id)}", taken | set(fits))
        names.append(name)
        taken.add(name)
    labels = _lettered([_plain(reports[0])[1] for reports in studies], names)
    return [Name(*three) for three in zip(names, labels, fitting, strict=True)]


def age(report: Candidate) -> tuple[object, ...]:
    """Earliest first; of one year, the record that is longest and so was most likely named by first."""
    c = report.citation
    start, end = report.source.span
    return not c.authors or c.year is None, c.year or 0, start - end, report.record_id, report.source.file


def forms(report: Candidate) -> list[str]:
    """arnold-2010, arnold-2010-children, …: the name with up to three words of the title, shortest first."""
    plain = _plain(report)[0]
    words = [w for w in slug(report.citation.title or "").split("-") if len(w) > 3 and w not in _WEAK]
    return [plain, *("-".join([plain, *words[: i + 1]]) for i in range(min(3, len(words))))]


def _numbered(name: str, taken: set[str]) -> str:
    """The name, or the first of name-2, name-3, … that is free."""
    return next(n for n in chain([name], (f"{name}-{i}" for i in count(2))) if n not in taken)


def _plain(record: Candidate) -> tuple[str, str]:
    c = record.citation
    family = surname(c.authors[0]) if c.authors else ""
    if slug(family) and c.year is not None:
        return f"{slug(family)}-{c.year}", f"{family} {c.year}"
    name = slug(record.record_id) or "record"
    return name, record.record_id


def _lettered(labels: Sequence[str], names: Sequence[str]) -> list[str]:
    """Equal labels get a, b, … in the order of the names."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for name, label in sorted(zip(names, labels, strict=True)):
        members[label].append(name)
    letter = {name: _letters(i) if len(same) > 1 else "" for same in members.values() for i, name in enumerate(same)}
    return [label + letter[name] for name, label in zip(names, labels, strict=True)]


def _letters(i: int) -> str:
    """a … z, aa, ab, …"""
    letters = string.ascii_lowercase
    return letters[i] if i < 26 else _letters(i // 26 - 1) + letters[i % 26]
