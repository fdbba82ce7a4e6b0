"""Formulas of moderators: "year + C(design)", "C(a):year", "a * b", "0 + C(a)", "a - 1".

A small grammar that is read, never evaluated:

    formula  = ["~"] ["+" | "-"] product {("+" | "-") product}
    product  = crossing {"*" crossing}          a * b is a + b + a:b
    crossing = atom {":" atom}                  a:b is the product of a and b
    atom     = column | "C(" column ")" | "0" | "1"

Terms come as in R: those of one column first, then those of two, and so on; each once. `C(column)` is a factor also
where the column holds numbers. A column whose name is more than letters, digits, "_" and "." stands in quotes or
back ticks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

#: columns that one product may cross: `*` makes a term of every subset
MOST_CROSSED = 6

TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"[^"]*"|'[^']*'|`[^`]*`)|(?P<name>[^\W\d][\w.]*)|(?P<number>\d+)|(?P<sign>\S))"""
)
PLAIN = re.compile(r"[^\W\d][\w.]*")
SIGNS = "~+-:*()"
ALLOWED = (
    'allowed are columns (with spaces: in "quotes" or `back ticks`), C(column) for a factor, a + b, a:b, a * b, '
    "and 0 or - 1 for no intercept"
)


@dataclass(frozen=True)
class Variable:
    """A column, as a factor if `factor`."""

    column: str
    factor: bool = False

    def __str__(self) -> str:
        name = self.column if PLAIN.fullmatch(self.column) else f"`{self.column}`"
        return f"C({name})" if self.factor else name


@dataclass(frozen=True)
class Term:
    """Variables whose product is meant; of none: the intercept."""

    variables: tuple[Variable, ...]

    def __str__(self) -> str:
        return ":".join(map(str, self.variables)) or "1"

    @property
    def key(self) -> frozenset[Variable]:
        """a:b is b:a."""
        return frozenset(self.variables)


@dataclass(frozen=True)
class Formula:
    """`terms` in R's order, without the intercept."""

    text: str
    intercept: bool
    terms: tuple[Term, ...]

    @property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(dict.fromkeys(v for term in self.terms for v in term.variables))


INTERCEPT = Term(())


def parse(text: str) -> Formula:
    """The formula that `text` says. Raises ValueError that tells the place and what is allowed."""
    terms = _Reader(text).formula()
    ordered = sorted((t for t in terms if t.variables), key=lambda t: len(t.variables))
    return Formula(text, INTERCEPT in terms, tuple(ordered))


class _Reader:
    """Reads from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0

    def formula(self) -> list[Term]:
        found = {INTERCEPT.key: INTERCEPT}
        self._take("~")
        sign: str | None = self._take("+", "-") or "+"
        while sign is not None:
            for term in self._product():
                self._apply(sign, term, found)
            sign = self._take("+", "-")
        if self.at < len(self.tokens):
            raise self._error(f'"{self._shown()}" where + or the end is wanted')
        return list(found.values())

    def _apply(self, sign: str, term: Term | None, found: dict[frozenset[Variable], Term]) -> None:
        """`term` None is the number 0: no intercept."""
        if term is None:
            if sign == "-":
                raise self._error("- 0 says nothing; the intercept is there without it")
            found.pop(INTERCEPT.key, None)
        elif sign == "+":
            found.setdefault(term.key, term)
        elif term.key in found or not term.variables:
            found.pop(term.key, None)
        else:
            raise self._error(f'"- {term}": there is no such term before it')

    def _product(self) -> list[Term | None]:
        parts = [self._crossing()]
        while self._take("*"):
            parts.append(self._crossing())
        if len(parts) == 1:
            return [parts[0]]
        if len(parts) > MOST_CROSSED:
            raise self._error(f"* crosses {len(parts)} terms; at most {MOST_CROSSED}")
        inside = [p for p in parts if p is not None and p.variables]
        if len(inside) < len(parts):
            raise self._error("0 and 1 cannot be multiplied")
        return [_joined(some) for size in range(1, len(inside) + 1) for some in combinations(inside, size)]

    def _crossing(self) -> Term | None:
        parts = [self._atom()]
        while self._take(":"):
            parts.append(self._atom())
        if len(parts) == 1:
            return parts[0]
        inside = [p for p in parts if p is not None and p.variables]
        if len(inside) < len(parts):
            raise self._error("0 and 1 cannot be multiplied")
        return _joined(tuple(inside))

    def _atom(self) -> Term | None:
        kind, token = self._next("a column is wanted")
        if kind == "number":
            if token not in ("0", "1"):
                raise self._error(f'the number "{token}" is not a term')
            return INTERCEPT if token == "1" else None
        if kind == "sign":
            self.at -= 1
            raise self._error(f'"{token}" where a column is wanted')
        if kind == "name" and self._take("("):
            return self._factor(token)
        return Term((Variable(token),))

    def _factor(self, function: str) -> Term:
        if function != "C":
            raise self._error(f"{function}(…) is not known; compute such a column before")
        kind, token = self._next("a column is wanted in C(…)")
        if kind not in ("name", "quoted") or not self._take(")"):
            raise self._error("C(…) takes one column")
        return Term((Variable(token, factor=True),))

    def _next(self, wanted: str) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise self._error(f"it ends where {wanted}")
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, *signs: str) -> str | None:
        """The next token, where it is one of these signs."""
        if self.at == len(self.tokens):
            return None
        kind, token = self.tokens[self.at]
        if kind != "sign" or token not in signs:
            return None
        self.at += 1
        return token

    def _shown(self) -> str:
        return self.tokens[self.at][1]

    def _error(self, what: str) -> ValueError:
        return ValueError(f'mods = "{self.text}": {what}; {ALLOWED}')


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of each token; quotes are taken off."""
    found = []
    for match in TOKEN.finditer(text.rstrip()):
        kind, token = str(match.lastgroup), str(match.group(str(match.lastgroup)))
        if kind == "sign" and token not in SIGNS:
            raise ValueError(f'mods = "{text}": "{token}" cannot be read; {ALLOWED}')
        found.append((kind, token[1:-1] if kind == "quoted" else token))
    return found


def _joined(terms: tuple[Term, ...]) -> Term:
    return Term(tuple(dict.fromkeys(v for t in terms for v in t.variables)))
