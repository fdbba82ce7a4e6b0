"""Addresses of authors, as citations give them: each once, without what is no address."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: of a trial with hundreds of authors the first addresses say where it was led from
_MOST = 30
#: a longer value is no address
_LONGEST = 2_000
_MAIL = re.compile(r"(?:\bE-?mail:?\s*|\bElectronic address:\s*)?[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.I)
#: `[Doe, Ann; Roe, Bo] Univ Anywhere`: Web of Science names the authors of an address first
_NAMES = re.compile(r"\[[^\[\]]*\]\s*")
#: `(1)Department of …`, `1 Department of …`, `a Department of …`: marks that authors refer to
_MARK = re.compile(r"^(?:\(\d{1,3}\)|\d{1,3}(?=\s?[A-Z])|[a-z*†‡§¶]{1,2}\s(?=[A-Z]))[\s.]*")


def addresses(values: Iterable[str]) -> list[str]:
    """Addresses in order, each once, without e-mail addresses, names of authors and footnote marks."""
    found: dict[str, None] = {}
    for value in values:
        if len(found) == _MOST:
            break
        if len(value) <= _LONGEST:
            words = _NAMES.sub("", value) if "[" in value else value
            words = _MAIL.sub("", words) if "@" in words else words
            words = _MARK.sub("", words.strip()).strip(" ;,.")
            if words:
                found.setdefault(words)
    return list(found)


def listed(values: Iterable[str]) -> list[str]:
    """Addresses of fields that hold several, apart by semicolons or lines."""
    return addresses(part for value in values for part in re.split(r"[;\r\n|]", _NAMES.sub("", value)))
