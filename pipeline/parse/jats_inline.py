"""Words of a JATS element as one line of text: reference numbers dropped, exponents kept as exponents."""

from __future__ import annotations

import re
from html import unescape

from lxml import etree

#: stands for a dropped reference number until its brackets and commas are dropped with it
_MARK = "\ue000"
_SUPERSCRIPT = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_BRACKETED = re.compile(rf"\s*[\[(]\s*{_MARK}(?:\s*(?:[,;–—-]|and|to|&)?\s*{_MARK})*\s*[\])]")
_BARE = re.compile(rf"\s*{_MARK}(?:\s*(?:[,;–—-]|and|&)?\s*{_MARK})*")
_NUMBERS = re.compile(r"[\d,;\s–—−-]+$")
_EXPONENT = re.compile(r"[-−–+]?\d{1,3}$")
#: what takes an exponent: a power of ten, a unit, or a symbol of one letter
_TAKES_EXPONENT = re.compile(r"(?:(?<![\d.])10|\b(?:[mckµμ]?m|s|h|min|kg|g|mg|d|L|l|dl|ml|[A-Za-zχΧη]|yr?|day|week))$")
_YEAR = re.compile(r"(?:19|20)\d\d[a-z]?$")
_NOTE = re.compile(r"[a-z]{1,2}$|[*†‡§¶‖#∥]+$")
#: elements whose text is not for reading
_SILENT = frozenset(
    {"tex-math", "graphic", "inline-graphic", "media", "object-id", "fn", "alt-text", "long-desc", "index-term"}
)
BLOCKS = frozenset(
    {"table-wrap", "table-wrap-group", "fig", "fig-group", "list", "def-list", "boxed-text", "disp-quote", "sec"}
    | {
        "supplementary-material",
        "disp-formula-group",
        "chem-struct-wrap",
        "statement",
        "verse-group",
        "speech",
        "array",
    }
)


def tag(element: etree._Element) -> str:
    """The name without its namespace; "" for comments and processing instructions."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def inline(element: etree._Element, *, cell: bool = False) -> str:
    """The element's words on one line, without blocks within it; in a table's `cell`, footnote marks are dropped."""
    parts: list[str] = []
    _collect(element, parts, cell)
    return tidy("".join(parts))


def tidy(text: str) -> str:
    """One line of text out of collected parts."""
    if _MARK in text:
        text = _BARE.sub("", _BRACKETED.sub("", text))
    return " ".join(text.split())


def _collect(element: etree._Element, parts: list[str], cell: bool) -> None:
    parts.append(element.text or "")
    for child in element:
        parts.append(part(child, parts, cell))
        parts.append(child.tail or "")


def part(child: etree._Element, before: list[str], cell: bool = False) -> str:
    """What a child says within a line; `before` holds the line so far."""
    if isinstance(child, etree._Entity):
        return _entity(child)
    name = tag(child)
    if not name or name in _SILENT or name in BLOCKS:
        return ""
    if name == "break":
        return " "
    if name == "xref":
        return _xref(child, before, cell)
    inner: list[str] = []
    _collect(child, inner, cell)
    words = "".join(inner)
    if name == "sup":
        return _superscript(words, before, cell)
    if name in ("disp-formula", "p", "title", "label"):
        return f" {words} "
    return words


def _entity(node: etree._Entity) -> str:
    """A named character; entities that the file itself declares are left out, whatever they say."""
    text = str(node.text)
    plain = unescape(text)
    return plain if plain != text else ""


def _xref(element: etree._Element, before: list[str], cell: bool) -> str:
    inner: list[str] = []
    _collect(element, inner, cell)
    words = "".join(inner)
    kind = element.get("ref-type")
    if kind == "bibr" and not any(c.isalpha() for c in words) and not _YEAR.match(words.strip()):
        return _MARK
    if kind in ("table-fn", "fn", "aff", "corresp", "author-notes"):
        return "" if cell or kind != "table-fn" else words
    return words


def _superscript(words: str, before: list[str], cell: bool) -> str:
    text = words.strip()
    if _MARK in text:
        rest = _BARE.sub("", text).strip(" ,;–—-[]()")
        return _MARK if not rest or _NUMBERS.match(rest) else f"{_MARK}{rest}"
    so_far = "".join(before[-3:]).rstrip()
    if _EXPONENT.match(text) and (not so_far or text[0] in "-−–+" or _TAKES_EXPONENT.search(so_far) or _spaced(before)):
        return text.translate(_SUPERSCRIPT)
    if _NUMBERS.match(text) and text:
        return _MARK
    if cell and _NOTE.match(text):
        return ""
    return words


def _spaced(before: list[str]) -> bool:
    """Nothing stands directly before it: the mass of an isotope, as in ¹³C."""
    so_far = "".join(before[-3:])
    return not so_far or so_far[-1].isspace()
