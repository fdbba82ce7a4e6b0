"""The parse stage: from a file in corpus/ to its records, each with a text to read and the way back to the file.

To read another format, write a module with `read(document)` that yields `ParsedRecord`s, and add its line to `READERS`.
A reader's module is imported only when a file needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from pipeline.files import printable
from pipeline.limits import Limits
from pipeline.parse import sniff
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.identity import Names
from pipeline.parsed import ParsedRecord, Repair, SetAside

Rows = Iterator[ParsedRecord | SetAside]

#: between two records of a written source text
BETWEEN = "\n\n"


class _Module(Protocol):
    def read(self, document: Document) -> Iterator[ParsedRecord | SetAside]: ...


class Reader(NamedTuple):
    """How one format is read; `writes_text`: spans point into the parsed text, not into the file."""

    name: str
    module: str
    is_for: Callable[[Document], bool]
    suffixes: tuple[str, ...] = ()
    writes_text: bool = False

    def read(self, document: Document) -> Iterator[ParsedRecord | SetAside]:
        return cast(_Module, import_module(self.module)).read(document)

    def pieces(self, document: Document, size: int) -> list[Document]:
        """The document in pieces of `size` bytes or a little more, where its format has a way to cut it.

        Raises Unreadable, OSError.
        """
        cut = getattr(import_module(self.module), "pieces", None)
        return [document] if cut is None else cast(list[Document], cut(document, size))


_PAGES = (".html", ".htm", ".xhtml", ".mhtml", ".mht")

#: asked in this order; the last one takes any prose
READERS = [
    Reader("PDF", "pipeline.parse.pdf", sniff.is_pdf, (".pdf",), writes_text=True),
    Reader("saved page", "pipeline.parse.html_page", sniff.is_html, _PAGES, writes_text=True),
    Reader("JATS article", "pipeline.parse.jats", sniff.is_jats, (".nxml",), writes_text=True),
    Reader("PubMed XML", "pipeline.parse.pubmed_xml", sniff.is_pubmed_xml, writes_text=True),
    Reader("EndNote XML", "pipeline.parse.endnote_xml", sniff.is_endnote_xml, writes_text=True),
    Reader("Europe PMC XML", "pipeline.parse.europepmc_xml", sniff.is_europepmc_xml, writes_text=True),
    Reader("trial register", "pipeline.parse.trial_register", sniff.is_trial_register, writes_text=True),
    Reader("OpenAlex", "pipeline.parse.openalex_works", sniff.is_openalex, writes_text=True),
    Reader("Crossref", "pipeline.parse.crossref_works", sniff.is_crossref, writes_text=True),
    Reader("Excel table", "pipeline.parse.xlsx_table", sniff.is_xlsx, (".xlsx", ".xlsm", ".xls"), writes_text=True),
    Reader("CSV table", "pipeline.parse.csv_table", sniff.is_csv, (".csv", ".tsv", ".tab")),
    Reader("PubMed export", "pipeline.parse.medline", sniff.is_medline, (".nbib",)),
    Reader("RIS export", "pipeline.parse.ris", sniff.is_ris, (".ris",)),
    Reader("PubMed text", "pipeline.parse.pubmed_text", sniff.is_pubmed_text),
    Reader("BibTeX", "pipeline.parse.bibtex", sniff.is_bibtex, (".bib", ".bibtex")),
    Reader("listing page", "pipeline.parse.listing", sniff.is_listing),
    Reader("plain text", "pipeline.parse.plain", sniff.is_plain),
]


def choose(document: Document) -> Reader:
    """The reader whose format the content is, else the one that the file's extension names. Raises Unreadable."""
    *special, last = READERS
    for reader in special:
        if reader.is_for(document):
            return reader
    for reader in special:
        if document.suffix in reader.suffixes:
            return reader
    if last.is_for(document):
        return last
    known = ", ".join(reader.name for reader in READERS)
    raise Unreadable(f"is of no known format ({known})", "export it again in one of these formats")


def parse(path: Path, name: str, limits: Limits | None = None, *, cited_only: bool = False) -> Rows:
    """Records of the file at `path`, in its order; `name` is the file as the user gave it.

    Never raises for what is in the file: an input that cannot be read comes out as a `SetAside`, after what was read.
    Reads in this process; `worker.read_files` does it in one that a bad file can end.
    """
    name = printable(name)
    try:
        document = Document.open(path, name, limits or Limits(), cited_only=cited_only)
    except (Unreadable, OSError) as problem:
        yield _unread(name, problem)
    else:
        yield from read_document(document)


def read_document(document: Document) -> Rows:
    """Records of an opened file, as `parse` gives them."""
    try:
        yield from read_with(choose(document), document)
    except (Unreadable, OSError) as problem:
        yield _unread(document.name, problem)


def _unread(name: str, problem: Unreadable | OSError) -> SetAside:
    if isinstance(problem, Unreadable):
        return SetAside(set_aside=name, reason=problem.reason, remedy=problem.remedy)
    reason = f"cannot be opened: {problem.strerror or problem}"
    return SetAside(set_aside=name, reason=reason, remedy="check that it is there and that you may read it")


def read_with(reader: Reader, document: Document) -> Rows:
    """The document's records as the reader gives them, with ids and places (if more than the citation is wanted).

    Raises Unreadable, after what was read.
    """
    rows = reader.read(document)
    if not document.cited_only:
        rows = named(document.stem, placed(rows) if reader.writes_text else rows)
    yield from rows


def writes_text(path: Path) -> bool:
    """Do spans of the file's records point into the parsed text? False also for a file that nobody can read."""
    try:
        return choose(Document.open(path, printable(str(path)), Limits())).writes_text
    except (Unreadable, OSError):
        return False


def named(stem: str, rows: Iterable[ParsedRecord | SetAside]) -> Iterator[ParsedRecord | SetAside]:
    """Give record ids: the stem for a lone record, else stem and key; a key that comes again gets its position."""
    lone: ParsedRecord | None = None
    names = Names(stem)
    for row in rows:
        if isinstance(row, SetAside):
            yield row
        elif names.given == 0 and lone is None:
            lone = row
        else:
            if lone is not None:
                yield _with_name(names, lone)
                lone = None
            yield _with_name(names, row)
    if lone is not None:
        yield lone.model_copy(update={"record_id": stem})


def _with_name(names: Names, row: ParsedRecord) -> ParsedRecord:
    name, again = names.name(row.citation)
    problems = [*row.problems, f"the file holds {again} more than once"] if again else row.problems
    return row.model_copy(update={"record_id": name, "problems": problems})


def placed(rows: Iterable[ParsedRecord | SetAside]) -> Iterator[ParsedRecord | SetAside]:
    """Shift the spans of records that start at 0 to where their text will stand in the written source text."""
    at = 0
    for row in rows:
        if isinstance(row, ParsedRecord):
            here, at = at, at + len(row.raw) + len(BETWEEN)
            row = shifted(row, here) if here else row
        yield row


def shifted(row: ParsedRecord, by: int) -> ParsedRecord:
    def moved(repair: Repair) -> Repair:
        return repair.model_copy(update={"start": repair.start + by, "end": repair.end + by})

    a, b = row.source.span
    return row.model_copy(
        update={
            "source": row.source.model_copy(update={"span": (a + by, b + by)}),
            "pieces": [(clean, source + by, size) for clean, source, size in row.pieces],
            "repairs": [moved(repair) for repair in row.repairs],
        }
    )
