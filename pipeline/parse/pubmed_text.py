"""Reader of PubMed's exports for people: "Abstract (text)" and "Summary (text)", numbered records in paragraphs.

An abstract export prints, with blank lines between: `1. ` and the citation, title, authors, their addresses, the
abstract with its labels at the start of lines, copyright, then the lines `DOI:`, `PMCID:`, `PMID:`, and what the
authors declare.
A summary is one paragraph that starts with `1: ` and ends with the PMID.
See https://pubmed.ncbi.nlm.nih.gov/help/#save-citations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.parse.citation_record import make_record
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.pubmed_citation import citation_of, is_authors, summary_citation
from pipeline.parse.pubmed_paragraphs import (
    Paragraph,
    is_aside,
    labels,
    paragraphs,
    stretches,
)
from pipeline.parse.tagged import LONGEST, Block, blocks, too_long
from pipeline.parsed import ParsedRecord, SetAside

_START = re.compile(r"\n[ \t]{0,8}\r?\n(?=\d{1,7}[.:]\s)")
_NUMBER = re.compile(r"\s*(?P<number>\d{1,7})[.:]\s")
#: the first paragraph of a record: a journal and its year, or a summary that holds them
_SHAPE = re.compile(r"\s*(?:\d{1,7}\.\s[^.]{1,200}|\d{1,7}:\s(?:(?!\n\s*\n)[\s\S]){1,1500}?)\.\s(?:1[89]|20)\d\d\b")
_PMID = re.compile(r"\bPMID:\s+\d")
_IDS = ("DOI: ", "PMCID: ", "PMID: ")
_ARTICLE_IN = re.compile(r"\[Article in [A-Z]")
NO_ABSTRACT = 'a summary without abstract; in PubMed choose "Save", format "PubMed", to have it'


@dataclass
class _Pending:
    """A record as it grows: blocks that only look like the start of one belong to the one before."""

    at: int
    number: int | None
    parts: list[str] = field(default_factory=list)
    length: int = 0
    has_pmid: bool = False

    def add(self, block: Block) -> None:
        self.length += len(block.text) or block.too_long
        if self.length > LONGEST:
            self.parts.clear()
        else:
            self.parts.append(block.text)
        self.has_pmid = self.has_pmid or bool(_PMID.search(block.text))


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per number, in the order of the file. Raises Unreadable if there is none."""
    position = 0
    for pending in _records(document):
        position += 1
        if pending.length > LONGEST:
            yield too_long(document, Block(pending.at, "", pending.length), position)
        else:
            yield _record(document, pending, position)
    if not position:
        raise Unreadable("holds no PubMed record", 'in PubMed choose "Save", format "PubMed"')


def _records(document: Document) -> Iterator[_Pending]:
    pending: _Pending | None = None
    for block in blocks(document, _START):
        number = _NUMBER.match(block.text)
        if pending is None or (number and _starts(block.text, int(number["number"]), pending)):
            if pending and pending.number is not None:
                yield pending
            pending = _Pending(block.at, int(number["number"]) if number else None)
        pending.add(block)
    if pending and pending.number is not None:
        yield pending


def _starts(text: str, number: int, before: _Pending) -> bool:
    """Two of three signs: its number follows, it has a citation's year, the record before has its PMID.

    What stands before the first record is no record.
    """
    follows = number == (before.number or 0) + 1
    return before.number is None or follows + bool(_SHAPE.match(text)) + before.has_pmid >= 2


def _record(document: Document, pending: _Pending, position: int) -> ParsedRecord | SetAside:
    whole = "".join(pending.parts)
    raw = whole.strip()
    at = pending.at + whole.index(raw)
    found = paragraphs(raw)
    if len(found) == 1:
        return _summary(document, at, raw, found[0])
    title, authors, language, abstract = _roles(raw, found[1:])
    aside = [paragraph for paragraph in found[1:] if is_aside(raw, paragraph)]
    cited = citation_of(raw, found[0], authors, language, abstract, aside)
    lines = [span for paragraph in abstract for span in paragraph.lines]
    record = make_record(
        document,
        at,
        raw,
        stretches(raw, [title]) if title else [],
        stretches(raw, abstract),
        cited,
        labels=labels(raw, lines),
    )
    return record if record.text else _nothing(document, position)


def _roles(
    raw: str, rest: list[Paragraph]
) -> tuple[Paragraph | None, Paragraph | None, Paragraph | None, list[Paragraph]]:
    """(title, authors, language, abstract) of the paragraphs after the citation."""
    title = authors = language = None
    abstract: list[Paragraph] = []
    for i, paragraph in enumerate(rest):
        words = paragraph.words(raw)
        if words.startswith(_IDS) and _PMID.search(words):
            break  # behind it stands only what the authors declare
        if i == 0 and not words.startswith(_IDS):
            title = paragraph
        elif is_aside(raw, paragraph):
            continue
        elif language is None and not abstract and _ARTICLE_IN.match(words):
            language = paragraph
        elif authors is None and not abstract and is_authors(words):
            authors = paragraph
        else:
            abstract.append(paragraph)
    return title, authors, language, abstract


def _summary(document: Document, at: int, raw: str, paragraph: Paragraph) -> ParsedRecord:
    cited, (start, end) = summary_citation(raw, paragraph)
    lines = [(max(a, start), min(b, end)) for a, b in paragraph.lines if a < end and b > start]
    return make_record(
        document, at, raw, stretches(raw, [Paragraph(lines)]) if lines else [], [], cited, problems=[NO_ABSTRACT]
    )


def _nothing(document: Document, position: int) -> SetAside:
    return SetAside(
        set_aside=document.name,
        record=f"number {position}",
        reason="this record has neither title nor abstract",
        remedy='save it again from PubMed, format "PubMed"',
    )
