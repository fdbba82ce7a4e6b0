r"""LaTeX as it stands in bibliographies, read as plain text, each character with its origin.

`{\"o}`, `\alpha`, `$10^{9}$`, `{\textless}`, `\emph{x}`. The names of symbols come from pylatexenc, which needs
half a millisecond for each command and raises on damaged ones; the grammar that bibliographies need is small.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from html import unescape
from importlib import import_module
from typing import Any

from pipeline.parse.citation_record import Stretch
from pipeline.parse.lines import ends_sentence

#: `{\textless}sup{\textgreater}`: markup that a reference manager took for words
_LESS, _GREATER = (r"\{?\\text" + name + r"(?:\{\})?\}?" for name in ("less", "greater"))
_TOKEN = re.compile(
    rf"{_LESS}sup{_GREATER}(?P<exponent>[-−–+\d]{{1,6}}){_LESS}/sup{_GREATER}"
    rf"|(?P<markup>{_LESS}/?(?:su[bp]|i|b|em|strong|p|span){_GREATER})"
    r"""
    | \\(?P<accent>[`'^"~=.]|[cvHukrbdt](?![A-Za-z]))[ ]?
        (?:\{(?P<inner>\\[ij]|[^\W\d_]{1,2})(?:\{\})?\}|(?P<letter>\\[ij](?![A-Za-z])[ ]?|[^\W\d_]))
    | \\(?:textsuperscript|textsuper)\{(?P<raised>[-−–+\d]{1,6})\}
    | \\(?P<name>[A-Za-z]{1,40})(?P<after>\{\}|[ ])?
    | \\&(?P<entity>(?:amp|lt|gt|quot|apos|nbsp|[lg]e|\#\d{2,5});)
    | \\(?P<sign>[^A-Za-z\r\n])
    | (?<!\\)\$(?=[^\s$])(?P<math>[^$\r\n]{1,300}?)(?<=[^\s\\])\$
    | (?P<joint>[\r\n]\s*)
    | (?P<dash>(?<!-)---?(?!-))
    | (?P<open>``)
    | (?P<close>'')
    | (?P<tie>(?<=[\w.,:])~(?=\w))
    | (?P<brace>[{}])
    """,
    re.X,
)
#: what a token can start with; looking for one of these first is several times as fast
_SPECIAL = re.compile(r"[\\{}$\r\n~`'-]")
_ACCENTS = dict(
    zip(
        "`'^~=u.\"rHvdckbt",
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0323\u0327\u0328\u0331\u0361",
        strict=True,
    )
)
#: symbols that pylatexenc has not, or has as characters that no reader of abstracts looks for
_OWN = {
    name: sign
    for sign, name in {
        "<": "textless",
        ">": "textgreater",
        "≤": "leqslant",
        "≥": "geqslant",
        "~": "sim",
        "|": "textbar",
        "^": "textasciicircum",
        "'": "textquotesingle",
        "·": "textperiodcentered",
        "°": "degree",
        "©": "copyright",
        "®": "textregistered",
        "™": "texttrademark",
        "{": "textbraceleft",
        "}": "textbraceright",
        " ": "par",
        "ı": "i",
        "j": "j",
    }.items()
}
#: commands that only change how letters look
_SWITCHES = frozenset(
    "it bf em rm sc sl tt sf itshape bfseries upshape normalfont relax small left right displaystyle".split()
)
_SPACES = {" ": " ", ",": " ", ";": " ", ":": " ", "\\": " ", "!": "", "/": "", "-": ""}
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
#: what shows that text between two $ is no price, whatever follows
_FORMULA = re.compile(r"\\[A-Za-z]|[\^_<>=]")
_POWER = re.compile(r"\^(?:\{\s*([-−–+\d]{1,6})\s*\}|(\d))")
_DEGREE = re.compile(r"\^\{?\\circ(?![A-Za-z])\}?")
#: characters at the end of a line that show whether it ends a sentence
_ENOUGH = 60
_LOWERED = re.compile(r"_(?:\{([^{}]{0,20})\}|(\w))")


def plain(text: str) -> str:
    """The text on one line."""
    if _SPECIAL.search(text):
        text = "".join(text[a:b] if now is None else now for a, b, now in stretches(text, 0, len(text)))
    return " ".join(text.split())


def stretches(raw: str, start: int, end: int) -> list[Stretch]:
    """raw[start:end] in stretches that are copied or replaced; a line that ends a sentence ends a paragraph."""
    found: list[Stretch] = []
    at = line = start
    for special in _SPECIAL.finditer(raw, start, end):
        m = _TOKEN.match(raw, special.start(), end) if special.start() >= at else None
        now = _read(m) if m else None
        if m is None or now is None:
            continue
        begin = m.start()
        if m["joint"]:
            now = "\n\n" if ends_sentence(raw[max(line, begin - _ENOUGH) : begin].rstrip("} \t")) else " "
            line = m.end()
            while begin > at and raw[begin - 1] in " \t":
                begin -= 1
        if begin > at:
            found.append((at, begin, None))
        found.append((begin, m.end(), now))
        at = m.end()
    return [*found, (at, end, None)] if end > at else found


def _read(m: re.Match[str]) -> str | None:
    """What a token says; None if it is to be kept as written."""
    kind = m.lastgroup
    if m["accent"]:
        return _accented(m["accent"], (m["inner"] or m["letter"]).strip())
    if m["raised"] or m["exponent"]:
        return (m["raised"] or m["exponent"]).translate(_RAISED)
    if m["name"]:
        return _command(m["name"], m["after"] or "", m.string[m.end() : m.end() + 1])
    if m["entity"]:
        return unescape(f"&{m['entity']}").replace("\N{NO-BREAK SPACE}", " ")
    if m["sign"]:
        return _SPACES.get(m["sign"], m["sign"])
    if m["math"]:
        dollars = m.string[m.end() : m.end() + 1].isdigit() and not _FORMULA.search(m["math"])
        return None if dollars else _math(m["math"])
    if kind == "dash":
        return "—" if len(m.group()) == 3 else "–"
    if kind == "tie":
        digits = m.string[m.start() - 1].isdigit() and m.string[m.end()].isdigit()
        return None if digits else " "
    return {"open": "“", "close": "”", "brace": "", "markup": "", "joint": " "}[kind or "brace"]


def _accented(accent: str, letter: str) -> str:
    letter = letter.removeprefix("\\")
    return unicodedata.normalize("NFC", letter[0] + _ACCENTS[accent] + letter[1:])


def _command(name: str, after: str, following: str) -> str | None:
    r"""A symbol, or nothing for a command that formats its argument; None for no command at all (`C:\dir`)."""
    said = _symbol(name)
    if said is not None:
        return said if after != " " or said.isalpha() else f"{said} "
    if name in _SWITCHES or following in ("{", "[") or after == "{}":
        return ""
    return None


@lru_cache(maxsize=2048)
def _symbol(name: str) -> str | None:
    if name in _OWN:
        return _OWN[name]
    spec = _symbols().get_macro_spec(name)
    said = getattr(spec, "simplify_repl", None)
    return said if isinstance(said, str) and 1 <= len(said) <= 2 and "%" not in said else None


@cache
def _symbols() -> Any:
    """pylatexenc's table of commands, which has no types."""
    return import_module("pylatexenc.latex2text").get_default_latex_context_db()


def _math(inner: str) -> str:
    """`10^{9}` with its exponent raised, symbols as such."""
    inner = _POWER.sub(lambda m: (m[1] or m[2]).translate(_RAISED), _DEGREE.sub("°", inner))
    inner = _LOWERED.sub(lambda m: m[1] or m[2] or "", inner)
    parts = [inner[a:b] if now is None else now for a, b, now in stretches(inner, 0, len(inner))]
    return "".join(parts)
