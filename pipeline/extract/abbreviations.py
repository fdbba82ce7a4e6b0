"""Short forms that a record introduces itself: "adalimumab plus methotrexate (ADA+MTX)", "S10 (lansoprazole and …)".

`definitions` is the algorithm of Schwartz and Hearst (2003, "A simple algorithm for identifying abbreviation definitions
in biomedical text"): the shortest run of words before the bracket whose letters give the short form, right to left.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from pipeline.extract.gated import gated
from pipeline.extract.vocabulary import Term

_BRACKETS = re.compile(r"[()]")
_BRACKET = re.compile(r"[(\[]\s?(?P<short>[A-Za-z0-9][\w+/&.-]{1,11})(?:\s?[;,][^()\[\]]{0,40})?\s?[)\]]")
#: a label and, in brackets behind it, what it stands for
_EXPLAINED = re.compile(r"(?<![\w-])(?P<short>[A-Z][A-Za-z]{0,6}[A-Z0-9+-]{1,8}|[A-Z]\d{1,3})\s?\((?=[^()]{6})")
#: a regimen that is named by its number of drugs, and in brackets behind it, what it holds
_NAMED = gated(
    r"(?i)\b(?P<short>(?:mono|dual|doublet|triplet|triple|quadruple|concomitant|sequential|combination)[ -](?:rescue )?(?:therapy|regimen|treatment|chemotherapy)) \("
)
#: words that may stand between the drugs of a regimen without changing it
_AROUND = frozenset(
    (
        "plus and with in combination combined followed by of the a an then high low dose doses standard oral orally "
        "intravenous iv intravenously subcutaneous weekly daily pegylated liposomal recombinant human treatment therapy "
        "regimen alone based single agent fixed extended release controlled sustained infusional bolus infusion "
        "triple dual quadruple sequential concomitant long acting short low-dose high-dose injection topical adjuvant "
        "gel cream ointment patch tablets capsules drops spray suspension mg g mcg ml kg iu units nightly once twice per day"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Definition:
    """`short` stands for the text in characters [start, end)."""

    short: str
    start: int
    end: int


@lru_cache(maxsize=1)
def definitions(text: str) -> tuple[Definition, ...]:
    """Every short form that stands in brackets behind its long form, in order (remembered, as several layers ask)."""
    found = (_definition(text, match) for match in _BRACKET.finditer(text))
    return tuple(d for d in found if d is not None)


def _definition(text: str, bracket: re.Match[str]) -> Definition | None:
    short = bracket["short"].rstrip(".")
    letters = [_lower(c) for c in short if c.isalnum()]
    if not any(c.isupper() for c in short) or len(letters) < 2:
        return None
    window = max(0, bracket.start() - 12 * (len(letters) + 5))
    before = text[window : bracket.start()]
    start = _long_form(before, letters)
    return None if start is None else Definition(short, window + start, window + len(before.rstrip()))


def _long_form(before: str, letters: list[str]) -> int | None:
    """Where the long form starts in `before`, or None."""
    at, words = len(before), before.lower() if before.isascii() else "".join(map(_lower, before))
    for i in range(len(letters) - 1, -1, -1):
        at = words.rfind(letters[i], 0, at)
        while i == 0 and at > 0 and before[at - 1].isalnum():
            at = words.rfind(letters[i], 0, at)
        if at < 0:
            return None
    cut = max(before.rfind(mark, at) for mark in (". ", "; ", "), "))
    return at if cut < 0 else None


def _lower(letter: str) -> str:
    """In lower case, where that is one letter too."""
    return letter.lower() if len(letter.lower()) == 1 else letter


def own_terms(text: str, named: list[Term], defined: Sequence[Definition]) -> dict[str, frozenset[str]]:
    """Short forms of this record that stand for treatments, with the substances they stand for. `named`: what the
    vocabulary finds in the text; `defined`: the text's `definitions`."""
    found: dict[str, frozenset[str]] = {}
    for _ in range(2):  # the second time, short forms inside other long forms are known
        terms = with_own(text, named, found)
        known = {text[t.start : t.end] for t in terms if not _code(text, t)} - found.keys()
        long_forms = ((d.short, _only_treatments(text, d.start, d.end, terms)) for d in defined)
        for short, names in (*long_forms, *_explained(text, terms), *_behind_a_run(text, terms)):
            before = found.get(short, names)
            if names & before and short not in known:
                found[short] = names | before
        if not found:  # nothing was learnt that could tell more the second time
            break
    found |= _of_doses(text, found)
    for short in [s for s in found if s.lower().endswith(" chemotherapy")]:
        found.setdefault("chemotherapy", found[short])
    return found


def _code(text: str, term: Term) -> bool:
    """Whether a term is nothing but itself in lower case with a digit, a code that a definition may explain."""
    words = text[term.start : term.end]
    return any(c.isdigit() for c in words) and term.names == {words.lower()}


_NUMBERED = re.compile(r"(?P<letters>[A-Z]{2,5})[ -]?(?P<number>\d{1,4})$")


def _of_doses(text: str, found: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Short forms with a dose behind them: "XYZ20" where "XYZ" or "XYZ50" is known."""
    letters = {m["letters"] if (m := _NUMBERED.match(short)) else short: names for short, names in found.items()}
    numbered = (m for m in re.finditer(r"(?<![\w-])[A-Z]{2,5}-?\d{1,4}(?!\w)", text) if m.group() not in found)
    of = ((m.group(), letters.get(re.sub(r"-?\d+$", "", m.group()))) for m in numbered)
    return {short: names for short, names in of if names}


def _only_treatments(text: str, start: int, end: int, terms: list[Term]) -> frozenset[str]:
    """The substances of a long form that holds nothing but treatments, doses and joining words."""
    inside = _touching(terms, start, end)
    start = min([start, *(t.start for t in inside)])
    rest = text[start:end]
    for t in reversed(inside):
        rest = rest[: t.start - start] + " " + rest[t.end - start :]
    if not inside or _words_left(re.sub(r"\([^()]*\)", " ", rest)):
        return frozenset()
    return frozenset().union(*(t.names for t in inside))


def _words_left(text: str) -> list[str]:
    """The words that neither join drugs nor say how they are given."""
    text = re.sub(r"\b(?:either )?with(?:out)? or with(?:out)?\b", " ", text)
    return [w for w in re.findall(r"[A-Za-z][A-Za-z-]*", text) if w.lower() not in _AROUND]


def _explained(text: str, terms: list[Term]) -> Iterator[tuple[str, frozenset[str]]]:
    for match in (*_EXPLAINED.finditer(text), *_NAMED.finditer(text)):
        close = _closing(text, match.end() - 1)
        inside = [t for t in _touching(terms, match.end(), close) if match.end() <= t.start and t.end <= close]
        begins = inside and not _words_left(text[match.end() : inside[0].start])
        if begins and not _touching(terms, match.start(), match.end("short")):
            yield match["short"], frozenset().union(*(t.names for t in inside))


def _closing(text: str, start: int) -> int:
    """Where the bracket closes that opens at `start`, or `start`."""
    depth = 0
    for sign in _BRACKETS.finditer(text, start, start + 400):
        depth += 1 if sign.group() == "(" else -1
        if depth == 0:
            return sign.start()
    return start


_RUN_SHORT = re.compile(r"\s?(?:[–-]\s?|[(\[])(?P<short>[A-Z][A-Za-z0-9]{0,3}[A-Z0-9+/-]{1,6})\s?[)\],;. ]")
_JOIN = re.compile(r"(?:\s?(?:,|/|\+|-|–)\s?(?:and\s)?|\s(?:plus|and|with|followed by)\s)(?:(?:high|low)[- ]dose\s)?$")


def _behind_a_run(text: str, terms: list[Term]) -> Iterator[tuple[str, frozenset[str]]]:
    """A short form behind two or more joined drugs, one letter or more for each: "A, B and C (XYZ)"."""
    run: list[Term] = []
    for t in terms:
        run = [*run, t] if run and _JOIN.fullmatch(text, run[-1].end, t.start) else [t]
        match = _RUN_SHORT.match(text, t.end)
        first, last = text[run[0].start].lower(), text[run[-1].start].lower()
        if match and len(run) > 1 and re.match(rf"(?i){re.escape(first)}\w*{re.escape(last)}", match["short"]):
            yield match["short"], frozenset().union(*(x.names for x in run))


def with_own(text: str, terms: list[Term], own: dict[str, frozenset[str]]) -> list[Term]:
    """The terms of the text and the record's own short forms, in order; a short form outweighs what it overlaps."""
    if not own:
        return terms
    either = "|".join(re.escape(s) for s in sorted(own, key=len, reverse=True))
    shorts = [
        Term(m.start(), m.end(), own[m.group()], False)
        for m in re.finditer(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])", text)
    ]
    kept = [t for t in terms if not any(s.end - s.start >= t.end - t.start for s in _touching(shorts, t.start, t.end))]
    inside = [
        s for s in shorts if not any(t.start <= s.start and s.end <= t.end for t in _touching(kept, s.start, s.end))
    ]
    return sorted([*kept, *inside], key=lambda t: t.start)


def _touching(terms: list[Term], start: int, end: int) -> list[Term]:
    """Those that overlap characters [start, end), of terms in order of which none holds another."""
    first = bisect_right(terms, start, key=attrgetter("end"))
    return terms[first : bisect_left(terms, end, first, key=attrgetter("start"))]
