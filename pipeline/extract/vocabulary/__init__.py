"""The words for treatments: a review's own drugs, names of medicines in general, other interventions, regimens' acronyms.

The review's `config/drugs.csv` comes first; `drugs.csv` (made by scripts/vocabulary.py; `inn.csv` turns its names into
INN), `interventions.csv` and `regimens.csv` beside this file serve every specialty. What is found outside the review's
own list is marked so.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
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


class _Name(NamedTuple):
    """A name as its table has it. `of` is the table's word for what it names, `table` the kind of the table."""

    word: str
    of: str
    table: str


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The names that begin with a piece: by their pieces, how many pieces they have, the most first, and the pieces that
    are the second of one."""

    entries: dict[tuple[str, ...], _Entry]
    lengths: list[int]
    seconds: frozenset[str]


class Vocabulary:
    """Finds treatment words in a text; made once per run. Of its 30,000 names only those are taken apart with whose first
    piece a word of a text begins."""

    def __init__(self, drugs: list[Drug]) -> None:
        own = [_Name(word, drug.name, "own") for drug in drugs for word in [drug.name, *drug.synonyms]]
        #: first piece → names; the review's own list outweighs the general one
        self._own, self._general = _by_first_piece(own), _general()
        self._beginnings: dict[str, _Beginning] = {}
        #: word as written → whether a treatment's name can start with it (remembered, as texts repeat their words)
        self._known: dict[str, bool] = {}

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
        pieces = [*_PIECE.finditer(text)]
        known, behind = self._known, 0
        for i, piece in enumerate(pieces):
            starts = known.get(piece.group())
            if starts is None:
                starts = self._learn_word(piece.group())
            if not starts or i < behind:
                continue
            word = piece.group().lower()
            entry = self._longest(text, pieces, word, i) if self._begins(word) else None
            if entry is not None:
                behind = i + len(entry.pieces)
                start, end = piece.start(), pieces[behind - 1].end()
                if not entry.told or as_treatment(text, start, end):
                    yield Term(start, end, entry.names, entry.own)
            elif piece.group().islower() and _named_by_stem(word):
                yield Term(piece.start(), piece.end(), frozenset([word]), False)

    def _learn_word(self, word: str) -> bool:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        lower = word.lower()
        self._known[word] = found = self._begins(lower) or _named_by_stem(lower)
        return found

    def _begins(self, word: str) -> bool:
        """Whether a name of the tables begins with the word."""
        return word in self._general or word in self._own

    def _longest(self, text: str, pieces: list[re.Match[str]], word: str, i: int) -> _Entry | None:
        beginning = self._beginnings.get(word) or self._learn(word)
        second = pieces[i + 1].group().lower() if i + 1 < len(pieces) else ""
        for size in beginning.lengths if second in beginning.seconds else (1,):
            name = pieces[i : i + size]
            entry = beginning.entries.get(tuple(piece.group().lower() for piece in name))
            if entry is not None and _stands(text, [piece.span() for piece in name], entry.literals):
                return entry
        return None

    def _learn(self, first: str) -> _Beginning:
        general, own = (_by_pieces(map(_entry, names.get(first, ()))) for names in (self._general, self._own))
        entries = {**general, **own}
        lengths = sorted({len(pieces) for pieces in entries}, reverse=True)
        seconds = frozenset(pieces[1] for pieces in entries if len(pieces) > 1)
        self._beginnings[first] = found = _Beginning(entries, lengths, seconds)
        return found


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


def _by_first_piece(names: Iterable[_Name]) -> dict[str, list[_Name]]:
    """The names by their first piece in lower case, in order; one without any piece can stand in no text."""
    found: dict[str, list[_Name]] = {}
    for name in names:
        first = _PIECE.search(name.word)
        if first is not None:
            found.setdefault(first.group().lower(), []).append(name)
    return found


@cache
def _general() -> dict[str, list[_Name]]:
    names = [_Name(word, row["name"], "drugs") for row in _rows("drugs.csv") for word in _words(row)]
    for row in _rows("interventions.csv"):
        table = "told" if row["told"] == "given" else "interventions"
        names += [_Name(word, row["name"], table) for word in _words(row)]
    names += [_Name(row["name"], row["drugs"], "regimens") for row in _rows("regimens.csv")]
    return _by_first_piece(names)


def _entry(name: _Name) -> _Entry:
    word = name.word
    pieces = tuple(p.lower() for p in _PIECE.findall(word))
    weak = any(p.isdigit() for p in pieces) or (word.upper() == word and len(word) <= 6) or sum(map(len, pieces)) < 5
    told = name.table == "told" and not tells_itself(word)
    return _Entry(pieces, _named(name), name.table == "own", (word,) if weak else (), told)


def _named(name: _Name) -> frozenset[str]:
    """The substances or the intervention that a name of a table names."""
    if name.table == "drugs":
        return substances(name.of)
    return frozenset(name.of.split("|")) if name.table == "regimens" else frozenset([name.of])


def _words(row: dict[str, str]) -> list[str]:
    return [word for word in [row["name"], *row["synonyms"].split("|")] if word]


def _by_pieces(entries: Iterable[_Entry]) -> dict[tuple[str, ...], _Entry]:
    """Entries by their pieces, the later ones first; spellings of one name ("CsA", "CSA") are kept together."""
    found: dict[tuple[str, ...], _Entry] = {}
    for entry in entries:
        before = found.get(entry.pieces)
        same = before is not None and before.names == entry.names and bool(before.literals) and bool(entry.literals)
        found[entry.pieces] = entry._replace(literals=before.literals + entry.literals) if before and same else entry
    return found


def _rows(table: str) -> Iterator[dict[str, str]]:
    with (HERE / table).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
        return (dict(zip(header, row, strict=True)) for row in rows)
