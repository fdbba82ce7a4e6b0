"""Author names out of one cell or field that holds all of them, in the ways that tools write them."""

from __future__ import annotations

import re

#: what parts names for sure, best first
_LAST = re.compile(r"\s+and\s+(?=\S)")
_SEPARATORS = [re.compile(r"\s*;\s*"), _LAST, re.compile(r"\s*(?:[\r\n|]+|//)\s*")]
_AND = re.compile(r",?\s+(?:and|&)\s+")
_INITIALS = re.compile(r"(?:[A-Z]\.?[- ]?){1,4}(?:,?\s*(?:Jr|Sr|II|III)\.?)?")
#: `Adeli K.Lewis G. F.`: line breaks between names were lost
_GLUED = re.compile(r"(?<=[ .-]\w\.)(?=[^\W\d_][^\W\d_])")
_OTHERS = re.compile(r"(?i)(?:,?\s*\bet al\b\.?|\band others|\.\.\.|…)[\s.;,]*$")
_ID = re.compile(r"\s*\(\d{6,}\)$")


def split_authors(text: str) -> list[str]:
    """The names in order, as written; "et al." is no name."""
    text = _OTHERS.sub("", text.strip(" \t\r\n;,"))
    if not text:
        return []
    apart = next((s for s in _SEPARATORS if s.search(text)), None)
    if apart is not None and not (apart is _LAST and _is_sentence(text)):
        names = apart.split(text)
    elif "," in text:
        names = _by_commas(_AND.sub(", ", text))
    else:
        names = _glued(text)
    tidy = (_ID.sub("", " ".join(name.split())).strip(" ,;") for name in names)
    return [name for name in tidy if name]


def _is_sentence(text: str) -> bool:
    """Does "and" stand before the last name only, as in `Ann Doe, Bo Roe and Al Poe`?"""
    before, *after = _LAST.split(text)
    if len(after) != 1:
        return False
    natural = "," in before and "," not in after[0] and all(" " in name.strip() for name in before.split(","))
    return natural or before.count(",") > 1


def _by_commas(text: str) -> list[str]:
    """`Smith J, Doe A` are two names, `Smith, J., Doe, A.` too, `Larsen, Lars` is one."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    if len(parts) == 2 and not all(" " in part for part in parts):
        return [", ".join(parts)]
    return parts


def _glued(text: str) -> list[str]:
    """Names that each end with initials, one after the other; anything else is one name."""
    parts = _GLUED.split(text)
    whole = all(re.match(r"[^\W\d_]{2}|[^\W\d_]'", part) and re.search(r"\w\.$", part) for part in parts[:-1])
    return parts if whole else [text]
