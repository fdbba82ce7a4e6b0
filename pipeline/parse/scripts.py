"""Raised and lowered characters of marked-up text: exponents stay exponents, reference numbers go, words do not glue.

`35<sup>12</sup>` is 35 with reference 12, `10<sup>9</sup>` is 10⁹, `5<sup>th</sup>` is 5th.
"""

from __future__ import annotations

import re

#: stands for a dropped reference number until its brackets and commas are dropped with it; no XML may hold it
MARK = "\x02"
_SUPERSCRIPT = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
#: marks with what stands between them
_RUN = re.compile(rf"{MARK}(?: ?+(?:[,;–—-]|and|to|&)?+ ?+{MARK})*+")
_NUMBERS = re.compile(r"[\d,;\s–—−-]+$")
_EXPONENT = re.compile(r"[-−–+]?\d{1,3}$")
#: what takes an exponent: a power of ten, a unit, or a symbol of one letter
_TAKES_EXPONENT = re.compile(r"(?:(?<![\d.])10|\b(?:[mckµμ]?m|s|h|min|kg|g|mg|d|L|l|dl|ml|[A-Za-zχΧη]|yr?|day|week))$")
_YEAR = re.compile(r"(?:19|20)\d\d[a-z]?$")
_NOTE = re.compile(r"[a-z]{1,2}$|[*†‡§¶‖#∥]+$")
_ASCII_SPACES = ("\n", "\t", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f")
_SPACES = (*_ASCII_SPACES, "\xa0", *map(chr, range(0x2000, 0x200B)), *"\u202f\u3000\u2028\u2029\u205f\x85\u1680")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


def tidy(text: str) -> str:
    """One line of text out of collected parts: plain spaces, no invisible characters, no reference numbers."""
    if not text.isprintable():  # of blanks only the plain one is printable
        if not text.isascii():
            for character in _INVISIBLE:
                if character in text:
                    text = text.replace(character, "")
        for space in _ASCII_SPACES if text.isascii() else _SPACES:
            if space in text:
                text = text.replace(space, " ")
    if "  " in text:
        text = " ".join(text.split())
    return _without_marks(text).strip() if MARK in text else text.strip()


def tidy_all(texts: list[str]) -> list[str]:
    """Each of the texts tidied; most need nothing, and that is seen of all at once."""
    if (together := "|".join(texts)).isprintable() and "  " not in together:
        return [text.strip() for text in texts]
    return [tidy(text) for text in texts]


def _without_marks(line: str) -> str:
    """Dropped: runs of marks, brackets right around a run, and the blank before."""
    kept: list[str] = []
    at = 0
    for run in _RUN.finditer(line):
        start, end = run.span()
        before, after = line[at:start].rstrip(), line[end : end + 2].lstrip()
        if before[-1:] in ("[", "(") and after[:1] in ("]", ")"):
            before, end = before[:-1].rstrip(), end + line[end : end + 2].index(after[0]) + 1
        kept.append(before)
        at = end
    kept.append(line[at:])
    return "".join(kept)


def is_reference(words: str) -> bool:
    """Is the text of a link to the reference list only a number (or sign), and not a name or year to read?"""
    text = words.strip(" ()[]")
    if text.isdigit():
        return len(text) < 4 or not _YEAR.match(text)
    return not any(c.isalpha() and c != MARK for c in words) and not _YEAR.match(text)


def superscript(words: str, before: list[str], cell: bool) -> str:
    """What raised `words` say; `before` holds the line so far, `cell` drops the marks of a table's footnotes."""
    text = words.strip()
    if MARK in text:
        rest = _without_marks(text).strip(" ,;–—-[]()")
        return MARK if not rest or _NUMBERS.match(rest) else f"{MARK}{rest}"
    so_far = "".join(before[-3:])
    if _EXPONENT.match(text) and _takes_exponent(text, so_far):
        return text.translate(_SUPERSCRIPT)
    if text and _NUMBERS.match(text):
        return MARK
    if cell and _NOTE.match(text):
        return ""
    return _apart(words, so_far, "^")


def subscript(words: str, before: list[str]) -> str:
    """What lowered `words` say: a digit does not glue to a digit."""
    return _apart(words, "".join(before[-3:]), "_")


def raised(words: str) -> str:
    """An exponent that surely is one: ⁹, or ^(n+1)."""
    text = words.strip()
    if _EXPONENT.match(text):
        return text.translate(_SUPERSCRIPT)
    return f"^{text}" if len(text) < 2 or text.isalnum() else f"^({text})"


def _takes_exponent(text: str, so_far: str) -> bool:
    """A sign says so, or what stands before it; with nothing before it, it is the mass of an isotope (¹³C)."""
    if text[0] in "-−–+" or not so_far or so_far[-1].isspace():
        return True
    return bool(_TAKES_EXPONENT.search(so_far[-8:]))


def _apart(words: str, so_far: str, sign: str) -> str:
    return sign + words if words[:1].isdigit() and so_far[-1:].isdigit() else words
