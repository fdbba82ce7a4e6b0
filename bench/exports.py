"""Large exports for timing: articles made up of the words of real ones, a part of them found again by another database.

The titles are drawn from the words of the titles of a real export, so that words are as frequent as they are in life.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord

#: share of records that another one repeats
REPEATED = 0.3


class Article(NamedTuple):
    title: str
    authors: list[str]
    year: int
    journal: str
    volume: str
    issue: str
    pages: str
    doi: str
    pmid: str
    abstract: str


def articles(real: Path, count: int) -> Iterator[Article]:
    """So many records, of which `REPEATED` are told again; the same each time."""
    draw = random.Random(count)
    rows = [row for row in parse(real, str(real)) if isinstance(row, ParsedRecord) and row.citation.title]
    words = [word for row in rows for word in (row.citation.title or "").rstrip(".").split()]
    names = [name for row in rows for name in row.citation.authors]
    made: list[Article] = []
    for number in range(count):
        if made and draw.random() < REPEATED:
            yield _again(draw.choice(made), draw)
            continue
        made.append(_article(number, rows[number % len(rows)], words, names, draw))
        yield made[-1]


def _article(number: int, row: ParsedRecord, words: list[str], names: list[str], draw: random.Random) -> Article:
    first = draw.randint(1, 2000)
    return Article(
        title=" ".join(draw.choices(words, k=draw.randint(7, 18))).capitalize(),
        authors=draw.choices(names, k=draw.randint(1, 8)),
        year=draw.randint(1985, 2026),
        journal=row.citation.journal or "Blood",
        volume=str(draw.randint(1, 200)),
        issue=str(draw.randint(1, 12)),
        pages=f"{first}-{first + draw.randint(2, 12)}",
        doi=f"10.{1000 + number % 800}/bench.{number}",
        pmid=str(10_000_000 + number),
        abstract=" ".join(row.text[len(row.citation.title or "") :].split()),
    )


def _again(article: Article, draw: random.Random) -> Article:
    """The same article as another database tells it: identifiers missing, the title in capitals, initials only."""
    kind = draw.randrange(3)
    if kind == 0:
        return article._replace(pmid="", title=article.title.title())
    if kind == 1:
        return article._replace(doi="", abstract="", title=article.title.upper())
    authors = [name.replace(",", "") for name in article.authors]
    return article._replace(doi="", pmid="", authors=authors, title=f"{article.title}.")


def _ris(found: Iterator[Article], out: TextIO) -> None:
    for a in found:
        first, last = a.pages.split("-")
        lines = [("TY", "JOUR"), ("TI", a.title), *(("AU", name) for name in a.authors), ("PY", str(a.year))]
        lines += [("T2", a.journal), ("VL", a.volume), ("IS", a.issue), ("SP", first), ("EP", last), ("DO", a.doi)]
        lines += [("C5", a.pmid), ("AB", a.abstract)]
        out.write("".join(f"{tag}  - {value}\n" for tag, value in lines if value) + "ER  - \n\n")


def write(real: Path, path: Path, count: int) -> Path:
    """A RIS export of so many records."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        _ris(articles(real, count), out)
    return path
