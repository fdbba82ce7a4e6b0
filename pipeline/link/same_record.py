"""Are two citations the same record? Each field that agrees or disagrees weighs; a few rules say what is never sure.

The weights are log-odds in bits, as Fellegi and Sunter (1969) add them up: how much oftener a field is like that in
two records of one article than in two records of different articles. They are round numbers of judgement.
Only what the two records say counts, so more records never change a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Hamming

from pipeline.link.citation_keys import Keys, Pages
from pipeline.link.journals import journals_agree
from pipeline.link.title_pairs import compare_titles

SURE, POSSIBLE = 22, 15

#: (field, how they compare) → weight
WEIGHTS: dict[tuple[str, str], int] = {
    # one article has one of each; a DOI may be an issue's, or mistyped
    ("PMID", "same"): 18, ("PMID", "different"): -20,
    ("PMCID", "same"): 14, ("PMCID", "different"): -14,
    ("DOI", "same"): 12, ("DOI", "different"): -5,
    # a title of six telling words is rarely used twice; "same" weighs less for short ones (see `_title`)
    ("titles", "same"): 12, ("titles", "spelt alike"): 10, ("titles", "one is longer"): 7, ("titles", "similar"): 4,
    ("titles", "in two languages"): -4, ("titles", "different"): -24, ("titles", "differ in a number"): -14,
    ("notices", "different"): -15,
    ("authors", "all the same"): 7, ("authors", "same"): 5, ("authors", "some shared"): 2, ("authors", "different"): -6,
    # ahead of print and in print are a year apart
    ("years", "same"): 2, ("years", "one apart"): 0, ("years", "two apart"): -3, ("years", "different"): -7,
    # names of journals are written in many ways, and conferences in more
    ("journal", "same"): 4, ("journal", "longer"): 3, ("journal", "other"): -5,
    ("volume", "same"): 3, ("volume", "different"): -4,
    ("issue", "same"): 1, ("issue", "different"): -1,
    # several short items stand on one page, but two articles never on the same ten
    ("pages", "same"): 8, ("first page", "same"): 5, ("pages", "nearly the same"): 0,
    ("pages", "different"): -7,
    # the same journal, volume and page: the place itself
    ("place", "same"): 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    verdict: Literal["sure", "possible"]
    score: int
    why: str


def verdict(a: Keys, b: Keys) -> Verdict | None:
    """None for two articles."""
    if _nothing_but_doi(a, b):
        return _by_doi_alone(a, b)
    found = dict(findings(a, b))
    score = sum(_weight(field, how, a, b) for field, how in found.items())
    if score < POSSIBLE:
        return None
    sure = score >= SURE and not any(unsure(found, a, b))
    return Verdict("sure" if sure else "possible", score, "; ".join(f"{how} {field}" for field, how in found.items()))


def findings(a: Keys, b: Keys) -> Iterator[tuple[str, str]]:
    """What the fields say; fields that one record lacks say nothing."""
    for name, x, y in (("PMID", a.pmid, b.pmid), ("PMCID", a.pmcid, b.pmcid), ("DOI", a.doi, b.doi)):
        if x and y and (x == y or not (a.preprint or b.preprint)):
            yield name, "same" if x == y else "different"
    titles = compare_titles(a.title, b.title, a.foreign or b.foreign)
    if titles is not None:
        yield "titles", titles
    if a.title.notice != b.title.notice and a.title.text and b.title.text:
        yield "notices", "different"
    authors = _authors(a, b)
    if authors is not None:
        yield "authors", authors
    if a.year is not None and b.year is not None:
        yield "years", ("same", "one apart", "two apart", "different")[min(3, abs(a.year - b.year))]
    yield from _place(a, b)


def _place(a: Keys, b: Keys) -> Iterator[tuple[str, str]]:
    journal = None if a.preprint != b.preprint else journals_agree(a.journals, b.journals)
    if journal is not None:
        yield "journal", journal
    volume = bool(a.volume and b.volume) and a.preprint == b.preprint
    if volume:
        yield "volume", "same" if a.volume == b.volume else "different"
    if a.issue and b.issue and volume:
        yield "issue", "same" if a.issue == b.issue else "different"
    pages = None if a.preprint != b.preprint else _pages(a.pages, b.pages)
    if pages is not None:
        yield pages
    if journal in ("same", "longer") and volume and a.volume == b.volume and pages is not None and pages[1] == "same":
        yield "place", "same"


def _pages(a: Pages | None, b: Pages | None) -> tuple[str, str] | None:
    """An article number (80, e80, 3468040) beside pages counted from 1 says nothing."""
    if a is None or b is None:
        return None
    letters = a.letter == b.letter or not a.letter or not b.letter
    if a.first == b.first and letters:
        return ("pages", "same") if a.several and a.last == b.last else ("first page", "same")
    if (a.several or b.several) and (_overlap(a, b) or _mistyped(a, b)):
        return "pages", "nearly the same"
    number, counted = (a, b) if b.several else (b, a)
    if not number.several and (counted.first == 1 or number.letter == "e" or number.first > 100_000):
        return None
    return "pages", "different"


def _overlap(a: Pages, b: Pages) -> bool:
    return a.letter == b.letter and a.first <= b.last and b.first <= a.last


def _mistyped(a: Pages, b: Pages) -> bool:
    """One digit of several: 968 for 988."""
    x, y = str(a.first), str(b.first)
    return a.letter == b.letter and len(x) == len(y) > 2 and Hamming.distance(x, y) == 1


def _authors(a: Keys, b: Keys) -> str | None:
    if not a.authors or not b.authors:
        return None
    shared = a.authors & b.authors
    if not shared:
        return "different"
    if len(shared) >= 3 and a.authors == b.authors:
        return "all the same"
    most = len(shared) >= 0.5 * min(len(a.authors), len(b.authors))
    return "same" if most and (a.first & b.first or len(shared) >= 3) else "some shared"


def _weight(field: str, how: str, a: Keys, b: Keys) -> int:
    weight = WEIGHTS[field, how]
    if field == "titles" and weight > 0:
        return min(weight, 2 * min(len(a.title.words), len(b.title.words)))
    return weight


def unsure(found: dict[str, str], a: Keys, b: Keys) -> Iterator[bool]:
    """What a person must look at, whatever the score."""
    same_id = found.get("PMID") == "same" or found.get("PMCID") == "same"
    same_doi = found.get("DOI") == "same" and (not (a.meeting or b.meeting) or found.get("titles") == "same")
    same_article = same_id or same_doi or found.get("pages") == "same"
    yield found.get("PMID") == "different" or (found.get("PMCID") == "different" and not same_doi)
    yield found.get("notices") == "different" and not same_id
    yield found.get("titles") in ("one is longer", "similar", "in two languages") and not same_article
    yield found.get("titles") in ("different", "differ in a number") and not same_id
    yield found.get("authors") == "different" and not same_article
    one = _ranges(a, b) or found.get("authors") == "all the same"
    yield found.get("pages") == "different" and not same_id and not (same_doi and one)
    yield a.preprint != b.preprint
    yield a.registered != b.registered
    yield a.meeting != b.meeting and not (same_id or "DOI" in found) and not _same_issue(found, a, b)
    yield "journal" not in found and not (same_id or found.get("DOI") == "same")


def _ranges(a: Keys, b: Keys) -> bool:
    """Abstracts that share the DOI of their issue stand on single pages."""
    return a.pages is not None and b.pages is not None and (a.pages.several or b.pages.several)


def _same_issue(found: dict[str, str], a: Keys, b: Keys) -> bool:
    """A meeting's abstract may have the title of its paper in the same journal: do both say the same place, or none?"""
    if "same" in (found.get("pages"), found.get("first page")):
        return True
    if found.get("volume") == "same":
        return found.get("issue") == "same" or not (a.pages or b.pages)
    return not any((a.volume, b.volume, a.pages, b.pages, a.doi, b.doi))


def _nothing_but_doi(a: Keys, b: Keys) -> bool:
    return bool(a.doi) and a.doi == b.doi and not (a.title.text and b.title.text) and not (a.pmid and b.pmid)


def _by_doi_alone(a: Keys, b: Keys) -> Verdict | None:
    """A line of a list of DOIs. Many abstracts share the DOI of their issue, so an abstract is not surely meant."""
    found = {field: how for field, how in findings(a, b) if field != "titles"}
    if "different" in (found.get("pages"), found.get("authors"), found.get("PMCID")):
        return None
    sure = not (a.meeting or b.meeting) or found.get("pages") == "same"
    why = "; ".join(f"{how} {field}" for field, how in found.items()) + "; a title is missing"
    return Verdict("sure" if sure else "possible", WEIGHTS["DOI", "same"], why)
