"""The words for treatments: a review's own drugs, names of medicines in general, other interventions, regimens' acronyms.

The review's `config/drugs.csv` comes first; `drugs.csv` (made by scripts/vocabulary.py; `inn.csv` turns its names into
INN), `interventions.csv` and `regimens.csv` beside this file serve every specialty. What is found outside the review's
own list is marked so.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pipeline.config import Drug
from pipeline.extract.vocabulary.classes import explained
from pipeline.extract.vocabulary.codes import codes, joined_code
from pipeline.extract.vocabulary.names import substances
from pipeline.extract.vocabulary.told import as_treatment, tells_itself

HERE = Path(__file__).parent
#: words that are remembered; then memory starts afresh
REMEMBERED = 50_000

#: endings that the WHO gives to the names of groups of substances (The use of stems in the selection of INN, 2018)
STEMS = (
    "mab nib cillin conazole fungin pril sartan statin floxacin oxetine parib ciclib platin taxel rubicin gliptin gliflozin "
    "lukast setron triptan dronate prazole olol dipine vudine navir tegravir buvir previr asvir bactam penem cycline mycin "
    "thromycin sone solone nide barbital azepam zolam pidem piprazole peridone tidine caine curium fibrate glitazone grel "
    "parin xaban gatran tinib rafenib metinib lisib degib zomib ostat imus cept kinra poetin grastim tide relin relix "
    "trexate trexed citabine bine arabine fovir ciclovir amivir vir quine artem antrone tecan poside bulin fosfamide "
    "mustine sulfan zolomide racetam gabalin triptyline pramine faxine lofibrate terol tropium phylline stim"
).split()
_STEM = re.compile(rf"[a-z]{{3,}}(?:{'|'.join(sorted(STEMS, key=len, reverse=True))})$")
#: words with such an ending that name no medicine
_NOT_DRUGS = frozenset(
    """medicine vaccine discipline guideline baseline online decline define combine determine examine machine alkaline
    masculine feminine routine urine genuine marine magazine tyrosine turbine bovine murine porcine equine canine feline
    peptide polypeptide oligopeptide neuropeptide nucleotide telopeptide provide peroxide concept intercept except precept
    comparison masculine concubine carbine stolidity""".split()
)

_PIECE = re.compile(r"[A-Za-zα-ωéöüß]+|\d+")
_DASHES = str.maketrans("‐‑‒–—−", "------")


@dataclass(frozen=True, slots=True)
class Term:
    """Treatment words in characters [start, end) and the substances or interventions that they name (INN, lower case).
    `own`: known to the review's drugs.csv."""

    start: int
    end: int
    names: frozenset[str]
    own: bool

    def meaning(self, meant: dict[str, frozenset[str]]) -> Term:
        """The term naming what its class stands for in this text."""
        return replace(self, names=frozenset().union(*(meant.get(name, frozenset([name])) for name in self.names)))


class _Entry(NamedTuple):
    pieces: tuple[str, ...]
    names: frozenset[str]
    own: bool
    #: as it must stand in the text, where the pieces alone would be too weak ("S-1", "CsA"); empty: pieces are enough
    literals: tuple[str, ...]
    #: it is a treatment only where the text says that it was given: "iron", "exercise", "diuretics"
    told: bool = False


class Vocabulary:
    """Finds treatment words in a text; made once per run."""

    def __init__(self, drugs: list[Drug]) -> None:
        own = [_entry(word, frozenset([drug.name]), True) for drug in drugs for word in [drug.name, *drug.synonyms]]
        #: pieces of a name → what it names; the review's own list outweighs the general one
        self._entries = {**_general(), **_by_pieces(own)}
        #: first piece → lengths of the names that start with it, longest first
        self._lengths: dict[str, list[int]] = {}
        for pieces in self._entries:
            self._lengths.setdefault(pieces[0], []).append(len(pieces))
        self._known: dict[str, bool] = {}
        self._lengths = {first: sorted(set(sizes), reverse=True) for first, sizes in self._lengths.items()}

    def find(self, text: str) -> list[Term]:
        """Every treatment named in the text, in order, the longest name where several fit."""
        found = _shams(text, [_with_code(text, t) for t in self._find(text)])
        free = [
            Term(start, end, frozenset([name]), False)
            for start, end, name in codes(text)
            if not any(t.start < end and start < t.end for t in found)
        ]
        found = in_order([*found, *free]) if free else found
        meant = explained(text, found)
        return [t.meaning(meant) for t in found] if meant else found

    def _find(self, text: str) -> Iterator[Term]:
        pieces = [m.span() for m in _PIECE.finditer(text)]
        words = [text[start:end].lower() for start, end in pieces]
        behind = 0
        for i in [i for i, word in enumerate(words) if self._starts(word)]:
            if i < behind:
                continue
            entry = self._longest(text, pieces, words, i) if words[i] in self._lengths else None
            start, end = pieces[i]
            if entry is not None:
                behind = i + len(entry.pieces)
                if not entry.told or as_treatment(text, start, pieces[behind - 1][1]):
                    yield Term(start, pieces[behind - 1][1], entry.names, entry.own)
            elif text[start:end].islower() and _named_by_stem(words[i]):
                yield Term(start, end, frozenset([words[i]]), False)

    def _starts(self, word: str) -> bool:
        """Whether a treatment's name can start with the word (remembered, as texts repeat their words)."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[word] = known = word in self._lengths or _named_by_stem(word)
        return known

    def _longest(self, text: str, pieces: list[tuple[int, int]], words: list[str], i: int) -> _Entry | None:
        for size in self._lengths[words[i]]:
            entry = self._entries.get(tuple(words[i : i + size]))
            if entry is not None and _stands(text, pieces[i : i + size], entry.literals):
                return entry
        return None


def in_order(terms: list[Term]) -> list[Term]:
    """Terms by their place, without those that overlap one before."""
    kept: list[Term] = []
    for t in sorted(terms, key=lambda t: (t.start, -t.end)):
        if not kept or kept[-1].end <= t.start:
            kept.append(t)
    return kept


def _with_code(text: str, term: Term) -> Term:
    """The term with the code that is joined to it, as one substance of its own."""
    start = joined_code(text, term.start)
    if start is None:
        return term
    return Term(start, term.end, frozenset([text[start : term.end].lower()]), False)


def _shams(text: str, terms: list[Term]) -> list[Term]:
    """ "Sham" with the treatment or device that stands behind it is one treatment: "sham irradiation", "sham laser" """
    kept: list[Term] = []
    for t in terms:
        if kept and kept[-1].names == _SHAM and not text[kept[-1].end : t.start].strip(" -") and len(t.names) == 1:
            kept[-1] = Term(kept[-1].start, t.end, frozenset([f"sham {name}" for name in t.names]), False)
        elif t.names == _SHAM and (device := _DEVICE.match(text, t.end)):
            kept.append(Term(t.start, device.end(), frozenset([f"sham {device[1].lower()}"]), False))
        else:
            kept.append(t)
    return kept


_SHAM = frozenset(["sham"])
_DEVICE = re.compile(
    r"[ -](laser|stimulation|light|cpap|feeding|ultrasound|needling|injection|magnet|device|lenses|tens)\b",
    re.IGNORECASE,
)


def _named_by_stem(word: str) -> bool:
    return len(word) > 6 and word not in _NOT_DRUGS and _STEM.match(word) is not None


def _stands(text: str, pieces: list[tuple[int, int]], literals: tuple[str, ...]) -> bool:
    """Whether the pieces form one name: close together, and written as they must be where that matters."""
    start, end = pieces[0][0], pieces[-1][1]
    if literals:
        found = text[start:end].translate(_DASHES)
        whole = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        return whole and (found in literals or any(one.islower() and one == found.lower() for one in literals))
    gaps = (text[a:b] for (_, a), (b, _) in pairwise(pieces))
    return all(gap == ":" or (len(gap) <= 2 and not gap.strip(" -‐‑–'’\n\xa0")) for gap in gaps)  # "Nd:YAG laser"


def _entry(word: str, names: frozenset[str], own: bool) -> _Entry:
    pieces = tuple(p.lower() for p in _PIECE.findall(word))
    weak = any(p.isdigit() for p in pieces) or (word.upper() == word and len(word) <= 6) or sum(map(len, pieces)) < 5
    return _Entry(pieces, names, own, (word,) if weak else ())


@cache
def _general() -> dict[tuple[str, ...], _Entry]:
    found = []
    for row in _rows("drugs.csv"):
        found += [_entry(word, substances(row["name"]), False) for word in _words(row)]
    for row in _rows("interventions.csv"):
        for word in _words(row):
            told = row["told"] == "given" and not tells_itself(word)
            found.append(_entry(word, frozenset([row["name"]]), False)._replace(told=told))
    found += [_entry(row["name"], frozenset(row["drugs"].split("|")), False) for row in _rows("regimens.csv")]
    return _by_pieces(found)


def _words(row: dict[str, str]) -> list[str]:
    return [word for word in [row["name"], *row["synonyms"].split("|")] if word]


def _by_pieces(entries: list[_Entry]) -> dict[tuple[str, ...], _Entry]:
    """Entries by their pieces, the later ones first; spellings of one name ("CsA", "CSA") are kept together."""
    found: dict[tuple[str, ...], _Entry] = {}
    for entry in entries:
        before = found.get(entry.pieces)
        same = before is not None and before.names == entry.names and bool(before.literals) and bool(entry.literals)
        found[entry.pieces] = entry._replace(literals=before.literals + entry.literals) if before and same else entry
    return found


def _rows(table: str) -> list[dict[str, str]]:
    with (HERE / table).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))
