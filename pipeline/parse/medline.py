"""Reader of PubMed exports in MEDLINE format (.nbib, or .txt with "PMID- " lines)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import registrations
from pipeline.parse.affiliations import addresses
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.grants import agencies
from pipeline.parse.notices import TAGS, notice
from pipeline.parse.pieces import at_starts, cut
from pipeline.parse.tagged import Block, Dialect, Entry, blocks, empty, line_feeds, record_of, too_long, years
from pipeline.parsed import Citation, Notice, ParsedRecord, SetAside

#: tags are filled up with blanks to four characters
_DIALECT = Dialect(
    start=re.compile(r"\nPMID ?-"),
    tag=re.compile(r"(\n[A-Z]{2,4}+ {0,2}+-(?<=\n.{4}-)(?: |(?=[\r\n]|\Z)))"),
    wrapped=True,
)
#: what a record has only once
_ONCE = frozenset({"OWN", "STAT", "TI", "BTI", "AB", "DP", "TA", "JT", "SO", "VI", "PG"})
_NAMES_IT = ("TI", "BTI", "TT", "AB")
_BY_CR = re.compile(r"\r\n")
_BLANK_LINE = re.compile(r"\n ?\n")


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per PMID, or per blank line where a PMID is missing. Raises Unreadable if there is none."""
    number = 0
    for block in blocks(document, _DIALECT.start):
        if block.too_long:
            number += 1
            yield too_long(document, block, number)
        for entry in _entries(block):
            number += 1
            if entry.is_empty():
                yield empty(document, number)
                continue
            title, abstract = entry.lines("TI", "BTI", "TT"), entry.lines("AB")
            yield record_of(document, entry, title, abstract, _citation(entry), wrapped=True)
    if not number:
        raise Unreadable("holds no PubMed record", 'in PubMed choose "Save", format "PubMed"')


def pieces(document: Document, size: int) -> list[Document]:
    """A large export cut at records."""
    return cut(document, size, at_starts(_DIALECT.start))


def _entries(block: Block) -> Iterator[Entry]:
    """The block's record, and records without PMID that follow it."""
    for part in _parts(block):
        entry = Entry(part.at + 1, part.text, _DIALECT.tag)
        if "PMID" in entry.fields or any(tag in entry.fields for tag in _NAMES_IT):
            yield entry


def _parts(block: Block) -> list[Block]:
    """The block cut at those blank lines behind which something begins anew that a record has only once."""
    shape = block.text.rstrip()
    if "\r" in shape:
        shape = _BY_CR.sub(" \n", line_feeds(shape))
    if not _BLANK_LINE.search(shape):
        return [block]
    breaks = [m.start() for m in _DIALECT.tag.finditer(shape) if _is_behind_a_blank_line(shape, m.start())]
    cuts = [0]
    seen: set[str] = set()
    for a, b in zip([0, *breaks], [*breaks, len(shape)], strict=True):
        once = {name.strip("\n -") for name in _DIALECT.tag.findall(shape, a, b)} & _ONCE
        if once & seen:
            cuts.append(a)
            seen = set()
        seen |= once
    return [Block(block.at + a, block.text[a:b]) for a, b in zip(cuts, [*cuts[1:], len(block.text)], strict=True)]


def _is_behind_a_blank_line(text: str, at: int) -> bool:
    line = text.rfind("\n", 0, at)
    return line >= 0 and not text[line:at].strip()


def _citation(entry: Entry) -> Citation:
    return Citation(
        authors=entry.values("FAU") or entry.values("AU") or entry.values("CN"),
        affiliations=addresses(entry.values("AD")),
        year=years(entry.value("DP", "DEP", "EDAT")),
        journal=entry.value("TA", "JT"),
        volume=entry.value("VI"),
        issue=entry.value("IP"),
        pages=entry.value("PG"),
        doi=_doi(entry),
        pmid=_pmid(entry),
        pmcid=entry.value("PMC"),
        registration=registrations(" ".join(entry.values("SI", "AB"))),
        funding=agencies(entry.values("GR")),
        publication_types=entry.values("PT"),
        mesh=entry.values("MH"),
        language=entry.value("LA"),
        database="PubMed",
        revised=_day(entry.value("LR")),
        notices=list(_notices(entry)),
    )


def _notices(entry: Entry) -> Iterator[Notice]:
    """PubMed writes ECF both at the notice and, in older exports, at the article: what is later is the notice."""
    own = years(entry.value("DP", "DEP", "EDAT"))
    for tag in TAGS:
        for said, span in entry.placed(tag):
            found, other = notice(TAGS[tag], said, span), years(said)
            later = tag == "ECF" and own is not None and other is not None and other > own
            yield found.model_copy(update={"kind": "expression of concern in"}) if later else found


def _day(digits: str | None) -> str | None:
    """20140513 as 2014-05-13."""
    m = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", digits or "")
    return "-".join(m.groups()) if m else None


def _pmid(entry: Entry) -> str | None:
    m = re.match(r"\d{1,9}\b", entry.value("PMID") or "")
    return m[0] if m else None


def _doi(entry: Entry) -> str | None:
    marked = (value for value in entry.values("LID", "AID") if value.endswith("[doi]"))
    return next((value.removesuffix("[doi]").strip().lower() for value in marked), None)
