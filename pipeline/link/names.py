"""Names of studies: arnold-2010 for files people write, Arnold 2010 for people's eyes."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

from pipeline.candidates import Candidate

_INITIALS = re.compile(r"^(?:[A-Z]\.?-?){1,4}$")


def surname(author: str) -> str:
    """The family name of "Arnold, Donald M.", "Donald M. Arnold" or "Arnold DM"."""
    if "," in author:
        return author.split(",", 1)[0].strip()
    words = author.split()
    if len(words) > 1 and _INITIALS.match(words[-1]):
        return " ".join(w for w in words[:-1] if not _INITIALS.match(w)) or words[0]
    return words[-1] if words else ""


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


def study_names(records: Sequence[Candidate]) -> list[tuple[str, str]]:
    """(name, label) of each record; equal ones get a, b, … in order of title and record_id."""
    plain = [_plain(record) for record in records]
    count = Counter(name for name, _ in plain)
    members: defaultdict[str, list[int]] = defaultdict(list)
    for i in sorted(range(len(records)), key=lambda i: (records[i].citation.title or "", records[i].record_id)):
        members[plain[i][0]].append(i)
    out = []
    for i, (name, label) in enumerate(plain):
        suffix = _letters(members[name].index(i)) if count[name] > 1 else ""
        out.append((name + suffix, label + suffix))
    return out


def _plain(record: Candidate) -> tuple[str, str]:
    c = record.citation
    family = surname(c.authors[0]) if c.authors else ""
    if slug(family) and c.year is not None:
        return f"{slug(family)}-{c.year}", f"{family} {c.year}"
    name = slug(record.record_id) or "record"
    return name, record.record_id


def _letters(i: int) -> str:
    """a … z, aa, ab, …"""
    letters = string.ascii_lowercase
    return letters[i] if i < 26 else _letters(i // 26 - 1) + letters[i % 26]
