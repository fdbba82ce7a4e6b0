"""Are two citations the same record? Each field that agrees or disagrees weighs; some doubts keep a pair from sure.

Only what the two records say counts, so more records never change a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Hamming

from pipeline.link.citation_keys import UNKNOWN, Keys, Pages
from pipeline.link.journals import journals_agree
from pipeline.link.title_pairs import compare_titles, cut_off, telling

#: sums of weights: from here on surely the same; from here on worth a person's look
SURE, POSSIBLE = 22, 15
#: words of a title that a yearly report seldom has
LONG = 8

#: what a field says of the two → (weight, in words). The weights are log-odds in bits, as Fellegi and Sunter (1969) add
#: them up: how much oftener it is so in two records of one article than in records of two; round numbers of judgement.
WEIGHTS: dict[tuple[str, str], tuple[int, str]] = {
    # one article has one of each; but a DOI may be its whole issue's, or mistyped
    ("PMID", "same"): (24, "same PMID"),
    ("PMID", "different"): (-20, "different PMIDs"),
    ("PMCID", "same"): (14, "same PMCID"),
    ("PMCID", "different"): (-14, "different PMCIDs"),
    ("DOI", "same"): (12, "same DOI"),
    ("DOI", "different"): (-5, "different DOIs"),
    ("DOI", "another version"): (-20, "DOIs of different versions"),
    ("registration", "same"): (12, "same registration"),
    ("registration", "different"): (-14, "different registrations"),
    # a title of seven words is rarely used twice; shorter ones weigh less (see `_weight`)
    ("title", "same"): (13, "same title"),
    ("title", "spelt alike"): (11, "title spelt a little differently"),
    ("title", "longer"): (7, "one title is longer"),
    ("title", "similar"): (-3, "similar titles"),
    ("title", "two languages"): (-4, "titles in two languages"),
    ("title", "numbers"): (-14, "titles differ in a number"),
    ("title", "different"): (-24, "different titles"),
    ("notice", "different"): (-15, "one is a notice about an article"),
    ("authors", "all"): (7, "same authors"),
    ("authors", "most"): (5, "same first author"),
    ("authors", "some"): (2, "some authors shared"),
    ("authors", "none"): (-6, "different authors"),
    # ahead of print and in print are a year apart
    ("year", "same"): (2, "same year"),
    ("year", "one apart"): (0, "a year apart"),
    ("year", "two apart"): (-3, "two years apart"),
    ("year", "different"): (-7, "years apart"),
    # the name of a journal is written in many ways; a longer one may be another journal (Lancet, Lancet Oncology)
    ("journal", "same"): (4, "same journal"),
    ("journal", "longer"): (0, "journal's name longer"),
    ("journal", "other"): (-6, "another journal"),
    ("volume", "same"): (3, "same volume"),
    ("volume", "different"): (-4, "different volumes"),
    ("issue", "same"): (1, "same issue"),
    ("issue", "different"): (-1, "different issues"),
    # several short items stand on one page, but two articles never on the same ten
    ("pages", "same"): (8, "same pages"),
    ("pages", "same first"): (5, "same first page"),
    ("pages", "nearly"): (0, "nearly the same pages"),
    ("pages", "different"): (-7, "different pages"),
    # the same journal, volume and page
    ("place", "same"): (4, ""),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    verdict: Literal["sure", "possible"]
    score: int
    why: str


def verdict(a: Keys, b: Keys) -> Verdict | None:
    """None for two articles."""
    found = dict(findings(a, b))
    if found.get("DOI") == "same" and "title" not in found and "PMID" not in found:
        return _by_doi_alone(found, a, b)
    score = sum(_weight(field, how, a, b) for field, how in found.items())
    if score < POSSIBLE:
        return None
    doubt = next(doubts(found, a, b), None) if score >= SURE else None
    return Verdict("sure" if score >= SURE and not doubt else "possible", score, _words(found, doubt))


def _words(found: dict[str, str], doubt: str | None) -> str:
    said = "; ".join(words for field, how in found.items() if (words := WEIGHTS[field, how][1]))
    return f"{said} ({doubt})" if doubt else said


def _weight(field: str, how: str, a: Keys, b: Keys) -> int:
    weight = WEIGHTS[field, how][0]
    return min(weight, 2 * min(telling(a.title), telling(b.title))) if field == "title" else weight


# ---- what the fields say ----------------------------------------------------------------------------------------


def findings(a: Keys, b: Keys) -> Iterator[tuple[str, str]]:
    """(field, how they compare); a field that one record lacks says nothing."""
    yield from _identifiers(a, b)
    title = compare_titles(a.title, b.title, a.foreign or b.foreign)
    if title is not None:
        yield "title", title
        if a.title.notice != b.title.notice:
            yield "notice", "different"
    authors = _authors(a, b)
    if authors is not None:
        yield "authors", authors
    if a.year is not None and b.year is not None:
        yield "year", ("same", "one apart", "two apart", "different")[min(3, abs(a.year - b.year))]
    if a.preprint == b.preprint:
        yield from _place(a, b)


def _identifiers(a: Keys, b: Keys) -> Iterator[tuple[str, str]]:
    if a.pmid and b.pmid:
        yield "PMID", "same" if a.pmid == b.pmid else "different"
    if a.pmcid and b.pmcid:
        yield "PMCID", "same" if a.pmcid == b.pmcid else "different"
    if a.doi and b.doi and (a.doi == b.doi or a.preprint == b.preprint):
        versions = a.version != b.version and a.doi.removesuffix(a.version) == b.doi.removesuffix(b.version)
        yield "DOI", "same" if a.doi == b.doi else "another version" if versions else "different"
    if a.registered and b.registered and UNKNOWN not in (a.registered, b.registered):
        yield "registration", "same" if a.registered == b.registered else "different"


def _authors(a: Keys, b: Keys) -> str | None:
    if not a.authors or not b.authors:
        return None
    shared = a.authors & b.authors
    if not shared:
        return "none"
    if len(shared) >= a.people == b.people >= 3:
        return "all"
    most = 2 * len(shared) >= min(a.people, b.people)
    return "most" if most and (a.first & b.first or len(shared) >= 3) else "some"


def _place(a: Keys, b: Keys) -> Iterator[tuple[str, str]]:
    journal = journals_agree(a.journals, b.journals)
    if journal is not None:
        yield "journal", journal
    if a.volume and b.volume:
        yield "volume", "same" if a.volume == b.volume else "different"
        if a.issue and b.issue:
            yield "issue", "same" if a.issue == b.issue else "different"
    pages = _pages(a, b)
    if pages is not None:
        yield "pages", pages
        if journal in ("same", "longer") and a.volume == b.volume != "" and pages.startswith("same"):
            yield "place", "same"


def _pages(a: Keys, b: Keys) -> str | None:
    x, y = a.pages, b.pages
    if x is None or y is None:
        return None
    if x.first == y.first and (x.letter == y.letter or not x.letter or not y.letter):
        return "same" if x.several and x.last == y.last else "same first"
    volume = not a.volume or not b.volume or a.volume == b.volume
    if volume and (x.several or y.several) and x.letter == y.letter and (_overlap(x, y) or _mistyped(x, y)):
        return "nearly"
    if volume and (_misread(x, y) or _misread(y, x)):
        return "nearly"
    if _numbered(x, y) or _numbered(y, x) or (x.first == 1 and not a.volume) or (y.first == 1 and not b.volume):
        return None
    return "different"


def _numbered(number: Pages, pages: Pages) -> bool:
    """An article's number (80, e80, 3468040) beside pages counted from 1 says nothing."""
    return not number.several and pages.several and (pages.first == 1 or number.letter == "e" or number.first > 100_000)


def _overlap(a: Pages, b: Pages) -> bool:
    return a.first <= b.last and b.first <= a.last


def _mistyped(a: Pages, b: Pages) -> bool:
    """One digit of several: 968 for 988; but an article that begins where the other ends is the next one."""
    x, y = str(a.first), str(b.first)
    follows = 1 in (a.first - b.last, b.first - a.last)
    return len(x) == len(y) > 2 and Hamming.distance(x, y) == 1 and not follows


def _misread(a: Pages, b: Pages) -> bool:
    """A letter read as a digit: i428, 1428."""
    return a.letter in ("i", "l") and str(b.first) == f"1{a.first}" and not b.letter


# ---- what is never sure -----------------------------------------------------------------------------------------


def doubts(found: dict[str, str], a: Keys, b: Keys) -> Iterator[str]:
    """What a person must look at, whatever the score."""
    title, pages, doi, meeting = found.get("title"), found.get("pages"), found.get("DOI"), a.meeting or b.meeting
    same_id = "same" in (found.get("PMID"), found.get("PMCID"), found.get("registration"))
    same_doi = doi == "same" and (not meeting or title == "same")
    article = pages == "same" or _article_of_pages(found, a, b)
    cut = title == "longer" and "place" in found and cut_off(a.title, b.title)
    same_place = pages == "same" or (pages == "same first" and found.get("volume") == "same")
    if found.get("PMID") == "different" or (found.get("PMCID") == "different" and not same_doi):
        yield "two PubMed records"
    if a.preprint != b.preprint:
        yield "a preprint and its article?"
    if bool(a.registered) != bool(b.registered) or found.get("registration") == "different":
        yield "a trial's register and its report?"
    if same_id:
        return
    if doi == "another version":
        yield "an update?"
    if "notice" in found:
        yield "a notice and its article?"
    if title in ("longer", "similar", "two languages") and not (same_doi or article or cut):
        yield "parts of a series, or two abstracts?"
    if title in ("different", "numbers"):
        yield "two articles that share a place or a DOI?"
    if found.get("authors") == "none" and not (same_doi or article):
        yield "two items on one page?"
    if pages == "different" and not (same_doi and _one_article(found, a, b)):
        yield "two items with one title?"
    if a.meeting != b.meeting and doi != "same" and not _same_issue(found, a, b):
        yield "an abstract and its article?"
    if doi != "same" and not (_dated(found) or _ahead_of_print(found, a, b)):
        yield "an update?"
    if doi != "same" and not same_place and not _published_alike(found):
        yield "where was it published?"
    if doi != "same" and not found.keys() & {"authors", "pages", "issue"}:
        yield "two items with one title?"


def _published_alike(found: dict[str, str]) -> bool:
    """A journal whose name is longer (Lancet, Lancet Oncology) is the same if its volume is."""
    return found.get("journal") == "same" or ("journal" in found and found.get("volume") == "same")


def _article_of_pages(found: dict[str, str], a: Keys, b: Keys) -> bool:
    """One gives the first page only of an article, which is longer than the items that share a page."""
    several = any(k.pages is not None and k.pages.several for k in (a, b))
    return found.get("pages") == "same first" and "place" in found and several and not (a.meeting or b.meeting)


def _dated(found: dict[str, str]) -> bool:
    """The same year or volume, or the same pages and no volume: a yearly report may begin on the same page again."""
    if found.get("year") == "same":
        return True
    if "volume" in found:
        return found["volume"] == "same"
    return found.get("pages") in ("same", "same first")


def _ahead_of_print(found: dict[str, str], a: Keys, b: Keys) -> bool:
    """An article with a long title that had no place yet (nor date), and its print, of the next year."""
    early, late = sorted((a, b), key=lambda k: (k.year or 0, k.volume, k.pages is not None))
    placed = bool(late.volume) and not (early.volume or early.issue or early.pages)
    title = found.get("title") in ("same", "spelt alike") and found.get("authors") == "all"
    near = found.get("year") in ("one apart", None) and found.get("journal") == "same"
    return placed and near and title and telling(a.title) >= LONG and not (a.meeting or b.meeting)


def _one_article(found: dict[str, str], a: Keys, b: Keys) -> bool:
    """Abstracts that share the DOI of their issue stand on single pages, and a paper in another volume."""
    several = any(k.pages is not None and k.pages.several for k in (a, b))
    return (several or found.get("authors") == "all") and found.get("volume") != "different"


def _same_issue(found: dict[str, str], a: Keys, b: Keys) -> bool:
    """A meeting's abstract may have the title of its paper in the same journal: do both say the same place, or none?"""
    if found.get("pages") in ("same", "same first"):
        return True
    if found.get("volume") == "same":
        return found.get("issue") == "same" or not (a.pages or b.pages)
    return not any((a.volume, b.volume, a.pages, b.pages, a.doi, b.doi))


def _by_doi_alone(found: dict[str, str], a: Keys, b: Keys) -> Verdict | None:
    """A line of a list of DOIs. Many abstracts share the DOI of their issue, so an abstract is not surely meant."""
    if found.get("pages") == "different" or found.get("authors") == "none" or found.get("PMCID") == "different":
        return None
    doubt = "which abstract of the issue?" if a.meeting or b.meeting else None
    if doubt and found.get("pages") in ("same", "same first") and found.get("authors") in ("all", "most"):
        doubt = None
    return Verdict("possible" if doubt else "sure", WEIGHTS["DOI", "same"][0], _words(found, doubt))
