"""Registration numbers and DOIs as texts print them."""

from __future__ import annotations

import re

_EUDRA = r"[^\d\n]{0,20}?20\d\d-0\d{5}-\d\d"
#: what a register's numbers begin with → what follows
_REGISTERS = {
    "NCT": r"\s?0\d{7}", "ISRCTN": r"\s?\d{6,8}", "ChiCTR": r"(?:-[A-Z]{2,5})?-?\s?\d{8,10}", "EudraCT": _EUDRA,
    "EUCTR": _EUDRA, "ACTRN": r"\s?\d{14}", "UMIN": r"\s?\d{9}", "JPRN-": r"\w+", "jRCT": r"\w?\d{9,10}",
    "DRKS": r"\s?\d{8}", "CTRI/": r"\d{4}/\d{2,3}/\d{6}", "IRCT": r"\d{11,16}(?:N\d+)?", "NTR": r"\s?\d{3,5}",
    "KCT": r"\d{7}", "TCTR": r"\d{11}", "PACTR": r"\d{15,16}", "RBR-": r"\w{6}", "CRD": r"\s?\d{11}",
}  # fmt: skip
#: without a word boundary first, which would make the search five times as slow; `registrations` looks at it
_REGISTRATION = re.compile(rf"(?:{'|'.join(start + rest for start, rest in _REGISTERS.items())})\b")
#: each register's numbers hold one of these: a quick look, for most texts have none
_SIGNS = ("CT", "UMIN", "PRN-", "DRKS", "NTR", "RBR-", "CRD")
#: of a EudraCT number only the digits are the number
_NOT_EUDRA = re.compile(r"(?s)^(?:EudraCT|EUCTR).*?(?=20\d\d-0)")
_WORD = re.compile(r"\w")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|{}]*[^\s\"<>|{}.,;:)\]’']")


def registrations(text: str) -> list[str]:
    """Trial registration numbers in a text, in order, each once, without inner spaces."""
    if not any(sign in text for sign in _SIGNS):
        return []
    whole = (m for m in _REGISTRATION.finditer(text) if not _WORD.match(text, max(0, m.start() - 1), m.start()))
    return list(dict.fromkeys(re.sub(r"\s", "", _NOT_EUDRA.sub("", m.group())) for m in whole))


def find_doi(text: str) -> str | None:
    """The one DOI in a text, lower case; None if there is none, or several."""
    found = {m.group().lower() for m in _DOI.finditer(text)}
    return found.pop() if len(found) == 1 else None
