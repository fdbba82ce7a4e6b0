"""Formulas as one line of text: MathML read out with its exponents, fractions and brackets, and plain TeX."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from pipeline.parse.markup import NAMES
from pipeline.parse.scripts import raised

#: function application and other signs that nobody sees
_UNSEEN = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b"))
_SIMPLE = re.compile(r"[\w.,°%′]*$")


def math_text(element: etree._Element) -> str:
    """The words of a `math` element or a part of it."""
    name = NAMES[element.tag]
    read = _READ.get(name)
    if read is not None:
        return read(element)
    return _own(element) + "".join(math_text(child) + (child.tail or "").strip() for child in element)


def _own(element: etree._Element) -> str:
    return " ".join((element.text or "").split()).translate(_UNSEEN)


def _arguments(element: etree._Element) -> list[str]:
    return [math_text(child) for child in element if NAMES[child.tag]]


def _grouped(text: str) -> str:
    return text if _SIMPLE.match(text) else f"({text})"


def _fraction(element: etree._Element) -> str:
    return "/".join(map(_grouped, _arguments(element)))


def _power(element: etree._Element) -> str:
    base, *rest = [*_arguments(element), ""][:2]
    return base + "".join(raised(text) for text in rest if text)


def _both(element: etree._Element) -> str:
    base, low, high = [*_arguments(element), "", "", ""][:3]
    return base + low + (raised(high) if high else "")


def _root(element: etree._Element) -> str:
    return f"√({''.join(_arguments(element)[:1])})"


def _square_root(element: etree._Element) -> str:
    return f"√({''.join(_arguments(element))})"


def _fenced(element: etree._Element) -> str:
    marks = element.get("separators", ",").strip()[:1]
    return element.get("open", "(") + f"{marks} ".join(_arguments(element)) + element.get("close", ")")


def _table(element: etree._Element) -> str:
    return "; ".join(_arguments(element))


def _line(element: etree._Element) -> str:
    return " ".join(_arguments(element))


def _first(element: etree._Element) -> str:
    return next(iter(_arguments(element)), "")


def _nothing(element: etree._Element) -> str:
    return ""


def _space(element: etree._Element) -> str:
    return " "


_READ: dict[str, Callable[[etree._Element], str]] = {
    "": _nothing,
    "mfrac": _fraction,
    "msup": _power,
    "msubsup": _both,
    "msqrt": _square_root,
    "mroot": _root,
    "mfenced": _fenced,
    "mtable": _table,
    "mtr": _line,
    "mlabeledtr": _line,
    "semantics": _first,
    "annotation": _nothing,
    "annotation-xml": _nothing,
    "mphantom": _nothing,
    "mspace": _space,
}

_PREAMBLE = re.compile(r"(?s)\A.*?\\begin\{document\}|\\end\{document\}.*\Z")
_SIGNS = {
    "times": "×", "geq": "≥", "ge": "≥", "geqslant": "≥", "leq": "≤", "le": "≤", "leqslant": "≤", "pm": "±",
    "cdot": "·", "approx": "≈", "sim": "~", "neq": "≠", "ne": "≠", "lt": "<", "gt": ">", "mu": "μ", "alpha": "α",
    "beta": "β", "gamma": "γ", "delta": "δ", "kappa": "κ", "lambda": "λ", "sigma": "σ", "tau": "τ", "chi": "χ",
    "infty": "∞", "sum": "Σ", "rightarrow": "→", "to": "→", "quad": " ", "qquad": " ", "circ": "°",
}  # fmt: skip
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_TEX_POWER = re.compile(r"\^\s*(?:\{\s*([^{}\\]*)\s*\}|(\w))")
_COMMAND = re.compile(r"\\(?:([A-Za-z]+)\*?|(.))", re.S)
_LAYOUT = re.compile(r"[{}$]|(?<!\\)~|_(?=\{|\w)")


def tex_text(source: str) -> str:
    """The words of a TeX formula: known signs, exponents and simple fractions; other commands say nothing."""
    text = _PREAMBLE.sub("", source) if "\\begin{document}" in source else source
    text = _FRACTION.sub(lambda m: f"{_grouped(m[1].strip())}/{_grouped(m[2].strip())}", text)
    text = _TEX_POWER.sub(lambda m: raised(m[1] or m[2] or ""), text)
    text = _COMMAND.sub(lambda m: _SIGNS.get(m[1], "") if m[1] else _character(m[2]), _LAYOUT.sub(" ", text))
    return " ".join(text.split())


def _character(c: str) -> str:
    return c if c in "%&#_$" else " "
